"""What happened in a world: what changed, what arrived where, and from whom it was kept."""

import unicodedata
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from app.domain import Field, Fields

MOST: Final = 100_000
"""What is older goes: the timeline is for looking, and is no log."""
AT_ONCE: Final = 1_000
"""So many of the oldest go together, which costs next to nothing for each that comes."""
RIGHT_TO_LEFT: Final = frozenset({"R", "AL", "AN"})
ISOLATE, POP_ISOLATE = "\u2068", "\u2069"


class Kind(StrEnum):
    """What sort of thing happened."""

    CHANGED = "changed"
    PUBLISHED = "published"
    ARRIVED = "arrived"
    WITHHELD = "withheld"
    STALE = "stale"
    REPEATED = "repeated"
    WEATHER = "weather"


FROM: Final = frozenset({Kind.ARRIVED, Kind.WITHHELD, Kind.STALE, Kind.REPEATED})


@dataclass(frozen=True, slots=True)
class Moment:
    """One thing that happened to one person; `other` is whom it came from or was kept from."""

    at: float
    kind: Kind
    who: str
    words: str
    other: str = ""
    version: int | None = None
    took_ms: float | None = None

    def people(self) -> tuple[str, str]:
        """Name who this is about, and whom it came from or was kept from."""
        return self.who, self.other

    def clock(self) -> str:
        """Write when it was, to the millisecond."""
        return datetime.fromtimestamp(self.at, UTC).strftime("%H:%M:%S.%f")[:-3]

    def what(self) -> str:
        """Say what happened, and with whom."""
        joint = "from " if self.kind in FROM else ""
        other = f" {joint}{plain(self.other)}" if self.other else ""
        return plain(self.words) + other

    def text(self) -> str:
        """Write it as one line, in columns."""
        version = "" if self.version is None else f" (version {self.version})"
        took = "" if self.took_ms is None else f", {self.took_ms:.0f} ms"
        return f"{self.clock()}  {plain(self.who):<10} {self.kind:<10} {self.what()}{version}{took}"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which moments are asked for; an empty name is everybody, an empty text anything."""

    who: str = ""
    kinds: Collection[Kind] = frozenset(Kind)
    text: str = ""


class Timeline:
    """Gathers moments and tells whoever wants to hear; each has a number, from 0 on."""

    def __init__(self) -> None:
        self.moments: list[Moment] = []
        self._folded: list[str] = []
        self.first = 0
        """The number of the oldest that is still here."""
        self._hearers: list[Callable[[Moment], object]] = []

    def hear(self, hearer: Callable[[Moment], object]) -> None:
        """Tell this hearer, too, of each moment."""
        self._hearers.append(hearer)

    def add(self, moment: Moment) -> None:
        """Append what just happened."""
        self.moments.append(moment)
        self._folded.append(_searched(moment))
        if len(self.moments) > MOST:
            self._drop(AT_ONCE)
        for hearer in self._hearers:
            hearer(moment)

    def clear(self) -> None:
        """Forget a world; the numbers go on."""
        self._drop(len(self.moments))

    def since(self, number: int, wanted: Wanted) -> list[int]:
        """Return the numbers of what is wanted, of those with this number or a higher one.

        Of 100,000 each is looked at only for what is asked: there is a frame's time for that.
        """
        first, moments, folded = self.first, self.moments, self._folded
        found: Iterable[int] = range(max(number, first), first + len(moments))
        if text := wanted.text.strip().casefold():
            start = max(number - first, 0)
            found = [at for at, each in enumerate(folded[start:], first + start) if text in each]
        if len(wanted.kinds) < len(Kind):
            found = [at for at in found if moments[at - first].kind in wanted.kinds]
        if wanted.who:
            found = [at for at in found if wanted.who in moments[at - first].people()]
        return [*found]

    def chosen(self, who: str, kinds: Collection[Kind]) -> list[Moment]:
        """Return what concerns a person, or everybody with an empty name."""
        return self.numbered(self.since(0, Wanted(who, kinds)))

    def numbered(self, numbers: Iterable[int]) -> list[Moment]:
        """Return the moments with these numbers, which are still here."""
        first, moments = self.first, self.moments
        return [moments[number - first] for number in numbers]

    def _drop(self, count: int) -> None:
        del self.moments[:count]
        del self._folded[:count]
        self.first += count


def _searched(moment: Moment) -> str:
    version = "" if moment.version is None else f"version {moment.version}"
    return f"{plain(moment.who)} {moment.kind} {moment.what()} {version}".casefold()


def plain(text: str) -> str:
    """Write text from outside so that it hides nothing, turns nothing round and is one line."""
    if text.isascii() and text.isprintable():
        return text
    shown = "".join(each if each.isprintable() else _code(each) for each in text)
    if any(unicodedata.bidirectional(each) in RIGHT_TO_LEFT for each in shown):
        return f"{ISOLATE}{shown}{POP_ISOLATE}"
    return shown


def _code(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")


def differences(old: Fields, new: Fields) -> list[Field]:
    """Name the fields in which two views differ."""
    return [field for field in Field if getattr(old, field) != getattr(new, field)]
