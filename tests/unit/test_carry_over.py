"""A book that goes along to another account: everybody, and what I decided of each."""

from pathlib import Path

import pytest

from app.account import Account, folder_of
from app.carry_over import OldBook, carry_over, find_book
from app.changes import Changes
from app.domain import Address, Block, ContactId, Field, Privacy, State, Visibility, VisibilitySet
from app.outbox import lease
from app.paths import Paths
from app.session import Entry, Session
from app.store import Store

pytestmark = pytest.mark.anyio
THERE = Account("https://kith.example", Address("12025550100"), "")
FAMILY = VisibilitySet(16, "Family", (Field.NAME, Field.STATUS))


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths(tmp_path)


async def a_book(paths: Paths) -> OldBook:
    book = paths.home / "book.vcf"
    book.write_text(
        "".join(
            f"BEGIN:VCARD\nVERSION:3.0\nFN:{name}\nTEL:+1202555{number}\nNOTE:of {name}\n"
            "ORG:Works\nEND:VCARD\n"
            for name, number in (("Ana", "0101"), ("Bo", "0102"), ("Cy", "0103"), ("Dee", "0104"))
        )
    )
    async with Session(None, paths) as session:
        await session.books.run(await session.books.plan([book], "US"), lambda _done, _all: None)
        session.save_privacy(Privacy(sets=(FAMILY,)))
        people = {row.name: row.id for row in session.rows()}
        session.set_blocked([people["Ana"]], (Block.MESSAGES, Block.PROFILE))
        session.set_visibility([people["Bo"]], FAMILY.id)
        session.set_favorite([people["Cy"]], True)
        session.remove([people["Dee"]])
        session.add_contact("Eve", ["eve"], "US")
        session.set_visibility([_id(session, "Eve")], Visibility.HIDDEN)
    found = find_book(paths)
    assert found is not None
    return found


def _id(session: Session, name: str) -> ContactId:
    return next(row.id for row in session.rows() if row.name == name)


def entry(session: Session, name: str) -> Entry:
    person = session.person(_id(session, name))
    assert person is not None
    return person.entries[0]


async def test_everybody_comes_along_with_what_was_decided(paths: Paths) -> None:
    book = await a_book(paths)
    assert book.people == 4
    assert carry_over(book, THERE, paths)
    async with Session(THERE, paths) as session:
        assert sorted(row.name for row in session.rows()) == ["Ana", "Bo", "Cy", "Eve"]
        assert entry(session, "Ana").relation.blocked == (Block.MESSAGES, Block.PROFILE)
        bo = entry(session, "Bo")
        assert (bo.relation.visibility, bo.relation.fields) == (Visibility.CUSTOM, FAMILY.fields)
        assert entry(session, "Cy").relation.favorite
        assert entry(session, "Eve").relation.visibility == Visibility.HIDDEN
        every = [entry(session, row.name) for row in session.rows()]
        assert all(each.relation.contact and each.waiting for each in every)
        assert {each.relation.state for each in every} == {State.PENDING}
        ana = session.books.cards([_id(session, "Ana")])[0]
        assert (ana.note, ana.org) == ("of Ana", "Works")
        assert session.state.waiting == 4


async def test_blocks_and_own_rules_go_before_the_rest(paths: Paths) -> None:
    carry_over(await a_book(paths), THERE, paths)
    store = _store(folder_of(THERE, paths))
    with store.writing() as transaction:
        alone = lease(transaction, 0.0, 100, bulk=False)
    assert {each.address for each in alone.intents} >= {"12025550101", "12025550102"}
    store.close()


async def test_the_same_card_is_known_again(paths: Paths) -> None:
    carry_over(await a_book(paths), THERE, paths)
    async with Session(THERE, paths) as session:
        plan = await session.books.plan([paths.home / "book.vcf"], "US")
        assert [card.fate.value for card in plan.cards][:3] == ["known"] * 3


async def test_a_book_that_is_there_is_not_touched(paths: Paths) -> None:
    book = await a_book(paths)
    async with Session(THERE, paths) as session:
        session.add_contact("Zoe", ["zoe"], "US")
    assert not carry_over(book, THERE, paths)
    async with Session(THERE, paths) as session:
        assert [row.name for row in session.rows()] == ["Zoe"]


async def test_what_the_other_service_said_stays_behind(paths: Paths) -> None:
    book = await a_book(paths)
    old = _store(book.path.parent)
    with old.writing() as transaction:
        transaction.run("INSERT INTO profile VALUES ('12025550101', 7, '{\"name\":\"Secret\"}')")
        transaction.run("INSERT OR REPLACE INTO meta VALUES ('cursor', 'theirs')")
        stranger = transaction.run("INSERT INTO contact (name, added_at) VALUES ('', 0)")
        transaction.run("INSERT INTO address VALUES ('stranger', ?, 0, '', '')", stranger)
    old.close()
    assert carry_over(book, THERE, paths)
    new = _store(folder_of(THERE, paths))
    for table in ("profile", "relation", "meta", "step", "message"):
        assert new.reading.value(f"SELECT COUNT(*) FROM {table}") == 0
    assert not new.reading.value("SELECT COUNT(*) FROM address WHERE address = 'stranger'")
    new.close()


async def test_nobody_is_offered_where_nobody_is(paths: Paths) -> None:
    assert find_book(paths) is None
    async with Session(None, paths):
        pass
    assert find_book(paths) is None
    (paths.home / "accounts" / "damaged").mkdir(parents=True)
    (paths.home / "accounts" / "damaged" / "client.db").write_bytes(b"no database" * 100)
    assert find_book(paths) is None


def _store(folder: Path) -> Store:
    return Store(folder / "client.db", Changes())
