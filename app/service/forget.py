"""What an account let go of is forgotten once no cursor can ask for it any more.

A relation that is not kept stays for a while: a delta tells of its removal, and an address that was
paid for is not new. It goes a month later, in small batches, by one node at a time. Whoever looks
at such an address again pays again, so forgetting gives nobody an address for nothing.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Final

from app.service import feed, leases, relations
from app.service.cursors import DAY_S, LIFETIME_DAYS
from app.service.feed import Touched
from app.service.node import Node
from app.service.relations import Record
from app.service.store import Tx

KEPT_S: Final = (LIFETIME_DAYS + 1) * DAY_S
"""A cursor counts whole days, so that the last one is a day longer."""
BATCH: Final = 200
LOOK_S: Final = 3600.0
PAUSE_S: Final = 0.05
"""Between two batches, so that whoever waits to write comes first."""


class Forgetting:
    """The one task that forgets."""

    def __init__(
        self, node: Node, sleep: Callable[[float], Awaitable[object]] = asyncio.sleep
    ) -> None:
        self._node = node
        self._sleep = sleep

    async def run(self) -> None:
        """Forget for ever."""
        while True:
            await self.sweep()
            await self._sleep(LOOK_S)

    async def sweep(self) -> None:
        """Forget all that is due."""
        node = self._node
        while await node.change(lambda tx: forget_some(tx, node.id, node.now())):
            await self._sleep(PAUSE_S)


def forget_some(tx: Tx, node_id: int, now: float) -> tuple[int, Touched]:
    """Take the next step for some relations; return how many there were."""
    touched = Touched()
    if not leases.is_first(tx, node_id):
        return 0, touched
    seen = _note(tx, now)
    due = [
        Record(*row)
        for row in tx.all(
            f"SELECT {relations.COLUMNS} FROM relation r WHERE r.kept = 0 AND r.removed_at < ?"
            " ORDER BY r.removed_at LIMIT ?",
            now - KEPT_S,
            BATCH,
        )
    ]
    if due:
        tx.lock("account", "id", sorted({record.owner_id for record in due}))
        _take_back(tx, [record for record in due if record.shown], touched)
        _delete(tx, [record for record in due if not record.shown])
    return seen + len(due), touched


def _note(tx: Tx, now: float) -> int:
    """Let the time begin for what was looked at and never kept."""
    return tx.run(
        "UPDATE relation SET removed_at = ? WHERE (owner_id, peer_key) IN"
        " (SELECT owner_id, peer_key FROM relation WHERE kept = 0 AND removed_at IS NULL LIMIT ?)",
        now,
        BATCH,
    )


def _take_back(tx: Tx, records: Sequence[Record], touched: Touched) -> None:
    """Have copies erased that nobody could take back once this is forgotten; wait once more."""
    heads = feed.advance(tx, {record.owner_id for record in records})
    blank = [
        record._replace(
            peer_id=None,
            profile_seq=heads[record.owner_id],
            version=record.version + 1,
            shown=0,
            digest=0,
        )
        for record in records
    ]
    relations.save(tx, blank)
    touched.wake |= heads.keys()


def _delete(tx: Tx, records: Sequence[Record]) -> None:
    """Delete relations; a version that was given is never given again."""
    floors: dict[int, int] = {}
    for record in records:
        floors[record.owner_id] = max(record.version, floors.get(record.owner_id, 0))
    tx.many(
        "UPDATE account SET floor = ? WHERE id = ? AND floor < ?",
        [(version, owner_id, version) for owner_id, version in sorted(floors.items())],
    )
    tx.many(
        "DELETE FROM relation WHERE owner_id = ? AND peer_key = ?",
        [(record.owner_id, record.peer_key) for record in records],
    )
