"""Reading the whole list while other things go on; the service answers when the test lets it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import httpx
import msgspec
import pytest

from app import my_outbox, truth
from app.changes import Changes
from app.deeds import Deeds
from app.domain import Address, Cursor, Fields, Privacy, Profile, State
from app.listener import Listener
from app.pictures import PictureCache
from app.pulse import Pulse
from app.remote import Remote
from app.store import Store
from app.store_rows import read_rows
from app.sync import Sync
from app.truth import Truth
from app.wire import ContactsPage, KeptRelation, Me
from tests.wait import PATIENCE_S

pytestmark = pytest.mark.anyio

ANN, BOB = Address("18005550001"), Address("18005550002")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def kept(address: Address, name: str) -> KeptRelation:
    profile = Profile(address, 1, Fields(name=name))
    return KeptRelation(address, contact=True, state=State.MATCHED, profile=profile)


async def nothing() -> None:
    return


class Client:
    """One client, and a service that keeps a list for it; what it tells of itself has a place."""

    def __init__(self, folder: Path) -> None:
        self.store = Store(folder / "client.db", Changes())
        remote = Remote("http://service", "token", httpx.MockTransport(self._answer))
        pulse = Pulse(self.store, lambda _state: None)
        self.truth = Truth(PictureCache(folder / "pictures"))
        self.listener = Listener(self.store, self.truth, remote, pulse)
        self.sync = Sync(self.store, self.truth, remote, pulse)
        self.deeds = Deeds(self.store, lambda: None)
        self.remote = remote
        self.listed: list[KeptRelation] = []
        self.status = ["before"]
        """Mine, as it was at each place of the feed."""
        self.after_list: Callable[[], Awaitable[None]] = nothing
        """What happens when the service has made the list, and before it arrives."""
        self.after_first: Callable[[], None] = lambda: None
        """What happens at the service when it has answered one question of the two."""
        self.asked = 0

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/v1/events":
            return self._tell(int(request.headers["Last-Event-ID"]))
        if request.method == "DELETE":
            return httpx.Response(204)
        if request.url.path == "/v1/me":
            answer: object = self._me()
        else:
            answer = ContactsPage(list(self.listed), [], Cursor(str(len(self.status))))
            await self.after_list()
        self.asked += 1
        if self.asked == 1:
            self.after_first()
        return httpx.Response(200, content=msgspec.json.encode(answer))

    def _tell(self, heard: int) -> httpx.Response:
        """Answer with a stream of what is newer than a place, and end it."""
        me = msgspec.json.encode(self._me()).decode()
        news = f"id: {len(self.status)}\nevent: me\ndata: {me}\n\n"
        text = (news if heard < len(self.status) else "") + "event: ready\ndata: {}\n\n"
        return httpx.Response(200, text=text, headers={"Content-Type": "text/event-stream"})

    def _me(self) -> Me:
        return Me(Address("me"), Fields(status=self.status[-1]), Privacy(), auto_sync=True)

    def names(self) -> list[str]:
        return [row.name for row in read_rows(self.store.reading)]

    async def listen(self) -> None:
        """Read the list and what is newer, up to `ready`."""
        ready = asyncio.Event()
        async with asyncio.timeout(PATIENCE_S), asyncio.TaskGroup() as tasks:
            hear = tasks.create_task(
                self.listener.run(lambda kind, _: ready.set() if kind == "ready" else None)
            )
            await ready.wait()
            hear.cancel()


@pytest.fixture
async def client(tmp_path: Path) -> AsyncIterator[Client]:
    made = Client(tmp_path)
    yield made
    await made.remote.close()
    made.store.close()


async def test_who_is_sent_while_the_list_travels_stays(client: Client) -> None:
    client.listed = [kept(BOB, "Bob")]

    async def keep_ann() -> None:
        with client.store.writing() as transaction:
            client.truth.apply_kept(transaction, [kept(ANN, "Ann")], 0)

    client.after_list = keep_ann
    await client.listen()
    assert sorted(client.names()) == ["Ann", "Bob"]
    assert truth.kept_addresses(client.store.reading) == {ANN, BOB}


async def test_who_is_removed_while_the_list_travels_does_not_come_back(client: Client) -> None:
    ann = client.deeds.add_contact("Ann", [f"+{ANN}"], "US")
    with client.store.writing() as transaction:
        transaction.run("DELETE FROM outbox")
        client.truth.apply_kept(transaction, [kept(ANN, "Ann")], 0)
    client.listed = [kept(ANN, "Ann"), kept(BOB, "Bob")]
    client.deeds.remove([ann])

    async def send() -> None:
        async with asyncio.TaskGroup() as tasks:
            sending = tasks.create_task(client.sync.run())
            await client.sync.settled()
            sending.cancel()

    client.after_list = send
    await client.listen()
    assert client.names() == ["Bob"]


async def test_who_was_kept_and_is_not_in_the_list_goes(client: Client) -> None:
    with client.store.writing() as transaction:
        client.truth.apply_kept(transaction, [kept(ANN, "Ann")], 0)
    client.listed = [kept(BOB, "Bob")]
    await client.listen()
    assert client.names() == ["Bob"]


async def test_what_changes_of_me_between_the_two_questions_is_heard(client: Client) -> None:
    client.after_first = lambda: client.status.append("after")
    await client.listen()
    me = my_outbox.load_me(client.store.reading)
    assert me is not None
    assert me.fields.status == "after"
