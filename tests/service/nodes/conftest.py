from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.contract.outside import Person, Service, serve
from tests.engines import new_database
from tests.nats_server import NatsServer, running_nats


@dataclass
class TwoNodes:
    """Two nodes on one database."""

    first: Service
    second: Service
    options: list[str]

    def people(self, *addresses: str, **fields: str) -> list[tuple[Person, Person]]:
        """Make people; each as one who calls the first node, and as one who calls the second."""
        return [
            (person, Person(self.second, person.address, person.token))
            for person in self.first.people(*addresses, **fields)
        ]

    def close_streams(self) -> None:
        """Let no stream of one test be open in the next."""
        for node in (self.first, self.second):
            while node.streams:
                node.streams.pop().close()


@dataclass
class Nodes(TwoNodes):
    """Two nodes on one database, and the bus between them."""

    nats: NatsServer


@contextmanager
def two_nodes(folder: Path, database: str, nats: NatsServer) -> Iterator[Nodes]:
    options = ["--database", database, "--bus", nats.url]
    with serve(folder, *options) as first, serve(folder, *options) as second:
        yield Nodes(first, second, options, nats)


@pytest.fixture(scope="package")
def nats() -> Iterator[NatsServer]:
    with running_nats() as server:
        yield server


@pytest.fixture(scope="package")
def both(
    tmp_path_factory: pytest.TempPathFactory, postgresql: str, nats: NatsServer
) -> Iterator[Nodes]:
    with two_nodes(tmp_path_factory.mktemp("nodes"), new_database(postgresql), nats) as nodes:
        yield nodes


@pytest.fixture
def nodes(both: Nodes) -> Iterator[Nodes]:
    """Two nodes that every test leaves as it found them."""
    yield both
    both.close_streams()


@pytest.fixture
def own_nodes(tmp_path: Path, postgresql: str, nats: NatsServer) -> Iterator[Nodes]:
    """Two nodes that a test may kill."""
    with two_nodes(tmp_path, new_database(postgresql), nats) as nodes:
        yield nodes
        nodes.close_streams()
