"""A live stream whose service, behind a real socket, sends something without an end."""

import asyncio
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from app import my_outbox, remote, truth
from app.changes import Changes
from app.errors import Unreachable
from app.listener import Listener
from app.pictures import PictureCache
from app.pulse import Pulse
from app.remote import Event, Remote
from app.store import Store
from app.truth import Truth
from tests.wait import PATIENCE_S

pytestmark = pytest.mark.anyio

MOST = 200_000
"""The bound in these tests."""
ENOUGH = 16 * 1024 * 1024
"""More than the kernel holds of what nobody has taken yet."""
HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n"
ME = (
    b"event: me\nid: %b\n"
    b'data: {"address":"18005550001","fields":{"status":"%b"},"privacy":{},"auto_sync":true}\n\n'
)
ENDLESS = {
    "a line": (b"data: ", b"x" * 65_536),
    "lines": (b"event: me\n", b"data: x\n" * 8_192),
    "a comment": (b":", b"x" * 65_536),
    "a name": (b"event: ", b"x" * 65_536),
    "a cursor": (b"id: ", b"x" * 65_536),
}


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(autouse=True)
def bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote, "EVENT_BYTES", MOST)


class Hostile:
    """A service that says something honest, then something without an end; later it is good."""

    def __init__(self, honest: bytes, endless: tuple[bytes, bytes], coding: bytes = b"") -> None:
        self._first = HEAD + coding + b"\r\n" + honest
        self._begin, self._more = endless
        self.asked: list[str] = []
        """The cursor of each who came."""
        self.sent = 0
        self.url = ""

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        server = await asyncio.start_server(self._answer, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with server:
            yield

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        fields = dict(line.lower().split(": ", 1) for line in head.splitlines()[1:] if line)
        self.asked.append(fields.get("last-event-id", ""))
        try:
            if len(self.asked) == 1:
                await self._send_without_end(writer)
            else:
                writer.write(HEAD + b"\r\n" + ME % (b"2", b"after") + b"event: ready\ndata: {}\n\n")
                await reader.read()
        except ConnectionError:
            pass
        finally:
            writer.close()

    async def _send_without_end(self, writer: asyncio.StreamWriter) -> None:
        writer.write(self._first + self._begin)
        while self.sent < ENOUGH:
            writer.write(self._more)
            self.sent += len(self._more)
            await writer.drain()


@pytest.fixture(params=ENDLESS)
def endless(request: pytest.FixtureRequest) -> Hostile:
    return Hostile(ME % (b"1", b"before"), ENDLESS[request.param])


async def test_the_client_goes_on_from_the_last_event_that_it_has_whole(
    endless: Hostile, tmp_path: Path
) -> None:
    store = Store(tmp_path / "client.db", Changes())
    with store.writing() as transaction:
        truth.save_cursor(transaction, "0")
    pulse = Pulse(store, lambda _state: listener.press())  # tries again at once
    ready = asyncio.Event()
    async with endless.running():
        client = Remote(endless.url, "token")
        listener = Listener(store, Truth(PictureCache(tmp_path)), client, pulse)
        async with asyncio.timeout(PATIENCE_S), asyncio.TaskGroup() as tasks:
            hear = tasks.create_task(
                listener.run(lambda kind, _: ready.set() if kind == "ready" else None)
            )
            await ready.wait()
            hear.cancel()
        await client.close()
    assert endless.asked == ["0", "1"]
    assert endless.sent < ENOUGH
    me = my_outbox.load_me(store.reading)
    assert me is not None
    assert me.fields.status == "after"
    store.close()


async def heard(service: Hostile) -> list[Event]:
    """Hear a service until it is refused to be heard."""
    told: list[Event] = []
    async with service.running():
        client = Remote(service.url, "token")
        with pytest.raises(Unreachable, match="an event is too large"):
            await _hear(client, told)
        await client.close()
    return told


async def _hear(client: Remote, told: list[Event]) -> None:
    async with asyncio.timeout(PATIENCE_S), client.events(None) as events:
        async for event in events:
            told.append(event)


async def test_an_event_that_is_small_only_on_the_line_is_refused_though_it_ends() -> None:
    packer = zlib.compressobj(wbits=31)
    packed = packer.compress(ME % (b"1", b"") + b"data: " + b"x" * 10 * MOST + b"\n\n")
    packed += packer.flush(zlib.Z_SYNC_FLUSH)
    assert len(packed) < MOST
    more = packer.compress(b":\n\n") + packer.flush(zlib.Z_SYNC_FLUSH)
    service = Hostile(packed, (b"", more), b"content-encoding: gzip\r\n")
    assert [event.id for event in await heard(service)] == ["1"]


async def test_many_events_together_are_not_one() -> None:
    many = [ME % (b"%d" % number, b"x" * 1000) for number in range(1000)]
    service = Hostile(b"".join(many), (b":", b"x" * 65_536))
    assert len(await heard(service)) == 1000
