"""Accounts as the rules and the views need them, read in bulk."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import blake2b
from typing import Any

import msgspec

from app.domain import Fields, Presence, Privacy
from app.service.decide import BIT, FIELDS
from app.service.store import Tx

COLUMNS = (
    "a.id, a.address_key, a.sealed, a.fields, a.privacy, a.online, a.last_seen, a.floor, a.head"
)
WIDTH = 9
"""How many columns `COLUMNS` names."""

NOTHING = b"{}"


@dataclass(slots=True)
class Owner:
    """One account as the owner of a profile and of the rules about it."""

    id: int
    key: int
    sealed: bytes
    """The address, for who has the key."""
    fields: Fields
    privacy: Privacy
    rules: str
    """The privacy as it is stored; equal text is equal privacy."""
    floor: int
    """The version from which on whatever the account has not yet seen is counted."""
    head: int
    """Where the account's own feed stands."""
    views: dict[int, tuple[bytes, int, int]]

    def view(self, mask: int) -> tuple[bytes, int, int]:
        """Return the JSON of the fields in a mask, what of them is there, and a digest."""
        found = self.views.get(mask)
        if found is None:
            found = self.views[mask] = _view(self.fields, mask)
        return found


def owner_of(columns: tuple[Any, ...]) -> Owner:
    """Make an owner of the columns that `COLUMNS` names."""
    ident, key, sealed, fields, rules, online, last_seen, floor, head = columns
    stored = parse_fields(fields)
    if online:
        stored = msgspec.structs.replace(stored, presence=Presence(online=True))
    elif last_seen is not None:
        presence = Presence(online=False, last_seen=rfc3339(last_seen))
        stored = msgspec.structs.replace(stored, presence=presence)
    return Owner(ident, key, sealed, stored, parse_privacy(rules), rules, floor, head, {})


def load_owner(tx: Tx, ident: int) -> Owner | None:
    """Read one account."""
    row = tx.one(f"SELECT {COLUMNS} FROM account a WHERE a.id = ?", ident)
    return None if row is None else owner_of(row)


def find_owner(tx: Tx, key: int) -> Owner | None:
    """Read the account at an address, by the address's key."""
    row = tx.one(f"SELECT {COLUMNS} FROM account a WHERE a.address_key = ?", key)
    return None if row is None else owner_of(row)


def load_owners(tx: Tx, idents: Iterable[int]) -> dict[int, Owner]:
    """Read many accounts."""
    wanted = sorted(set(idents))
    if not wanted:
        return {}
    rows = tx.all(
        f"SELECT {COLUMNS} FROM {tx.numbers(wanted)} n CROSS JOIN account a ON a.id = n.value"
    )
    return {row[0]: owner_of(row) for row in rows}


@lru_cache(maxsize=4096)
def parse_privacy(text: str) -> Privacy:
    """Read stored rules; the empty text is the default."""
    return msgspec.json.decode(text, type=Privacy) if text else Privacy()


def dump_privacy(privacy: Privacy) -> str:
    """Write rules for the database."""
    return "" if privacy == Privacy() else msgspec.json.encode(privacy).decode()


def parse_fields(text: str) -> Fields:
    """Read stored fields."""
    return _DECODER.decode(text) if text else _NO_FIELDS


def rfc3339(moment: float) -> str:
    """Write a time in UTC, to the second."""
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _view(fields: Fields, mask: int) -> tuple[bytes, int, int]:
    there = 0
    shown = {}
    for bit, name in _names(mask):
        value = getattr(fields, name)
        if value is not None:
            shown[name] = value
            there |= bit
    if not there:
        return NOTHING, 0, 0
    text = _encode(shown)
    return text, there, digest_of(text)


def digest_of(view: bytes) -> int:
    """Return 63 bits that tell a view from every other, but for the blank one's 0."""
    return int.from_bytes(blake2b(view, digest_size=8).digest(), "big") >> 1


@lru_cache(maxsize=128)
def _names(mask: int) -> tuple[tuple[int, str], ...]:
    return tuple((BIT[field], field.value) for field in FIELDS if mask & BIT[field])


_encode = msgspec.json.Encoder().encode
_DECODER = msgspec.json.Decoder(Fields)
_NO_FIELDS = Fields()
