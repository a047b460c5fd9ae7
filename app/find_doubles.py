"""Look through the book for people who are there twice, on a connection of its own.

It runs beside the loop, and breathes: a thread that computes without a pause would hold the window.
"""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

from app.domain import Address, ContactId
from app.duplicates import BREATH, Likeness, Person, find_likenesses, grouped
from app.importers import Card, Value
from app.merging import Double
from app.store_rows import decode_card
from app.transaction import Record, Transaction

FETCHED: Final = 50

_PEOPLE: Final = """
    SELECT c.id, c.name, c.card, group_concat(a.address, ' ') FROM contact c
    LEFT JOIN address a ON a.contact_id = c.id
    WHERE NOT c.removed AND (c.source IS NOT NULL OR c.name <> '') GROUP BY c.id
"""


def find_doubles(path: Path, go_on: Callable[[int, int], bool]) -> list[Double] | None:
    """Find them, the sure ones first; `go_on` hears how far it is, and ends it by saying no."""
    people: list[Person] = []
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
            apart = _read_apart(connection)
            breath = _Breath(go_on, _count(connection) * 2)
            for person in _read_people(connection):
                people.append(person)
                if not len(people) % BREATH:
                    breath()
        return _doubles(find_likenesses(people, apart, breath), apart)
    except _Stopped:
        return None
    finally:
        while people:  # a hundred thousand at once would hold the window
            del people[-BREATH:]
            time.sleep(0)


def person_of_record(record: Record) -> Person:
    """Make a record of the book comparable."""
    contact_id, name, data, addresses = record
    details = decode_card(data)
    card = Card(
        source="",
        name=name,
        emails=tuple(Value(text) for text, _ in details.emails),
        uid=details.uid,
        birthday=details.birthday,
    )
    shared = (address for _, _, address in details.shared)
    found = frozenset(map(Address, (*(addresses or "").split(), *shared)))
    return Person(str(contact_id), card, found)


def read_mark(reading: Transaction, contact_id: ContactId) -> str:
    """Read what somebody is known by after a new import."""
    record = reading.one(
        "SELECT id, name, card, (SELECT group_concat(address, ' ') FROM address "
        "WHERE contact_id = ?1) FROM contact WHERE id = ?1",
        contact_id,
    )
    return "" if record is None else person_of_record(record).mark


class _Stopped(Exception):
    """Somebody does not want to know any more."""


class _Breath:
    """Lets the loop's thread have a turn, and says how far it is."""

    def __init__(self, go_on: Callable[[int, int], bool], total: int) -> None:
        self._go_on, self._total, self._done = go_on, total, 0

    def __call__(self) -> None:
        self._done = min(self._done + BREATH, self._total)
        if not self._go_on(self._done, self._total):
            raise _Stopped
        time.sleep(0)


def _doubles(likenesses: list[Likeness], apart: set[frozenset[str]]) -> list[Double]:
    people = {each.key: each for like in likenesses for each in (like.one, like.other)}
    return [
        Double(
            ids=tuple(
                ContactId(int(key)) for key in sorted(group.keys, key=lambda k: _order(people[k]))
            ),
            reasons=tuple((reason.clue.value, reason.text) for reason in group.reasons),
            sure=group.sure,
        )
        for group in grouped(likenesses, apart)
    ]


def _order(person: Person) -> tuple[int, int, int]:
    """Begin with the one who has most, and among equals with the oldest."""
    return -len(person.addresses), -len(person.card.emails), int(person.key)


def _count(connection: sqlite3.Connection) -> int:
    (count,) = connection.execute("SELECT COUNT(*) FROM contact WHERE NOT removed").fetchone()
    return int(count)


def _read_people(connection: sqlite3.Connection) -> Iterator[Person]:
    cursor = connection.execute(_PEOPLE)
    while records := cursor.fetchmany(FETCHED):
        yield from map(person_of_record, records)


def _read_apart(connection: sqlite3.Connection) -> set[frozenset[str]]:
    """Read who was told apart, by the contacts and by what they were known by."""
    found = set()
    for pair, one, other in connection.execute("SELECT pair, one, other FROM apart"):
        found |= {frozenset(pair.split()), frozenset((str(one), str(other)))}
    return found
