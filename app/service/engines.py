"""Which database the service runs on, and whether the node has others beside it.

The drivers are imported when they are asked for: the service on a file starts without them.
"""

from importlib import import_module
from pathlib import Path
from typing import Protocol, cast

from app.service.bus import Bus
from app.service.node import Node
from app.service.presence import Presence
from app.service.sqlite import SqliteStore
from app.service.store import Store
from app.service.streams import Streams
from app.service.tasks import Tasks


class Cluster(Bus, Protocol):
    """The bus of a node that is not alone."""

    def start(self, streams: Streams, presence: Presence, tasks: Tasks) -> None:
        """Begin to work together."""
        ...


def open_store(database: str | Path) -> Store:
    """Open the database at a path or, with a URL, on a server."""
    if is_server(database):
        return cast(Store, import_module("app.service.postgres").PostgresStore(str(database)))
    return SqliteStore(Path(database))


def make_cluster(node: Node, database: str | Path, bus: str | None) -> Cluster | None:
    """Let a node work with others, where the database can have others."""
    if not is_server(database):
        return None
    if bus is None:
        wire = import_module("app.service.postgres_wire").PostgresWire(str(database))
    else:
        wire = import_module("app.service.nats_wire").NatsWire(bus)
    return cast(Cluster, import_module("app.service.cluster").Cluster(node, wire))


def is_server(database: str | Path) -> bool:
    """Tell whether a database is on a server, not in a file."""
    return str(database).startswith(("postgresql://", "postgres://"))
