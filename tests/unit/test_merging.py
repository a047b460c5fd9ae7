"""Several contacts become one, and come back as they were, whatever happened in between."""

import asyncio
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from app.changes import Kind
from app.domain import Address, Block, ContactId, Visibility
from app.doubles import Merging
from app.outbox import acknowledge, lease
from app.paths import Paths
from app.pictures import PictureCache
from app.session import Session
from app.truth import Truth
from tests.unit.conftest import Book

pytestmark = pytest.mark.anyio

ADA = (
    "FN:Ada Okafor\r\nTEL:+1 212 555 0101\r\nEMAIL:ada@a.example\r\nNOTE:Lagos\r\nUID:u1\r\n"
    "X-A:1\r\nPHOTO;ENCODING=b;TYPE=PNG:iVBORw0KGgo="
)
ADA_TOO = (
    "FN:Okafor\\, Ada\r\nTEL:+1 212 555 0102\r\nEMAIL:Ada@A.example\r\nNOTE:chess\r\nUID:u2\r\n"
    "X-B:2\r\nORG:Acme"
)
BO = "FN:Bo\r\nTEL:+1 212 555 0103\r\nEMAIL:bo@a.example"
FIRST, SECOND = Address("12125550101"), Address("12125550102")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def bring(session: Session, path: Path) -> None:
    await session.books.run(await session.books.plan([path], "US"), lambda done, total: None)


async def rest(session: Session) -> None:
    """Wait for the rest of the deeds."""
    while session._rest is not None and session._deeds.is_unfinished():
        await session._rest
    assert not session._deeds.is_unfinished()


def sync(session: Session, tmp_path: Path) -> None:
    """Let the service have all that waits, and nobody be there."""
    truth = Truth(PictureCache(tmp_path / "pictures"))
    for bulk in (False, True):
        with session._store.writing() as transaction:
            batch = lease(transaction, 1e12, 1000, bulk=bulk)
            truth.apply_pending(transaction, batch.intents, 1.0)
            acknowledge(transaction, batch.id, batch.intents)
            for intent in batch.intents:
                transaction.contacts |= session._store.owners([intent.address])


TABLES = ("contact", "address", "known_card", "effective", "apart", "row")


def everything(home: Path) -> dict[str, list[str]]:
    """All that the book says, as text."""
    (path,) = home.rglob("client.db")
    with closing(sqlite3.connect(path)) as connection:
        return {
            table: sorted(map(repr, connection.execute(f"SELECT * FROM {table}")))
            for table in TABLES
        }


def said(home: Path) -> dict[str, list[str]]:
    """All that the book says, whether or not it has been sent."""
    (path,) = home.rglob("client.db")
    with closing(sqlite3.connect(path)) as connection:
        kept = connection.execute(
            "SELECT address, contact_id, position, text, label, kept, contact, subscribed, "
            "favorite, blocked, visibility, fields FROM effective"
        ).fetchall()
    return {
        table: records
        for table, records in everything(home).items()
        if table[:2] not in ("ef", "ro")
    } | {"kept": sorted(map(repr, kept))}


def id_of(session: Session, name: str) -> ContactId:
    return next(row.id for row in session.rows() if row.name == name)


async def test_two_cards_of_one_person_become_one_and_nothing_is_lost(
    session: Session, book: Book
) -> None:
    await bring(session, book(ADA, ADA_TOO, BO))
    await session.doubles.look()
    (double,) = session.doubles.found
    assert double.sure
    assert dict(double.reasons) == {"mail": "ada@a.example", "name": "Ada Okafor"}
    session.doubles.merge([Merging(double.ids[0], double.ids[1:])])
    assert sorted(row.name for row in session.rows()) == ["Ada Okafor", "Bo"]
    (card,) = session.books.cards([double.ids[0]])
    assert [value.text for value in card.phones] == ["+1 212 555 0101", "+1 212 555 0102"]
    assert [value.text for value in card.emails] == ["ada@a.example"]
    assert card.note == "Lagos\n\nchess"
    assert card.org == "Acme"
    assert card.photo is not None
    assert {"X-A:1", "X-B:2", "FN:Okafor\\, Ada"} <= set(card.rest)
    assert session.steps()[0].name == "Merge Ada Okafor"
    assert session.doubles.found == ()


