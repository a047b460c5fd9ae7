import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack
from itertools import count
from pathlib import Path

import pytest

from app.account import Account
from app.domain import Address
from app.paths import Paths
from app.session import Session, Status
from tests.contract.outside import PATIENCE_S, Person, Service, serve

_numbers = count(18005570100)

Open = Callable[..., "asyncio.Future[Session]"]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with serve(tmp_path_factory.mktemp("client")) as running:
        yield running


def fresh() -> str:
    """An address nobody has used yet."""
    return str(next(_numbers))


def account_of(person: Person, url: str | None = None) -> Account:
    return Account(url or person.service.url, Address(person.address), person.token)


@pytest.fixture
async def sessions() -> AsyncIterator[AsyncExitStack]:
    """Sessions entered here are left at the end, the last one first."""
    async with AsyncExitStack() as stack:
        yield stack


async def open_session(
    stack: AsyncExitStack, person: Person, home: Path, url: str | None = None
) -> Session:
    """Open a session and wait until it listens and has sent what was to be sent."""
    session = await stack.enter_async_context(Session(account_of(person, url), Paths(home)))
    await until(session, lambda: session.state.status in {Status.IDLE, Status.WAITING})
    await session.settled()
    return session


async def until(session: Session, holds: Callable[[], bool]) -> None:
    """Wait for what must come true, woken by every change."""
    changed = asyncio.Event()
    unsubscribe = session.changes.subscribe(lambda _: changed.set())
    try:
        async with asyncio.timeout(PATIENCE_S):
            while not holds():
                await changed.wait()
                changed.clear()
    finally:
        unsubscribe()
