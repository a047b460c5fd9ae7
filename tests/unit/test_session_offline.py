import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest

from app.account import Account
from app.changes import Change, Kind
from app.domain import Address, Block, Field, Privacy, State, Visibility
from app.errors import InvalidAddress, Trouble, Unreachable
from app.paths import Paths
from app.session import Session, Status

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def session(tmp_path: Path) -> AsyncIterator[Session]:
    async with Session(None, Paths(tmp_path)) as session:
        yield session


async def test_an_added_person_shows_at_once_and_waits(session: Session) -> None:
    ada = session.add_contact("Ada Okafor", ["+1 800 555 0001", "Ada.O"], "US")
    row = session.rows_of([ada])[ada]
    assert (row.name, row.address, row.detail) == ("Ada Okafor", "18005550001", "+1 800 555 0001")
    assert (row.state, row.contact, row.subscribed, row.waiting) == (
        State.PENDING,
        True,
        True,
        True,
    )
    person = session.person(ada)
    assert person is not None
    assert [entry.address for entry in person.entries] == ["18005550001", "ada.o"]
    assert all(entry.waiting for entry in person.entries)


async def test_search_folds_case_accents_numbers_and_mail(session: Session) -> None:
    row = session.rows_of([(who := session.add_contact("Élodie", ["+442079460958"], "US"))])[who]
    assert "elodie" in row.folded
    assert "442079460958" in row.folded


async def test_an_address_belongs_to_one_contact(session: Session) -> None:
    ada = session.add_contact("Ada", ["+18005550001"], "US")
    assert session.add_contact("Ada again", ["+18005550001", "+18005550002"], "US") == ada
    person = session.person(ada)
    assert person is not None
    assert person.row.name == "Ada"
    assert len(person.entries) == 2
    assert len(session.rows()) == 1


async def test_text_that_is_no_address_is_refused_with_its_trouble(session: Session) -> None:
    with pytest.raises(InvalidAddress) as refused:
        session.add_contact("Nobody", ["12"], "US")
    assert refused.value.detail is Trouble.TOO_SHORT
    with pytest.raises(InvalidAddress):
        session.add_contact("Nobody", [], "US")
    assert session.rows() == []


async def test_everything_is_there_after_a_restart(tmp_path: Path) -> None:
    async with Session(None, Paths(tmp_path)) as session:
        ada = session.add_contact("Ada", ["+18005550001"], "US")
        session.set_blocked([ada], (Block.PROFILE, Block.MESSAGES))
        session.set_visibility([ada], Visibility.CUSTOM, (Field.NAME,))
        session.set_note(ada, "Met in Lagos")
        before = session.person(ada)
    async with Session(None, Paths(tmp_path)) as session:
        assert session.person(ada) == before
        assert session.state.status is Status.OFFLINE
        assert session.state.waiting == 1


async def test_a_deed_is_told_once_and_names_whom_it_touched(session: Session) -> None:
    ada = session.add_contact("Ada", ["+18005550001"], "US")
    told: list[Change] = []
    session.changes.subscribe(told.append)
    session.set_favorite([ada], True)
    assert [change.contacts for change in told] == [frozenset({ada})]
    assert told[0].kinds == Kind.CONTACTS | Kind.OUTBOX | Kind.STEPS


async def test_a_deed_that_changes_nothing_leaves_no_step(session: Session) -> None:
    ada = session.add_contact("Ada", ["+18005550001"], "US")
    session.set_favorite([ada], False)
    session.rename(ada, "Ada")
    session.rename(ada, "Ada")
    assert [step.name for step in session.steps()] == ["Add Ada"]


async def test_a_favorite_is_a_contact_and_no_contact_is_no_favorite(session: Session) -> None:
    ada = session.add_contact("Ada", ["+18005550001"], "US")
    session.set_contact([ada], False)
    session.set_favorite([ada], True)
    assert session.rows_of([ada])[ada].contact
    session.set_contact([ada], False)
    assert not session.rows_of([ada])[ada].favorite


