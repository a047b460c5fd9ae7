"""Bad weather between one identity and the service: a small HTTP proxy on loopback, real sockets.

async with Proxy(url) as proxy:
    session = Session(Account(proxy.url, …), paths)
    proxy.change(Weather.SLOW)
"""

import asyncio
import itertools
import json
from collections.abc import AsyncIterator, Iterable
from contextlib import suppress
from enum import StrEnum
from types import TracebackType
from typing import Final, Self

import h11
import httpx


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
    Weather.RESTART: "every other answer is cut off in its middle",
}
LATENCY_S: Final = 0.4
GATHERING_S: Final = 0.2
"""How long events are held to be told in another order."""
RETRY_S: Final = 1
READ_BYTES: Final = 1 << 16
CHANGES: Final = frozenset({"POST", "PUT", "PATCH", "DELETE"})
HOP: Final = frozenset({b"connection", b"keep-alive", b"date", b"server"})


class Proxy:
    """Stands between one identity and the service; its weather may change at any moment."""

    def __init__(self, url: str) -> None:
        self.weather = Weather.CLEAR
        self.url = ""
        self._client = httpx.AsyncClient(
            base_url=url, timeout=httpx.Timeout(60, read=None), trust_env=False
        )
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._serving: set[asyncio.Task[None]] = set()
        self._turns = itertools.count()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._server is not None
        self._server.close()
        self._cut_all()
        await self._server.wait_closed()
        await asyncio.gather(*self._serving, return_exceptions=True)
        await self._client.aclose()

    def change(self, weather: Weather) -> None:
        """Let the weather turn; what stands in its way is cut off at once."""
        self.weather = weather
        if weather in (Weather.OFFLINE, Weather.RESTART):
            self._cut_all()

    def _cut_all(self) -> None:
        for writer in self._writers:
            writer.transport.abort()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.weather is Weather.OFFLINE:
            await _close(writer)
            return
        task = asyncio.current_task()
        assert task is not None
        self._serving.add(task)
        self._writers.add(writer)
        try:
            with suppress(
                ConnectionError, h11.ProtocolError, httpx.TransportError, httpx.StreamError
            ):
                await self._talk(_Line(reader, writer))
        finally:
            self._serving.discard(task)
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
        method, path = head.method.decode(), head.target.decode()
        headers = [(name, value) for name, value in head.headers if name not in HOP]
        if self.weather is Weather.DUPLICATED and method in CHANGES:
            await self._client.request(method, path, content=body, headers=headers)
        request = self._client.build_request(method, path, content=body, headers=headers)
        answer = await self._client.send(request, stream=True)
        reading = asyncio.create_task(line.is_left())
        try:
            writing = asyncio.create_task(self._give_back(line, answer))
            await asyncio.wait({reading, writing}, return_when=asyncio.FIRST_COMPLETED)
            if not writing.done():
                line.abort()
                writing.cancel()
                await asyncio.wait({writing})
                raise ConnectionResetError
            await writing
        finally:
            reading.cancel()
            await asyncio.wait({reading})
            await answer.aclose()

    async def _give_back(self, line: "_Line", answer: httpx.Response) -> None:
        live = "text/event-stream" in answer.headers.get("content-type", "")
        headers = [(name, value) for name, value in answer.headers.raw if name.lower() not in HOP]
        await line.send(h11.Response(status_code=answer.status_code, headers=headers))
        pieces = self._told(answer) if live else answer.aiter_raw()
        cut = self.weather is Weather.RESTART and not live and next(self._turns) % 2
        async for piece in pieces:
            if self.weather is Weather.SLOW:
                await asyncio.sleep(LATENCY_S)
            await line.send(h11.Data(data=piece[: len(piece) // 2] if cut else piece))
            if cut:
                line.abort()
                raise ConnectionResetError
        await line.send(h11.EndOfMessage())

    async def _told(self, answer: httpx.Response) -> AsyncIterator[bytes]:
        """Pass on a live stream, event by event."""
        rest = b""
        chunks = answer.aiter_raw()
        async for chunk in chunks:
            if self.weather is Weather.REORDERED:
                await asyncio.sleep(GATHERING_S)
            *events, rest = (rest + chunk).split(b"\n\n")
            if self.weather is Weather.REORDERED:
                events = reordered(events)
            times = 2 if self.weather is Weather.DUPLICATED else 1
            for event in events:
                yield (event + b"\n\n") * times


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

    def abort(self) -> None:
        """Cut the line in the middle of whatever it carries."""
        self._writer.transport.abort()
