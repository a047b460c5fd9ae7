from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.contract.outside import Person, Service, serve
from tests.engines import new_database
from tests.nats_server import NatsServer, running_nats


@dataclass
class Nodes:
    """Two nodes on one database, and the bus between them."""

    first: Service
    second: Service
    nats: NatsServer
    options: list[str]

    def people(self, *addresses: str, **fields: str) -> list[tuple[Person, Person]]:
        """Make people; each as one who calls the first node, and as one who calls the second."""
        return [
            (person, Person(self.second, person.address, person.token))
            for person in self.first.people(*addresses, **fields)
        ]


@pytest.fixture
def nats() -> Iterator[NatsServer]:
    with running_nats() as server:
        yield server


@pytest.fixture
def nodes(tmp_path: Path, postgresql: str, nats: NatsServer) -> Iterator[Nodes]:
    options = ["--database", new_database(postgresql), "--bus", nats.url]
    with serve(tmp_path, *options) as first, serve(tmp_path, *options) as second:
        yield Nodes(first, second, nats, options)
        for node in (first, second):
            for stream in node.streams:
                stream.close()
