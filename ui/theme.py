"""Colours, spacing and type sizes: one set of tokens for light, dark and high contrast.

Every length grows with the font: `px(4)` is four pixels at the ordinary size and eight at 200 %.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontInfo, QPalette
from PySide6.QtWidgets import QApplication

from ui import stylesheet
from ui.tokens import ACCENTS, DARK, HIGH_CONTRAST, LIGHT, Accent, Tokens

BODY_PIXELS: Final = 14
"""The size of body text for which `px(1)` is one pixel."""

SMALLEST_POINTS: Final = 10.5
GENERIC_FAMILIES: Final = {"Sans Serif", "Sans", "DejaVu Sans", "Helvetica"}
PREFERRED_FAMILIES: Final = ("Inter", "Noto Sans", "Cantarell", "Open Sans", "Segoe UI")


class Scheme(StrEnum):
    """Which colours a person chose."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class Size(StrEnum):
    """The four sizes of type."""

    CAPTION = "caption"
    BODY = "body"
    TITLE = "title"
    DISPLAY = "display"


RATIOS: Final[dict[str, float]] = {
    Size.CAPTION: 0.86,
    Size.BODY: 1.0,
    Size.TITLE: 1.22,
    Size.DISPLAY: 1.72,
}


@dataclass(frozen=True, slots=True)
class Look:
    """What painters ask for: the tokens in use, and how much larger than ordinary things are."""

    tokens: Tokens
    dark: bool
    scale: float

    def px(self, length: float) -> int:
        """Turn a length of the 4-pixel grid into pixels of this font's size."""
        return max(1, round(length * self.scale))

    def colour(self, name: str) -> QColor:
        """Name a token, get its colour."""
        return QColor(getattr(self.tokens, name))


_look = Look(LIGHT, dark=False, scale=1.0)


def now() -> Look:
    """Return the look of this moment; ask again at each painting."""
    return _look


def px(length: float) -> int:
    """Turn a length of the grid into pixels."""
    return _look.px(length)


def font(size: Size = Size.BODY, *, bold: bool = False) -> QFont:
    """Make a font of the scale, with digits of equal width."""
    made = QFont(QApplication.font())
    made.setPointSizeF(made.pointSizeF() * RATIOS[size])
    if bold:
        made.setWeight(QFont.Weight.DemiBold)
    made.setFeature(QFont.Tag("tnum"), 1)
    return made


class Theme(QObject):
    """Dresses the application, again whenever the system or the person changes their mind."""

    changed = Signal()

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._app = app
        self.scheme = Scheme.SYSTEM
        self.accent = Accent.IRIS
        app.setStyle("Fusion")
        app.setFont(readable(app.font()))
        self._of_system = app.styleHints().colorScheme()
        app.styleHints().colorSchemeChanged.connect(self._follow)
        app.installEventFilter(self)
        self.apply()

    def choose(self, scheme: Scheme, accent: Accent) -> None:
        """Use these colours from now on."""
        self.scheme, self.accent = scheme, accent
        self.apply()

    def apply(self) -> None:
        """Compute the look and hand it to Qt."""
        global _look  # noqa: PLW0603 - painters have no other way to know the colours of the moment
        dark = self._is_dark()
        tokens = DARK if dark else LIGHT
        if self._wants_contrast():
            tokens = HIGH_CONTRAST[dark]
        tokens = tokens.with_accent(ACCENTS[self.accent], dark=dark)
        _look = Look(tokens, dark, QFontInfo(self._app.font()).pixelSize() / BODY_PIXELS)
        self._app.setPalette(palette(tokens))
        self._app.setStyleSheet(stylesheet.make(tokens, _look.px, RATIOS))
        self.changed.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow a change of the font size."""
        if event.type() == QEvent.Type.ApplicationFontChange and watched is self._app:
            scale = QFontInfo(self._app.font()).pixelSize() / BODY_PIXELS
            if scale != _look.scale:
                self.apply()
        return False

    def _follow(self, scheme: Qt.ColorScheme) -> None:
        self._of_system = scheme
        self.apply()

    def _is_dark(self) -> bool:
        if self.scheme is Scheme.SYSTEM:
            return self._of_system is Qt.ColorScheme.Dark
        return self.scheme is Scheme.DARK

    def _wants_contrast(self) -> bool:
        hints = self._app.styleHints()  # kept: what `accessibility` returns dies with it
        return hints.accessibility().contrastPreference() is Qt.ContrastPreference.HighContrast


def readable(system: QFont) -> QFont:
    """Take the system's font, at a readable size, or a better one where it names none."""
    chosen = QFont(system)
    if chosen.pointSizeF() < SMALLEST_POINTS:
        chosen.setPointSizeF(SMALLEST_POINTS)
    if chosen.family() in GENERIC_FAMILIES:
        found = next((name for name in PREFERRED_FAMILIES if QFontDatabase.hasFamily(name)), None)
        if found:
            chosen.setFamily(found)
    return chosen


def palette(tokens: Tokens) -> QPalette:
    """Say the tokens in Qt's words, for everything that Fusion draws."""
    made = QPalette()
    role = QPalette.ColorRole
    for each, name in {
        role.Window: tokens.page,
        role.WindowText: tokens.text,
        role.Base: tokens.surface,
        role.AlternateBase: tokens.rail,
        role.Text: tokens.text,
        role.PlaceholderText: tokens.muted,
        role.Button: tokens.card,
        role.ButtonText: tokens.text,
        role.BrightText: tokens.danger,
        role.Highlight: tokens.accent,
        role.HighlightedText: tokens.on_accent,
        role.Accent: tokens.accent,
        role.Link: tokens.accent,
        role.LinkVisited: tokens.accent,
        role.ToolTipBase: tokens.tip,
        role.ToolTipText: tokens.on_tip,
        role.Light: tokens.hover,
        role.Midlight: tokens.hover,
        role.Mid: tokens.line,
        role.Dark: tokens.line_strong,
        role.Shadow: tokens.line_strong,
    }.items():
        made.setColor(each, QColor(name))
    disabled = QPalette.ColorGroup.Disabled
    for each in (role.WindowText, role.Text, role.ButtonText):
        made.setColor(disabled, each, QColor(tokens.faint))
    return made
