from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from tests.contract.outside import Person, Service, serve
from tests.engines import ENGINES, new_database, postgresql

__all__ = ["postgresql"]

_numbers = count(18005550100)


@pytest.fixture(scope="session", params=ENGINES)
def new_options(request: pytest.FixtureRequest) -> Callable[[], list[str]]:
    """What `kith serve` needs to run on each engine in turn, on an empty database."""
    if request.param == "sqlite":
        return list
    server = request.getfixturevalue("postgresql")
    return lambda: ["--database", new_database(server)]


@pytest.fixture(scope="session")
def running_service(
    tmp_path_factory: pytest.TempPathFactory, new_options: Callable[[], list[str]]
) -> Iterator[Service]:
    with serve(tmp_path_factory.mktemp("contract"), *new_options()) as running:
        yield running


@pytest.fixture
def service(running_service: Service) -> Iterator[Service]:
    yield running_service
    while running_service.streams:
        running_service.streams.pop().close()


@pytest.fixture
def small_budget(tmp_path: Path, new_options: Callable[[], list[str]]) -> Iterator[Service]:
    budget = ["--discovery-burst", "5", "--discovery-per-hour", "1"]
    with serve(tmp_path, *budget, *new_options()) as running:
        yield running


@pytest.fixture
def two(service: Service) -> tuple[Person, Person]:
    """Two people who have never heard of each other."""
    ann, bob = service.people(fresh(), fresh(), name="Somebody", status="Here", email="a@b.example")
    return ann, bob


def fresh() -> str:
    """An address nobody has used yet."""
    return str(next(_numbers))
