"""The sending loop over a network that answers late, twice, wrongly or never."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import msgspec
import pytest

from app.changes import Changes
from app.deeds import Deeds
from app.domain import Address, Cursor, Field, Fields, Privacy, Profile, State
from app.errors import SignedOut, Unreachable
from app.my_conflicts import merge_rules, read_overtaken
from app.my_outbox import save_me
from app.outbox import counts
from app.pictures import PictureCache
from app.pulse import Pulse
from app.remote import Remote
from app.store import Store
from app.store_rows import read_entry, read_rows
from app.sync import Sync
from app.truth import Truth
from app.views import SessionState, Status
from app.wire import KeptRelation, Me, PatchRelation, Rejected, Synced
from app.wire import Sync as SyncBody

pytestmark = pytest.mark.anyio

Answer = Callable[[httpx.Request], httpx.Response]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def good(request: httpx.Request) -> httpx.Response:
    """Answer as the service would: everybody is pending."""
    path = request.url.path
    if path == "/v1/contacts/sync":
        body = msgspec.json.decode(request.content, type=SyncBody)
        pending = [address for entry in body.entries for address in entry.addresses]
        return json(Synced([], pending, [], [], Cursor("c")))
    if request.method == "DELETE":
        return httpx.Response(204)
    if path.startswith("/v1/contacts/"):
        change = msgspec.json.decode(request.content, type=PatchRelation)
        address = Address(path.rsplit("/", 1)[1])
        parts = {
            name: value
            for name, value in msgspec.structs.asdict(change).items()
            if value is not msgspec.UNSET
        }
        return json(KeptRelation(address, **parts, profile=Profile(address)))
    return problem(404, "not-found")


def json(value: object) -> httpx.Response:
    return httpx.Response(200, content=msgspec.json.encode(value))


def problem(status: int, slug: str, **headers: str) -> httpx.Response:
    body = {"type": f"urn:kith:problem:{slug}", "title": slug, "status": status, "detail": "So."}
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(status, json=body, headers=names)


def down(request: httpx.Request) -> httpx.Response:
    raise httpx.ConnectError("no")


def always(response: Callable[[], httpx.Response]) -> Answer:
    return lambda request: response()


@dataclass
class Line:
    """A network that answers what the test says, and remembers what it was asked."""

    answers: list[Answer] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    after: Answer = good

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(f"{request.method} {request.url.path}")
        return (self.answers.pop(0) if self.answers else self.after)(request)


@dataclass
class Client:
    store: Store
    deeds: Deeds
    sync: Sync
    line: Line
    states: list[SessionState]

    def waiting(self) -> int:
        return counts(self.store.reading, 0).waiting

    def entry(self, address: str) -> object:
        return read_entry(self.store.reading, Address(address))


@asynccontextmanager
async def client(folder: Path) -> AsyncIterator[Client]:
    changes = Changes()
    store = Store(folder / "client.db", changes)
    states: list[SessionState] = []
    line = Line()
    remote = Remote("http://service", "token", httpx.MockTransport(line.answer))
    pulse = Pulse(store, states.append)
    sync = Sync(store, Truth(PictureCache(folder / "pictures")), remote, pulse)
    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(sync.run())
        yield Client(store, Deeds(store, lambda: None), sync, line, states)
        running.cancel()
    await remote.close()
    store.close()


@pytest.fixture
async def one(tmp_path: Path) -> AsyncIterator[Client]:
    async with client(tmp_path) as one:
        yield one


async def test_a_change_is_sent_once_and_leaves_the_outbox(one: Client) -> None:
    one.deeds.add_contact("Ann", ["+18005550001"], "US")
    await one.sync.settled()
    await one.sync.settled()
    assert one.line.asked == ["PATCH /v1/contacts/18005550001"]
    assert one.waiting() == 0


@pytest.mark.parametrize(
    "bad",
    [
        down,
        always(lambda: httpx.Response(500)),
        always(lambda: problem(503, "busy")),
        always(lambda: problem(429, "slow-down")),
        always(lambda: httpx.Response(200, content=b"<html>")),
    ],
)
async def test_what_got_no_answer_is_kept_and_sent_again(one: Client, bad: Answer) -> None:
    one.line.answers = [bad]
    one.deeds.add_contact("Ann", ["+18005550001"], "US")
    with pytest.raises(Unreachable):
        await one.sync.settled()
    assert one.waiting() == 1
    await one.sync.settled()
    assert one.line.asked == ["PATCH /v1/contacts/18005550001"] * 2
    assert one.waiting() == 0


async def test_the_wait_is_as_long_as_the_service_asks(one: Client) -> None:
    one.line.answers = [always(lambda: problem(503, "busy", Retry_After="90"))]
    one.deeds.add_contact("Ann", ["+18005550001"], "US")
    with pytest.raises(Unreachable) as error:
        await one.sync.settled()
    assert error.value.retry_after_s == 90
    assert one.states[-1].retry_at is not None
    one.sync.press_if_stuck()
    await asyncio.sleep(0)
    assert len(one.line.asked) == 1


async def test_one_refused_change_does_not_hold_the_others(one: Client) -> None:
    one.line.answers = [always(lambda: problem(422, "invalid"))]
    one.deeds.add_contact("Ann", ["+18005550001", "+18005550002"], "US")
    await one.sync.settled()
    failures = [
        entry.failure
        for address in ("18005550001", "18005550002")
        if (entry := read_entry(one.store.reading, Address(address)))
    ]
    assert set(failures) == {"So.", None}
    assert one.waiting() == 0


async def test_over_budget_only_that_address_waits(one: Client) -> None:
    one.line.answers = [always(lambda: problem(429, "over-budget", Retry_After="600"))]
    one.deeds.add_contact("Ann", ["+18005550001", "+18005550002"], "US")
    await one.sync.settled()
    assert one.waiting() == 1
    assert counts(one.store.reading, 0).next_at is not None
    assert len(one.line.asked) == 2


async def test_a_change_made_while_another_travels_is_sent_after_it(one: Client) -> None:
    who: list[int] = []

    def late(request: httpx.Request) -> httpx.Response:
        one.deeds.set_favorite([row.id for row in read_rows(one.store.reading)], on=True)
        who.append(1)
        return good(request)

    one.line.answers = [late]
    one.deeds.add_contact("Ann", ["+18005550001"], "US")
    await one.sync.settled()
    await one.sync.settled()
    assert len(one.line.asked) == 2
    assert read_rows(one.store.reading)[0].favorite
    assert one.waiting() == 0


async def test_a_lost_token_ends_the_sending_and_keeps_everything(one: Client) -> None:
    one.line.answers = [always(lambda: problem(401, "unauthorized"))]
    one.deeds.add_contact("Ann", ["+18005550001"], "US")
    with pytest.raises(SignedOut):
        await one.sync.settled()
    assert one.states[-1].status is Status.SIGNED_OUT
    assert one.waiting() == 1
    with pytest.raises(SignedOut):
        await one.sync.settled()


async def test_what_is_removed_before_it_was_ever_sent_is_not_sent(one: Client) -> None:
    one.line.after = down
    ann = one.deeds.add_contact("Ann", ["+18005550001"], "US")
    one.deeds.remove([ann])
    one.line.after = good
    await one.sync.settled()
    assert one.line.asked == []


async def test_a_refused_profile_is_a_failure_and_does_not_stop_the_rest(one: Client) -> None:
    one.line.answers = [always(lambda: problem(422, "profile-too-large")), down]
    one.deeds.save_me({Field.NAME: "x"})
    one.deeds.add_contact("Ann", ["+18005550001"], "US")
    with pytest.raises(Unreachable):
        await one.sync.settled()
    assert one.store.reading.all("SELECT part, failure FROM my_outbox") == [("field:name", "So.")]
    await one.sync.settled()
    assert one.waiting() == 0


async def test_the_fates_of_a_batch(one: Client, tmp_path: Path) -> None:
    fates = Synced(
        matched=[
            KeptRelation(
                Address("18005550001"),
                contact=True,
                subscribed=True,
                state=State.MATCHED,
                profile=Profile(Address("18005550001")),
            )
        ],
        pending=["18005550002"],
        rejected=[Rejected("18005550003", "self")],
        deferred=["18005550004"],
        cursor=Cursor("c"),
        retry_after=60,
    )
    one.line.answers = [always(lambda: json(fates))]
    with one.store.writing() as transaction:
        for number in range(1, 5):
            address = f"1800555000{number}"
            contact = transaction.run("INSERT INTO contact (source, added_at) VALUES ('', 0)")
            transaction.run(
                "INSERT INTO address VALUES (?, ?, 0, ?, '')", address, contact, address
            )
            transaction.contacts.add(contact)  # type: ignore[arg-type]  # a fresh id
            transaction.run(
                "INSERT INTO outbox (address, contact, subscribed, bulk, revision) "
                "VALUES (?, 1, 1, 1, 1)",
                address,
            )
    await one.sync.settled()
    assert one.line.asked == ["POST /v1/contacts/sync"]
    rows = {row.address: row for row in read_rows(one.store.reading)}
    assert rows[Address("18005550001")].state is State.MATCHED
    assert not rows[Address("18005550002")].waiting
    refused = read_entry(one.store.reading, Address("18005550003"))
    assert refused is not None
    assert refused.failure == "self"
    deferred = read_entry(one.store.reading, Address("18005550004"))
    assert deferred is not None
    assert deferred.deferred_until is not None


async def test_a_refused_batch_is_sent_one_by_one(one: Client) -> None:
    one.line.answers = [always(lambda: problem(422, "invalid"))]
    with one.store.writing() as transaction:
        for number in range(1, 4):
            transaction.run(
                "INSERT INTO outbox (address, contact, subscribed, bulk, revision) "
                "VALUES (?, 1, 1, 1, 1)",
                f"1800555000{number}",
            )
    await one.sync.settled()
    assert len(one.line.asked) == 4
    assert one.waiting() == 0


def account(status: str) -> Answer:
    return always(lambda: json(Me(Address("1"), Fields(status=status), Privacy(), auto_sync=True)))


def know(one: Client, status: str) -> None:
    """Take over an account as the service said it once."""
    with one.store.writing() as transaction:
        save_me(transaction, Me(Address("1"), Fields(status=status), Privacy(), auto_sync=True))


async def test_what_may_have_arrived_without_an_answer_is_nobody_elses_change(one: Client) -> None:
    know(one, "At home")
    one.line.answers = [account("At home"), down]
    one.deeds.save_me({Field.STATUS: "Out"})
    with pytest.raises(Unreachable):
        await one.sync.settled()
    one.deeds.save_me({Field.STATUS: "Back"})
    sent = always(lambda: httpx.Response(200, json={}))
    one.line.answers = [account("Out"), sent, account("Back")]
    await one.sync.settled()
    assert read_overtaken(one.store.reading) == []
    assert one.line.asked[-3:] == ["GET /v1/me", "PATCH /v1/me", "GET /v1/me"]


async def test_who_refuses_every_other_request_takes_a_change_all_the_same(one: Client) -> None:
    know(one, "At home")
    one.deeds.save_me({Field.STATUS: "Out"})
    busy = always(lambda: problem(429, "limited", Retry_After="0"))
    sent = always(lambda: httpx.Response(200, json={}))
    one.line.answers = [account("At home"), busy, sent, account("Out")]
    with pytest.raises(Unreachable):
        await one.sync.settled()
    await one.sync.settled()
    assert one.line.asked == ["GET /v1/me", "PATCH /v1/me", "PATCH /v1/me", "GET /v1/me"]


async def test_what_another_session_changed_is_not_overwritten(one: Client) -> None:
    know(one, "At home")
    one.deeds.save_me({Field.STATUS: "Out", Field.ABOUT: "Kites"})
    sent = always(lambda: httpx.Response(200, json={}))
    one.line.answers = [account("At the lake"), sent, account("At the lake")]
    await one.sync.settled()
    (found,) = read_overtaken(one.store.reading)
    assert (found.part, found.mine, found.theirs) == ("field:status", "Out", "At the lake")
    assert one.waiting() == 0


def rules(about: str, sets: list[dict[str, object]]) -> dict[str, object]:
    audiences = {"name": "everyone", "about": about}
    return {"audiences": audiences, "searchable": "everyone", "sets": sets}


def a_set(number: int, *fields: str) -> dict[str, object]:
    return {"id": number, "name": f"Set {number}", "fields": [*fields]}


def test_of_two_sets_of_one_id_both_changes_must_show_a_field() -> None:
    base = rules("contacts", [a_set(16, "name"), a_set(17, "name")])
    mine = rules("contacts", [a_set(16, "name", "status", "about"), a_set(18, "about")])
    theirs = rules("nobody", [a_set(16, "status", "about", "email"), a_set(17, "name")])
    together, is_contested = merge_rules(base, mine, theirs)
    assert is_contested
    assert together["audiences"]["about"] == "nobody"
    assert together["sets"] == [a_set(16, "status", "about"), a_set(18, "about")]
