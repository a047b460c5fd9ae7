"""Single values that a person can change and undo: a name, a note, a relation, a field of mine.

Reading and writing all of them by (part, key) makes every action, its undo and its redo the same
few lines. Values are JSON; `None` is a thing that is not there.
"""

from base64 import b64decode, b64encode
from typing import Any, Final

import msgspec

from app.domain import Address, ContactId
from app.my_outbox import read_my_part, want_my_part
from app.notice_rows import settle_about
from app.outbox import PARTS, Parts, want, want_erased
from app.transaction import Transaction

Value = Any
"""JSON of a shape that the part decides."""

NAME: Final = "name"
"""By contact: name, whether it was typed here, the book it came from."""
NOTE: Final = "note"
REMOVED: Final = "removed"
CARD: Final = "card"
OWNER: Final = "owner"
"""By address: contact, position, text, label."""
RELATION: Final = "relation"
"""By address: its parts as numbers."""
PHOTO: Final = "photo"
"""By contact: the picture's bytes in base64."""
DIGEST: Final = "digest"
"""By the hexadecimal digest of a card that was read: the contact it is of."""
APART: Final = "apart"
"""By the marks of two people who are not one: their contacts."""
MINE: Final = "mine"
"""By part of my own account."""


def read_cell(reading: Transaction, part: str, key: str) -> Value:
    """Read the value as the screen shows it now."""
    if part == RELATION:
        return _read_relation(reading, Address(key))
    if part == MINE:
        return read_my_part(reading, key)
    record = reading.one(_READ[part], bytes.fromhex(key) if part == DIGEST else key)
    if record is None:
        return None
    if part == PHOTO:
        return record[0] and b64encode(record[0]).decode()
    return list(record) if len(record) > 1 else record[0]


def write_cell(transaction: Transaction, part: str, key: str, value: Value, before: Value) -> None:
    """Make it so, here at once and at the service when it can be reached."""
    if part == RELATION:
        _write_relation(transaction, Address(key), value, before)
    elif part == MINE:
        settle_about(transaction, key, "kept")  # what was refused or overtaken is so no more
        want_my_part(transaction, key, value)
    elif part == OWNER:
        _write_owner(transaction, Address(key), value)
    elif part == DIGEST:
        digest = bytes.fromhex(key)
        transaction.run("UPDATE known_card SET contact_id = ? WHERE digest = ?", value, digest)
    elif part == APART:
        _write_apart(transaction, key, value)
    elif part == PHOTO:
        photo = value and b64decode(value)
        transaction.run("UPDATE contact SET photo = ? WHERE id = ?", photo, key)
        transaction.contacts.add(ContactId(int(key)))
    else:
        values = value if isinstance(value, list) else [value]
        transaction.run(_WRITE[part], *values, key)
        transaction.contacts.add(ContactId(int(key)))


_READ: Final = {
    NAME: "SELECT name, renamed, source FROM contact WHERE id = ?",
    NOTE: "SELECT note FROM contact WHERE id = ?",
    REMOVED: "SELECT removed FROM contact WHERE id = ?",
    CARD: "SELECT card FROM contact WHERE id = ?",
    OWNER: "SELECT contact_id, position, text, label FROM address WHERE address = ?",
    PHOTO: "SELECT photo FROM contact WHERE id = ?",
    DIGEST: "SELECT contact_id FROM known_card WHERE digest = ?",
    APART: "SELECT one, other FROM apart WHERE pair = ?",
}
_WRITE: Final = {
    NAME: "UPDATE contact SET name = ?, renamed = ?, source = ? WHERE id = ?",
    NOTE: "UPDATE contact SET note = ? WHERE id = ?",
    REMOVED: "UPDATE contact SET removed = ? WHERE id = ?",
    CARD: "UPDATE contact SET card = ? WHERE id = ?",
}


def _write_owner(transaction: Transaction, address: Address, value: Value) -> None:
    owner_of = "SELECT contact_id FROM address WHERE address = ?"
    before = transaction.value(owner_of, address)
    if value is None:
        transaction.run("DELETE FROM address WHERE address = ?", address)
    else:
        transaction.run(
            "INSERT INTO address (address, contact_id, position, text, label) "
            "VALUES (?, ?, ?, ?, ?) ON CONFLICT (address) DO UPDATE SET "
            "contact_id = excluded.contact_id, position = excluded.position, "
            "text = excluded.text, label = excluded.label",
            address,
            *value,
        )
        transaction.contacts.add(ContactId(value[0]))
    if before is not None:
        transaction.contacts.add(ContactId(before))


def _write_apart(transaction: Transaction, pair: str, value: Value) -> None:
    if value is None:
        transaction.run("DELETE FROM apart WHERE pair = ?", pair)
    else:
        transaction.run("INSERT OR REPLACE INTO apart VALUES (?, ?, ?)", pair, *value)


def _read_relation(reading: Transaction, address: Address) -> Value:
    """Read what I keep about an address, with what is on its way; `None` for nothing."""
    record = reading.one(
        f"SELECT {', '.join(PARTS)} FROM effective WHERE address = ? AND kept", address
    )
    return dict(zip(PARTS, record, strict=True)) if record else None


def _write_relation(
    transaction: Transaction, address: Address, value: Value, current: Value
) -> None:
    """Ask for the parts that differ from what there is; `None` erases the relation."""
    owner = transaction.value("SELECT contact_id FROM address WHERE address = ?", address)
    if owner is not None:
        transaction.contacts.add(ContactId(owner))
    if value is None:
        want_erased(transaction, address)
        return
    if current is None:
        shown = {part: number for part, number in value.items() if number}
        changed = {"contact": value["contact"], "subscribed": value["subscribed"], **shown}
    else:
        changed = {part: value[part] for part in PARTS if value[part] != current[part]}
    if "visibility" in changed or "fields" in changed:
        changed |= {"visibility": value["visibility"], "fields": value["fields"]}
    if changed:
        want(transaction, address, Parts(**changed))


def encode_value(value: Value) -> str | None:
    """Write a value for the history."""
    return None if value is None else msgspec.json.encode(value).decode()


def decode_value(text: str | None) -> Value:
    """Read a value from the history."""
    return None if text is None else msgspec.json.decode(text)
