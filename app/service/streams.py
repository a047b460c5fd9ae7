"""Live streams: one pump writes what is new to all of them, each reader's place is all it holds.

A stream is *live* while the pump serves it. One that opens, has much to hear, or does not take its
bytes catches up in its own task instead, reading the feed afresh, so that nobody waits for it and
nothing is queued for it: what it gets later is what it may see later.
"""

import asyncio
from collections import deque
from collections.abc import Collection, Sequence
from itertools import islice
from typing import Any, Final

from starlette.types import Receive, Scope, Send

from app.service import frames, packing, relations
from app.service.barrier import Sending
from app.service.feed import News
from app.service.node import Node
from app.service.packing import Packing
from app.service.presence import Presence
from app.service.stream import Asked, Batch, Stream
from app.service.stream_reader import StreamReader
from app.service.stream_writer import Due, StreamWriter
from app.service.wire_protocol import wire_of

FIRST_PASS: Final = 64
"""Accounts read at once at the start of a pass; few, so that the first bytes leave early."""
PASS: Final = 512
TURN: Final = 100
"""Streams written to before the loop may do something else."""
_HEADERS: Final = [
    (b"content-type", b"text/event-stream"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"vary", packing.VARY.encode()),
]
_PACKED: Final = [*_HEADERS, (b"content-encoding", b"gzip")]


