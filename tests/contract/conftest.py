from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from tests.contract.outside import Person, Service, serve

_numbers = count(18005550100)


@pytest.fixture(scope="session")
def running_service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with serve(tmp_path_factory.mktemp("contract")) as running:
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
