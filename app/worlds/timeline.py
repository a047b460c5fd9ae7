"""What happened in a world: what changed, what arrived where, and from whom it was kept."""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from app.domain import Field, Fields

MOST: Final = 5_000
"""What is older goes: the timeline is for looking, and is no log."""


class Kind(StrEnum):
    """What sort of thing happened."""

    CHANGED = "changed"
    PUBLISHED = "published"
    ARRIVED = "arrived"
    WITHHELD = "withheld"
    STALE = "stale"
    WEATHER = "weather"


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

    def text(self) -> str:
        """Write it as a line, in columns."""
        clock = datetime.fromtimestamp(self.at, UTC).strftime("%H:%M:%S.%f")[:-3]
        joint = {Kind.ARRIVED: "from ", Kind.WITHHELD: "from ", Kind.STALE: "from "}.get(
            self.kind, ""
        )
        other = f" {joint}{self.other}" if self.other else ""
        version = "" if self.version is None else f" (version {self.version})"
        took = "" if self.took_ms is None else f", {self.took_ms:.0f} ms"
        return f"{clock}  {self.who:<10} {self.kind:<10} {self.words}{other}{version}{took}"


class Timeline:
    """Gathers moments and tells whoever wants to hear."""

    def __init__(self) -> None:
        self.moments: list[Moment] = []
        self.added: Callable[[Moment], None] = lambda _moment: None

    def add(self, moment: Moment) -> None:
        """Append what just happened."""
        self.moments.append(moment)
        del self.moments[:-MOST]
        self.added(moment)

    def chosen(self, who: str, kinds: Collection[Kind]) -> list[Moment]:
        """Return what concerns a person, or everybody with an empty name."""
        return [
            moment
            for moment in self.moments
            if moment.kind in kinds and who in ("", moment.who, moment.other)
        ]


def differences(old: Fields, new: Fields) -> list[Field]:
    """Name the fields in which two views differ."""
    return [field for field in Field if getattr(old, field) != getattr(new, field)]
