"""One node as a process: opens the data folder, listens, says so, drains at the end."""

import asyncio
import contextlib
import gc
import logging
import os
import resource
import secrets
import signal
import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Final

import uvicorn
import uvloop
from starlette.types import ASGIApp

from app.errors import HostFailed
from app.paths import make_private, write_private
from app.service.api import create_app
from app.service.budget import Allowance
from app.service.claim import Note, claim, write_note
from app.service.engines import Cluster, make_cluster, open_store
from app.service.forget import Forgetting
from app.service.keys import load_keys
from app.service.metrics import Metrics
from app.service.node import Node
from app.service.presence import Presence
from app.service.streams import Streams
from app.service.tasks import Tasks, patiently
from app.service.wire_protocol import WireProtocol

log = logging.getLogger(__name__)

DRAIN_S: Final = 5
STREAMS_S: Final = 2.0
"""How long a node that ends still answers, so that whoever asks hears that it is not ready."""
_PAUSE_S: Final = 0.02
BACKLOG: Final = 4096
KEEP_ALIVE_S: Final = 75
"""Longer than clients keep a connection, or both end it at once and a request is lost."""

Ready = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Options:
    """How a node is to run."""

    data: Path
    host: str = "127.0.0.1"
    port: int = 0
    database: str | None = None
    bus: str | None = None
    allowance: Allowance = field(default_factory=Allowance)


def run(options: Options, ready: Ready, watch: Callable[[Callable[[], object]], None]) -> bool:
    """Serve until asked to end; `watch` is given a function, for any thread, that asks for it.

    Return whether the end was orderly.
    """
    _raise_file_limit()
    try:
        make_private(options.data)
    except OSError as error:
        raise HostFailed(
            f"{options.data} is no folder to keep data in: {error.strerror}"
        ) from error
    # Nodes that share a database on a server may share a folder, for the keys in it.
    mine = claim(options.data) if options.database is None else contextlib.nullcontext()
    with mine, asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(serve(options, ready, watch))


async def serve(
    options: Options, ready: Ready, watch: Callable[[Callable[[], object]], None]
) -> bool:
    """Serve until asked to end."""
    node, cluster = _node(options)
    await node.start()
    presence = Presence(node)
    streams = Streams(node, presence)
    metrics = Metrics(node, streams)
    config = _config(create_app(node, streams, metrics.routes), options)

    def say(url: str) -> None:
        write_note(options.data, Note(url, os.getpid()))
        ready(url)

    server = _Server(config, say, streams, metrics)
    tasks = Tasks(on_failure=server.fail)
    watch(server.end)
    tasks.start(patiently(streams.pump), "pump")
    tasks.start(patiently(streams.confirm), "confirm")
    tasks.start(patiently(presence.run), "presence")
    tasks.start(patiently(Forgetting(node).run), "forgetting")
    if cluster is not None:
        cluster.start(streams, presence, tasks)
    try:
        await server.serve()
        write_note(options.data, Note(server.url))
    finally:
        await tasks.close()
        await presence.close()
        await node.bus.close()
        await node.store.close()
    return not server.has_failed


def _node(options: Options) -> tuple[Node, Cluster | None]:
    database = options.database or options.data / "kith.db"
    node = Node(
        open_store(database),
        load_keys(options.data / "address.key"),
        _operator_key(options.data / "operator.key"),
        options.allowance,
    )
    cluster = make_cluster(node, database, options.bus)
    if cluster is not None:
        node.bus = cluster
    return node, cluster


def _config(app: ASGIApp, options: Options) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        host=options.host,
        port=options.port,
        http=WireProtocol,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        backlog=BACKLOG,
        timeout_keep_alive=KEEP_ALIVE_S,
        timeout_graceful_shutdown=DRAIN_S,
    )


class _Server(uvicorn.Server):
    """uvicorn's server with our way to begin and to end."""

    def __init__(
        self, config: uvicorn.Config, ready: Ready, streams: Streams, metrics: Metrics
    ) -> None:
        super().__init__(config)
        self._ready = ready
        self._streams = streams
        self._metrics = metrics
        self.url = ""
        self.has_failed = False

    def end(self) -> None:
        """Ask for an orderly end."""
        self.should_exit = True

    def fail(self) -> None:
        """End, since a part of the service has failed."""
        self.has_failed = True
        self.should_exit = True

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, and say where."""
        try:
            await super().startup(sockets)
        except SystemExit:  # uvicorn has said why, and would end with a code of its own
            place = f"{self.config.host} and port {self.config.port}"
            raise HostFailed(f"it cannot listen on {place}") from None
        gc.freeze()  # what is there now stays; looking through it costs 20 ms in every large call
        gc.set_threshold(50_000, 20, 20)  # a fan-out makes many small values and no cycles
        host, port = self.servers[0].sockets[0].getsockname()[:2]
        self.url = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
        self._ready(self.url)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Take no more, end the streams, finish what is under way."""
        self._metrics.is_draining = True
        self._streams.close()
        await self._streams_have_ended()
        await super().shutdown(sockets)

    async def _streams_have_ended(self) -> None:
        """Wait for the readers, within bounds; some take nothing, and so not the end either."""
        deadline = asyncio.get_running_loop().time() + STREAMS_S
        while self._streams.open and not self.force_exit:
            if asyncio.get_running_loop().time() > deadline:
                return
            await asyncio.sleep(_PAUSE_S)

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """End in order at the usual signals; uvicorn would die of them once more at the end."""
        signals = (signal.SIGINT, signal.SIGTERM)
        before = {each: signal.signal(each, self._on_signal) for each in signals}
        try:
            yield
        finally:
            for each, handler in before.items():
                signal.signal(each, handler)

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        if self.should_exit:
            self.force_exit = True
        self.should_exit = True


def _operator_key(path: Path) -> str:
    if not path.exists():
        write_private(path, f"{secrets.token_urlsafe(32)}\n".encode())
    key = path.read_text().strip()
    if not key:
        raise HostFailed(f"{path} is empty; remove it, and a new key is made")
    return key


def _raise_file_limit() -> None:
    """Let as many streams be open as the system allows."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
