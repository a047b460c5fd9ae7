"""The withdrawal of everything, as by the undo of a first import: one request, not thousands.

Right before it the service is asked whether another session of mine keeps somebody of whom nothing
was heard here. The contract has no condition on `DELETE /v1/me/contacts`: whom another session adds
in the milliseconds between the two is withdrawn with the rest, and told there as removed.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import Final

from app.domain import Address
from app.errors import Refused, SignedOut
from app.outbox import forget, read_erasures
from app.remote import Remote
from app.store import CHUNK, Store
from app.transaction import Transaction
from app.truth import Truth, is_stale, load_cursor

log = logging.getLogger(__name__)

LEAST: Final = 100
"""So many have to be withdrawn; fewer go one by one as quickly."""


class WithdrawalSender:
    """Sends nothing unless the service keeps nothing for me that is still wanted."""

    def __init__(self, store: Store, truth: Truth, remote: Remote) -> None:
        self._store = store
        self._truth = truth
        self._remote = remote

    async def send(self, through: Callable[[int], None]) -> int:
        """Withdraw everything, if that is what is asked for; the answer counts it.

        Nothing is leased: what is wanted anew meanwhile has another revision, and stays.
        """
        if not _is_everything(self._store.reading) or not await self._is_all_known():
            return 0
        if not _is_everything(self._store.reading):  # changed meanwhile
            return 0
        gone = read_erasures(self._store.reading)
        with self._truth.flight() as overtaken:
            await self._remote.withdraw_all()
            await self._apply(gone, overtaken, through)
        return len(gone)

    async def _is_all_known(self) -> bool:
        """Ask whether another session of mine keeps somebody of whom nothing was heard yet."""
        cursor = load_cursor(self._store.reading)
        if cursor is None or is_stale(self._store.reading):
            return False
        try:
            news = await self._remote.contacts_since(cursor)
        except SignedOut:
            raise
        except Refused as error:
            log.info("the service did not say what is new: %s", error.slug)
            return False
        gone = {address for (address,) in self._store.reading.all(_TO_ERASE)}
        return not isinstance(news.next, str) and all(
            kept.address in gone for kept in news.relations
        )

    async def _apply(
        self,
        gone: Sequence[tuple[Address, int]],
        overtaken: set[Address],
        through: Callable[[int], None],
    ) -> None:
        """Take it over some at a time."""
        for start in range(0, len(gone), CHUNK):
            some = gone[start : start + CHUNK]
            addresses = [address for address, _ in some]
            with self._store.writing() as transaction:
                transaction.contacts |= self._store.owners(addresses)
                forget(transaction, some)
                for address in addresses:
                    if address not in overtaken:
                        self._truth.apply_removed(transaction, address)
                self._truth.note_heard(addresses)
            through(start + len(some))
            await asyncio.sleep(0)


def _is_everything(reading: Transaction) -> bool:
    """Tell whether many are to be withdrawn, and none is kept that is not."""
    return len(read_erasures(reading, LEAST)) == LEAST and not reading.one(
        f"SELECT 1 FROM relation WHERE address NOT IN ({_TO_ERASE}) LIMIT 1"
    )


_TO_ERASE: Final = "SELECT address FROM outbox WHERE erase AND failure IS NULL"
