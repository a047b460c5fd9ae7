"""Bad weather between one identity and the service: a small HTTP proxy on loopback, real sockets.

async with Proxy(url) as proxy:
    session = Session(Account(proxy.url, …), paths)
    proxy.change(Weather.SLOW)
"""

import asyncio
import itertools
import json
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from types import TracebackType
from typing import Final, Self
from urllib.parse import SplitResult, urlsplit

import h11


class Weather(StrEnum):
    """What happens to whatever passes between an identity and the service."""

    CLEAR = "clear"
    OFFLINE = "offline"
    SLOW = "slow"
    DUPLICATED = "duplicated"
    REORDERED = "reordered"
    LIMITED = "rate-limited"
    RESTART = "restart"


MEANS: Final = {
    Weather.CLEAR: "nothing in the way",
    Weather.OFFLINE: "every connection is refused",
    Weather.SLOW: "everything takes 0.8 s longer",
    Weather.DUPLICATED: "each change is sent and each event told twice",
    Weather.REORDERED: "newer news of a profile comes before older",
    Weather.LIMITED: "every other request is told to come later",
    Weather.RESTART: "the service is killed in mid-answer, and every other answer is cut off",
}
LATENCY_S: Final = 0.4
GATHERING_S: Final = 0.2
"""How long events are held to be told in another order."""
RETRY_S: Final = 1
READ_BYTES: Final = 1 << 16
PIECES: Final = 64
"""So many are held while they are late; then the service has to wait."""
CHANGES: Final = frozenset({"POST", "PUT", "PATCH", "DELETE"})
HOP: Final = frozenset({b"connection", b"keep-alive", b"date", b"server"})
ASKED_AS_IS: Final = HOP | {b"accept-encoding"}
"""What is packed can be neither cut into events nor told twice."""


