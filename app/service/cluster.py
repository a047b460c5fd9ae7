"""A node among others on one database: wake-ups, and revocations that hold everywhere.

Every other node that is alive says that it sends nothing older, or the bound has passed within
which each node has sent what it read, or cut the connection. So a revocation holds whatever
becomes of the messages.
"""

import asyncio
import logging
import struct
import time
from collections.abc import Callable, Collection
from itertools import count
from typing import Final, Protocol

from app.service import leases
from app.service.bus import Wake
from app.service.node import Node, heads
from app.service.presence import Presence
from app.service.store import Tx
from app.service.streams import Streams
from app.service.tasks import Tasks, patiently

log = logging.getLogger(__name__)

BOUND_S: Final = 2.0
"""How long after a commit another node may still be sending what it read before."""
ASK_AGAIN_S: Final = 0.25
RENEW_S: Final = 2.0
TRUST_S: Final = 6.0
"""How long after its last renewal a node still sends; the others count it for longer."""
POLL_S: Final = 2.0
WATCH_S: Final = 0.1
POLLED: Final = 1_000

WAKE, SETTLE, SETTLED = b"w", b"s", b"d"


class NodeWire(Protocol):
    """Carries small messages between nodes, which may be lost, doubled or late."""

    @property
    def most(self) -> int:
        """How many numbers one message takes."""
        ...

    def send(self, data: bytes) -> None:
        """Send to every other node, now or never."""
        ...

    async def run(self, subject: str, receive: Callable[[bytes], None]) -> None:
        """Connect and send for ever; `receive` is called with what other nodes send."""
        ...

    async def close(self) -> None:
        """Let go of the connection."""
        ...


