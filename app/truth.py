"""Take over what the service says: relations, profiles, what joined and what is gone."""

import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import msgspec

from app.addresses import display
from app.bits import blocks_to_mask, fields_to_mask
from app.changes import Kind
from app.domain import Address, ContactId, Field, Origin, Profile, Relation, State
from app.notice_rows import note_joined
from app.outbox import PARTS, Intent, Parts
from app.pictures import PictureCache
from app.store_rows import read_profile_record
from app.transaction import Record, Transaction, listed
from app.wire import KeptRelation

_encode_fields = msgspec.json.Encoder().encode


class Told(msgspec.Struct, frozen=True):
    """What the service says of one address."""

    address: Address
    relation: Relation | None = None
    wanted: Parts | None = None
    """It keeps what was wanted, and nobody is there yet."""
    profile: Profile | None = None
    joined: bool = False


class Known:
    """What the store has of one address."""

    __slots__ = (
        "address",
        "contact_id",
        "erase",
        "fields",
        "joined_at",
        "relation",
        "removed",
        "version",
    )

    def __init__(self, *record: Any) -> None:
        self.address: Address = record[0]
        self.contact_id: ContactId | None = record[1]
        self.removed: bool = bool(record[2])
        self.erase: bool = bool(record[3])
        self.version: int | None = record[4]
        self.fields: bytes | None = record[5]
        self.joined_at: float | None = record[6]
        self.relation: Record | None = record[7:] if record[7] is not None else None


class Truth:
    """Applies what the service says; the same again changes nothing."""

    def __init__(self, pictures: PictureCache) -> None:
        self._pictures = pictures
        self._flights: list[set[Address]] = []

    @contextmanager
    def flight(self) -> Iterator[set[Address]]:
        """Collect the addresses of whose relation something is heard while a request travels.

        Its answer may be older than what was heard; it is not applied over it. What the request
        changed comes by the live stream as well.
        """
        overtaken: set[Address] = set()
        self._flights.append(overtaken)
        try:
            yield overtaken
        finally:
            self._flights = [each for each in self._flights if each is not overtaken]

    def note_heard(self, addresses: Iterable[Address]) -> None:
        """Remember that these relations were heard of, live or by the answer to a change."""
        for overtaken in self._flights:
            overtaken.update(addresses)

    def apply_kept(
        self, transaction: Transaction, kept: Sequence[KeptRelation], now: float
    ) -> None:
        """Take over relations and the profiles that came with them; the last one of each counts."""
        told = {
            each.address: Told(each.address, each, None, each.profile, each.joined is True)
            for each in kept
        }
        if told:
            self._apply(transaction, told, now)

    def apply_pending(
        self, transaction: Transaction, intents: Sequence[Intent], now: float
    ) -> None:
        """Take over that these are kept as they were wanted, and nobody is there yet."""
        told = {each.address: Told(each.address, wanted=each.parts) for each in intents}
        self._apply(transaction, told, now)

    def apply_profile(self, transaction: Transaction, profile: Profile) -> None:
        """Take over a view: the whole of it, so that what is missing leaves the disk."""
        told = {profile.address: Told(profile.address, profile=profile)}
        self._apply(transaction, told, time.time())

    def _apply(self, transaction: Transaction, told: dict[Address, Told], now: float) -> None:
        """Compare with what is known in one go, and write only what differs."""
        known = (Known(*record) for record in transaction.all(_KNOWN, listed(told)))
        relations: list[Record] = []
        profiles: list[Record] = []
        for each in known:
            new = told[each.address]
            relation = _relation_of(new, each)
            if relation is not None and relation != each.relation:
                relations.append(self._relation(transaction, each, relation, new, now))
            profile = _profile_of(new, each)
            if profile is not None:
                profiles.append(self._profile(transaction, each, profile))
        transaction.many(_SAVE_RELATION, relations)
        transaction.many(_SAVE_PROFILE, profiles)

    def _relation(
        self, transaction: Transaction, known: Known, relation: Record, told: Told, now: float
    ) -> Record:
        """Write a relation; a person nobody has a card of gets a record of their own."""
        owner = _ensure_contact(transaction, known, now)
        was_matched = known.relation is not None and known.relation[_MATCHED]
        joined_at = known.joined_at if was_matched and relation[_MATCHED] else None
        if relation[_MATCHED] and not was_matched and (told.joined or known.relation):
            joined_at = now
            if owner is not None:
                transaction.joined.add(owner)
                note_joined(transaction, known.address, now)
        return (known.address, *relation, joined_at, now)

    def _profile(self, transaction: Transaction, known: Known, profile: Profile) -> Record:
        old = read_profile_record(known.address, known.version, known.fields).fields
        new = profile.fields
        if old.picture and (new.picture is None or new.picture.hash != old.picture.hash):
            self._pictures.erase(known.address)
        if any(getattr(old, name) and not getattr(new, name) for name in _FIELD_NAMES):
            transaction.erased = True
        if known.contact_id is not None:
            transaction.contacts.add(known.contact_id)
        return (known.address, profile.version, _encode_fields(new))

    def apply_removed(self, transaction: Transaction, address: Address) -> None:
        """Take over that nothing is kept about an address: what was seen through it goes."""
        _touch(transaction, address)
        transaction.run("DELETE FROM relation WHERE address = ?", address)
        if transaction.value("SELECT fields <> '{}' FROM profile WHERE address = ?", address):
            transaction.erased = True
        self._pictures.erase(address)
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
_PAIRED, _MATCHED, _ORIGIN = 6, 7, 8
_NO_RELATION = (0, 0, 0, 0, 0, 0, 0, 0, Origin.IMPORT.value)
_COLUMNS = f"{', '.join(PARTS)}, paired, matched, origin"
_KNOWN = f"""
    SELECT chosen.value, a.contact_id, c.removed, o.erase, p.version, p.fields, r.joined_at,
        {", ".join(f"r.{column}" for column in _COLUMNS.split(", "))}
    FROM json_each(?) chosen LEFT JOIN address a ON a.address = chosen.value
        LEFT JOIN contact c ON c.id = a.contact_id
        LEFT JOIN outbox o ON o.address = chosen.value
        LEFT JOIN profile p ON p.address = chosen.value
        LEFT JOIN relation r ON r.address = chosen.value
"""
_SAVE_RELATION = f"""
    INSERT INTO relation (address, {_COLUMNS}, joined_at, since)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (address) DO UPDATE SET joined_at = excluded.joined_at,
        {", ".join(f"{column} = excluded.{column}" for column in _COLUMNS.split(", "))}
"""
_SAVE_PROFILE = """
    INSERT INTO profile (address, version, fields) VALUES (?, ?, ?) ON CONFLICT (address)
    DO UPDATE SET version = excluded.version, fields = excluded.fields
"""