class Streams:
    """All streams of this node."""

    def __init__(self, node: Node, presence: Presence) -> None:
        self._node = node
        self._presence = presence
        self._reader = StreamReader(node)
        self._writer = StreamWriter(node)
        self._by_account: dict[int, tuple[Stream, ...]] = {}
        self._woken: set[int] = set()
        self._news: deque[tuple[Sending, News]] = deque()
        self._work = asyncio.Event()
        self._is_closing = False
        self.open = 0
        node.bus.subscribe(self.wake)
        node.on_news = self.spread

    async def events(
        self,
        scope: Scope,
        receive: Receive,  # noqa: ARG002 - a stream reads nothing; the wire tells of its end
        send: Send,
        account_id: int,
        asked: Asked,
    ) -> None:
        """Answer with a stream and keep it open."""
        wire = wire_of(scope)
        stream = Stream(account_id, wire)
        if scope["method"] == "HEAD":
            await send(_head(stream))
        elif not wire.is_closing:
            wire.keep_little()
            await self._keep(stream, send, asked)
        if wire.is_closing:
            await wire.gone()
        else:
            stream.end()
            await send({"type": "http.response.body", "body": b""})

    def wake(self, account_ids: Collection[int]) -> None:
        """Let the streams of these accounts hear what is new."""
        known = self._by_account.keys() & account_ids
        if known:
            self._woken |= known
            self._work.set()

    def spread(self, news: Sequence[News]) -> None:
        """Let streams hear what a change has just made for them, without reading it again."""
        for each in news:
            known = self._by_account.keys() & each.heard.keys()
            if known:
                self._news.append((self._node.barrier.begin(known), each))
                self._work.set()

    @property
    def sent(self) -> int:
        """How many events have left, since the start."""
        return self._writer.sent

    async def confirm(self) -> None:
        """Note for ever which messages have reached a stream."""
        await self._writer.confirm_all()

    def positions(self) -> dict[int, int]:
        """Return where the hindmost stream of each account stands."""
        return {
            account_id: min(stream.position for stream in streams)
            for account_id, streams in self._by_account.items()
        }

    async def pump(self) -> None:
        """Serve the live streams for ever."""
        while True:
            await self._work.wait()
            self._work.clear()
            while self._news:
                await self._spread(*self._news.popleft())
            woken, self._woken = self._woken, set()
            accounts = iter(woken)
            size = FIRST_PASS
            while some := list(islice(accounts, size)):
                await self._serve(some)
                size = PASS

    def close(self) -> None:
        """End every stream; their readers come back with their cursors."""
        self._is_closing = True
        for streams in self._by_account.values():
            for stream in streams:
                stream.attention.set()

    # ---- one stream in its own task

    async def _keep(self, stream: Stream, send: Send, asked: Asked) -> None:
        self._add(stream)
        try:
            await self._open(stream, send, asked)
            while not self._is_closing and not stream.wire.is_closing:
                if not stream.is_live:
                    await self._catch_up(stream)
                await stream.attention.wait()
                stream.attention.clear()
        finally:
            stream.stop_beating()
            self._remove(stream)

    async def _open(self, stream: Stream, send: Send, asked: Asked) -> None:
        """Send what was missed, then `ready`."""
        sending = self._node.barrier.begin((stream.account_id,), stream.wire)
        try:
            opening = await self._reader.opening(stream.account_id, asked.last_event_id)
            if opening is None:
                await stream.wire.cut()
                return
            sending.seen = opening.batch.head
            head = self._node.cursor(stream.account_id, opening.batch.head)
            parts = [frames.reset(head)] if opening.is_reset else []
            parts += self._writer.frames(stream, opening.batch.items, opening.position)
            if asked.takes_gzip and packing.pays(sum(map(len, parts))):
                stream.packing = Packing()
            stream.wire.begin_chunks()
            await send(_head(stream))
            stream.start_beating()
            await self._writer.write(stream, parts, sending)
            self._writer.arrived(stream, opening.batch)
            await self._writer.confirm()
            await self._writer.write(stream, [frames.ready(head)], sending)
        finally:
            self._node.barrier.end(sending)

    async def _catch_up(self, stream: Stream) -> None:
        """Let what waits leave, then read and write until nothing is new; then be live."""
        await stream.wire.drain()
        if stream.leaving is not None:
            self._writer.arrived(stream, stream.leaving)
            stream.leaving = None
        self._writer.release(stream)
        while stream.is_woken and not stream.wire.is_closing:
            stream.is_woken = False
            await self._hear(stream)
        stream.is_live = True

    async def _hear(self, stream: Stream) -> None:
        sending = self._node.barrier.begin((stream.account_id,), stream.wire)
        try:
            batch = await self._reader.batch(stream)
            if batch is None:
                await stream.wire.cut()
                return
            sending.seen = batch.head
            parts = self._writer.frames(stream, batch.items, stream.position)
            await self._writer.write(stream, parts, sending)
            self._writer.arrived(stream, batch)
        finally:
            self._node.barrier.end(sending)

    # ---- all live streams at once

    async def _spread(self, sending: Sending, news: News) -> None:
        """Write what a change made to the streams that stand just before it."""
        try:
            (address,) = self._node.texts.read([news.sealed])
            frame = frames.ForMany("profile", *relations.profile_around(address, news.view))
            heard = iter(news.heard.items())
            while some := list(islice(heard, TURN)):
                self._writer.send_news(self._standing_before(some), frame, sending)
                await asyncio.sleep(0)
        finally:
            self._node.barrier.end(sending)

    def _standing_before(self, heard: Sequence[tuple[int, tuple[int, int]]]) -> list[Due]:
        """Return the live streams that stand just before these numbers; others read afresh."""
        found = []
        for account_id, (seq, version) in heard:
            for stream in self._by_account.get(account_id, ()):
                if not stream.is_live:
                    stream.is_woken = True
                elif stream.position == seq - 1 and not stream.wire.is_closing:
                    found.append((stream, seq, version))
                elif stream.position < seq:
                    self.wake({account_id})
        return found

    async def _serve(self, account_ids: Sequence[int]) -> None:
        """Read once for some accounts and write to their streams; waits for no reader."""
        sending = self._node.barrier.begin(account_ids)
        try:
            positions = self._live_positions(account_ids)
            if not positions:
                return
            batches = await self._reader.batches(positions)
            for turn, account_id in enumerate(positions):
                is_late = self._node.barrier.is_late(sending)
                batch = None if is_late else batches.get(account_id)
                self._serve_account(account_id, batch, sending)
                if turn % TURN == TURN - 1:
                    await asyncio.sleep(0)
        finally:
            self._node.barrier.end(sending)

    def _live_positions(self, account_ids: Sequence[int]) -> dict[int, int]:
        """Return where the hindmost live stream of each account stands."""
        positions: dict[int, int] = {}
        for account_id in account_ids:
            for stream in self._by_account.get(account_id, ()):
                if stream.is_live:
                    known = positions.get(account_id, stream.position)
                    positions[account_id] = min(known, stream.position)
                else:
                    stream.is_woken = True
        return positions

    def _serve_account(self, account_id: int, batch: Batch | None, sending: Sending) -> None:
        for stream in self._by_account.get(account_id, ()):
            if stream.wire.is_closing:
                continue
            if not stream.is_live:
                stream.is_woken = True
            elif batch is None:
                stream.hand_over()
            elif batch.head > stream.position:
                self._writer.send(stream, batch, sending)

    # ---- who is here

    def _add(self, stream: Stream) -> None:
        self.open += 1
        others = self._by_account.get(stream.account_id, ())
        self._by_account[stream.account_id] = (*others, stream)
        stream.wire.on_lost = stream.attention.set
        if not others:
            self._presence.came(stream.account_id)

    def _remove(self, stream: Stream) -> None:
        self.open -= 1
        stream.wire.on_lost = None
        self._writer.release(stream)
        others = tuple(each for each in self._by_account[stream.account_id] if each is not stream)
        if others:
            self._by_account[stream.account_id] = others
        else:
            del self._by_account[stream.account_id]
            self._presence.left(stream.account_id)


def _head(stream: Stream) -> dict[str, Any]:
    headers = _PACKED if stream.packing else _HEADERS
    return {"type": "http.response.start", "status": 200, "headers": headers}
