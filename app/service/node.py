"""One node of the service: what every request works with, and how a change is made."""

import asyncio
import secrets
import time
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from app.domain import Cursor
from app.errors import HostFailed
from app.service import leases, myself
from app.service.barrier import Barrier
from app.service.budget import Allowance
from app.service.bus import Bus, LocalBus
from app.service.cursors import Cursors, NotHonoured, Position
from app.service.directory import Directory, token_hash
from app.service.feed import News, Touched
from app.service.keys import Keys
from app.service.leases import Lease
from app.service.store import Parts, Store, Tx
from app.service.texts import Texts

T = TypeVar("T")

TOKENS_REMEMBERED = 100_000


@dataclass(slots=True)
class Node:
    """What every request works with. `incarnation` names this life of the database."""

    store: Store
    keys: Keys
    operator_key: str
    allowance: Allowance = field(default_factory=Allowance)
    now: Callable[[], float] = time.time
    bus: Bus = field(default_factory=LocalBus)
    barrier: Barrier = field(default_factory=Barrier)
    id: int = field(default_factory=lambda: secrets.randbits(62))
    incarnation: int = 0
    on_news: Callable[[Sequence[News]], None] = field(init=False, default=lambda _: None)
    """Given what a change has made for viewers, ready to send, in the order of the commits."""
    adopted: list[int] = field(init=False, default_factory=list)
    """Accounts that were online when this node started, at one that is gone."""
    texts: Texts = field(init=False)
    cursors: Cursors = field(init=False)
    directory: Directory = field(init=False)
    _tokens: dict[bytes, int] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        """Derive what follows from the keys."""
        self.texts = Texts(self.keys)
        self.cursors = Cursors(self.keys.cursor_key)
        self.directory = Directory(self.texts, self.allowance)

    async def start(self) -> None:
        """Become a node of the database."""
        lease = await self.store.write(self._join)
        await self.store.write(myself.finish)
        self.incarnation = lease.incarnation
        self.adopted = lease.adopted

    def _join(self, tx: Tx) -> Lease:
        mark = self.keys.index("the mark of this key")
        row = tx.one("SELECT mark FROM address_key_mark")
        if row is None:
            tx.run("INSERT INTO address_key_mark (mark) VALUES (?)", mark)
        elif row[0] != mark:
            raise HostFailed("this database was made with another address.key")
        return leases.join(tx, self.id, self.now())

    async def change(self, work: Callable[[Tx], tuple[T, Touched]]) -> T:
        """Make a change, let it reach everybody, and return when nothing revoked is on its way."""
        # From before the transaction: the views that it makes may be sent without being read again.
        making = self.barrier.begin_change()
        try:
            result, touched = await self.store.write(lambda tx: self._noted(tx, work))
            self._spread(touched)
        finally:
            self.barrier.end(making)
        await self._settle(touched.revoked)
        return result

    async def change_in_parts(self, work: Callable[[Tx], Parts[Touched]]) -> None:
        """Make a change that concerns many; the first hear of it while others are marked."""
        making = self.barrier.begin_change()
        revoked: set[int] = set()

        def told(touched: Touched) -> None:
            revoked.update(touched.revoked)
            self._spread(touched)

        try:
            told(await self.store.write_in_parts(lambda tx: self._noted_parts(tx, work), told))
        finally:
            self.barrier.end(making)
        await self._settle(revoked)

    async def announce(self, touched: Touched) -> None:
        """Wake those who have something to hear; wait where something was taken from them."""
        self.bus.publish(touched.everybody)
        await self._settle(touched.revoked)

    def note_revoked(self, tx: Tx, touched: Touched) -> None:
        """Have every node see, in the same transaction, from whom something was taken away."""
        if touched.revoked and not self.barrier.is_alone:
            viewers = sorted(touched.revoked)
            tx.run(f"UPDATE account SET taken = head WHERE {tx.among('id', viewers)}")

    def _noted(self, tx: Tx, work: Callable[[Tx], tuple[T, Touched]]) -> tuple[T, Touched]:
        result, touched = work(tx)
        self.note_revoked(tx, touched)
        return result, touched

    def _noted_parts(self, tx: Tx, work: Callable[[Tx], Parts[Touched]]) -> Parts[Touched]:
        parts = work(tx)
        while True:
            try:
                touched = next(parts)
            except StopIteration as end:
                last: Touched = end.value
                self.note_revoked(tx, last)
                return last
            self.note_revoked(tx, touched)
            yield touched

    def _spread(self, touched: Touched) -> None:
        if self.barrier.is_alone:
            self.bus.publish(touched.unheard)
            self.on_news(touched.news)
        else:
            self.bus.publish(touched.everybody)

    async def _settle(self, revoked: Collection[int]) -> None:
        if revoked:
            await asyncio.gather(self.barrier.settle(revoked), self.bus.settle(revoked))

    async def account_of(self, token: str) -> int | None:
        """Return the account a token belongs to."""
        digest = token_hash(token)
        known = self._tokens.get(digest)
        if known is None:
            row = await self.store.read(
                lambda tx: tx.one("SELECT account_id FROM token WHERE hash = ?", digest)
            )
            if row is None:
                return None
            if len(self._tokens) >= TOKENS_REMEMBERED:
                self._tokens.clear()
            known = self._tokens[digest] = int(row[0])
        return known

    def cursor(self, account_id: int, seq: int) -> Cursor:
        """Write a cursor for a place in an account's feed."""
        return self.cursors.issue(Position(account_id, seq, self.incarnation), self.now())

    def cursors_of(self, places: Iterable[tuple[int, int]]) -> list[bytes]:
        """Write the cursors of many accounts, each given with a place in its feed."""
        return self.cursors.issue_many(places, self.incarnation, self.now())

    def position(self, tx: Tx, account_id: int, cursor: str) -> int:
        """Read a cursor; raises `NotHonoured` unless this database went through it."""
        position = self.cursors.read(cursor, account_id, self.now())
        row = tx.one(
            "SELECT a.head, a.base, a.incarnation FROM account a"
            " JOIN incarnation i ON i.id = ? WHERE a.id = ?",
            position.incarnation,
            account_id,
        )
        if row is None:
            raise NotHonoured
        head, base, incarnation = row
        if position.seq > (head if position.incarnation >= incarnation else base):
            raise NotHonoured
        return position.seq


def heads(tx: Tx, account_ids: Iterable[int]) -> dict[int, int]:
    """Return where the feeds of some accounts stand."""
    wanted = sorted(set(account_ids))
    if not wanted:
        return {}
    return dict(tx.all(f"SELECT id, head FROM account WHERE {tx.among('id', wanted)}"))
