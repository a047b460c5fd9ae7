"""What I want of each address, until the service has acknowledged it.

One record for each address holds the last value wanted of each part. All are absolute, so sending
one twice is harmless, and what is changed while it travels is simply sent again.
"""

from collections.abc import Iterable, Sequence
from typing import Any, Final, NewType

import msgspec

from app.bits import mask_to_blocks, mask_to_fields
from app.changes import Kind
from app.domain import Address, Visibility
from app.transaction import Record, Transaction, listed
from app.wire import PatchRelation

BatchId = NewType("BatchId", int)
HELD: Final = BatchId(0)
"""The batch of an import that has not come to its end: nothing of it is sent."""

PARTS: Final = ("contact", "subscribed", "favorite", "blocked", "visibility", "fields")


class Parts(msgspec.Struct, frozen=True, omit_defaults=True):
    """Parts of a relation as numbers; `None` is a part nobody speaks of."""

    contact: int | None = None
    subscribed: int | None = None
    favorite: int | None = None
    blocked: int | None = None
    visibility: int | None = None
    fields: int | None = None

    @property
    def record(self) -> Record:
        """The parts in the order of the columns."""
        return (
            self.contact,
            self.subscribed,
            self.favorite,
            self.blocked,
            self.visibility,
            self.fields,
        )


class Intent(msgspec.Struct, frozen=True):
    """One leased record: what to make true at one address."""

    address: Address
    erase: bool
    parts: Parts
    revision: int

    @property
    def patch(self) -> PatchRelation | None:
        """The call that makes it so; `None` where erasing is all."""
        given: dict[str, Any] = {
            name: bool(value) if name in {"contact", "subscribed", "favorite"} else value
            for name, value in zip(PARTS, self.parts.record, strict=True)
            if value is not None
        }
        if not given:
            return None
        if "blocked" in given:
            given["blocked"] = mask_to_blocks(given["blocked"])
        fields = given.pop("fields", None)
        if given.get("visibility") == Visibility.CUSTOM:
            given["fields"] = mask_to_fields(fields or 0)
        return PatchRelation(**given)


class Batch(msgspec.Struct, frozen=True):
    """Records leased for one request; acknowledged or released together or one by one."""

    id: BatchId
    intents: tuple[Intent, ...]


class Counts(msgspec.Struct, frozen=True):
    """How the outbox stands."""

    waiting: int
    ready: int
    next_at: float | None
    """When the first of the deferred ones may be tried again."""


# ---- wanting


def want(transaction: Transaction, address: Address, parts: Parts, *, bulk: bool = False) -> None:
    """Ask for these parts; what was asked before of other parts stays asked."""
    want_many(transaction, [(address, *parts.record, bulk)])


def want_many(
    transaction: Transaction, records: Iterable[Record], batch: BatchId | None = None
) -> None:
    """Ask for many: address, the six parts, whether it may travel in bulk."""
    transaction.kinds |= Kind.OUTBOX
    transaction.many(_WANT, ((*record, batch) for record in records))


_MERGED = ", ".join(
    f"{part} = CASE WHEN outbox.failure IS NULL THEN IFNULL(excluded.{part}, outbox.{part}) "
    f"ELSE excluded.{part} END"
    for part in PARTS
)
_WANT = f"""
    INSERT INTO outbox (address, {", ".join(PARTS)}, bulk, batch, revision)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 1)
    ON CONFLICT (address) DO UPDATE SET {_MERGED},
        bulk = (outbox.bulk OR outbox.failure IS NOT NULL) AND excluded.bulk,
        erase = outbox.erase AND outbox.failure IS NULL,
        revision = revision + 1, failure = NULL
"""


def want_erased(transaction: Transaction, address: Address) -> None:
    """Ask for the relation to be gone; what was never sent is only forgotten."""
    transaction.kinds |= Kind.OUTBOX
    transaction.run(
        "DELETE FROM outbox WHERE address = ? AND NOT tried "
        "AND NOT EXISTS (SELECT 1 FROM relation WHERE relation.address = outbox.address)",
        address,
    )
    transaction.run(_WANT_ERASED, address)


_WANT_ERASED = f"""
    INSERT INTO outbox (address, erase, bulk, revision)
    SELECT address, 1, 0, 1 FROM address WHERE address = ?1
        AND (EXISTS (SELECT 1 FROM relation WHERE address = ?1)
            OR EXISTS (SELECT 1 FROM outbox WHERE address = ?1))
    ON CONFLICT (address) DO UPDATE SET erase = 1, bulk = 0, revision = revision + 1,
        failure = NULL, deferred = 0, not_before = 0,
        {", ".join(f"{part} = NULL" for part in PARTS)}
"""


def allow_bulk(transaction: Transaction, addresses: Iterable[Address]) -> None:
    """Let thousands travel in one request where all that is wanted can be said in it."""
    transaction.run(
        "UPDATE outbox SET bulk = 1 WHERE address IN (SELECT value FROM json_each(?)) "
        "AND NOT erase AND batch IS NULL AND contact IS NOT NULL AND subscribed IS NOT NULL "
        "AND favorite IS NULL AND blocked IS NULL AND NOT IFNULL(fields, 0) "
        "AND IFNULL(visibility, 0) <> ?",
        listed(addresses),
        Visibility.CUSTOM,
    )


def open_held(transaction: Transaction) -> None:
    """Let what an import held go its way, and say so: it is this that can be sent now."""
    transaction.kinds |= Kind.OUTBOX
    transaction.run("UPDATE outbox SET batch = NULL WHERE batch = ?", HELD)


