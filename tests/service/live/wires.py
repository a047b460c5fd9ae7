"""Clients down at the socket: what has arrived is known to the byte."""

import asyncio
import json
import socket
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from tests.contract.outside import PATIENCE_S

Json = dict[str, Any]
GZIP = zlib.MAX_WBITS | 16
"""How zlib names it."""


class Ended(AssertionError):
    """The other side has closed the connection."""


@dataclass(frozen=True)
class Event:
    """One server-sent event."""

    kind: str
    data: Json
    id: str | None


@dataclass(frozen=True)
class Answer:
    """One HTTP answer."""

    status: int
    body: bytes

    def json(self) -> Json:
        return dict(json.loads(self.body))


class Wire:
    """One connection whose received bytes are all kept."""

    def __init__(self, url: str, receive_buffer: int | None = None) -> None:
        parts = urlsplit(url)
        self.received = bytearray()
        self._host = parts.netloc
        self._socket = socket.socket()
        if receive_buffer is not None:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
        self._socket.connect((parts.hostname, parts.port))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.setblocking(False)
        self.is_ended = False

    def request(
        self, method: str, path: str, token: str, body: bytes = b"", more: str = ""
    ) -> None:
        """Send a request; a small one never waits."""
        head = (
            f"{method} {path} HTTP/1.1\r\nhost: {self._host}\r\nauthorization: Bearer {token}\r\n"
            f"content-length: {len(body)}\r\n{more}\r\n"
        )
        self._socket.sendall(head.encode() + body)

    async def feed(self, data: bytes) -> None:
        """Send bytes as they are, for as long as they are taken."""
        try:
            await asyncio.get_running_loop().sock_sendall(self._socket, data)
        except ConnectionError:
            self.pull()  # what was said before the end

    def pull(self) -> None:
        """Take everything that has arrived; never waits."""
        while not self.is_ended and self._receive():
            pass

    async def more(self) -> None:
        """Wait for something to arrive; whoever is cancelled meanwhile has lost none of it."""
        loop = asyncio.get_running_loop()
        readable = asyncio.Event()
        loop.add_reader(self._socket, readable.set)
        try:
            async with asyncio.timeout(PATIENCE_S):
                await readable.wait()
        finally:
            loop.remove_reader(self._socket)
        self._receive()

    async def answer(self) -> Answer:
        """Wait for one whole answer with a content-length, and take it off."""
        while (found := self._split()) is None:
            if self.is_ended:
                raise Ended("the connection ended")
            await self.more()
        return found

    async def whole(self) -> None:
        """Wait for one whole answer with a content-length, and leave it here."""
        while self._split(take=False) is None:
            if self.is_ended:
                raise Ended("the connection ended")
            await self.more()

    def since(self, length: int) -> bytes:
        """What has come after so many bytes: as it came, and what it says where it is packed."""
        late = bytes(self.received[length:])
        whole, before = unpacked(bytes(self.received)), unpacked(bytes(self.received[:length]))
        return late + whole[len(before) :]

    def close(self) -> None:
        """End the connection."""
        self._socket.close()

    def _receive(self) -> bool:
        try:
            data = self._socket.recv(1 << 20)
        except BlockingIOError:
            return False
        except ConnectionError:
            data = b""
        self.received += data
        self.is_ended = self.is_ended or not data
        return True

    def _split(self, *, take: bool = True) -> Answer | None:
        head, found, rest = bytes(self.received).partition(b"\r\n\r\n")
        if not found:
            return None
        length = 0
        for line in head.lower().split(b"\r\n")[1:]:
            if line.startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        if len(rest) < length:
            return None
        if take:
            self.received = bytearray(rest[length:])
        return Answer(int(head.split()[1]), rest[:length])


class Stream(Wire):
    """A live stream."""

    def open(self, token: str, cursor: str | None = None, more: str = "") -> "Stream":
        """Ask for the stream."""
        more += f"last-event-id: {cursor}\r\n" if cursor else ""
        self.request("GET", "/v1/events", token, more=more)
        return self

    @property
    def is_packed(self) -> bool:
        """Whether what comes is in gzip."""
        return says_gzip(self.received)

    @property
    def text(self) -> bytes:
        """The body so far, without the chunks' frames and as it was before it was packed."""
        body = dechunk(bytes(self.received))
        return zlib.decompressobj(GZIP).decompress(body) if self.is_packed else body

    def events(self) -> list[Event]:
        """Everything dispatched so far."""
        return list(parse_events(self.text))

    async def until(self, kind: str, count: int = 1) -> list[Event]:
        """Wait until a kind of event has come so often; return everything so far."""
        while sum(event.kind == kind for event in self.events()) < count:
            self._check_open()
            await self.more()
        return self.events()

    async def until_data(self, text: bytes) -> None:
        """Wait until a text has come."""
        while text not in self.received:
            self._check_open()
            await self.more()

    def _check_open(self) -> None:
        if self.is_ended:
            raise Ended("the stream ended")


@dataclass
class Replica:
    """What a client holds after applying events in any order of repetition."""

    profiles: dict[str, Json] = field(default_factory=dict)
    relations: dict[str, Json] = field(default_factory=dict)
    messages: dict[str, Json] = field(default_factory=dict)
    me: Json = field(default_factory=dict)
    cursor: str | None = None

    def apply(self, event: Event) -> None:
        data = event.data
        match event.kind:
            case "profile":
                self._profile(data)
            case "relation":
                parts = {key: value for key, value in data.items() if key != "profile"}
                self.relations[data["address"]] = parts
                self._profile(data["profile"])
            case "message":
                self.messages[data["id"]] = data
            case "me":
                self.me = data
        self.cursor = event.id or self.cursor

    def state(self) -> tuple[Json, Json, Json, Json]:
        return self.profiles, self.relations, self.messages, self.me

    def _profile(self, profile: Json) -> None:
        known = self.profiles.get(profile["address"], {"version": -1})
        assert profile["version"] >= known["version"], "a version went back"
        self.profiles[profile["address"]] = profile


def says_gzip(received: bytes | bytearray) -> bool:
    """Tell whether a head says that what follows is in gzip."""
    return b"\r\ncontent-encoding: gzip\r\n" in received.partition(b"\r\n\r\n")[0] + b"\r\n"


def unpacked(received: bytes) -> bytes:
    """What a body in gzip says so far; nothing where there is no gzip."""
    if not says_gzip(received):
        return b""
    head, _, body = received.partition(b"\r\n\r\n")
    is_chunked = b"transfer-encoding: chunked" in head.lower()
    return zlib.decompressobj(GZIP).decompress(dechunk(received) if is_chunked else body)


def dechunk(received: bytes) -> bytes:
    """Take the chunks' frames away; what is not whole yet is given as it is."""
    _, _, rest = received.partition(b"\r\n\r\n")
    body = bytearray()
    while rest:
        size, found, after = rest.partition(b"\r\n")
        if not found:
            break
        length = int(size, 16)
        body += after[:length]
        rest = after[length + 2 :]
        if length == 0:
            break
    return bytes(body)


def parse_events(text: bytes) -> Iterator[Event]:
    """Parse as a browser does: only what a blank line has ended is dispatched."""
    whole, found, _ = text.rpartition(b"\n\n")
    if not found:
        return
    for block in whole.decode().split("\n\n"):
        kind, data, ident = "message", "", None
        for line in block.split("\n"):
            name, _, value = line.partition(":")
            value = value.removeprefix(" ")
            if name == "event":
                kind = value
            elif name == "data":
                data += value
            elif name == "id":
                ident = value
        if data:
            yield Event(kind, json.loads(data), ident)
