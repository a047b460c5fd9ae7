"""The pending addresses: read, waited for, withdrawn one by one or all at once."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.domain import State
from app.paths import Paths
from app.session import Session

pytestmark = pytest.mark.anyio

MANY = 250


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def session(tmp_path: Path) -> AsyncIterator[Session]:
    book = tmp_path / "family.vcf"
    book.write_text(
        "".join(
            f"BEGIN:VCARD\nVERSION:3.0\nFN:P{n}\nTEL:+1212555{n:04d}\nEND:VCARD\n"
            for n in range(MANY)
        )
    )
    async with Session(None, Paths(tmp_path / "home")) as session:
        await session.books.run(await session.books.plan([book], "US"), lambda done, total: None)
        yield session


async def until_whole(session: Session) -> None:
    """Let the rest of a long deed be done."""
    if session._rest is not None:
        await session._rest
    assert not session._deeds.is_unfinished()


async def test_each_says_where_it_came_from(session: Session) -> None:
    session.add_contact("Ann", ["+18005550001"], "US")
    by_address = {each.address: each for each in session.pending.read()}
    assert len(by_address) == MANY + 1
    assert all(each.waiting for each in by_address.values())
    typed = by_address.pop(next(each for each in by_address if each == "18005550001"))
    assert (typed.source, typed.is_mine) == ("", True)
    assert {each.source for each in by_address.values()} == {"family.vcf"}


async def test_withdrawing_all_is_one_step_and_the_people_stay(session: Session) -> None:
    everything = [each.address for each in session.pending.read()]
    session.pending.withdraw(everything)
    await until_whole(session)
    assert session.pending.read() == []
    assert len(session.rows()) == MANY
    assert {row.state for row in session.rows()} == {None}
    assert session.steps()[0].name == f"Withdraw {MANY} numbers"
    session.undo()
    await until_whole(session)
    assert sorted(each.address for each in session.pending.read()) == sorted(everything)
    assert {row.state for row in session.rows()} == {State.PENDING}


async def test_one_of_two_addresses_is_withdrawn_alone(session: Session) -> None:
    ann = session.add_contact("Ann", ["+18005550001", "+18005550002"], "US")
    first, second = (each.address for each in session.pending.read() if each.contact_id == ann)
    session.pending.withdraw([first])
    left = [each.address for each in session.pending.read() if each.contact_id == ann]
    assert left == [second]
    assert session.rows_of([ann])[ann].state is State.PENDING


async def test_what_is_waited_for_is_remembered_by_address(
    session: Session, tmp_path: Path
) -> None:
    first, second, *_ = (each.address for each in session.pending.read())
    session.pending.await_([first, second], on=True)
    session.pending.await_([second], on=False)
    async with Session(None, Paths(tmp_path / "home")) as again:
        assert [each.address for each in again.pending.read() if each.awaited] == [first]
