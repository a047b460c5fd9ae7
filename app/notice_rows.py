"""What happened without me, kept until I have seen it: who joined, what another session changed."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

import msgspec

from app.bits import blocks_to_mask, fields_to_mask
from app.changes import Kind
from app.domain import Address, ContactId, Origin, Relation
from app.outbox import PARTS
from app.transaction import Record, Transaction, listed
from app.views import Notice, NoticeKind
from app.wire import KeptRelation

KEPT: Final = 1_000
"""Notices kept; the oldest go first."""
SHOWN: Final = 100

BY_ANOTHER_SESSION: Final = (NoticeKind.ADDED, NoticeKind.CHANGED, NoticeKind.REMOVED)

REVIVED: Final = "revived"
"""Whoever is followed had been removed from the book before."""

Shape = dict[str, int] | None
"""The parts of a relation; `None` for none."""


def note_joined(transaction: Transaction, address: Address, now: float) -> None:
    """Note that somebody joined; who was waited for is waited for no more."""
    awaited = transaction.one("SELECT 1 FROM awaited WHERE address = ?", address) is not None
    transaction.run("DELETE FROM awaited WHERE address = ?", address)
    _note(transaction, now, New(NoticeKind.JOINED, address, awaited=awaited))


def note_refused(transaction: Transaction, part: str, detail: str, now: float) -> None:
    """Note that the service did not take a change of my account."""
    settle_about(transaction, part, "undone")
    _note(transaction, now, New(NoticeKind.REFUSED, part, detail=detail))


def note_overtaken(transaction: Transaction, part: str, now: float) -> None:
    """Note that another session changed of my account what waited here to be sent."""
    settle_about(transaction, part, "undone")
    _note(transaction, now, New(NoticeKind.OVERTAKEN, part))


def note_live(transaction: Transaction, told: Sequence[KeptRelation], now: float) -> None:
    """Before these are applied: note what differs from what I have and from what I asked for."""
    by_address = {kept.address: kept for kept in told}
    for address, *record in transaction.all(_SHOWN, listed(by_address)):
        _note_one(transaction, by_address[address], tuple(record), now)


def _note_one(transaction: Transaction, kept: KeptRelation, record: Record, now: float) -> None:
    """Compare one relation with what is known, and with what is on its way."""
    erase, paired, was_removed, *parts = record
    known, wanted = parts[: len(PARTS)], parts[len(PARTS) :]
    before = None if paired is None else dict(zip(PARTS, known, strict=True))
    if kept.left is True:
        _note(transaction, now, New(NoticeKind.LEFT, kept.address))
        return
    if erase or (erase is not None and before is None):
        return  # what I asked for is on its way, and this is how it was before
    after = None if kept.removed is True else shape(kept)
    if before is None and after is not None and kept.origin is Origin.AUTO:
        detail = REVIVED if was_removed else ""
        _note(transaction, now, New(NoticeKind.FOLLOWED, kept.address, None, after, detail))
        return
    if before is not None and after is not None:
        on_its_way = [part for part, value in zip(PARTS, wanted, strict=True) if value is not None]
        after |= {part: before[part] for part in on_its_way}
        if bool(paired) is not kept.paired:
            kind = NoticeKind.PAIRED if kept.paired else NoticeKind.UNPAIRED
            _note(transaction, now, New(kind, kept.address))
    if before != after:
        _note_change(transaction, kept.address, (before, after), now)


def _note_change(
    transaction: Transaction, address: Address, change: tuple[Shape, Shape], now: float
) -> None:
    """Put changes of one address together; what is taken back again was never worth a word."""
    before, after = change
    earlier = transaction.one(
        "SELECT id, before FROM notice WHERE about = ? AND settled = '' "
        "AND kind IN (SELECT value FROM json_each(?)) ORDER BY id DESC",
        address,
        listed(BY_ANOTHER_SESSION),
    )
    if earlier is not None:
        before = _decode(earlier[1])
        transaction.run("DELETE FROM notice WHERE id = ?", earlier[0])
        transaction.kinds |= Kind.NOTICES
    if before != after:
        kind = NoticeKind.CHANGED
        if before is None or after is None:
            kind = NoticeKind.ADDED if before is None else NoticeKind.REMOVED
        _note(transaction, now, New(kind, address, before, after))


def shape(relation: Relation) -> dict[str, int]:
    """Write a relation as its parts."""
    return {
        "contact": int(relation.contact),
        "subscribed": int(relation.subscribed),
        "favorite": int(relation.favorite),
        "blocked": blocks_to_mask(relation.blocked),
        "visibility": relation.visibility,
        "fields": fields_to_mask(relation.fields or ()),
    }


class New(msgspec.Struct, frozen=True):
    """A notice to be made."""

    kind: NoticeKind
    about: str
    before: Shape = None
    after: Shape = None
    detail: str = ""
    awaited: bool = False


def _note(transaction: Transaction, now: float, new: New) -> None:
    transaction.kinds |= Kind.NOTICES
    transaction.run(
        "INSERT INTO notice (at, kind, about, before, after, detail, awaited) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        now,
        new.kind.value,
        new.about,
        _encode(new.before),
        _encode(new.after),
        new.detail,
        new.awaited,
    )
    transaction.run(
        "DELETE FROM notice WHERE id <= (SELECT id FROM notice ORDER BY id DESC LIMIT 1 OFFSET ?)",
        KEPT,
    )


# ---- reading and settling


def read_notices(reading: Transaction, ids: Iterable[int] | None = None) -> list[Notice]:
    """Read the newest, or these; the newest first."""
    chosen = None if ids is None else listed(ids)
    records = reading.all(
        "SELECT n.id, n.at, n.kind, n.about, c.id, n.before, n.after, n.detail, n.awaited, "
        "n.seen, n.settled FROM notice n LEFT JOIN address a ON a.address = n.about "
        "LEFT JOIN contact c ON c.id = a.contact_id AND NOT c.removed "
        "WHERE ?1 IS NULL OR n.id IN (SELECT value FROM json_each(?1)) "
        "ORDER BY n.id DESC LIMIT ?2",
        chosen,
        SHOWN,
    )
    return [_notice(record) for record in records]


def count_unseen(reading: Transaction) -> int:
    """Count what I have not seen yet."""
    count: int = reading.value("SELECT COUNT(*) FROM notice WHERE NOT seen")
    return count


def read_awaited(reading: Transaction, contacts: Iterable[ContactId]) -> set[ContactId]:
    """Choose those who have just joined and were waited for."""
    records = reading.all(
        "SELECT a.contact_id FROM notice n JOIN address a ON a.address = n.about "
        "WHERE n.kind = 'joined' AND n.awaited AND NOT n.seen "
        "AND a.contact_id IN (SELECT value FROM json_each(?))",
        listed(contacts),
    )
    return {ContactId(contact_id) for (contact_id,) in records}


def mark_seen(transaction: Transaction) -> None:
    """Count nothing of it as new any more."""
    if transaction.one("SELECT 1 FROM notice WHERE NOT seen"):
        transaction.kinds |= Kind.NOTICES
        transaction.run("UPDATE notice SET seen = 1 WHERE NOT seen")


def settle(transaction: Transaction, ids: Iterable[int], outcome: str) -> None:
    """Note that I keep these, or have taken them back."""
    transaction.kinds |= Kind.NOTICES
    transaction.run(
        "UPDATE notice SET settled = ?, seen = 1 WHERE settled = '' "
        "AND id IN (SELECT value FROM json_each(?))",
        outcome,
        listed(ids),
    )


def settle_about(transaction: Transaction, about: str, outcome: str) -> None:
    """Note that nothing is open any more about an address or a part of mine."""
    records = transaction.all("SELECT id FROM notice WHERE about = ? AND settled = ''", about)
    if records:
        settle(transaction, (number for (number,) in records), outcome)


_SHOWN: Final = f"""
    SELECT chosen.value, o.erase, r.paired, c.removed,
        {", ".join(f"r.{part}" for part in PARTS)}, {", ".join(f"o.{part}" for part in PARTS)}
    FROM json_each(?) chosen LEFT JOIN relation r ON r.address = chosen.value
        LEFT JOIN outbox o ON o.address = chosen.value AND o.failure IS NULL
        LEFT JOIN address a ON a.address = chosen.value LEFT JOIN contact c ON c.id = a.contact_id
"""


def _notice(record: Record) -> Notice:
    number, at, kind, about, contact_id, before, after, detail, awaited, seen, settled = record
    return Notice(
        number,
        at,
        NoticeKind(kind),
        about,
        contact_id,
        _decode(before),
        _decode(after),
        detail,
        bool(awaited),
        bool(seen),
        settled,
    )


def _encode(value: Shape) -> str | None:
    return None if value is None else msgspec.json.encode(value).decode()


def _decode(text: str | None) -> Any:
    return None if text is None else msgspec.json.decode(text)
