"""HTTP/1.1 whose sender knows when its bytes have left for the kernel."""

import asyncio
import socket
from collections.abc import Callable
from typing import Any, Final

import httptools
from uvicorn.protocols.http.flow_control import FlowControl
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from app.service.problems import ProblemError

EXTENSION: Final = "kith.wire"

KERNEL_BYTES: Final = 64 * 1024

HEAD_BYTES: Final = 64 * 1024
REQUEST_S: Final = 30.0
"""How long a request may take to arrive, or the first one to begin."""

STALLED_S: Final = 30.0
"""A peer that takes nothing for so long is cut off."""


class Wire:
    """One connection as the application may use it: write, know what has left, cut."""

    __slots__ = ("_flow", "_is_lost", "_lost", "_transport", "has_left", "old_cycle", "on_lost")

    def __init__(self, transport: asyncio.Transport, flow: FlowControl) -> None:
        self._transport = transport
        self._flow = flow
        self.has_left = True
        """Whether everything written is in the kernel; with a high water of 0 a pause says no."""
        self._is_lost = False
        self._lost: asyncio.Event | None = None
        self.on_lost: Callable[[], None] | None = None
        """Called once when the connection is gone."""
        self.old_cycle: RequestResponseCycle | None = None
        """The one request of a peer that speaks HTTP/1.0 and so reads no chunks."""

    @property
    def is_closing(self) -> bool:
        """Whether nothing more can be sent."""
        return self._transport.is_closing()

    def keep_little(self) -> None:
        """Have the kernel hold little for a reader that does not take it."""
        held = self._transport.get_extra_info("socket")
        held.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, KERNEL_BYTES)

    def begin_chunks(self) -> None:
        """Prepare to answer in chunks; to HTTP/1.0, with bytes that end with the connection."""
        if self.old_cycle is not None:
            self.old_cycle.chunked_encoding = False

    def write_chunk(self, data: bytes) -> bool:
        """Send a chunk (RFC 9112, 7.1) and tell whether it has left already."""
        self._transport.write(data if self.old_cycle else b"%x\r\n%b\r\n" % (len(data), data))
        return self.has_left

    async def drain(self) -> None:
        """Wait until everything written has left; a peer that takes too long is cut off."""
        if self.has_left:
            return
        try:
            async with asyncio.timeout(STALLED_S):
                await self._flow.drain()
        except TimeoutError:
            await self.cut()

    async def cut(self) -> None:
        """Cut the connection and return when it is gone; what has not left never will."""
        self._transport.abort()
        await self.gone()

    async def gone(self) -> None:
        """Wait until a connection that closes is gone."""
        if self._is_lost:
            return
        if self._lost is None:
            self._lost = asyncio.Event()
        await self._lost.wait()

    def lose(self) -> None:
        """Note that the connection is gone, and tell whoever uses it."""
        self._is_lost = True
        if self._lost is not None:
            self._lost.set()
        if self.on_lost is not None:
            self.on_lost()


class WireProtocol(HttpToolsProtocol):
    """uvicorn's protocol with a wire in the scope of each request, and an end to its patience."""

    # A dictionary of more than thirty names costs each connection a kilobyte.
    __slots__ = ("_deadline", "_head_bytes", "wire")

    wire: Wire
    _head_bytes: int
    _deadline: asyncio.TimerHandle | None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn narrows it
        """Tell of every byte that waits, from the first."""
        self._head_bytes = 0
        self._deadline = None
        super().connection_made(transport)
        transport.set_write_buffer_limits(high=0)
        self.wire = Wire(transport, self.flow)
        self._expect_request()

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell whoever uses the wire."""
        super().connection_lost(exc)
        self._received_request()
        self.wire.lose()

    def pause_writing(self) -> None:
        """Note that something waits."""
        super().pause_writing()
        self.wire.has_left = False

    def resume_writing(self) -> None:
        """Note that everything has left."""
        super().resume_writing()
        self.wire.has_left = True

    def data_received(self, data: bytes) -> None:
        """Read on, but no head without end."""
        # What ends a head, or belongs to a body, sets this back on the way.
        self._head_bytes += len(data)
        super().data_received(data)
        if self._head_bytes > HEAD_BYTES and not self.transport.is_closing():
            self.send_400_response("The head of this request is too large.")

    def on_headers_complete(self) -> None:
        """Begin to answer; a head that names no host, or two, is none (RFC 9112, 3.2)."""
        self._head_bytes = 0
        is_old = self.parser.get_http_version() == "1.0"
        if not is_old and sum(name == b"host" for name, _ in self.headers) != 1:
            raise httptools.HttpParserError("no host, or two")
        super().on_headers_complete()
        self.wire.old_cycle = self.cycle if is_old else None

    def on_body(self, body: bytes) -> None:
        """Take a piece of a body."""
        self._head_bytes = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Note that a request has come whole."""
        self._received_request()
        super().on_message_complete()

    def send_400_response(self, msg: str) -> None:
        """Answer to what is no request, and end the connection."""
        body = ProblemError("bad-request", msg).body
        fields = [
            *self.server_state.default_headers,
            (b"content-type", b"application/problem+json"),
            (b"content-length", b"%d" % len(body)),
            (b"connection", b"close"),
        ]
        head = b"".join(b"%b: %b\r\n" % field for field in fields)
        self.transport.write(b"HTTP/1.1 400 Bad Request\r\n%b\r\n%b" % (head, body))
        self.transport.close()

    def _expect_request(self) -> None:
        if self._deadline is None:
            self._deadline = self.loop.call_later(REQUEST_S, self.transport.abort)

    def _received_request(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def on_message_begin(self) -> None:
        """Hand the wire to the application."""
        super().on_message_begin()
        self._expect_request()
        self.scope["extensions"] = {EXTENSION: self.wire}  # type: ignore[dict-item]  # uvicorn names only its own


def wire_of(scope: Any) -> Wire:
    """Return the wire of a request."""
    wire: Wire = scope["extensions"][EXTENSION]
    return wire
