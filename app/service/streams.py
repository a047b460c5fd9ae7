"""Live streams: one pump writes what is new to all of them, each reader's place is all it holds.

A stream is *live* while the pump serves it. One that opens, has much to hear, or does not take its
bytes catches up in its own task instead, reading the feed afresh, so that nobody waits for it and
nothing is queued for it: what it gets later is what it may see later.
"""

import asyncio
from collections import deque
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from starlette.types import Receive, Scope, Send

from app.domain import Cursor
from app.service import frames, listing, messages, relations
from app.service.barrier import Sending
from app.service.cursors import NotHonoured
from app.service.feed import News
from app.service.items import Item
from app.service.node import Node, heads
from app.service.presence import Presence
from app.service.store import Tx
from app.service.wire_protocol import Wire, wire_of

HEARTBEAT_S: Final = 15.0
FIRST_PASS: Final = 64
"""Accounts read at once at the start of a pass; few, so that the first bytes leave early."""
PASS: Final = 512
TURN: Final = 100
"""Streams written to before the loop may do something else."""
MUCH: Final = 500
"""Events for one account that the pump leaves to the stream's own task."""

_HEADERS: Final = [
    (b"content-type", b"text/event-stream"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]


@dataclass(frozen=True, slots=True)
class Batch:
    """What one account has to hear, and where its feed stood at that moment."""

    items: list[Item]
    head: int


class Stream:
    """One open stream, and how far its reader has been told."""

    __slots__ = (
        "account_id",
        "attention",
        "beat",
        "is_live",
        "is_woken",
        "leaving",
        "position",
        "sending",
        "wire",
    )

    def __init__(self, account_id: int, wire: Wire) -> None:
        self.account_id = account_id
        self.wire = wire
        self.position = 0
        self.is_live = False
        self.is_woken = False
        """Something happened while the stream was not live."""
        self.attention = asyncio.Event()
        """The stream's own task has something to do."""
        self.sending: Sending | None = None
        self.leaving: Batch | None = None
        """What the pump wrote and is not with the kernel yet, and the barrier held for it."""
        self.beat: asyncio.TimerHandle | None = None


@dataclass(frozen=True, slots=True)
class Opening:
    """How a stream begins: whether its cursor was good, where it stands, what was missed."""

    is_reset: bool
    position: int
    batch: Batch


class Streams:
    """All streams of this node."""

    def __init__(self, node: Node, presence: Presence) -> None:
        self._node = node
        self._presence = presence
        self._by_account: dict[int, list[Stream]] = {}
        self._woken: set[int] = set()
        self._news: deque[tuple[Sending, dict[int, News]]] = deque()
        self._work = asyncio.Event()
        self._received: list[tuple[int, str]] = []
        self._receipts = asyncio.Event()
        self._is_closing = False
        self.open = 0
        self.sent = 0
        """Events that have left, since the start."""
        node.bus.subscribe(self.wake)
        node.on_news = self.spread

    async def events(
        self,
        scope: Scope,
        receive: Receive,  # noqa: ARG002 - a stream reads nothing; the wire tells of its end
        send: Send,
        account_id: int,
        last_event_id: str | None,
    ) -> None:
        """Answer with a stream and keep it open."""
        await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
        wire = wire_of(scope)
        if scope["method"] != "HEAD" and not wire.is_closing:
            wire.keep_little()
            await self._keep(Stream(account_id, wire), last_event_id)
        if wire.is_closing:
            await wire.gone()
        else:
            await send({"type": "http.response.body", "body": b""})

    def wake(self, account_ids: Collection[int]) -> None:
        """Let the streams of these accounts hear what is new."""
        known = self._by_account.keys() & account_ids
        if known:
            self._woken |= known
            self._work.set()

    def spread(self, news: dict[int, News]) -> None:
        """Let streams hear what a change has just made for them, without reading it again."""
        known = self._by_account.keys() & news.keys()
        if known:
            # They were woken for this; a stream that stands elsewhere is woken again.
            self._woken -= known
            sending = self._node.barrier.begin(known)
            self._news.append((sending, {account_id: news[account_id] for account_id in known}))
            self._work.set()

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

    async def confirm(self) -> None:
        """Note for ever which messages have reached a stream."""
        while True:
            await self._receipts.wait()
            self._receipts.clear()
            await self._confirm()

    def close(self) -> None:
        """End every stream; their readers come back with their cursors."""
        self._is_closing = True
        for streams in self._by_account.values():
            for stream in streams:
                stream.attention.set()

    # ---- one stream in its own task

    async def _keep(self, stream: Stream, last_event_id: str | None) -> None:
        self._add(stream)
        loop = asyncio.get_running_loop()
        stream.beat = loop.call_later(HEARTBEAT_S, _beat, stream, loop.time() + HEARTBEAT_S)
        try:
            await self._open(stream, last_event_id)
            while not self._is_closing and not stream.wire.is_closing:
                if not stream.is_live:
                    await self._catch_up(stream)
                await stream.attention.wait()
                stream.attention.clear()
        finally:
            stream.beat.cancel()
            self._remove(stream)

    async def _open(self, stream: Stream, last_event_id: str | None) -> None:
        """Send what was missed, then `ready`."""
        sending = self._node.barrier.begin((stream.account_id,), stream.wire)
        try:
            opening = await self._node.store.read(
                lambda tx: self._opening(tx, stream.account_id, last_event_id)
            )
            if opening is None:
                await stream.wire.cut()
                return
            head = self._cursor(stream, opening.batch.head)
            parts = [frames.reset(head)] if opening.is_reset else []
            parts += self._frames(stream, opening.batch.items, opening.position)
            await self._write(stream, parts, sending)
            self._arrived(stream, opening.batch)
            await self._confirm()
            await self._write(stream, [frames.ready(head)], sending)
        finally:
            self._node.barrier.end(sending)

    async def _catch_up(self, stream: Stream) -> None:
        """Let what waits leave, then read and write until nothing is new; then be live."""
        await stream.wire.drain()
        if stream.leaving is not None:
            self._arrived(stream, stream.leaving)
            stream.leaving = None
        self._release(stream)
        while stream.is_woken and not stream.wire.is_closing:
            stream.is_woken = False
            await self._hear(stream)
        stream.is_live = True

    async def _hear(self, stream: Stream) -> None:
        sending = self._node.barrier.begin((stream.account_id,), stream.wire)
        try:
            batch = await self._node.store.read(lambda tx: self._batch(tx, stream))
            if batch is None:
                await stream.wire.cut()
                return
            parts = self._frames(stream, batch.items, stream.position)
            await self._write(stream, parts, sending)
            self._arrived(stream, batch)
        finally:
            self._node.barrier.end(sending)

    async def _write(self, stream: Stream, parts: Sequence[bytes], sending: Sending) -> None:
        for piece in frames.slices(parts):
            if stream.wire.is_closing:
                return
            if self._node.barrier.is_late(sending):
                await stream.wire.cut()
                return
            if not stream.wire.write_chunk(piece):
                await stream.wire.drain()

    async def _confirm(self) -> None:
        received, self._received = self._received, []
        if received:
            await self._node.change(lambda tx: (None, messages.delivered(tx, received)))

    def _arrived(self, stream: Stream, batch: Batch) -> None:
        """Note how far a reader has been told, once the bytes have left."""
        if stream.wire.is_closing:
            return
        stream.position = batch.head
        self.sent += len(batch.items)
        received = [item.message for item in batch.items if item.message is not None]
        if received:
            self._received += received
            self._receipts.set()

    def _opening(self, tx: Tx, account_id: int, last_event_id: str | None) -> Opening | None:
        head = heads(tx, [account_id]).get(account_id)
        if head is None:
            return None
        is_reset = False
        position = head
        if last_event_id is not None:
            try:
                position = self._node.position(tx, account_id, last_event_id)
            except NotHonoured:
                is_reset = True
        items = listing.since(tx, self._node.texts, {account_id: position}, [account_id])
        return Opening(is_reset, position, Batch(items[account_id], head))

    def _batch(self, tx: Tx, stream: Stream) -> Batch | None:
        head = heads(tx, [stream.account_id]).get(stream.account_id)
        if head is None:
            return None
        items = listing.since(tx, self._node.texts, {stream.account_id: stream.position})
        return Batch(items[stream.account_id], head)

    # ---- all live streams at once

    async def _spread(self, sending: Sending, news: dict[int, News]) -> None:
        """Write what a change made to the streams that stand just before it."""
        try:
            written: dict[News, bytes] = {}
            for turn, (account_id, each) in enumerate(news.items()):
                alike = each._replace(seq=0)
                data = written.get(alike)
                if data is None:
                    data = written[alike] = self._profile(each)
                for stream in self._by_account.get(account_id, ()):
                    self._hear_news(stream, each.seq, data)
                if turn % TURN == TURN - 1:
                    await asyncio.sleep(0)
        finally:
            self._node.barrier.end(sending)

    def _profile(self, news: News) -> bytes:
        (address,) = self._node.texts.read([news.sealed])
        return relations.profile_json(address, news.version, news.view)

    def _hear_news(self, stream: Stream, seq: int, data: bytes) -> None:
        if not stream.is_live:
            stream.is_woken = True
        elif stream.position == seq - 1 and not stream.wire.is_closing:
            self._tell(stream, Batch([Item(seq, "profile", data)], seq))
        elif stream.position < seq:
            self.wake({stream.account_id})

    async def _serve(self, account_ids: Sequence[int]) -> None:
        """Read once for some accounts and write to their streams; waits for no reader."""
        sending = self._node.barrier.begin(account_ids)
        try:
            positions = self._live_positions(account_ids)
            if not positions:
                return
            batches = await self._node.store.read(lambda tx: self._batches(tx, positions))
            for turn, account_id in enumerate(positions):
                is_late = self._node.barrier.is_late(sending)
                self._serve_account(account_id, None if is_late else batches.get(account_id))
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

    def _batches(self, tx: Tx, positions: dict[int, int]) -> dict[int, Batch]:
        """Read what is new; an account with much to hear, or one that is gone, is left out."""
        much = _much(tx, positions)
        some = {each: seq for each, seq in positions.items() if each not in much}
        now = heads(tx, some)
        items = listing.since(tx, self._node.texts, some)
        return {each: Batch(items[each], now[each]) for each in some if each in now}

    def _serve_account(self, account_id: int, batch: Batch | None) -> None:
        for stream in self._by_account.get(account_id, ()):
            if stream.wire.is_closing:
                continue
            if not stream.is_live:
                stream.is_woken = True
            elif batch is None:
                self._hand_over(stream)
            elif batch.head > stream.position:
                self._tell(stream, batch)

    def _tell(self, stream: Stream, batch: Batch) -> None:
        new = Batch([item for item in batch.items if item.seq > stream.position], batch.head)
        frame = b"".join(self._frames(stream, new.items, stream.position))
        if not frame or stream.wire.write_chunk(frame):
            self._arrived(stream, new)
            return
        stream.leaving = new
        stream.sending = self._node.barrier.begin((stream.account_id,), stream.wire)
        self._hand_over(stream)

    def _hand_over(self, stream: Stream) -> None:
        """Leave a stream to its own task."""
        stream.is_live = False
        stream.is_woken = True
        stream.attention.set()

    # ---- who is here

    def _add(self, stream: Stream) -> None:
        self.open += 1
        streams = self._by_account.setdefault(stream.account_id, [])
        streams.append(stream)
        stream.wire.on_lost = stream.attention.set
        if len(streams) == 1:
            self._presence.came(stream.account_id)

    def _remove(self, stream: Stream) -> None:
        self.open -= 1
        stream.wire.on_lost = None
        self._release(stream)
        streams = self._by_account[stream.account_id]
        streams.remove(stream)
        if not streams:
            del self._by_account[stream.account_id]
            self._presence.left(stream.account_id)

    def _release(self, stream: Stream) -> None:
        if stream.sending is not None:
            self._node.barrier.end(stream.sending)
            stream.sending = None

    def _frames(self, stream: Stream, items: Sequence[Item], position: int) -> list[bytes]:
        return frames.events(items, position, lambda seq: self._cursor(stream, seq))

    def _cursor(self, stream: Stream, seq: int) -> Cursor:
        return self._node.cursor(stream.account_id, seq)


def _beat(stream: Stream, due: float) -> None:
    """Keep the line open, at a pace that nothing else moves."""
    if stream.wire.is_closing:
        return
    if stream.wire.has_left:
        stream.wire.write_chunk(frames.HEARTBEAT)
    following = due + HEARTBEAT_S
    stream.beat = asyncio.get_running_loop().call_at(following, _beat, stream, following)


def _much(tx: Tx, positions: Mapping[int, int]) -> set[int]:
    """Return the accounts with more to hear than the pump should carry."""
    known = ",".join(f"({account_id},{seq})" for account_id, seq in positions.items())
    start = f"WITH known(id, seq) AS (VALUES {known})"
    enough = MUCH + 4 * len(positions)
    counted = tx.one(
        f"{start} SELECT COUNT(*) FROM (SELECT 1 FROM known CROSS JOIN relation r"
        " ON r.owner_id = known.id AND r.relation_seq > known.seq"
        " UNION ALL SELECT 1 FROM known CROSS JOIN relation r"
        f" ON r.owner_id = known.id AND r.profile_seq > known.seq AND r.profile_seq > 0"
        f" LIMIT {enough}) found"
    )
    if counted is None or counted[0] < enough:
        return set()
    found = tx.all(
        f"{start} SELECT known.id FROM known WHERE {MUCH} <= (SELECT COUNT(*) FROM"
        " (SELECT 1 FROM relation r WHERE r.owner_id = known.id AND (r.relation_seq > known.seq"
        f" OR r.profile_seq > known.seq) LIMIT {MUCH}) found)"
    )
    return {account_id for (account_id,) in found}
