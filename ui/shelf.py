"""The shelves of the rail and the chips over the list: which contacts belong to each."""

import time
import unicodedata
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
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

    UNREAD = "unread"
    ONLINE = "online"
    WAITING = "waiting"
    HIDDEN = "hidden"
    OWN_RULE = "own-rule"
    AUTOMATIC = "automatic"
    NOT_CONTACT = "not-contact"
    UNUSABLE = "unusable"


def day_began() -> float:
    """Tell when today began, where the reader is."""
    return _midnight(int(time.time()) // 60)


@lru_cache(maxsize=1)
def _midnight(_minute: int) -> float:
    today = datetime.now().astimezone().date()
    return datetime.combine(today, datetime.min.time()).astimezone().timestamp()


def _is_new(row: Row) -> bool:
    return (row.joined_at or 0) >= day_began()


# On Python 3.11, to look a member up in its enumeration takes longer than all else here.
_MATCHED: Final = State.MATCHED
_PENDING: Final = State.PENDING
_HIDDEN: Final = Visibility.HIDDEN
_AUTO: Final = Origin.AUTO
_NO_OWN_RULE: Final = frozenset({Visibility.DEFAULT, Visibility.HIDDEN})

Pick = Callable[[Iterable[Row]], list[Row]]

PICKS: Final[dict[Shelf | Facet, Pick]] = {
    Shelf.MATCHED: lambda rows: [row for row in rows if row.state is _MATCHED],
    Shelf.PENDING: lambda rows: [row for row in rows if row.state is _PENDING],
    Shelf.FAVORITES: lambda rows: [row for row in rows if row.favorite],
    Shelf.BLOCKED: lambda rows: [row for row in rows if row.blocked],
    Shelf.NEW: lambda rows: [row for row in rows if row.joined_at is not None and _is_new(row)],
    Facet.UNREAD: lambda rows: [row for row in rows if row.unread],
    Facet.ONLINE: lambda rows: [row for row in rows if row.online],
    Facet.WAITING: lambda rows: [row for row in rows if row.waiting],
    Facet.HIDDEN: lambda rows: [row for row in rows if row.visibility == _HIDDEN],
    Facet.OWN_RULE: lambda rows: [row for row in rows if row.visibility not in _NO_OWN_RULE],
    Facet.AUTOMATIC: lambda rows: [row for row in rows if row.origin is _AUTO],
    Facet.NOT_CONTACT: lambda rows: [
        row for row in rows if not row.contact and row.address is not None
    ],
    Facet.UNUSABLE: lambda rows: [row for row in rows if row.address is None],
}
"""Who is on a shelf or has a trait, picked from many at once: a call for each row takes twice as
long, which 100,000 rows make felt at the start."""

Counts = Counter[Shelf | Facet]


def belongs(kind: Shelf | Facet, row: Row) -> bool:
    """Whether one row is on a shelf, or has a trait."""
    return bool(PICKS[kind]((row,)))


def count(rows: Iterable[Row]) -> Counts:
    """Count how many lie on each shelf and have each trait."""
    listed = [*rows]
    counts: Counts = Counter({Shelf.ALL: len(listed)})
    for kind, pick in PICKS.items():
        counts[kind] = len(pick(listed))
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
        return all(belongs(kind, row) for kind in self._kinds()) and all(
            word in row.folded for word in self.words()
        )

    def choose(self, rows: list[Row], texts: Sequence[str] = ()) -> list[Row]:
        """Choose among many, in their order; `texts` is what `rows` have folded, where at hand.

        Rows in the order of their names lie all over the memory. Where only those that are found
        are touched, a word is found among 100,000 in half the time.
        """
        kinds, words = self._kinds(), self.words()
        if texts and words and not kinds:
            rows = [rows[at] for at, text in enumerate(texts) if words[0] in text]
            words = words[1:]
        for kind in kinds:
            rows = PICKS[kind](rows)
        for word in words:
            rows = [row for row in rows if word in row.folded]
        return rows

    def _kinds(self) -> list[Shelf | Facet]:
        kinds: list[Shelf | Facet] = [*sorted(self.facets)]
        if self.shelf is not Shelf.ALL:
            kinds.insert(0, self.shelf)
        return kinds


def folded(text: str) -> str:
    """Fold text for comparing: no case, no accents."""
    if text.isascii():
        return text.casefold()
    flat = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in flat if not unicodedata.combining(letter)).casefold()


# ---- order

SortKey = tuple[str, int]

_LAST: Final = "\U0010ffff"
"""After every letter there is."""


def sort_key(row: Row) -> SortKey:
    """Order by name; what does not begin with a letter comes last."""
    return sort_keys((row,))[0]


def sort_keys(rows: Collection[Row]) -> list[SortKey]:
    """Give many their keys at once: a call for each takes twice as long.

    The name is the first part, since Python compares first parts that are texts twice as quickly.
    """
    names = [row.folded.partition("\n")[0].strip() for row in rows]
    return [
        (name if name[:1].isalpha() else _LAST + name, row.id)
        for name, row in zip(names, rows, strict=True)
    ]


def section(row: Row) -> str:
    """Name the section of a row: its first letter, or # for everything else."""
    first = _folded_name(row)[:1]
    return first.upper()[:1] if first.isalpha() else "#"


def _folded_name(row: Row) -> str:
    """Take the name from what was folded when the row was kept: it is the first line of that."""
    return row.folded.partition("\n")[0].strip()
