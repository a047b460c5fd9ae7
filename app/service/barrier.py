"""The revocation barrier: a revoking call returns when no older view is still on its way.

Whoever sends views holds the barrier for the viewer from before the reading transaction until the
bytes are with the kernel. A revoking call, once committed, waits for those who were in flight; the
later ones read the new rules. A connection that does not take its bytes is cut.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from typing import Final

from app.service.problems import Unavailable
from app.service.wire_protocol import Wire

PATIENCE_S: Final = 1.0
"""How long a revocation waits for a viewer who does not read, before it cuts the connection."""
LATE_S: Final = 1.6
"""Where other nodes rely on it: how old what is sent may be before the connection is cut."""
AGING_S: Final = 0.4
"""From this age on it is asked of the database whether anything of it was taken away since."""


class Sending:
    """Views on their way to some viewers."""

    __slots__ = ("_gone", "read_at", "seen", "viewers", "wire")

    def __init__(self, viewers: Collection[int] | None, wire: Wire | None) -> None:
        self.viewers = None if viewers is None else frozenset(viewers)
        self.wire = wire
        self.read_at: float | None = time.monotonic()
        """No revocation from before this moment is missing; `None` while nothing is read."""
        self.seen: int | None = None
        """Where the one viewer's feed stood in what was read, if that is known."""
        self._gone: asyncio.Event | None = None

    def begin_reading(self) -> None:
        """Note that the views are read from here on."""
        self.read_at = time.monotonic()
        self.seen = None

    def concerns(self, viewers: Collection[int] | None) -> bool:
        """Tell whether one of these viewers is among the receivers; `None` is everybody."""
        return viewers is None or self.viewers is None or not self.viewers.isdisjoint(viewers)

    def finish(self) -> None:
        """Let those go on who wait for this."""
        if self._gone is not None:
            self._gone.set()

    async def gone(self) -> None:
        """Wait until the last byte has left."""
        if self._gone is None:
            self._gone = asyncio.Event()
        await self._gone.wait()


class Barrier:
    """What is on its way on this node, and the wait for it to have left."""

    def __init__(self) -> None:
        self._under_way: set[Sending] = set()
        self._trusted_until: float | None = None
        self.waits = 0
        self.cuts = 0

    @property
    def under_way(self) -> int:
        """How many answers and slices of streams are on their way."""
        return len(self._under_way)

    def begin(self, viewers: Collection[int], wire: Wire | None = None) -> Sending:
        """Announce views for viewers; call before the transaction that reads them."""
        if self._trusted_until is not None and time.monotonic() > self._trusted_until:
            raise Unavailable
        sending = Sending(viewers, wire)
        self._under_way.add(sending)
        return sending

    def begin_unread(self, viewer: int, wire: Wire | None) -> Sending:
        """Announce an answer to a viewer; whoever makes it says when the views are read."""
        sending = self.begin((viewer,), wire)
        sending.read_at = None
        return sending

    def begin_change(self) -> Sending:
        """Announce a change whose views may be sent, to anybody, as the transaction made them."""
        sending = Sending(None, None)
        self._under_way.add(sending)
        return sending

    def end(self, sending: Sending) -> None:
        """Say that the bytes have left, or never will."""
        self._under_way.discard(sending)
        sending.finish()

    @asynccontextmanager
    async def sending(self, viewer: int, wire: Wire) -> AsyncIterator[None]:
        """Read and answer inside; leaving waits until the answer is with the kernel."""
        sending = self.begin((viewer,), wire)
        try:
            yield
            await wire.drain()
        finally:
            self.end(sending)

    @property
    def is_alone(self) -> bool:
        """Whether no other node relies on this one."""
        return self._trusted_until is None

    def bind(self, seconds: float) -> None:
        """Let other nodes rely on this one: from now on it sends nothing late.

        After so many seconds it sends nothing at all, unless it is bound anew.
        """
        self._trusted_until = time.monotonic() + seconds

    def is_late(self, sending: Sending) -> bool:
        """Tell whether what was read is too old to be sent."""
        return self._is_older(sending, LATE_S)

    def aging(self) -> dict[int, list[Sending]]:
        """Return by viewer what will soon be late, though perhaps nothing of it was taken away."""
        found: dict[int, list[Sending]] = {}
        for sending in self._under_way:
            if sending.seen is not None and sending.viewers and self._is_older(sending, AGING_S):
                (viewer,) = sending.viewers
                found.setdefault(viewer, []).append(sending)
        return found

    async def cut_late(self) -> None:
        """Cut the connections that have not taken their bytes in time."""
        for sending in [each for each in self._under_way if self.is_late(each)]:
            if sending.wire is not None:
                self.cuts += 1
                await sending.wire.cut()

    async def settle(self, viewers: Collection[int] | None) -> None:
        """Wait until nothing read before now is on its way to these viewers; `None` is all."""
        # What is not read yet will be read as it is now.
        older = [
            sending
            for sending in self._under_way
            if sending.read_at is not None and sending.concerns(viewers)
        ]
        if not older:
            return
        self.waits += 1
        try:
            async with asyncio.timeout(PATIENCE_S):
                for sending in older:
                    if sending in self._under_way:
                        await sending.gone()
        except TimeoutError:
            await self._cut([sending for sending in older if sending in self._under_way])

    def _is_older(self, sending: Sending, seconds: float) -> bool:
        if self._trusted_until is None or sending.read_at is None:
            return False
        return time.monotonic() - sending.read_at > seconds

    async def _cut(self, stuck: list[Sending]) -> None:
        for sending in stuck:
            if sending.wire is not None:
                self.cuts += 1
                await sending.wire.cut()
            elif sending in self._under_way:
                # A pass of the stream pump, which never waits for a reader.
                await sending.gone()
