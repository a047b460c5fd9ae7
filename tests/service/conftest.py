from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.service.budget import Allowance
from tests.engines import database, postgresql
from tests.service.people import Service, serve

__all__ = ["database", "postgresql"]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def service(database: Path | str) -> AsyncIterator[Service]:
    async with serve(database) as running:
        yield running


@pytest.fixture
async def generous(database: Path | str) -> AsyncIterator[Service]:
    """A service on which nobody runs out of budget."""
    async with serve(database, Allowance(1_000_000, 6)) as running:
        yield running
