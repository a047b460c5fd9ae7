"""The shelves of the rail and the chips over the list: which contacts belong to each."""

import time
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import lru_cache
from typing import Final

from app.domain import Origin, State, Visibility
from app.session import Row


class Shelf(StrEnum):
    """A part of the list, in the order of the rail."""

    ALL = "all"
    MATCHED = "matched"
    PENDING = "pending"
    FAVORITES = "favorites"
    BLOCKED = "blocked"
    NEW = "new"


class Facet(StrEnum):
    """A trait that narrows a shelf; offered only while somebody has it."""

    ONLINE = "online"
    WAITING = "waiting"
    HIDDEN = "hidden"
    OWN_RULE = "own-rule"
    AUTOMATIC = "automatic"
    NOT_CONTACT = "not-contact"
    UNUSABLE = "unusable"


def _is_new(row: Row) -> bool:
    return row.joined_at is not None and row.joined_at >= _midnight(int(time.time()) // 60)


@lru_cache(maxsize=1)
def _midnight(_minute: int) -> float:
    """When today began, where the reader is."""
    now = datetime.now().astimezone()
    return now.replace(hour=0, minute=0, second=0, microsecond=0).timestamp()


BELONGS: Final[dict[Shelf | Facet, Callable[[Row], bool]]] = {
    Shelf.MATCHED: lambda row: row.state is State.MATCHED,
    Shelf.PENDING: lambda row: row.state is State.PENDING,
    Shelf.FAVORITES: lambda row: row.favorite,
    Shelf.BLOCKED: lambda row: bool(row.blocked),
    Shelf.NEW: _is_new,
    Facet.ONLINE: lambda row: row.online,
    Facet.WAITING: lambda row: row.waiting,
    Facet.HIDDEN: lambda row: row.visibility == Visibility.HIDDEN,
    Facet.OWN_RULE: lambda row: row.visibility not in {Visibility.DEFAULT, Visibility.HIDDEN},
    Facet.AUTOMATIC: lambda row: row.origin is Origin.AUTO,
    Facet.NOT_CONTACT: lambda row: not row.contact and row.address is not None,
    Facet.UNUSABLE: lambda row: row.address is None,
}

Counts = Counter[Shelf | Facet]


def count(rows: Iterable[Row]) -> Counts:
    """Count how many lie on each shelf and have each trait."""
    listed = [*rows]
    counts: Counts = Counter({Shelf.ALL: len(listed)})
    for kind, belongs in BELONGS.items():
        counts[kind] = sum(map(belongs, listed))
    return counts


# ---- choosing


@dataclass(frozen=True, slots=True)
class Filter:
    """What the list shows: a shelf, narrowed by traits and by words."""

    shelf: Shelf = Shelf.ALL
    facets: frozenset[Facet] = frozenset()
    text: str = ""

    def words(self) -> tuple[str, ...]:
        """Fold the words to be found; a number is one word however it is written."""
        text = folded(self.text).strip()
        digits = "".join(each for each in text if each.isdigit())
        if len(digits) >= 3 and not any(each.isalpha() for each in text):
            return (digits,)
        return tuple(text.split())

    def accepts(self, row: Row) -> bool:
        """Whether the list shows this row."""
        return all(belongs(row) for belongs in self._tests()) and all(
            word in row.folded for word in self.words()
        )

    def choose(self, rows: list[Row]) -> list[Row]:
        """Choose among many, in their order."""
        for belongs in self._tests():
            rows = [row for row in rows if belongs(row)]
        for word in self.words():
            rows = [row for row in rows if word in row.folded]
        return rows

    def _tests(self) -> list[Callable[[Row], bool]]:
        kinds: list[Shelf | Facet] = [*sorted(self.facets)]
        if self.shelf is not Shelf.ALL:
            kinds.insert(0, self.shelf)
        return [BELONGS[kind] for kind in kinds]


def folded(text: str) -> str:
    """Fold text for comparing: no case, no accents."""
    if text.isascii():
        return text.casefold()
    flat = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in flat if not unicodedata.combining(letter)).casefold()


# ---- order

SortKey = tuple[bool, str, int]


def sort_key(row: Row) -> SortKey:
    """Order by name; what does not begin with a letter comes last."""
    name = folded(row.name).strip()
    return (not name[:1].isalpha(), name, row.id)


def section(row: Row) -> str:
    """Name the section of a row: its first letter, or # for everything else."""
    first = folded(row.name).strip()[:1]
    return first.upper()[:1] if first.isalpha() else "#"
