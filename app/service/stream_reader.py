"""What streams have to hear, read from the database as it may be seen at that moment."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from app.service import listing
from app.service.cursors import NotHonoured
from app.service.node import Node, heads
from app.service.store import Tx
from app.service.stream import Batch, Stream

MUCH: Final = 500
"""Events for one account that are not read together with those of others."""


@dataclass(frozen=True, slots=True)
class Opening:
    """How a stream begins: whether its cursor was good, where it stands, what was missed."""

    is_reset: bool
    position: int
    batch: Batch


class StreamReader:
    """Reads the feeds of streams; nothing is found of an account that is gone."""

    def __init__(self, node: Node) -> None:
        self._node = node

    async def opening(self, account_id: int, last_event_id: str | None) -> Opening | None:
        """Return what was missed since a cursor, or where the feed stands now."""
        return await self._node.store.read(lambda tx: self._opening(tx, account_id, last_event_id))

    async def batch(self, stream: Stream) -> Batch | None:
        """Return what is new to one stream, however much it is."""
        return await self._node.store.read(lambda tx: self._batch(tx, stream))

    async def batches(self, positions: dict[int, int]) -> dict[int, Batch]:
        """Return what is new to accounts; one with much to hear is left out."""
        return await self._node.store.read(lambda tx: self._batches(tx, positions))

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

    def _batches(self, tx: Tx, positions: dict[int, int]) -> dict[int, Batch]:
        much = _much(tx, positions)
        some = {each: seq for each, seq in positions.items() if each not in much}
        now = heads(tx, some)
        items = listing.since(tx, self._node.texts, some)
        return {each: Batch(items[each], now[each]) for each in some if each in now}


def _much(tx: Tx, positions: Mapping[int, int]) -> set[int]:
    """Return the accounts with more to hear than the pump should carry."""
    known = ",".join(f"({account_id},{seq})" for account_id, seq in positions.items())
    start = f"WITH known(id, seq) AS (VALUES {known})"
    enough = MUCH + 4 * len(positions)
    counted = tx.one(
        f"{start} SELECT COUNT(*) FROM (SELECT 1 FROM known CROSS JOIN relation r"
        " ON r.owner_id = known.id AND r.relation_seq > known.seq"
        " UNION ALL SELECT 1 FROM known CROSS JOIN relation r"
        " ON r.owner_id = known.id AND r.profile_seq > known.seq AND r.profile_seq > 0"
        f" LIMIT {enough}) found"
    )
    if counted is None or counted[0] < enough:
        return set()
    found = tx.all(
        f"{start} SELECT known.id FROM known WHERE {MUCH} <= (SELECT COUNT(*) FROM"
        " (SELECT 1 FROM relation r WHERE r.owner_id = known.id AND r.relation_seq > known.seq"
        " UNION ALL SELECT 1 FROM relation r"
        " WHERE r.owner_id = known.id AND r.profile_seq > known.seq AND r.profile_seq > 0"
        f" LIMIT {MUCH}) found)"
    )
    return {account_id for (account_id,) in found}
