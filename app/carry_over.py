"""Bring a book along to another account: the people, and what I decided of each.

What the other service said stays behind: its profiles, versions and cursor mean nothing elsewhere.
"""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from app.account import Account, folder_of
from app.bits import fields_to_mask
from app.changes import Changes
from app.domain import FIRST_SET, Address, ContactId, Visibility
from app.my_outbox import shown_me
from app.outbox import allow_bulk, want_many
from app.paths import Paths
from app.store import Store
from app.transaction import Record, Transaction


@dataclass(frozen=True, slots=True)
class OldBook:
    """A book on this computer that was kept for another account, or for none."""

    path: Path
    people: int


def find_book(paths: Paths) -> OldBook | None:
    """Find the book that was used last, if there is one with people in it."""
    files = [*(paths.home / "accounts").glob("*/client.db")]
    for path in sorted(files, key=lambda file: file.stat().st_mtime, reverse=True):
        if people := _count(path):
            return OldBook(path, people)
    return None


def carry_over(book: OldBook, account: Account, paths: Paths) -> bool:
    """Copy it, all or nothing; `False` if this account has a book here already."""
    with closing(Store(folder_of(account, paths) / "client.db", Changes())) as new:
        if new.reading.value("SELECT EXISTS (SELECT 1 FROM contact)"):
            return False
        with closing(Store(book.path, Changes())) as old, new.writing() as transaction:
            for what in _COPIED:
                _copy(old.reading, transaction, what)
            wanted = _wanted(old.reading)
            want_many(transaction, wanted)
            allow_bulk(transaction, (record[0] for record in wanted))
            ids = transaction.all("SELECT id FROM contact")
            transaction.contacts.update(ContactId(contact_id) for (contact_id,) in ids)
    return True


def _count(path: Path) -> int:
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
            (people,) = connection.execute(f"SELECT COUNT(*) FROM contact WHERE {_MINE}").fetchone()
            return int(people)
    except sqlite3.DatabaseError:  # damaged, or of another time: there is nothing to offer
        return 0


def _copy(old: Transaction, new: Transaction, what: tuple[str, str, str]) -> None:
    table, columns, where = what
    marks = ", ".join("?" for _ in columns.split(","))
    records = old.all(f"SELECT {columns} FROM {table} WHERE {where}")
    new.many(f"INSERT INTO {table} ({columns}) VALUES ({marks})", records)


_DECIDED: Final = "SELECT contact_id FROM effective WHERE contact OR blocked OR visibility"
_MINE: Final = f"NOT removed AND (source IS NOT NULL OR id IN ({_DECIDED}))"
"""Whoever is only there because they wrote to me is nobody whom I brought in."""

_THEIRS: Final = f"contact_id IN (SELECT id FROM contact WHERE {_MINE})"
_COPIED: Final = (
    ("contact", "id, name, note, renamed, source, card, photo, added_at", _MINE),
    ("address", "address, contact_id, position, text, label", _THEIRS),
    ("known_card", "digest, contact_id", _THEIRS),
    ("apart", "pair, one, other", "1"),
    ("awaited", "address", "1"),
)


def _wanted(old: Transaction) -> list[Record]:
    """List what was decided of each address, as the outbox has it."""
    me = shown_me(old, Address("me"))  # the sets are wanted, whoever I am
    sets = {each.id: fields_to_mask(each.fields) for each in me.privacy.sets} if me else {}
    kept = old.all(
        "SELECT address, contact, subscribed, favorite, blocked, visibility, fields "
        f"FROM effective WHERE kept AND {_THEIRS}"
    )
    return [
        (
            address,
            contact,
            subscribed,
            favorite or None,
            blocked or None,
            *_shown(rest, sets),
            False,
        )
        for address, contact, subscribed, favorite, blocked, *rest in kept
    ]


def _shown(rest: list[int], sets: dict[int, int]) -> tuple[int | None, int | None]:
    """Say a set, which the other account does not have, as the fields that are in it."""
    visibility, fields = rest
    if visibility >= FIRST_SET:
        return Visibility.CUSTOM, sets.get(visibility, 0)
    return visibility or None, fields or None
