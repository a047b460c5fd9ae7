from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.service.budget import Allowance
from tests.service.people import Service, serve


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def service(tmp_path: Path) -> AsyncIterator[Service]:
    async with serve(tmp_path / "kith.db") as running:
        yield running


@pytest.fixture
async def generous(tmp_path: Path) -> AsyncIterator[Service]:
    """A service on which nobody runs out of budget."""
    async with serve(tmp_path / "kith.db", Allowance(1_000_000, 6)) as running:
        yield running
