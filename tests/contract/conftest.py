from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from tests.contract.outside import Person, Service, serve
from tests.engines import ENGINES, new_database, postgresql

__all__ = ["postgresql"]

_numbers = count(18005550100)


@pytest.fixture(scope="session", params=ENGINES)
def options(request: pytest.FixtureRequest) -> list[str]:
    """What `kith serve` needs to run on each engine in turn."""
    if request.param == "sqlite":
        return []
    return ["--database", new_database(request.getfixturevalue("postgresql"))]


@pytest.fixture(scope="session")
def running_service(
    tmp_path_factory: pytest.TempPathFactory, options: list[str]
) -> Iterator[Service]:
    with serve(tmp_path_factory.mktemp("contract"), *options) as running:
        yield running


@pytest.fixture
def service(running_service: Service) -> Iterator[Service]:
    yield running_service
    while running_service.streams:
        running_service.streams.pop().close()


@pytest.fixture
def small_budget(tmp_path: Path) -> Iterator[Service]:
    with serve(tmp_path, "--discovery-burst", "5", "--discovery-per-hour", "1") as running:
        yield running


@pytest.fixture
def two(service: Service) -> tuple[Person, Person]:
    """Two people who have never heard of each other."""
    ann, bob = service.people(fresh(), fresh(), name="Somebody", status="Here", email="a@b.example")
    return ann, bob


def fresh() -> str:
    """An address nobody has used yet."""
    return str(next(_numbers))
