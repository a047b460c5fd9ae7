"""Every address that is kept for me where nobody is yet: read, wait for, or withdraw."""

import time
from collections.abc import Collection, Sequence

from app.addresses import display
from app.changes import Kind
from app.domain import Address
from app.long_deeds import catch_up, change_now, is_unfinished, plan_withdrawals
from app.steps import begin_step
from app.store import Store
from app.store_rows import read_owners
from app.transaction import listed
from app.views import PendingAddress


class Pending:
    """The pending addresses of one session."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def read(self) -> list[PendingAddress]:
        """Read all of them; those that are still to be sent are among them."""
        return [
            PendingAddress(
                address, contact, since, bool(mine), bool(waiting), bool(awaited), source
            )
            for address, contact, since, mine, waiting, awaited, source in self._store.reading.all(
                _PENDING
            )
        ]

    def withdraw(self, addresses: Sequence[Address]) -> None:
        """Keep these no longer; the people and their cards stay. It is one step."""
        if not addresses:
            return
        words = f"{len(addresses):,} numbers" if len(addresses) > 1 else display(addresses[0])
        with self._store.writing() as transaction:
            owners = read_owners(transaction, addresses)
            step = begin_step(transaction, f"Withdraw {words}", time.time())
            is_next = not is_unfinished(transaction) or catch_up(transaction, {*owners.values()})
            pairs = [(owners[each], each) for each in addresses if each in owners]
            plan_withdrawals(transaction, step.id, pairs)
            if is_next:
                change_now(transaction, step.id)

    def await_(self, addresses: Collection[Address], *, on: bool) -> None:
        """Ask to be told when they join, or not any more."""
        with self._store.writing() as transaction:
            transaction.kinds |= Kind.NOTICES
            if on:
                transaction.many(
                    "INSERT OR IGNORE INTO awaited (address) VALUES (?)",
                    [(address,) for address in addresses],
                )
            else:
                transaction.run(
                    "DELETE FROM awaited WHERE address IN (SELECT value FROM json_each(?))",
                    listed(addresses),
                )


_PENDING = """
    SELECT e.address, e.contact_id, IFNULL(r.since, c.added_at), c.source IS NOT NULL,
        e.waiting, w.address IS NOT NULL, IFNULL(c.source, '')
    FROM effective e JOIN contact c ON c.id = e.contact_id
        LEFT JOIN relation r ON r.address = e.address LEFT JOIN awaited w ON w.address = e.address
    WHERE e.kept AND NOT e.matched AND NOT c.removed
"""