def _relation_of(told: Told, known: Known) -> Record | None:
    """Write the relation in the order of the columns; `None` if nothing was told of it."""
    if told.relation is not None:
        return _record(told.relation)
    if told.wanted is None:
        return None
    before = known.relation or _NO_RELATION
    wanted = zip(before, told.wanted.record, strict=False)
    parts = (old if new is None else new for old, new in wanted)
    return (*parts, before[_PAIRED], 0, before[_ORIGIN])


def _profile_of(told: Told, known: Known) -> Profile | None:
    """Give the view to save, if it is news; a version never goes back."""
    profile = told.profile
    if told.wanted is not None and known.version is not None:
        profile = Profile(told.address, known.version)
    if profile is None or profile.version < (known.version or 0):
        return None
    old = read_profile_record(known.address, known.version, known.fields)
    return None if old == profile else profile


def _record(relation: Relation) -> Record:
    return (
        int(relation.contact),
        int(relation.subscribed),
        int(relation.favorite),
        blocks_to_mask(relation.blocked),
        relation.visibility,
        fields_to_mask(relation.fields or ()),
        int(relation.paired),
        int(relation.state is State.MATCHED),
        relation.origin.value,
    )


def _touch(transaction: Transaction, address: Address) -> None:
    owner = transaction.value("SELECT contact_id FROM address WHERE address = ?", address)
    if owner is not None:
        transaction.contacts.add(ContactId(owner))


def _ensure_contact(transaction: Transaction, known: Known, now: float) -> ContactId | None:
    if known.contact_id is not None and not known.removed:
        transaction.contacts.add(known.contact_id)
        return known.contact_id
    if known.erase:
        return None
    if known.contact_id is not None:
        return _revive(transaction, known.contact_id)
    return make_contact(transaction, known.address, now)


def _revive(transaction: Transaction, contact_id: int) -> ContactId:
    """Another session keeps somebody who was removed here: the record comes back."""
    transaction.run("UPDATE contact SET removed = 0 WHERE id = ?", contact_id)
    transaction.contacts.add(ContactId(contact_id))
    return ContactId(contact_id)


def make_contact(transaction: Transaction, address: Address, now: float) -> ContactId:
    """Make a record of somebody whose address is all there is."""
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
