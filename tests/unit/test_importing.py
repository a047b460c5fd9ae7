import asyncio
import time
from base64 import b64decode, b64encode
from pathlib import Path

import pytest

from app.changes import Change, Kind
from app.domain import Origin, State
from app.errors import Trouble
from app.outbox import counts, lease
from app.paths import Paths
from app.people import Fate, ImportReport, Reason
from app.session import Session
from tests.unit.conftest import Book

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


ADA = "FN:Ada Okafor\r\nTEL:+1 212 555 0101\r\nEMAIL:ada@a.example\r\nNOTE:Lagos"
BOB = "FN:Bob\r\nTEL:(212) 555-0102\r\nTEL:12"


PICTURE, OTHER_PICTURE = (
    b64encode(b"\x89PNG\r\n\x1a\n" + bytes([number]) * (40 + number)).decode() for number in (1, 2)
)


def nothing(done: int, total: int) -> None:
    return


async def bring(session: Session, path: Path) -> ImportReport:
    return await session.books.run(await session.books.plan([path], "US"), nothing)


def sent(session: Session) -> list[str]:
    """What would go out now."""
    with session._store.writing() as transaction:
        batch = lease(transaction, 1e12, 1000, bulk=True)
    return sorted(intent.address for intent in batch.intents)


async def test_every_card_has_a_fate(session: Session, book: Book) -> None:
    session.add_contact("Cy", ["+12125550103"], "US")
    path = book(
        ADA,
        BOB,
        "FN:Bob Again\r\nTEL:+12125550102",
        "FN:Cy\r\nTEL:+12125550103\r\nTEL:+12125550104",
        "FN:No Number\r\nEMAIL:n@n.example",
        ADA,
    )
    plan = await session.books.plan([path], "US")
    assert [card.fate for card in plan.cards] == [
        Fate.NEW,
        Fate.NEW,
        Fate.SAME,
        Fate.CHANGED,
        Fate.NO_ADDRESS,
        Fate.SAME,
    ]
    assert [card.reason for card in plan.cards[2:]] == [
        Reason.SAME_ADDRESS,
        Reason.SAME_NAME,
        Reason.NOTHING_USABLE,
        Reason.IDENTICAL,
    ]
    (rejected,) = plan.rejected
    assert (rejected.value, rejected.reason, rejected.line) == ("12", Trouble.TOO_SHORT, 12)
    assert len(session.rows()) == 1


async def test_an_import_puts_people_into_the_book_and_the_outbox(
    session: Session, book: Book
) -> None:
    report = await bring(session, book(ADA, BOB, "FN:Mail\r\nEMAIL:m@m.example"))
    assert (report.read, report.added, report.duplicates) == (3, 3, 0)
    rows = {row.name: row for row in session.rows()}
    assert rows["Ada Okafor"].waiting
    assert (rows["Ada Okafor"].state, rows["Ada Okafor"].origin) == (State.PENDING, Origin.IMPORT)
    assert rows["Mail"].address is None
    person = session.person(rows["Bob"].id)
    assert person is not None
    assert [each.text for each in person.unusable] == ["12"]
    assert sent(session) == ["12125550101", "12125550102"]


async def test_importing_again_changes_and_sends_nothing(session: Session, book: Book) -> None:
    await bring(session, book(ADA, BOB))
    assert len(sent(session)) == 2
    before = [session.person(row.id) for row in session.rows()]
    report = await bring(session, book(BOB, ADA + "\r\nREV:20260101"))
    assert (report.known, report.added, report.changed) == (2, 0, 0)
    assert report.step_id is None
    assert [session.person(row.id) for row in session.rows()] == before
    assert sent(session) == []


async def test_a_changed_card_adds_and_takes_nothing_away(session: Session, book: Book) -> None:
    await bring(session, book(ADA))
    sent(session)
    ada = session.rows()[0].id
    session.set_note(ada, "Lagos, May")
    report = await bring(
        session, book("FN:Ada O. Smith\r\nTEL:+12125550101\r\nNOTE:Lagos\r\nEMAIL:new@a.example")
    )
    assert report.changed == 1
    person = session.person(ada)
    assert person is not None
    assert person.row.name == "Ada O. Smith"
    assert person.note == "Lagos, May"
    assert person.emails == ("ada@a.example", "new@a.example")
    assert sent(session) == []