async def test_undo_and_redo_walk_through_the_steps(session: Session) -> None:
    ada = session.add_contact("Ada", ["+18005550001"], "US")
    session.set_blocked([ada], (Block.PROFILE,))
    session.rename(ada, "Ada Okafor")
    assert (undone := session.undo()) is not None
    assert undone.name == "Rename Ada"
    session.undo()
    row = session.rows_of([ada])[ada]
    assert (row.name, row.blocked) == ("Ada", ())
    session.redo()
    assert session.rows_of([ada])[ada].blocked == (Block.PROFILE,)
    session.undo()
    session.undo()
    assert session.rows() == []
    assert session.undo() is None
    session.redo()
    assert [row.name for row in session.rows()] == ["Ada"]


async def test_undoing_an_older_step_leaves_what_is_newer(session: Session) -> None:
    ada = session.add_contact("Ada", ["+18005550001"], "US")
    session.rename(ada, "First")
    older = session.steps()[0]
    session.rename(ada, "Second")
    session.undo_step(older.id)
    assert session.rows_of([ada])[ada].name == "Second"


async def test_undo_takes_back_only_the_parts_of_its_step(session: Session) -> None:
    ada = session.add_contact("Ada", ["+18005550001"], "US")
    session.set_blocked([ada], (Block.PROFILE,))
    blocking = session.steps()[0]
    session.set_favorite([ada], True)
    session.undo_step(blocking.id)
    row = session.rows_of([ada])[ada]
    assert (row.blocked, row.favorite) == ((), True)


async def test_somebody_removed_comes_back_whole(session: Session) -> None:
    ada = session.add_contact("Ada", ["+18005550001"], "US")
    session.set_note(ada, "Met in Lagos")
    session.set_favorite([ada], True)
    before = session.person(ada)
    session.remove([ada])
    assert session.person(ada) is None
    session.undo()
    assert session.person(ada) == before


async def test_what_falls_off_the_history_is_gone(session: Session, tmp_path: Path) -> None:
    ada = session.add_contact("Canary Person", ["+18005550001"], "US")
    bob = session.add_contact("Bob", ["+18005550002"], "US")
    session.remove([ada])
    for number in range(60):
        session.set_note(bob, str(number))
    assert len(session.steps()) == 50
    session._store.scrub()
    assert not files_with(tmp_path, b"Canary Person")


async def test_my_profile_shows_what_is_on_its_way(tmp_path: Path) -> None:
    async with Session(None, Paths(tmp_path)) as session:
        assert session.me() is None
        session.save_me({Field.NAME: "Me"})
        session.save_picture(b"\x89PNG picture")
        assert session.my_picture() == b"\x89PNG picture"
        session.save_privacy(Privacy())
        assert session.state.waiting in {0, 2, 3}


async def test_questions_to_a_service_that_is_not_there_say_so(session: Session) -> None:
    with pytest.raises(Unreachable):
        await session.preview(as_="everyone")
    with pytest.raises(Unreachable):
        await session.settled()
    with pytest.raises(Unreachable):
        session.send_message(Address("18005550001"), "Hello")


def files_with(folder: Path, needle: bytes) -> list[Path]:
    """Look into every file, the database's log and the pictures too."""
    return [path for path in folder.rglob("*") if path.is_file() and needle in path.read_bytes()]


async def test_a_surprise_in_the_rest_of_a_deed_leaves_no_loop_running(tmp_path: Path) -> None:
    session = Session(Account("http://127.0.0.1:1", Address("me"), "token"), Paths(tmp_path))
    with session._store.writing() as transaction:
        transaction.run("INSERT INTO step (id, name, at) VALUES (1, 'Block', 0)")
        transaction.run("INSERT INTO unfinished (step_id, contact_id, parts) VALUES (1, 1, '{')")
    with pytest.raises(msgspec.DecodeError):
        await open_until_surprised(session)
    assert session._running is not None
    assert session._running.done()


async def open_until_surprised(session: Session) -> None:
    async with session:
        assert session._rest is not None
        await asyncio.wait([session._rest])


async def test_a_step_is_never_numbered_as_one_before_it(session: Session) -> None:
    ada = session.add_contact("Ada", ["+18005550001"], "US")
    session.rename(ada, "Ada L.")
    undone = session.undo()
    session.set_note(ada, "From the lake")  # forgets what was undone
    assert undone is not None
    assert session.undo_step(undone.id) is None
    assert [step.name for step in session.steps() if not step.undone] == [
        "Note on Ada",
        "Add Ada",
    ]
