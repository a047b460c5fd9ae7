"""Take over what the service says: relations, profiles, what joined and what is gone."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager

import msgspec

from app.addresses import display
from app.bits import blocks_to_mask, fields_to_mask
from app.changes import Kind
from app.domain import Address, ContactId, Field, Profile, Relation, State
from app.outbox import PARTS, Intent
from app.pictures import PictureCache
from app.store_rows import read_profile_record
from app.transaction import Transaction
from app.wire import KeptRelation

_encode_fields = msgspec.json.Encoder().encode


class Truth:
    """Applies what the service says; the same again changes nothing."""

    def __init__(self, pictures: PictureCache) -> None:
        self._pictures = pictures
        self._flights: list[set[Address]] = []

    @contextmanager
    def flight(self) -> Iterator[set[Address]]:
        """Collect the addresses whose relation is heard live while a request is on its way.

        Its answer may be older than what was heard; it is not applied over it. What the request
        changed comes by the live stream as well.
        """
        overtaken: set[Address] = set()
        self._flights.append(overtaken)
        try:
            yield overtaken
        finally:
            self._flights = [each for each in self._flights if each is not overtaken]

    def note_live(self, address: Address) -> None:
        """Remember that this relation was heard live."""
        for overtaken in self._flights:
            overtaken.add(address)

    def apply_kept(self, transaction: Transaction, kept: KeptRelation, now: float) -> None:
        """Take over a relation and the profile that came with it."""
        self.apply_relation(transaction, kept, now, joined=kept.joined is True)
        self.apply_profile(transaction, kept.profile)

    def apply_relation(
        self, transaction: Transaction, relation: Relation, now: float, *, joined: bool = False
    ) -> None:
        """Take over a relation; a person nobody has a card of gets a record of their own."""
        address = relation.address
        contact_id = _ensure_contact(transaction, address, now)
        matched = relation.state is State.MATCHED
        before = transaction.one(
            "SELECT matched, joined_at FROM relation WHERE address = ?", address
        )
        joined_at = before[1] if before else None
        if matched and (joined or (before and not before[0])):
            joined_at = joined_at if before and before[0] and joined_at else now
            if contact_id is not None and not (before and before[0]):
                transaction.joined.add(contact_id)
        elif not matched:
            joined_at = None
        transaction.run(
            _APPLY_RELATION,
            address,
            relation.contact,
            relation.subscribed,
            relation.favorite,
            blocks_to_mask(relation.blocked),
            relation.visibility,
            fields_to_mask(relation.fields or ()),
            relation.paired,
            matched,
            relation.origin.value,
            joined_at,
        )

    def apply_profile(self, transaction: Transaction, profile: Profile) -> None:
        """Take over a view: the whole of it, so that what is missing leaves the disk."""
        address = profile.address
        record = transaction.one("SELECT version, fields FROM profile WHERE address = ?", address)
        if record and profile.version < record[0]:
            return
        old = read_profile_record(address, *(record or (None, None))).fields
        new = profile.fields
        if record and old == new:
            transaction.run(
                "UPDATE profile SET version = ? WHERE address = ?", profile.version, address
            )
            return
        if old.picture and (new.picture is None or new.picture.hash != old.picture.hash):
            self._pictures.erase(address)
        if any(getattr(old, name) and not getattr(new, name) for name in _FIELD_NAMES):
            transaction.erased = True
        transaction.run(
            "INSERT INTO profile (address, version, fields) VALUES (?, ?, ?) "
            "ON CONFLICT (address) DO UPDATE SET version = excluded.version, "
            "fields = excluded.fields",
            address,
            profile.version,
            _encode_fields(new),
        )
        _touch(transaction, address)

    def apply_pending(
        self, transaction: Transaction, intents: Collection[Intent], now: float
    ) -> None:
        """Take over that these are kept, and nobody is there yet."""
        for intent in intents:
            record = transaction.one(_READ_RELATION, intent.address)
            parts = dict(zip(PARTS, record[:6] if record else (0,) * 6, strict=True))
            wanted = zip(PARTS, intent.parts.record, strict=True)
            parts |= {part: value for part, value in wanted if value is not None}
            _ensure_contact(transaction, intent.address, now)
            origin = record[7] if record else "import"
            paired = record[6] if record else 0
            transaction.run(
                _APPLY_RELATION, intent.address, *parts.values(), paired, 0, origin, None
            )
            self.apply_profile_gone(transaction, intent.address)

    def apply_profile_gone(self, transaction: Transaction, address: Address) -> None:
        """Erase a view, whatever its version."""
        version = transaction.value("SELECT version FROM profile WHERE address = ?", address)
        if version is not None:
            self.apply_profile(transaction, Profile(address, version))

    def apply_removed(self, transaction: Transaction, address: Address) -> None:
        """Take over that nothing is kept about an address: what was seen through it goes."""
        _touch(transaction, address)
        transaction.run("DELETE FROM relation WHERE address = ?", address)
        self.apply_profile_gone(transaction, address)
        transaction.run("DELETE FROM profile WHERE address = ?", address)
        transaction.run(
            "DELETE FROM contact WHERE source IS NULL AND NOT removed AND note = '' AND id = "
            "(SELECT contact_id FROM address WHERE address = ?1) AND NOT EXISTS "
            "(SELECT 1 FROM effective WHERE contact_id = contact.id AND kept)",
            address,
        )

    def forget_versions(self, transaction: Transaction) -> None:
        """Before reading the list afresh: another service may count from the beginning."""
        transaction.run("UPDATE profile SET version = 0")


_FIELD_NAMES = tuple(field.value for field in Field)
_READ_RELATION = f"SELECT {', '.join(PARTS)}, paired, origin FROM relation WHERE address = ?"
_APPLY_RELATION = """
    INSERT INTO relation (address, contact, subscribed, favorite, blocked, visibility, fields,
        paired, matched, origin, joined_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (address) DO UPDATE SET contact = excluded.contact,
        subscribed = excluded.subscribed, favorite = excluded.favorite,
        blocked = excluded.blocked, visibility = excluded.visibility, fields = excluded.fields,
        paired = excluded.paired, matched = excluded.matched, origin = excluded.origin,
        joined_at = excluded.joined_at
"""


def _touch(transaction: Transaction, address: Address) -> None:
    owner = transaction.value("SELECT contact_id FROM address WHERE address = ?", address)
    if owner is not None:
        transaction.contacts.add(ContactId(owner))


def _ensure_contact(transaction: Transaction, address: Address, now: float) -> ContactId | None:
    record = transaction.one(
        "SELECT c.id, c.removed FROM address a JOIN contact c ON c.id = a.contact_id "
        "WHERE a.address = ?",
        address,
    )
    if record and not record[1]:
        transaction.contacts.add(record[0])
        return ContactId(record[0])
    leaving = transaction.value("SELECT erase FROM outbox WHERE address = ?", address)
    if leaving:
        return None
    return _revive(transaction, record[0]) if record else _make_contact(transaction, address, now)


def _revive(transaction: Transaction, contact_id: int) -> ContactId:
    """Another session keeps somebody who was removed here: the record comes back."""
    transaction.run("UPDATE contact SET removed = 0 WHERE id = ?", contact_id)
    transaction.contacts.add(ContactId(contact_id))
    return ContactId(contact_id)


def _make_contact(transaction: Transaction, address: Address, now: float) -> ContactId:
    contact_id = transaction.run("INSERT INTO contact (added_at) VALUES (?)", now)
    transaction.run(
        "INSERT INTO address (address, contact_id, position, text) VALUES (?, ?, 0, ?)",
        address,
        contact_id,
        display(address),
    )
    transaction.contacts.add(ContactId(contact_id))
    return ContactId(contact_id)


# ---- the whole list


def kept_addresses(reading: Transaction) -> set[Address]:
    """Every address the service was last known to keep for me."""
    return {address for (address,) in reading.all("SELECT address FROM relation")}


def mark_stale(transaction: Transaction, *, stale: bool) -> None:
    """Remember across a restart that the list has to be read afresh."""
    transaction.kinds |= Kind.STATE
    if stale:
        transaction.run("INSERT OR REPLACE INTO meta (key, value) VALUES ('stale', 1)")
    else:
        transaction.run("DELETE FROM meta WHERE key = 'stale'")


def is_stale(reading: Transaction) -> bool:
    """Tell whether the list has to be read afresh before anything live is of use."""
    found = reading.value("SELECT 1 FROM meta WHERE key = 'stale'")
    return found is not None or load_cursor(reading) is None


def load_cursor(reading: Transaction) -> str | None:
    """How far the live feed was applied."""
    cursor: str | None = reading.value("SELECT value FROM meta WHERE key = 'cursor'")
    return cursor


def save_cursor(transaction: Transaction, cursor: str) -> None:
    """Remember how far the feed is applied, in the transaction that applied it."""
    transaction.run("INSERT OR REPLACE INTO meta (key, value) VALUES ('cursor', ?)", cursor)