async def test_a_name_with_its_accents_apart_is_the_same_name(session: Session, book: Book) -> None:
    numbers = "TEL:+12125550101\r\nTEL:+12125550102"
    await bring(session, book(f"FN:Zo\u00eb\r\n{numbers}"))
    report = await bring(session, book(f"FN:Zoe\u0308\r\n{numbers}"))
    assert (report.known, report.changed) == (1, 0)


async def test_a_name_typed_here_is_not_overwritten(session: Session, book: Book) -> None:
    await bring(session, book(ADA))
    ada = session.rows()[0].id
    session.rename(ada, "My Ada")
    await bring(session, book("FN:Another\r\nTEL:+12125550101\r\nTEL:+12125550105"))
    assert session.rows_of([ada])[ada].name == "My Ada"


@pytest.mark.parametrize("at_once", [True, False])
async def test_nothing_of_a_card_that_joins_another_is_lost(
    session: Session, book: Book, at_once: bool
) -> None:
    """One number, two cards that differ in all else: what a person has one of stays as a line."""
    ann = "FN:Ann\r\nTEL:+12125550101\r\nNICKNAME:Annie\r\nORG:Acme\r\nBDAY:1990-01-02"
    bob = "FN:Bob\r\nTEL:+12125550101\r\nNICKNAME:Bobby\r\nORG:Bolt\r\nBDAY:1991-03-04"
    pictured = bob + f"\r\nPHOTO;ENCODING=b;TYPE=PNG:{PICTURE}"
    if at_once:
        await bring(session, book(ann, pictured))
    else:
        await bring(session, book(ann))
        await bring(session, book(pictured))
    ((contact, card),) = [
        (row.id, card) for row in session.rows() for card in session.books.cards()
    ]
    assert (card.name, card.nickname, card.org) == ("Ann", "Annie", "Acme")
    assert card.photo is not None
    kept = "\n".join(card.rest)
    assert all(said in kept for said in ("FN:Bob", "NICKNAME:Bobby", "ORG:Bolt", "1991-03-04"))
    again = await bring(session, book(ann, pictured))
    assert again.step_id is None
    assert session.books.cards([contact]) == [card]


async def test_another_picture_stays_beside_the_first(session: Session, book: Book) -> None:
    for data in (PICTURE, OTHER_PICTURE):
        await bring(session, book(f"FN:Ann\r\nTEL:+12125550101\r\nPHOTO;ENCODING=b:{data}"))
    (card,) = session.books.cards()
    assert card.photo is not None
    assert card.photo.data == b64decode(PICTURE)
    assert any(OTHER_PICTURE in line for line in card.rest)


async def test_two_people_on_one_landline_stay_two(session: Session, book: Book) -> None:
    await bring(
        session,
        book(
            "FN:Ada\r\nTEL:+12125550101\r\nTEL:+12125550199",
            "FN:Bob\r\nTEL:+12125550102\r\nTEL:+12125550199",
        ),
    )
    assert sorted(row.name for row in session.rows()) == ["Ada", "Bob"]
    bob = next(row for row in session.rows() if row.name == "Bob")
    person = session.person(bob.id)
    assert person is not None
    assert [entry.address for entry in person.entries] == ["12125550102"]


async def test_an_import_is_one_step_and_undo_takes_all_of_it_back(
    session: Session, book: Book
) -> None:
    session.add_contact("Cy", ["+12125550103"], "US")
    before = session.person(session.rows()[0].id)
    report = await bring(session, book(ADA, BOB, "FN:Cy\r\nTEL:+12125550103\r\nTEL:+12125550104"))
    assert len(session.rows()) == 3
    assert report.step_id == session.steps()[0].id
    session.undo()
    assert [session.person(row.id) for row in session.rows()] == [before]
    assert sent(session) == []
    session.redo()
    assert len(session.rows()) == 3
    with session._store.writing() as transaction:
        waiting = transaction.all("SELECT address FROM outbox ORDER BY address")
    assert [address for (address,) in waiting] == [
        "12125550101",
        "12125550102",
        "12125550103",
        "12125550104",
    ]