class Cluster:
    """The bus of a node that is not alone."""

    def __init__(self, node: Node, wire: NodeWire) -> None:
        self._node = node
        self._wire = wire
        self._wakes: list[Wake] = []
        self._requests = count(1)
        self._asked: dict[int, _Asked] = {}
        self.unanswered = 0
        """Revocations that had to wait for the whole bound."""

    def publish(self, account_ids: Collection[int]) -> None:
        """Tell every node, this one included; never waits."""
        if not account_ids:
            return
        for wake in self._wakes:
            wake(account_ids)
        listed = list(account_ids)
        most = self._wire.most
        for start in range(0, len(listed), most):
            self._send(WAKE, listed[start : start + most])

    def subscribe(self, wake: Wake) -> None:
        """Have a function called, on the loop's thread, for each wake-up."""
        self._wakes.append(wake)

    async def settle(self, viewers: Collection[int]) -> None:
        """Wait until no other node sends to these viewers what it read before now."""
        deadline = asyncio.get_running_loop().time() + BOUND_S
        others = await self._node.store.read(lambda tx: leases.others(tx, self._node.id))
        if not others:
            return
        request = next(self._requests)
        asked = self._asked[request] = _Asked(set(others))
        # Too many to name are everybody.
        named = viewers if len(viewers) + 2 <= self._wire.most else ()
        try:
            async with asyncio.timeout_at(deadline):
                while not asked.is_answered.is_set():
                    self._send(SETTLE, (self._node.id, request, *named))
                    await _wait(asked.is_answered, ASK_AGAIN_S)
        except TimeoutError:
            self.unanswered += 1
        finally:
            del self._asked[request]

    def start(self, streams: Streams, presence: Presence, tasks: Tasks) -> None:
        """Begin to work together."""
        self._node.barrier.bind(TRUST_S)
        tasks.start(patiently(lambda: self._renew(presence)), "lease")
        tasks.start(patiently(lambda: self._poll(streams)), "poll")
        tasks.start(self._watch(), "bound")
        tasks.start(patiently(self._confirm), "confirmed")
        tasks.start(patiently(lambda: self._listen(tasks)), "bus")

    async def close(self) -> None:
        """Leave the others."""
        await self._node.store.write(lambda tx: leases.leave(tx, self._node.id))
        await self._wire.close()

    async def _listen(self, tasks: Tasks) -> None:
        name = await self._node.store.read(leases.name)
        await self._wire.run(f"kith.{name}", lambda data: self._receive(data, tasks))

    def _receive(self, data: bytes, tasks: Tasks) -> None:
        kind, numbers = data[:1], _unpack(data[1:])
        if kind == WAKE:
            for wake in self._wakes:
                wake(numbers)
        elif kind == SETTLE and len(numbers) >= 2:  # noqa: PLR2004 - who asks, and which request
            tasks.start(self._answer(numbers[0], numbers[1], numbers[2:] or None), "settle")
        elif kind == SETTLED and len(numbers) == 3:  # noqa: PLR2004 - and who answers
            self._note_answer(*numbers)

    async def _answer(self, asker: int, request: int, viewers: Collection[int] | None) -> None:
        await self._node.barrier.settle(viewers)
        self._send(SETTLED, (asker, request, self._node.id))

    def _note_answer(self, asker: int, request: int, answerer: int) -> None:
        asked = self._asked.get(request) if asker == self._node.id else None
        if asked is not None:
            asked.answer(answerer)

    async def _renew(self, presence: Presence) -> None:
        node = self._node
        while True:
            started = time.monotonic()
            lease = await node.store.write(lambda tx: leases.renew(tx, node.id, node.now()))
            node.barrier.bind(started + TRUST_S - time.monotonic())
            node.incarnation = lease.incarnation
            for account_id in lease.adopted:
                presence.adopt(account_id)
            if lease.is_new:
                presence.tell_again()
            await asyncio.sleep(RENEW_S)

    async def _poll(self, streams: Streams) -> None:
        """Look for ever after what no message told of."""
        while True:
            await asyncio.sleep(POLL_S)
            known = streams.positions()
            listed = list(known)
            for start in range(0, len(listed), POLLED):
                some = listed[start : start + POLLED]
                now = await self._node.store.read(lambda tx: heads(tx, some))  # noqa: B023 - awaited here
                # An account that is gone counts too: its streams end.
                moved = [each for each in some if now.get(each) != known[each]]
                streams.wake(moved)

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(WATCH_S)
            await self._node.barrier.cut_late()

    async def _confirm(self) -> None:
        """Let slow answers go on of which nothing was taken away since they were read."""
        barrier = self._node.barrier
        while True:
            await asyncio.sleep(WATCH_S)
            aging = barrier.aging()
            if not aging:
                continue
            asked = time.monotonic()
            taken = await self._node.store.read(lambda tx: _taken(tx, aging))  # noqa: B023 - awaited here
            for viewer, sendings in aging.items():
                for sending in sendings:
                    if (
                        viewer in taken
                        and sending.seen is not None
                        and taken[viewer] <= sending.seen
                    ):
                        sending.read_at = asked

    def _send(self, kind: bytes, numbers: Collection[int]) -> None:
        self._wire.send(kind + struct.pack(f">{len(numbers)}q", *numbers))


class _Asked:
    """Nodes that were asked to settle and have not said yet that they did."""

    def __init__(self, others: set[int]) -> None:
        self._others = others
        self.is_answered = asyncio.Event()

    def answer(self, node_id: int) -> None:
        """Note that a node has settled."""
        self._others.discard(node_id)
        if not self._others:
            self.is_answered.set()


def _taken(tx: Tx, viewers: Collection[int]) -> dict[int, int]:
    """Return at which place of its feed something was last taken from each viewer."""
    condition = tx.among("id", sorted(viewers))
    return dict(tx.all(f"SELECT id, taken FROM account WHERE {condition}"))


async def _wait(event: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        return


def _unpack(data: bytes) -> tuple[int, ...]:
    size, rest = divmod(len(data), 8)
    return () if rest else struct.unpack(f">{size}q", data)
