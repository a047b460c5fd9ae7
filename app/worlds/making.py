"""How far the making of a world is: people, rules and relations, done of how many."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

CALL: Final = 60
"""A call of its own takes about as long as so many people of a thousand made together."""
SPEAK_AFTER_S: Final = 2.0
"""Before this much has passed, nobody can say how long the rest takes."""


class Part(StrEnum):
    """What a world is made of, in the order in which it is made."""

    PEOPLE = "people"
    RULES = "rules"
    RELATIONS = "relations"


def _tell_nobody(_making: "Making") -> None:
    """Let nobody know."""


@dataclass(slots=True)
class Making:
    """Counts what is done, and tells after each bit of it."""

    told: Callable[["Making"], object] = _tell_nobody
    done: dict[Part, int] = field(default_factory=lambda: dict.fromkeys(Part, 0))
    total: dict[Part, int] = field(default_factory=lambda: dict.fromkeys(Part, 0))
    _work_done: int = 0
    _work: int = 0
    _began: float = field(default_factory=time.monotonic)

    def plan(self, part: Part, count: int, work: int) -> None:
        """Add so many things to do, which are so much work."""
        self.total[part] += count
        self._work += work

    def did(self, part: Part, count: int, work: int) -> None:
        """Tick off what was planned."""
        self.done[part] += count
        self._work_done += work
        self.told(self)

    @property
    def share(self) -> float:
        """How much of all the work is done, from 0 to 1."""
        return self._work_done / self._work if self._work else 0.0

    def left_s(self, now: float | None = None) -> float | None:
        """Guess the seconds that are left, on the monotonic clock; `None` is too early to say."""
        spent = (time.monotonic() if now is None else now) - self._began
        if spent < SPEAK_AFTER_S or not self._work_done:
            return None
        return spent * (1 - self.share) / self.share
