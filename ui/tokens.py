"""The colours themselves: what each is for, in light, dark and high contrast."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final


class Accent(StrEnum):
    """The one colour that a person chooses."""

    IRIS = "iris"
    OCEAN = "ocean"
    TEAL = "teal"
    FOREST = "forest"
    AMBER = "amber"
    CLAY = "clay"
    ROSE = "rose"
    PLUM = "plum"


@dataclass(frozen=True, slots=True)
class AccentColours:
    """One accent in both schemes; text on it and it on the page have a contrast of 4.5 and more."""

    light: str
    light_soft: str
    dark: str
    dark_soft: str


ACCENTS: Final = {
    Accent.IRIS: AccentColours("#4b57cf", "#eceefc", "#a5aefc", "#2c3155"),
    Accent.OCEAN: AccentColours("#1766b8", "#e6f0fb", "#84bdf7", "#1f344d"),
    Accent.TEAL: AccentColours("#0c7470", "#e0f3f1", "#62cbc3", "#183b3b"),
    Accent.FOREST: AccentColours("#2c7540", "#e5f4e8", "#83cd94", "#20392a"),
    Accent.AMBER: AccentColours("#8f5b00", "#fbf0da", "#e8b85f", "#41331a"),
    Accent.CLAY: AccentColours("#b0452a", "#fbebe5", "#f29e84", "#452a23"),
    Accent.ROSE: AccentColours("#b32f63", "#fbe8ef", "#f597b9", "#452533"),
    Accent.PLUM: AccentColours("#7e3fab", "#f4eafa", "#cda0ee", "#3a2a48"),
}


@dataclass(frozen=True, slots=True)
class Tokens:
    """Every colour on the screen, named by what it is for."""

    rail: str
    surface: str
    page: str
    card: str
    hover: str
    pressed: str
    line: str
    line_strong: str
    text: str
    muted: str
    faint: str
    accent: str
    accent_soft: str
    on_accent: str
    success: str
    success_soft: str
    warning: str
    warning_soft: str
    danger: str
    danger_soft: str
    on_danger: str
    tip: str
    on_tip: str

    def with_accent(self, accent: AccentColours, *, dark: bool) -> "Tokens":
        """Return these tokens with another accent."""
        if dark:
            return replace(self, accent=accent.dark, accent_soft=accent.dark_soft)
        return replace(self, accent=accent.light, accent_soft=accent.light_soft)


LIGHT: Final = Tokens(
    rail="#f1f2f5",
    surface="#ffffff",
    page="#f8f9fb",
    card="#ffffff",
    hover="#eef0f4",
    pressed="#e2e5eb",
    line="#e3e6ec",
    line_strong="#7d8492",
    text="#1a1d23",
    muted="#5a6170",
    faint="#7d8492",
    accent="#4b57cf",
    accent_soft="#eceefc",
    on_accent="#ffffff",
    success="#1d7a45",
    success_soft="#e3f4ea",
    warning="#8a5a00",
    warning_soft="#fdf2dc",
    danger="#b3261e",
    danger_soft="#fceae8",
    on_danger="#ffffff",
    tip="#22252c",
    on_tip="#f4f5f7",
)

DARK: Final = Tokens(
    rail="#15171b",
    surface="#1a1d22",
    page="#1e2127",
    card="#25292f",
    hover="#2a2e36",
    pressed="#353a44",
    line="#30353e",
    line_strong="#7b8392",
    text="#eceef2",
    muted="#a7aebb",
    faint="#7d8593",
    accent="#a5aefc",
    accent_soft="#2c3155",
    on_accent="#14172b",
    success="#6fcf97",
    success_soft="#1e3629",
    warning="#e6b65c",
    warning_soft="#3b311d",
    danger="#f59088",
    danger_soft="#43272a",
    on_danger="#2a0f0d",
    tip="#eceef2",
    on_tip="#1a1d23",
)

HIGH_CONTRAST: Final = {
    False: replace(
        LIGHT,
        rail="#ffffff",
        page="#ffffff",
        line="#000000",
        line_strong="#000000",
        text="#000000",
        muted="#000000",
        faint="#3d3d3d",
    ),
    True: replace(
        DARK,
        rail="#000000",
        surface="#000000",
        page="#000000",
        card="#000000",
        line="#ffffff",
        line_strong="#ffffff",
        text="#ffffff",
        muted="#ffffff",
        faint="#c8c8c8",
    ),
}
"""By whether the scheme is dark."""