class Proxy:
    """Stands between one identity and the service; its weather may change at any moment."""

    def __init__(self, url: str) -> None:
        self.weather = Weather.CLEAR
        self.url = ""
        self._place = urlsplit(url)
        self._listening = socket.socket()
        self._writers: set[asyncio.StreamWriter] = set()
        self._serving: set[asyncio.Task[None]] = set()
        self._turns = itertools.count()
        self._is_to_restart = False
        self.restart: Callable[[], object] = lambda: None
        """Kills the service, which somebody starts again."""

    async def __aenter__(self) -> Self:
        self._listening.bind(("127.0.0.1", 0))
        self._listening.listen()
        self._listening.setblocking(False)
        self.url = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        asyncio.get_running_loop().add_reader(self._listening, self._let_in)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        asyncio.get_running_loop().remove_reader(self._listening)
        self._listening.close()
        self.change(Weather.OFFLINE)
        await asyncio.gather(*self._serving, return_exceptions=True)

    def change(self, weather: Weather) -> None:
        """Let the weather turn; what stands in its way is cut off at once."""
        self.weather = weather
        self._is_to_restart = weather is Weather.RESTART
        if weather in (Weather.OFFLINE, Weather.RESTART):
            self._cut_all()

    def move(self, url: str) -> None:
        """Find the service at another place; what waits at the old one is cut off."""
        self._place = urlsplit(url)
        self._cut_all()

    def _cut_all(self) -> None:
        for writer in self._writers:
            writer.transport.abort()

    def _let_in(self) -> None:
        """Accept one connection; asyncio's own server loses whom it lets in while it closes."""
        with suppress(BlockingIOError, ConnectionAbortedError):
            caller, _place = self._listening.accept()
            task = asyncio.create_task(self._serve(caller))
            self._serving.add(task)  # until it is closed: the end waits for that
            task.add_done_callback(self._serving.discard)

    async def _serve(self, caller: socket.socket) -> None:
        reader, writer = await asyncio.open_connection(sock=caller)
        self._writers.add(writer)
        try:
            if self.weather is not Weather.OFFLINE:
                with suppress(ConnectionError, h11.ProtocolError):
                    await self._talk(_Line(reader, writer))
        finally:
            self._writers.discard(writer)
            await _close(writer)

    async def _talk(self, line: "_Line") -> None:
        """Pass on one request after the other."""
        while request := await line.request():
            head, body = request
            if self.weather is Weather.SLOW:
                await asyncio.sleep(LATENCY_S)
            if self.weather is Weather.LIMITED and next(self._turns) % 2:
                await _refuse(line)
            else:
                await self._pass_on(line, head, body)
            if not line.again():
                return

    async def _pass_on(self, line: "_Line", head: h11.Request, body: bytes) -> None:
        if self.weather is Weather.DUPLICATED and head.method.decode() in CHANGES:
            async with _ask(self._place, head, body) as first:
                while await first.piece():
                    pass
        async with _ask(self._place, head, body) as answer:
            reading = asyncio.create_task(line.is_left())
            writing = asyncio.create_task(self._give_back(line, answer))
            try:
                await asyncio.wait({reading, writing}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                left = not writing.done()
                for task in (reading, writing):
                    task.cancel()
                await asyncio.wait({reading, writing})
            if left:
                raise ConnectionResetError
            writing.result()

    async def _give_back(self, line: "_Line", answer: "_Answer") -> None:
        head = answer.head
        live = any(b"text/event-stream" in value for _name, value in head.headers)
        headers = [(name, value) for name, value in head.headers if name not in HOP]
        cut = self.weather is Weather.RESTART and not live and next(self._turns) % 2
        rest = b""
        async with Delayed(answer.piece, self._late_s) as pieces:
            await asyncio.sleep(self._late_s())
            await line.send(h11.Response(status_code=head.status_code, headers=headers))
            while piece := await pieces.next():
                if cut:
                    await line.send(h11.Data(data=piece[: len(piece) // 2]))
                    self._restart_once()
                    raise ConnectionResetError
                if live and self.weather is Weather.REORDERED:
                    piece += await _gathered(pieces)
                if live:
                    piece, rest = self._told(rest + piece)
                if piece:
                    await line.send(h11.Data(data=piece))
        await line.send(h11.EndOfMessage())

    def _late_s(self) -> float:
        return LATENCY_S if self.weather is Weather.SLOW else 0.0

    def _restart_once(self) -> None:
        if self._is_to_restart:
            self._is_to_restart = False
            self.restart()

    def _told(self, heard: bytes) -> tuple[bytes, bytes]:
        """Tell whole events in the manner of the weather; what is not whole yet waits."""
        *events, rest = heard.split(b"\n\n")
        if self.weather is Weather.REORDERED:
            events = reordered(events)
        times = 2 if self.weather is Weather.DUPLICATED else 1
        return b"".join((event + b"\n\n") * times for event in events), rest


async def _gathered(pieces: "Delayed") -> bytes:
    """Hold what is told for a while: the service sends each change by itself."""
    heard = b""
    with suppress(TimeoutError):
        async with asyncio.timeout(GATHERING_S):
            while more := await pieces.next():
                heard += more
    return heard


def reordered(events: Iterable[bytes]) -> list[bytes]:
    """Tell each run of profiles backwards; a place in the feed is claimed when all were told."""
    told: list[bytes] = []
    for profiles, some in itertools.groupby(events, lambda event: b"event: profile" in event):
        run = list(some)
        if profiles and len(run) > 1:
            marks = [line for event in run for line in event.split(b"\n") if line[:3] == b"id:"]
            run = [_unmarked(event) for event in reversed(run)]
            run[-1] = b"\n".join([*marks[-1:], run[-1]])
        told += run
    return told


def _unmarked(event: bytes) -> bytes:
    return b"\n".join(line for line in event.split(b"\n") if line[:3] != b"id:")


async def _refuse(line: "_Line") -> None:
    problem = {
        "type": "urn:kith:problem:busy",
        "title": "Busy",
        "status": 429,
        "detail": "The weather of the testers' desk limits this identity.",
    }
    body = json.dumps(problem).encode()
    headers = [
        ("content-type", "application/problem+json"),
        ("content-length", str(len(body))),
        ("retry-after", str(RETRY_S)),
    ]
    await line.send(h11.Response(status_code=429, headers=headers))
    await line.send(h11.Data(data=body))
    await line.send(h11.EndOfMessage())


async def _close(writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()
    with suppress(ConnectionError):
        await writer.wait_closed()


class _Line:
    """One connection of the identity's."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self._http = h11.Connection(h11.SERVER)

    async def request(self) -> tuple[h11.Request, bytes] | None:
        """Read a request whole; `None` when there is no more."""
        head: h11.Request | None = None
        body: list[bytes] = []
        while True:
            event = self._http.next_event()
            if event is h11.NEED_DATA:
                self._http.receive_data(await self._reader.read(READ_BYTES))
            elif isinstance(event, h11.Request):
                head = event
            elif isinstance(event, h11.Data):
                body.append(bytes(event.data))
            elif isinstance(event, h11.EndOfMessage) and head is not None:
                return head, b"".join(body)
            else:
                return None

    async def is_left(self) -> None:
        """Wait until the other side has gone, while its answer is on the way."""
        if data := await self._reader.read(READ_BYTES):
            self._http.receive_data(data)
            await asyncio.Event().wait()

    async def send(self, event: h11.Response | h11.Data | h11.EndOfMessage) -> None:
        """Send a piece of the answer."""
        data = self._http.send(event)
        if data:
            self._writer.write(data)
            await self._writer.drain()

    def again(self) -> bool:
        """Make ready for the next request; False if this connection has ended."""
        if self._http.our_state is not h11.DONE or self._http.their_state is not h11.DONE:
            return False
        self._http.start_next_cycle()
        return True


@dataclass(slots=True)
class _Answer:
    """What the service answers to one request, piece by piece."""

    http: h11.Connection
    reader: asyncio.StreamReader
    head: h11.Response

    async def piece(self) -> bytes:
        """Return the next piece; nothing at the end."""
        event = await _next(self.http, self.reader)
        while not isinstance(event, h11.Data | h11.EndOfMessage):
            if isinstance(event, h11.ConnectionClosed):
                raise ConnectionResetError
            event = await _next(self.http, self.reader)
        return bytes(event.data) if isinstance(event, h11.Data) else b""


class Delayed:
    """Hands on what comes, each piece late by itself: what came together is late together."""

    def __init__(
        self,
        read: Callable[[], Awaitable[bytes]],
        late_s: Callable[[], float],
        *,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[object]] = asyncio.sleep,
    ) -> None:
        self._read, self._late_s, self._now, self._sleep = read, late_s, now, sleep
        self._pieces: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(PIECES)
        self._held: tuple[float, bytes] | None = None
        self._problem: Exception | None = None

    async def __aenter__(self) -> Self:
        self._reading = asyncio.create_task(self._read_all())
        return self

    async def __aexit__(self, *_error: object) -> None:
        self._reading.cancel()
        await asyncio.wait({self._reading})

    async def next(self) -> bytes:
        """Return the next piece; at the end nothing, or what reading raised."""
        if self._held is None:  # who is cancelled while they wait loses nothing
            self._held = await self._pieces.get()
        came, piece = self._held
        wait_s = came + self._late_s() - self._now()
        if wait_s > 0:
            await self._sleep(wait_s)
        if piece:
            self._held = None  # the end stays
        elif self._problem is not None:
            raise self._problem
        return piece

    async def _read_all(self) -> None:
        """Read until there is no more; the end is handed on as an empty piece."""
        try:
            while piece := await self._read():
                await self._pieces.put((self._now(), piece))
        except (ConnectionError, h11.ProtocolError) as error:
            self._problem = error
        await self._pieces.put((self._now(), b""))


@asynccontextmanager
async def _ask(place: SplitResult, head: h11.Request, body: bytes) -> AsyncIterator[_Answer]:
    """Put a request to the service on a connection of its own."""
    reader, writer = await asyncio.open_connection(place.hostname, place.port)
    try:
        http = h11.Connection(h11.CLIENT)
        headers = [(name, value) for name, value in head.headers if name not in ASKED_AS_IS]
        request = h11.Request(
            method=head.method, target=head.target, headers=[*headers, (b"connection", b"close")]
        )
        for event in (request, h11.Data(data=body), h11.EndOfMessage()):
            writer.write(http.send(event) or b"")
        await writer.drain()
        answer = await _next(http, reader)
        if not isinstance(answer, h11.Response):
            raise ConnectionResetError
        yield _Answer(http, reader, answer)
    finally:
        await _close(writer)


async def _next(http: h11.Connection, reader: asyncio.StreamReader) -> object:
    while (event := http.next_event()) is h11.NEED_DATA:
        http.receive_data(await reader.read(READ_BYTES))
    return event