@pytest.mark.parametrize("times", [1, 2])
async def test_a_cancelled_import_leaves_nothing_behind(
    session: Session, book: Book, times: int
) -> None:
    path = book(*(f"FN:P{n}\r\nTEL:+1212555{n:04d}" for n in range(100, 1100)))
    plan = await session.books.plan([path], "US")
    begun = asyncio.Event()

    def hear(done: int, _total: int) -> None:
        if done >= 400:
            begun.set()

    async def run() -> None:
        await session.books.run(plan, hear)

    async with asyncio.TaskGroup() as tasks:
        task = tasks.create_task(run())
        await begun.wait()
        for _ in range(times):
            task.cancel()
            await asyncio.sleep(0)  # it begins to take back, some at a time
    assert session.rows() == []
    assert session.steps() == []
    assert session._store.reading.all("SELECT * FROM outbox") == []
    assert session._store.reading.all("SELECT * FROM contact") == []


async def test_an_import_that_was_killed_leaves_nothing_behind(tmp_path: Path, book: Book) -> None:
    path = book(*(f"FN:P{n}\r\nTEL:+1212555{n:04d}" for n in range(100, 1100)))
    killed = tmp_path / "killed"
    async with Session(None, Paths(tmp_path / "home")) as session:
        plan = await session.books.plan([path], "US")

        def copy(done: int, total: int) -> None:
            if done >= 400 and not killed.exists():
                (tmp_path / "home").rename(killed)
                killed_copy(killed, tmp_path / "home")

        await session.books.run(plan, copy)
    async with Session(None, Paths(tmp_path / "home")) as session:
        assert session.rows() == []
        assert session._store.reading.all("SELECT * FROM outbox") == []
        assert session.books.cut_short == [f"Import {path.name}"]
    async with Session(None, Paths(tmp_path / "home")) as session:
        assert session.books.cut_short == []


def killed_copy(source: Path, target: Path) -> None:
    """Copy what is on the disk at this moment, as a kill would leave it."""
    for path in source.rglob("*"):
        if path.is_file():
            copied = target / path.relative_to(source)
            copied.parent.mkdir(parents=True, exist_ok=True)
            copied.write_bytes(path.read_bytes())


async def test_nothing_of_an_import_is_sent_before_its_end(session: Session, book: Book) -> None:
    path = book(*(f"FN:P{n}\r\nTEL:+1212555{n:04d}" for n in range(100, 700)))
    seen: list[list[str]] = []
    plan = await session.books.plan([path], "US")
    await session.books.run(plan, lambda done, total: seen.append(sent(session)))
    assert seen
    assert not any(seen)
    assert len(sent(session)) == 600


async def test_progress_counts_up_to_the_end(session: Session, book: Book) -> None:
    path = book(*(f"FN:P{n}\r\nTEL:+1212555{n:04d}" for n in range(100, 600)))
    seen: list[tuple[int, int]] = []
    plan = await session.books.plan([path], "US")
    await session.books.run(plan, lambda done, total: seen.append((done, total)))
    assert seen[-1] == (500, 500)
    assert seen == sorted(seen)


async def test_a_photo_comes_with_its_card(session: Session, book: Book) -> None:
    await bring(session, book(ADA + "\r\nPHOTO;ENCODING=b;TYPE=PNG:iVBORw0KGgo="))
    assert session.photo(session.rows()[0].id) == b"\x89PNG\r\n\x1a\n"


async def test_the_end_of_an_import_says_that_there_is_something_to_send(
    session: Session, book: Book
) -> None:
    ready: list[int] = []

    def note(change: Change) -> None:
        if Kind.OUTBOX in change.kinds:
            ready.append(counts(session._store.reading, time.time()).ready)

    session.changes.subscribe(note)
    await bring(session, book(ADA, BOB))
    assert ready[-1] == 2
