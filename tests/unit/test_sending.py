"""Many changes of single relations, and the withdrawal of everything, over a bad network."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from app.by_address import ByAddress
from app.changes import Kind
from app.domain import Address, Block, Cursor, Profile
from app.errors import Unreachable
from app.outbox import Parts
from app.store_rows import read_rows
from app.truth import mark_stale, save_cursor
from app.wire import ContactsPage, KeptRelation
from tests.unit.test_sync import Client, client, down, good, json, problem

pytestmark = pytest.mark.anyio

MANY = 150
EVERYTHING = "DELETE /v1/me/contacts"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def one(tmp_path: Path) -> AsyncIterator[Client]:
    """A client of which the service keeps many addresses."""
    async with client(tmp_path) as one:
        keep(one, MANY)
        await one.sync.settled()
        with one.store.writing() as transaction:
            save_cursor(transaction, "c")
            mark_stale(transaction, stale=False)
        assert one.line.asked == ["POST /v1/contacts/sync"]
        one.line.asked.clear()
        yield one


def keep(one: Client, count: int, first: int = 18005550000) -> None:
    addresses = [Address(str(first + each)) for each in range(count)]
    by_address = ByAddress(one.store)
    by_address.queue(addresses, Parts(contact=1, subscribed=1))
    by_address.send_queue()


def finish(one: Client) -> None:
    """Do the rest of a deed, as the session does in later turns."""
    while one.deeds.go_on():
        pass


def remove_all(one: Client) -> None:
    one.deeds.remove([row.id for row in read_rows(one.store.reading)])
    finish(one)


def asked(one: Client, method: str) -> list[str]:
    return [each for each in one.line.asked if each.startswith(method)]


def news(*addresses: str) -> httpx.Response:
    """Answer what is new in my list."""
    kept = [KeptRelation(Address(each), profile=Profile(Address(each))) for each in addresses]
    return json(ContactsPage(kept, [], Cursor("d")))


def knowing(request: httpx.Request) -> httpx.Response:
    """Answer as the service would, where nothing is new."""
    return news() if request.method == "GET" else good(request)


# ---- many single changes


async def test_many_changes_are_each_sent_once(one: Client) -> None:
    one.deeds.set_favorite([row.id for row in read_rows(one.store.reading)], on=True)
    finish(one)
    await one.sync.settled()
    assert len(one.line.asked) == len(set(one.line.asked)) == MANY
    assert one.waiting() == 0
    assert all(row.favorite and not row.waiting for row in read_rows(one.store.reading))


async def test_of_many_changes_those_that_got_no_answer_are_sent_again(one: Client) -> None:
    def breaks(request: httpx.Request) -> httpx.Response:
        return good(request) if len(one.line.asked) < MANY // 2 else down(request)

    one.line.after = breaks
    one.deeds.set_favorite([row.id for row in read_rows(one.store.reading)], on=True)
    finish(one)
    with pytest.raises(Unreachable):
        await one.sync.settled()
    kept = one.waiting()
    assert 0 < kept < MANY
    assert len(one.line.asked) < MANY  # nobody goes on asking a service that is away
    one.line.after = good
    one.line.asked.clear()
    await one.sync.settled()
    assert len(one.line.asked) == kept
    assert one.waiting() == 0


async def test_the_service_asks_for_patience_in_the_middle_of_many(one: Client) -> None:
    one.line.after = lambda request: problem(429, "slow-down", Retry_After="30")
    one.deeds.set_favorite([row.id for row in read_rows(one.store.reading)], on=True)
    finish(one)
    with pytest.raises(Unreachable) as error:
        await one.sync.settled()
    assert error.value.retry_after_s == 30
    assert len(one.line.asked) <= 8
    assert one.waiting() == MANY


async def test_one_of_many_is_refused_and_one_over_budget(one: Client) -> None:
    def picky(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("0001"):
            return problem(422, "invalid")
        if request.url.path.endswith("0002"):
            return problem(429, "over-budget", Retry_After="600")
        return good(request)

    one.line.after = picky
    one.deeds.set_favorite([row.id for row in read_rows(one.store.reading)], on=True)
    finish(one)
    await one.sync.settled()
    left = one.store.reading.all("SELECT address, failure, deferred FROM outbox ORDER BY address")
    assert left == [("18005550001", "So.", 0), ("18005550002", None, 1)]


async def test_how_many_are_through_is_told_while_they_travel(one: Client) -> None:
    one.deeds.set_favorite([row.id for row in read_rows(one.store.reading)], on=True)
    finish(one)
    one.states.clear()
    await one.sync.settled()
    assert {state.total for state in one.states if state.total} == {MANY}


async def test_a_block_does_not_wait_for_what_is_to_be_erased(one: Client) -> None:
    rows = read_rows(one.store.reading)
    one.deeds.remove([row.id for row in rows[1:]])
    finish(one)
    one.deeds.set_blocked([rows[0].id], (Block.PROFILE,))
    await one.sync.settled()
    assert one.line.asked[0] == f"PATCH /v1/contacts/{rows[0].address}"
    assert len(asked(one, "DELETE")) == MANY - 1


# ---- everything


async def test_what_withdraws_everything_is_one_request(one: Client) -> None:
    one.line.after = knowing
    remove_all(one)
    await one.sync.settled()
    assert one.line.asked == ["GET /v1/contacts", EVERYTHING]
    assert one.waiting() == 0
    assert one.store.reading.all("SELECT address FROM relation") == []


async def test_somebody_added_meanwhile_is_sent_after_it(one: Client) -> None:
    one.line.after = knowing
    remove_all(one)
    one.deeds.add_contact("Ann", ["+18005559999"], "US")
    await one.sync.settled()
    assert one.line.asked == ["GET /v1/contacts", EVERYTHING, "PATCH /v1/contacts/18005559999"]


async def test_whoever_stays_is_not_withdrawn_with_the_others(one: Client) -> None:
    one.line.after = knowing
    rows = read_rows(one.store.reading)
    one.deeds.remove([row.id for row in rows[1:]])
    finish(one)
    await one.sync.settled()
    assert EVERYTHING not in one.line.asked
    assert len(asked(one, "DELETE")) == MANY - 1
    assert [row.id for row in read_rows(one.store.reading)] == [rows[0].id]


@pytest.mark.parametrize(
    "answer", [news("18005559999"), problem(409, "reset")], ids=["somebody new", "refused"]
)
async def test_what_another_session_may_keep_is_not_withdrawn(
    one: Client, answer: httpx.Response
) -> None:
    one.line.after = lambda request: answer if request.method == "GET" else good(request)
    remove_all(one)
    await one.sync.settled()
    assert EVERYTHING not in one.line.asked
    assert len(asked(one, "DELETE")) == MANY
    assert one.waiting() == 0


async def test_a_withdrawal_whose_answer_was_lost_is_asked_for_again(one: Client) -> None:
    one.line.after = lambda request: (
        down(request) if request.method == "DELETE" else knowing(request)
    )
    remove_all(one)
    with pytest.raises(Unreachable):
        await one.sync.settled()
    assert one.waiting() == MANY
    one.line.after = knowing
    await one.sync.settled()
    assert asked(one, "DELETE") == [EVERYTHING, EVERYTHING]
    assert one.waiting() == 0


async def test_whoever_is_wanted_again_while_it_travels_is_kept(one: Client) -> None:
    def late(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/v1/me/contacts" and len(asked(one, "DELETE")) == 1:
            one.deeds.undo()
            finish(one)
        return knowing(request)

    one.line.after = late
    remove_all(one)
    await one.sync.settled()
    await one.sync.settled()
    assert one.waiting() == 0
    assert len(read_rows(one.store.reading)) == MANY
    assert len(one.store.reading.all("SELECT address FROM relation WHERE contact")) == MANY


async def test_nothing_is_erased_before_the_end_of_a_deed(one: Client) -> None:
    one.line.after = knowing
    told: list[Kind] = []
    one.store.changes.subscribe(lambda change: told.append(change.kinds))
    one.deeds.remove([row.id for row in read_rows(one.store.reading)])
    await one.sync.settled()
    assert one.line.asked == []
    finish(one)
    assert Kind.OUTBOX in told[-1]
    await one.sync.settled()
    assert one.line.asked == ["GET /v1/contacts", EVERYTHING]
