"""What programs keep of addresses, whoever has them: at once, or held back until told."""

import time
from collections.abc import Iterable

from app.addresses import display
from app.cells import RELATION
from app.changes import Kind
from app.domain import Address, ContactId
from app.outbox import HELD, PARTS, Parts, open_held, want_many
from app.steps import begin_step, drop_if_empty
from app.store import Store
from app.store_rows import read_report
from app.transaction import Transaction
from app.truth import make_contact
from app.views import SyncReport


class ByAddress:
    """Writes relations into the outbox of one session, and counts them."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def save(self, address: Address, parts: Parts) -> None:
        """Keep an address exactly like this."""
        with self._store.writing() as transaction:
            _ensure_address(transaction, address)
            step = begin_step(transaction, f"Change {display(address)}", time.time())
            step.write(RELATION, address, dict(zip(PARTS, parts.record, strict=True)))
            drop_if_empty(transaction, step)

    def queue(self, addresses: Iterable[Address], parts: Parts) -> None:
        """Hold addresses back, each with its own flags, until the queue is sent."""
        with self._store.writing() as transaction:
            wanted = []
            for address in addresses:
                transaction.contacts.add(_ensure_address(transaction, address))
                wanted.append((address, *parts.record, True))
            want_many(transaction, wanted, HELD)

    def send_queue(self) -> None:
        """Let go what was held back."""
        with self._store.writing() as transaction:
            transaction.kinds |= Kind.OUTBOX
            open_held(transaction)

    def report(self) -> SyncReport:
        """Count the addresses by their state."""
        return read_report(self._store.reading)


def _ensure_address(transaction: Transaction, address: Address) -> ContactId:
    owner: ContactId | None = transaction.value(
        "SELECT contact_id FROM address WHERE address = ?", address
    )
    return make_contact(transaction, address, time.time()) if owner is None else owner
