"""Who looks through a pane of the desk, what comes to them, and by what their frame is known."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QSizePolicy

from app.domain import Address, Field, Profile
from app.session import Session
from app.worlds.weather import Weather
from ui.tokens import Accent

FRAMES: Final = (Accent.OCEAN, Accent.CLAY, Accent.FOREST, Accent.PLUM)
"""The colour of each pane's frame, from left to right."""
SHAPES: Final = ("●", "▲", "■", "◆")
"""The same for those who do not tell colours apart."""


@dataclass(frozen=True, slots=True)
class Identity:
    """One of the people of the world, through whom a pane looks."""

    name: str
    """The id in the world."""
    address: Address
    session: Session
    change_weather: Callable[[Weather], None]


@dataclass(frozen=True, slots=True)
class Arrival:
    """A profile that came live, and what is different in it."""

    profile: Profile
    fields: tuple[Field, ...]
    first: bool
    """Nothing of this person was known here before."""
    since: float
    """When this identity began to hear, on the monotonic clock: what was changed before is late."""


@dataclass(frozen=True, slots=True)
class Stale:
    """A profile that was no newer than what was known, and was not taken."""

    profile: Profile
    known: int
    """The version that stays."""


def combo(accessible: str, name: str) -> QComboBox:
    """Make a choice that gives way where there is little room, and never loses its arrow."""
    made = QComboBox()
    made.setAccessibleName(accessible)
    made.setObjectName(name)
    made.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    made.setMinimumContentsLength(3)
    made.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
    made.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    return made
