"""Whole messages: a glyph, an empty place that says why, a banner with the way out."""

from typing import Final

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QPushButton, QWidget

from ui import icons, theme
from ui.blocks import Piece, column, row
from ui.icons import Icon
from ui.text import announce, label, set_property
from ui.theme import Size


class Glyph(QWidget):
    """An icon on its own, perhaps on a soft disc."""

    def __init__(
        self, which: Icon, side: int = 20, *, tone: str = "muted", disc: bool = False
    ) -> None:
        super().__init__()
        self._which, self._tone, self._disc = which, tone, disc
        self._side = theme.px(side)
        self.setFixedSize(self._side, self._side)

    def show_icon(self, which: Icon, tone: str) -> None:
        """Draw another icon from now on."""
        self._which, self._tone = which, tone
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        look = theme.now()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect())
        if self._disc:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.colour("accent_soft"))
            painter.drawEllipse(box)
            inset = self._side * 0.27
            box = box.adjusted(inset, inset, -inset, -inset)
        icons.paint(painter, self._which, box, look.colour(self._tone))


class EmptyState(QWidget):
    """What a place says while it has nothing: why, and the ways on."""

    def __init__(self, which: Icon, title: str, text: str, *ways: QPushButton) -> None:
        super().__init__()
        self.title = label(title, Size.TITLE, bold=True, wrap=True)
        self.text = label(text, tone="muted", wrap=True)
        for each in (self.title, self.text):
            each.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.title.setMinimumWidth(theme.px(200))
        pieces: list[Piece] = [
            None,
            row(None, Glyph(which, 72, tone="accent", disc=True), None),
            8,
            self.title,
            self.text,
            8,
        ]
        for way in ways:
            pieces.append(row(None, way, None))
        pieces.append(None)
        self.setLayout(column(*pieces, spacing=6, margins=(24, 24, 24, 24)))


class Banner(QFrame):
    """A line across the top of a page that says what is wrong, and offers the way out."""

    closed = Signal()
    TONES: Final = {
        "": Icon.INFO,
        "success": Icon.CHECK,
        "warning": Icon.WARNING,
        "danger": Icon.WARNING,
    }

    def __init__(self, text: str = "", tone: str = "", *ways: QWidget) -> None:
        super().__init__()
        self.setProperty("kind", "banner")
        self.setProperty("tone", tone)
        self._glyph = Glyph(self.TONES[tone], 18, tone=tone or "accent")
        self._text = label(text, wrap=True)
        self._text.setMinimumHeight(self._text.fontMetrics().height())
        self._line = row(self._glyph, self._text, *ways, spacing=10, margins=(12, 8, 12, 8))
        self._line.setStretch(1, 1)
        self.setLayout(self._line)
        self.setAccessibleName(text)

    def add_way(self, way: QWidget) -> None:
        """Offer one more way out."""
        self._line.addWidget(way)

    def show_text(self, text: str, tone: str = "") -> None:
        """Say something else."""
        set_property(self, "tone", tone)
        self._glyph.show_icon(self.TONES[tone], tone or "accent")
        self._text.setText(text)
        self.setAccessibleName(text)
        self.setVisible(bool(text))
        if text:
            announce(self, text)