async def test_undo_brings_back_every_value_after_a_sync_and_a_restart(
    session: Session, book: Book, tmp_path: Path
) -> None:
    await bring(session, book(ADA, ADA_TOO, BO))
    one, other = id_of(session, "Ada Okafor"), id_of(session, "Okafor, Ada")
    session.set_favorite([one], True)
    session.set_visibility([other], Visibility.HIDDEN)
    session.set_note(other, "plays chess")
    sync(session, tmp_path)
    home = tmp_path / "home"
    before = said(home)
    session.doubles.merge([Merging(one, (other,), {"name": 1})])
    assert id_of(session, "Okafor, Ada") == one
    sync(session, tmp_path)
    await rest(session)
    await asyncio.to_thread(shutil.copytree, home, tmp_path / "copy")
    async with Session(None, Paths(tmp_path / "copy")) as again:
        merged = said(tmp_path / "copy")
        again.undo()
        await rest(again)
        assert said(tmp_path / "copy") == before
        again.redo()
        await rest(again)
        assert said(tmp_path / "copy") == merged


async def test_what_was_blocked_or_hidden_stays_so_for_every_number(
    session: Session, book: Book
) -> None:
    await bring(session, book(ADA, ADA_TOO))
    one, other = id_of(session, "Ada Okafor"), id_of(session, "Okafor, Ada")
    session.set_favorite([one], True)
    session.set_blocked([other], (Block.MESSAGES,))
    session.set_visibility([other], Visibility.HIDDEN)
    strictest = session.doubles.strictest([one, other])
    assert strictest.is_mixed
    session.doubles.merge([Merging(one, (other,))])
    person = session.person(one)
    assert person is not None
    relations = {entry.address: entry.relation for entry in person.entries}
    assert relations[FIRST].favorite
    assert not relations[SECOND].favorite
    assert {relation.blocked for relation in relations.values()} == {(Block.MESSAGES,)}
    assert {relation.visibility for relation in relations.values()} == {Visibility.HIDDEN}
    assert not session.doubles.strictest([one]).is_mixed


async def test_each_number_keeps_its_own_where_that_is_chosen(session: Session, book: Book) -> None:
    await bring(session, book(ADA, ADA_TOO))
    one, other = id_of(session, "Ada Okafor"), id_of(session, "Okafor, Ada")
    session.set_blocked([other], tuple(Block))
    session.doubles.merge([Merging(one, (other,), is_safer=False)])
    assert session.entry(FIRST).relation.blocked == ()  # type: ignore[union-attr]  # it is there
    assert session.entry(SECOND).relation.blocked == tuple(Block)  # type: ignore[union-attr]


async def test_the_same_books_again_know_the_merged_person(session: Session, book: Book) -> None:
    path = book(ADA, ADA_TOO)
    await bring(session, path)
    one, other = id_of(session, "Ada Okafor"), id_of(session, "Okafor, Ada")
    session.doubles.merge([Merging(one, (other,))])
    steps = len(session.steps())
    await bring(session, path)
    assert len(session.steps()) == steps
    await bring(session, book("FN:Okafor\\, Ada\r\nUID:u2\r\nEMAIL:new@a.example", name="b.vcf"))
    (row,) = session.rows()
    assert row.name == "Ada Okafor"
    assert session.person(one).emails == ("ada@a.example", "new@a.example")  # type: ignore[union-attr]


