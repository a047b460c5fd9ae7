"""Events on their way to readers: written, left for the kernel, and messages then received."""

import asyncio
from collections.abc import Sequence

from app.service import frames, messages
from app.service.barrier import Sending
from app.service.frames import ForMany
from app.service.items import Item
from app.service.node import Node
from app.service.stream import Batch, Stream

Due = tuple[Stream, int, int]
"""A stream that is to hear of a view: its number in the feed, and the version."""


class StreamWriter:
    """Writes to streams, and notes what has left."""

    def __init__(self, node: Node) -> None:
        self._node = node
        self._received: list[tuple[int, str]] = []
        self._receipts = asyncio.Event()
        self.sent = 0

    def frames(self, stream: Stream, items: Sequence[Item], position: int) -> list[bytes]:
        """Write items as events."""
        return frames.events(items, position, lambda seq: self._node.cursor(stream.account_id, seq))

    async def write(self, stream: Stream, parts: Sequence[bytes], sending: Sending) -> None:
        """Write events, each piece once the one before has left."""
        for piece in frames.slices(parts):
            if stream.wire.is_closing:
                return
            if self._node.barrier.is_late(sending):
                await stream.wire.cut()
                return
            if not stream.write(piece):
                await stream.wire.drain()

    def send(self, stream: Stream, batch: Batch, sending: Sending) -> None:
        """Write what is new to a live stream, without waiting."""
        new = Batch([item for item in batch.items if item.seq > stream.position], batch.head)
        frame = b"".join(self.frames(stream, new.items, stream.position))
        if not frame or stream.write(frame):
            self.arrived(stream, new)
        else:
            self._wait_for(stream, new, sending)

    def send_news(self, due: Sequence[Due], frame: ForMany, sending: Sending) -> None:
        """Write one view to live streams that stand just before it, without waiting."""
        cursors = self._node.cursors_of([(stream.account_id, seq) for stream, seq, _ in due])
        written = map(frame.event, cursors, [version for _, _, version in due])
        # All is made before the first is written: a reader that is awake need not be woken.
        for (stream, seq, _), event in zip(due, list(written), strict=True):
            if stream.write(event):
                stream.position = seq
            else:
                self._wait_for(stream, Batch([], seq), sending)
        self.sent += len(due)

    def arrived(self, stream: Stream, batch: Batch) -> None:
        """Note how far a reader has been told, once the bytes have left."""
        if stream.wire.is_closing:
            return
        stream.position = batch.head
        self.sent += len(batch.items)
        received = [item.message for item in batch.items if item.message is not None]
        if received:
            self._received += received
            self._receipts.set()

    def release(self, stream: Stream) -> None:
        """Let go of the barrier held for bytes that had not left."""
        if stream.sending is not None:
            self._node.barrier.end(stream.sending)
            stream.sending = None

    async def confirm(self) -> None:
        """Note for ever which messages have reached a stream."""
        received, self._received = self._received, []
        if received:
            await self._node.change(lambda tx: (None, messages.delivered(tx, received)))

    async def confirm_all(self) -> None:
        """Do so from now on."""
        while True:
            await self._receipts.wait()
            self._receipts.clear()
            await self.confirm()

    def _wait_for(self, stream: Stream, batch: Batch, sending: Sending) -> None:
        """Leave a stream whose reader is slow to its own task, and hold the barrier for it."""
        stream.leaving = batch
        stream.sending = self._node.barrier.begin((stream.account_id,), stream.wire)
        # What leaves last is as old as what was read for all.
        stream.sending.read_at = sending.read_at
        stream.sending.seen = batch.head
        stream.hand_over()
