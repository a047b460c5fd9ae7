"""Deeds on hundreds of people: some at once, the rest in turns, and none forgotten."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.domain import Block, ContactId
from app.outbox import acknowledge, lease
from app.paths import Paths
from app.pictures import PictureCache
from app.session import Session
from app.truth import Truth

pytestmark = pytest.mark.anyio

MANY = 250


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / "book.vcf"
    path.write_text(
        "".join(
            f"BEGIN:VCARD\nVERSION:3.0\nFN:P{n}\nTEL:+1212555{n:04d}\nEND:VCARD\n"
            for n in range(MANY)
        )
    )
    return path


@pytest.fixture
async def session(home: Path, book: Path) -> AsyncIterator[Session]:
    async with Session(None, Paths(home)) as session:
        await session.books.run(await session.books.plan([book], "US"), lambda done, total: None)
        yield session


def everybody(session: Session) -> list[ContactId]:
    return sorted(row.id for row in session.rows())


async def rest(session: Session) -> None:
    """Wait for the rest of the deeds."""
    if session._rest is not None:
        await session._rest
    assert not session._deeds.is_unfinished()


def favorites(session: Session) -> int:
    return sum(row.favorite for row in session.rows())


async def test_the_first_are_changed_at_once_and_the_rest_soon(session: Session) -> None:
    session.set_favorite(everybody(session), True)
    assert 0 < favorites(session) < MANY
    await rest(session)
    assert favorites(session) == MANY
    session.undo()
    await rest(session)
    assert favorites(session) == 0
    session.redo()
    await rest(session)
    assert favorites(session) == MANY
    assert session.steps()[0].name == f"Favorite {MANY} people"


async def test_a_deed_that_begins_as_the_rest_of_another_ends_is_done(session: Session) -> None:
    session.set_favorite(everybody(session), True)
    while session._deeds.is_unfinished():  # noqa: ASYNC110 - the very turn in which it ends
        await asyncio.sleep(0)
    session.undo()
    await rest(session)
    assert favorites(session) == 0


def leased(session: Session, *, bulk: bool) -> int:
    """Let the service have all that waits of this kind, and nobody be there; count it."""
    truth = Truth(PictureCache(session.paths.local_dir / "pictures"))
    with session._store.writing() as transaction:
        batch = lease(transaction, 1e12, 10 * MANY, bulk=bulk)
        for intent in batch.intents:
            if intent.patch is None:
                truth.apply_removed(transaction, intent.address)
        kept = [intent for intent in batch.intents if intent.patch is not None]
        truth.apply_pending(transaction, kept, 1.0)
        acknowledge(transaction, batch.id, batch.intents)
    return len(batch.intents)


async def test_an_import_that_is_done_again_travels_in_one_request(session: Session) -> None:
    assert leased(session, bulk=True) == MANY
    session.undo()
    await rest(session)
    assert (leased(session, bulk=True), leased(session, bulk=False)) == (0, MANY)
    session.redo()
    await rest(session)
    assert (leased(session, bulk=False), leased(session, bulk=True)) == (0, MANY)


async def test_what_one_request_cannot_say_for_many_travels_alone(session: Session) -> None:
    session.set_favorite(everybody(session), True)
    await rest(session)
    leased(session, bulk=False)
    session.remove(everybody(session))
    await rest(session)
    leased(session, bulk=False)
    session.undo()
    await rest(session)
    assert (leased(session, bulk=False), leased(session, bulk=True)) == (MANY, 0)


async def test_a_crash_in_the_middle_forgets_nobody(session: Session, home: Path) -> None:
    session.set_blocked(everybody(session), (Block.PROFILE,))
    copy = home.with_name("copy")
    await asyncio.to_thread(copy_files, home, copy)
    async with Session(None, Paths(copy)) as again:
        await rest(again)
        assert all(row.blocked for row in again.rows())
        again.undo()
        await rest(again)
        assert not any(row.blocked for row in again.rows())


async def test_a_deed_on_one_of_them_comes_after_and_is_done_at_once(session: Session) -> None:
    last = everybody(session)[-1]
    session.set_favorite(everybody(session), True)
    session.set_favorite([last], False)
    assert not session.rows_of([last])[last].favorite
    await rest(session)
    assert not session.rows_of([last])[last].favorite
    assert favorites(session) == MANY - 1


async def test_deeds_and_undo_one_after_the_other_keep_their_order(session: Session) -> None:
    session.set_favorite(everybody(session), True)
    session.set_blocked(everybody(session), (Block.MESSAGES,))
    session.undo()
    session.remove(everybody(session))
    session.undo()
    await rest(session)
    rows = session.rows()
    assert len(rows) == MANY
    assert all(row.favorite and not row.blocked for row in rows)


async def test_an_import_is_taken_back_in_turns(session: Session, book: Path) -> None:
    session.undo()
    await rest(session)
    assert session.rows() == []
    assert session.state.waiting == 0 or session._store.reading.all("SELECT * FROM outbox") == []
    session.redo()
    await rest(session)
    assert len(session.rows()) == MANY


async def test_a_deed_on_many_that_changes_nothing_leaves_no_step(session: Session) -> None:
    session.set_blocked(everybody(session), ())
    await rest(session)
    assert [step.name for step in session.steps()] == ["Import book.vcf"]


def copy_files(source: Path, target: Path) -> None:
    """Copy what is on the disk at this moment, as a kill would leave it."""
    for path in source.rglob("*"):
        if path.is_file():
            copied = target / path.relative_to(source)
            copied.parent.mkdir(parents=True, exist_ok=True)
            copied.write_bytes(path.read_bytes())