async def test_told_apart_is_remembered_after_a_restart_and_a_new_import(
    session: Session, book: Book, tmp_path: Path
) -> None:
    path = book(ADA, ADA_TOO)
    await bring(session, path)
    await session.doubles.look()
    (double,) = session.doubles.found
    session.doubles.keep_apart(double.ids)
    assert session.doubles.found == ()
    assert session.steps()[0].name == "Keep apart Ada Okafor and Okafor, Ada"
    home = tmp_path / "copy"
    await asyncio.to_thread(shutil.copytree, tmp_path / "home", home)
    async with Session(None, Paths(home)) as again:
        assert again.doubles.count == 0
        await again.doubles.look()
        assert again.doubles.found == ()
        again.remove(list(double.ids))
        await bring(again, book(ADA_TOO, ADA, name="again.vcf"))
        assert not {row.id for row in again.rows()} & set(double.ids)
        await again.doubles.look()
        assert again.doubles.found == ()
        again.undo_step(next(step.id for step in again.steps() if "Keep apart" in step.name))
        assert again.doubles.has_news()
        await again.doubles.look()
        assert len(again.doubles.found) == 1


async def test_who_was_told_apart_from_one_is_apart_from_the_merged_one(
    session: Session, book: Book
) -> None:
    third = "FN:Addie\r\nEMAIL:ada@a.example\r\nTEL:+1 212 555 0109"
    await bring(session, book(ADA, ADA_TOO, third))
    one, other = id_of(session, "Ada Okafor"), id_of(session, "Okafor, Ada")
    addie = id_of(session, "Addie")
    session.doubles.keep_apart([other, addie])
    session.doubles.merge([Merging(one, (other,))])
    await session.doubles.look()
    assert session.doubles.found == ()


async def test_a_number_that_two_people_have_is_kept_with_both(
    session: Session, book: Book
) -> None:
    bob = "FN:Bob\r\nTEL:+1 212 555 0101\r\nTEL:+1 212 555 0106\r\nTEL:+1 212 555 0107"
    await bring(session, book(ADA, bob))
    bobs = id_of(session, "Bob")
    (card,) = session.books.cards([bobs])
    assert "+1 212 555 0101" in [value.text for value in card.phones]
    assert [each.trouble for each in session.person(bobs).unusable] == ["shared"]  # type: ignore[union-attr]
    await session.doubles.look()
    (double,) = session.doubles.found
    assert (dict(double.reasons), double.sure) == ({"number": FIRST}, False)
    session.doubles.merge([Merging(bobs, (id_of(session, "Ada Okafor"),))])
    assert session.person(bobs).unusable == ()  # type: ignore[union-attr]
    assert len(session.books.cards([bobs])[0].phones) == 3


def twice(count: int) -> list[str]:
    return [
        f"FN:{name}\r\nEMAIL:p{n}@a.example\r\nTEL:+1212{prefix}{n:04d}"
        for n in range(count)
        for name, prefix in ((f"Ada P{n}", 555), (f"P{n}, Ada", 556))
    ]


async def test_all_sure_ones_are_one_step_gone_on_with_after_a_crash(
    session: Session, book: Book, tmp_path: Path
) -> None:
    count = 40
    await bring(session, book(*twice(count), BO))
    before = said(tmp_path / "home")
    await session.doubles.look()
    assert session.doubles.merge_sure() == count
    assert len(session.rows()) > count + 1
    copy = tmp_path / "copy"
    await asyncio.to_thread(copy_store, tmp_path / "home", copy)
    async with Session(None, Paths(copy)) as again:
        await rest(again)
        assert len(again.rows()) == count + 1
        assert again.steps()[0].name == f"Merge {count} people"
        again.undo()
        await rest(again)
        assert said(copy) == before


def copy_store(home: Path, copy: Path) -> None:
    shutil.copytree(home, copy)


async def test_a_search_says_how_far_it_is_and_can_be_left(session: Session, book: Book) -> None:
    await bring(session, book(ADA, ADA_TOO))
    task = asyncio.current_task()
    assert task is not None

    def leave(_done: int, _total: int) -> None:
        task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await session.doubles.look(leave)
    task.uncancel()
    assert not session.doubles.is_known
    kinds = []
    session.changes.subscribe(lambda change: kinds.append(change.kinds))
    await session.doubles.look()
    assert session.doubles.count == 1
    assert any(Kind.DOUBLES in each for each in kinds)
    assert not session.doubles.has_news()
    session.set_favorite([session.rows()[0].id], True)
    assert not session.doubles.has_news()
    session.rename(session.rows()[0].id, "Somebody")
    assert session.doubles.has_news()
