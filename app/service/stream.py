"""One live stream: how far its reader has been told, and what of it has not left yet."""

import asyncio
from dataclasses import dataclass
from typing import Final

from app.service import frames
from app.service.barrier import Sending
from app.service.items import Item
from app.service.packing import Packing
from app.service.wire_protocol import Wire

HEARTBEAT_S: Final = 15.0


@dataclass(frozen=True, slots=True)
class Batch:
    """What one account has to hear, and where its feed stood at that moment."""

    items: list[Item]
    head: int


@dataclass(frozen=True, slots=True)
class Asked:
    """From where on a reader wants to hear, and whether in gzip."""

    last_event_id: str | None
    takes_gzip: bool


class Stream:
    """One open stream. It is live while the pump serves it; otherwise its own task does."""

    __slots__ = (
        "_beat",
        "account_id",
        "attention",
        "is_live",
        "is_woken",
        "leaving",
        "packing",
        "position",
        "sending",
        "wire",
    )

    def __init__(self, account_id: int, wire: Wire) -> None:
        self.account_id = account_id
        self.wire = wire
        self.packing: Packing | None = None
        """What the stream is written in, if its reader missed much and takes gzip."""
        self.position = 0
        self.is_live = False
        self.is_woken = False
        """Something happened while the stream was not live."""
        self.attention = asyncio.Event()
        """The stream's own task has something to do."""
        self.sending: Sending | None = None
        self.leaving: Batch | None = None
        """What the pump wrote and is not with the kernel yet, and the barrier held for it."""
        self._beat: asyncio.TimerHandle | None = None

    def write(self, data: bytes) -> bool:
        """Write what the reader is to get, and tell whether it has left already."""
        return self.wire.write_chunk(self.packing.add(data) if self.packing else data)

    def end(self) -> None:
        """Write what the reader's decoder waits for."""
        if self.packing is not None:
            self.wire.write_chunk(self.packing.end())

    def hand_over(self) -> None:
        """Leave a live stream to its own task."""
        self.is_live = False
        self.is_woken = True
        self.attention.set()

    def start_beating(self) -> None:
        """Keep the line open, at a pace that nothing else moves."""
        self._beat_at(asyncio.get_running_loop().time() + HEARTBEAT_S)

    def stop_beating(self) -> None:
        """Write no more heartbeats."""
        if self._beat is not None:
            self._beat.cancel()

    def _beat_at(self, due: float) -> None:
        self._beat = asyncio.get_running_loop().call_at(due, self._write_beat, due)

    def _write_beat(self, due: float) -> None:
        if self.wire.is_closing:
            return
        if self.wire.has_left:
            self.write(frames.HEARTBEAT)
        self._beat_at(due + HEARTBEAT_S)
