"""Single values that a person can change and undo: a name, a note, a relation, a field of mine.

Reading and writing all of them by (part, key) makes every action, its undo and its redo the same
few lines. Values are JSON; `None` is a thing that is not there.
"""

from typing import Any, Final

import msgspec

from app.domain import Address, ContactId
from app.my_outbox import read_my_part, want_my_part
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
MINE: Final = "mine"
"""By part of my own account."""


def read_cell(reading: Transaction, part: str, key: str) -> Value:
    """Read the value as the screen shows it now."""
    if part == RELATION:
        return _read_relation(reading, Address(key))
    if part == MINE:
        return read_my_part(reading, key)
    record = reading.one(_READ[part], key)
    if record is None:
        return None
    return list(record) if len(record) > 1 else record[0]


def write_cell(transaction: Transaction, part: str, key: str, value: Value, before: Value) -> None:
    """Make it so, here at once and at the service when it can be reached."""
    if part == RELATION:
        _write_relation(transaction, Address(key), value, before)
    elif part == MINE:
        want_my_part(transaction, key, value)
    elif part == OWNER:
        _write_owner(transaction, Address(key), value)
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