def release_all(transaction: Transaction) -> None:
    """At the start: what an earlier run had leased may be sent again."""
    transaction.run("UPDATE outbox SET batch = NULL WHERE batch IS NOT NULL")


def release_leased(transaction: Transaction) -> None:
    """After a surprise: nobody will acknowledge what was on its way; an import goes on."""
    transaction.run("UPDATE outbox SET batch = NULL WHERE batch <> ?", HELD)


# ---- leasing


def lease(
    transaction: Transaction, now: float, limit: int, *, bulk: bool, erase: bool | None = None
) -> Batch:
    """Mark what may be sent now, and return exactly what was marked.

    What is to be erased goes after what is to be changed, or alone, or not at all: a block must not
    wait for ten thousand withdrawals.
    """
    number = (transaction.value("SELECT MAX(batch) FROM outbox") or 0) + 1
    records = transaction.all(
        f"SELECT address, erase, revision, {', '.join(PARTS)} FROM outbox "
        "WHERE bulk = ?1 AND failure IS NULL AND batch IS NULL AND not_before <= ?2 "
        "AND (?3 IS NULL OR erase = ?3) "
        f"ORDER BY {'' if bulk else 'erase, '}not_before, address LIMIT ?4",
        bulk,
        now,
        erase,
        limit,
    )
    transaction.run(
        "UPDATE outbox SET batch = ?, tried = 1 WHERE address IN (SELECT value FROM json_each(?))",
        number,
        listed(record[0] for record in records),
    )
    return Batch(
        BatchId(number),
        tuple(
            Intent(address, bool(erase), Parts(*parts), revision)
            for address, erase, revision, *parts in records
        ),
    )


def acknowledge(transaction: Transaction, batch: BatchId, intents: Sequence[Intent]) -> None:
    """Forget what the service has; what was changed meanwhile is free to be sent again."""
    transaction.kinds |= Kind.OUTBOX
    sent = [(intent.address, intent.revision, batch) for intent in intents]
    transaction.many("DELETE FROM outbox WHERE address = ? AND revision = ? AND batch = ?", sent)
    _free(transaction, batch, intents)


def read_erasures(reading: Transaction, most: int = -1) -> list[tuple[Address, int]]:
    """Read addresses of which nothing is to be kept, and nothing anew, with their revisions."""
    nothing_else = " AND ".join(f"{part} IS NULL" for part in PARTS)
    return [
        (address, revision)
        for address, revision in reading.all(
            "SELECT address, revision FROM outbox WHERE bulk = 0 AND erase "
            f"AND failure IS NULL AND batch IS NULL AND {nothing_else} LIMIT ?",
            most,
        )
    ]


def forget(transaction: Transaction, sent: Sequence[tuple[Address, int]]) -> None:
    """Forget what the service has without a lease, by address and revision."""
    transaction.kinds |= Kind.OUTBOX
    transaction.many(
        "DELETE FROM outbox WHERE address = ? AND revision = ? AND batch IS NULL", sent
    )


def release(transaction: Transaction, batch: Batch) -> None:
    """No answer: all of it may be sent again."""
    _free(transaction, batch.id, batch.intents)


def reject(transaction: Transaction, batch: BatchId, intent: Intent, failure: str) -> None:
    """Make what the service will never take a failure to be seen, unless changed meanwhile."""
    transaction.kinds |= Kind.OUTBOX
    transaction.run(
        "UPDATE outbox SET failure = ?, batch = NULL WHERE address = ? AND revision = ? "
        "AND batch = ?",
        failure,
        intent.address,
        intent.revision,
        batch,
    )
    _free(transaction, batch, [intent])


def defer(
    transaction: Transaction, batch: BatchId, intents: Sequence[Intent], until: float
) -> None:
    """Over the budget of discovery: kept, and tried again when there is room."""
    transaction.kinds |= Kind.OUTBOX
    transaction.many(
        "UPDATE outbox SET batch = NULL, tried = 0, deferred = 1, not_before = ? "
        "WHERE address = ? AND batch = ?",
        [(until, intent.address, batch) for intent in intents],
    )


def _free(transaction: Transaction, batch: BatchId, intents: Sequence[Intent]) -> None:
    transaction.run(
        "UPDATE outbox SET batch = NULL WHERE batch = ? "
        "AND address IN (SELECT value FROM json_each(?))",
        batch,
        listed(intent.address for intent in intents),
    )


def counts(reading: Transaction, now: float) -> Counts:
    """Count what waits, for the indicator and for the next attempt.

    Few are refused or leased, and few wait for a time, while all of them are counted at once: to
    look at each of 100,000 took 50 ms.
    """
    everything, refused, leased, later, next_at = reading.all(_COUNTS, now)[0]
    waiting = everything - refused
    ready = waiting - leased - later
    mine, messages = reading.all(
        "SELECT (SELECT COUNT(*) FROM my_outbox WHERE failure IS NULL AND NOT overtaken), "
        "(SELECT COUNT(*) FROM message WHERE status = 'waiting')"
    )[0]
    return Counts(waiting + mine + messages, ready + mine + messages, next_at)


_COUNTS: Final = """
    SELECT (SELECT COUNT(*) FROM outbox), refused, leased, later, next_at FROM
        (SELECT COUNT(failure) AS refused, COUNT(*) - COUNT(failure) AS leased FROM outbox
            WHERE failure IS NOT NULL OR batch IS NOT NULL),
        (SELECT COUNT(*) AS later, MIN(not_before) AS next_at FROM outbox
            WHERE bulk IN (0, 1) AND not_before > ? AND failure IS NULL AND batch IS NULL)
"""
