"""Where things go: rows, columns, cards, and the pages of the right side."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QPoint, QSize, Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLayout,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from ui import theme
from ui.text import label
from ui.theme import Size

PAGE_WIDTH: Final = 680
"""A line longer than this is hard to read."""

NARROW_PAGE: Final = 480
FOOT: Final = "page_foot"
"""What stands at the foot of a page and asks: nothing may cover it."""

Piece = QWidget | QLayout | int | None
"""What goes into a row or a column: an int is a gap, `None` a spring."""


def row(
    *pieces: Piece, spacing: int = 8, margins: tuple[int, int, int, int] = (0, 0, 0, 0)
) -> QHBoxLayout:
    """Lay pieces side by side."""
    layout = QHBoxLayout()
    _fill(layout, pieces, spacing, margins)
    return layout


def column(
    *pieces: Piece, spacing: int = 8, margins: tuple[int, int, int, int] = (0, 0, 0, 0)
) -> QVBoxLayout:
    """Lay pieces below one another."""
    layout = QVBoxLayout()
    _fill(layout, pieces, spacing, margins)
    return layout


def _fill(
    layout: QHBoxLayout | QVBoxLayout,
    pieces: Sequence[Piece],
    spacing: int,
    margins: tuple[int, int, int, int],
) -> None:
    layout.setSpacing(theme.px(spacing) if spacing else 0)
    left, top, right, bottom = (theme.px(margin) if margin else 0 for margin in margins)
    layout.setContentsMargins(left, top, right, bottom)
    for piece in pieces:
        if piece is None:
            layout.addStretch(1)
        elif isinstance(piece, int):
            layout.addSpacing(theme.px(piece))
        elif isinstance(piece, QLayout):
            layout.addLayout(piece)
        else:
            layout.addWidget(piece)


class Card(QFrame):
    """A quiet box with round corners around things that belong together."""

    def __init__(self, *pieces: Piece, spacing: int = 12, padding: int = 16) -> None:
        super().__init__()
        self.setProperty("kind", "card")
        self.body = column(*pieces, spacing=spacing, margins=(padding,) * 4)
        self.setLayout(self.body)


def rule() -> QFrame:
    """Make a thin line between two things."""
    made = QFrame()
    made.setProperty("kind", "rule")
    return made


def heading(text: str, detail: str = "") -> QWidget:
    """Make the heading of a section, with a sentence under it."""
    made = QWidget()
    title = label(text, Size.TITLE, bold=True, wrap=True)
    pieces: list[Piece] = [title]
    if detail:
        pieces.append(label(detail, tone="muted", wrap=True))
    made.setLayout(column(*pieces, spacing=2))
    made.setAccessibleName(text)
    return made


def section(title: str, body: QWidget, detail: str = "") -> QWidget:
    """Make a part of a page, under a heading of its own."""
    made = QWidget()
    pieces: list[Piece] = [label(title, bold=True)]
    if detail:
        pieces.append(label(detail, Size.CAPTION, tone="muted", wrap=True))
    made.setLayout(column(column(*pieces, spacing=2), body, spacing=8))
    return made


class Turning(QWidget):
    """Two pieces side by side, the second below the first where there is less room than `room`."""

    def __init__(self, first: QWidget, second: QWidget, room: int, *, spacing: int = 8) -> None:
        super().__init__()
        self._room = theme.px(room)
        self._line = row(first, second, spacing=spacing)
        self.setLayout(self._line)

    @property
    def line(self) -> QHBoxLayout:
        """The two of them, to be stretched and aligned."""
        return self._line

    def minimumSizeHint(self) -> QSize:
        """As narrow as the wider one: then they stand below one another."""
        widths = [each.minimumSizeHint().width() for each in self.findChildren(QWidget)]
        return QSize(max(widths), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        QTimer.singleShot(0, self, self._turn)  # not while the layout is at work

    def _turn(self) -> None:
        way = QHBoxLayout.Direction
        below = self.width() < self._room
        self._line.setDirection(way.TopToBottom if below else way.LeftToRight)


class Ground(QWidget):
    """What a page scrolls: as high as its text is at this width.

    Qt would add what each wrapped line needs where it is narrow, and scroll over emptiness.
    """

    def minimumSizeHint(self) -> QSize:
        least, layout = super().minimumSizeHint(), self.layout()
        wraps = layout is not None and layout.hasHeightForWidth()
        return QSize(least.width(), 0) if wraps else least


class Page(QScrollArea):
    """A page of the right side: a scrolled column, no wider than is easy to read."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.content = QWidget()
        self.content.setMaximumWidth(theme.px(PAGE_WIDTH))
        self.content.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.body = column(spacing=20, margins=(24, 24, 24, 32))
        self.content.setLayout(self.body)
        ground = Ground()
        ground.setObjectName("page_ground")
        ground.setLayout(row(self.content, spacing=0))
        self.setWidget(ground)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self.viewport().width() < theme.px(NARROW_PAGE)
        side = theme.px(16 if narrow else 24)
        margins = self.body.contentsMargins()
        if margins.left() != side:
            self.body.setContentsMargins(side, margins.top(), side, margins.bottom())

    def close_page(self) -> None:
        """Hear no more of changes; a page that follows them says how."""

    def add(self, *pieces: QWidget) -> None:
        """Add pieces below those that are there."""
        for piece in pieces:
            self.body.addWidget(piece)

    def finish(self) -> None:
        """Keep everything at the top; the page is called what its first heading says."""
        self.body.addStretch(1)
        if not self.accessibleName():
            named = (child.accessibleName() for child in self.content.findChildren(QWidget))
            self.setAccessibleName(next(filter(None, named), ""))


def bring_into_sight(piece: QWidget, *, at_top: bool = False) -> None:
    """Scroll the page that this is on to where it shows, once it has found its place.

    What may be higher than the page is brought to its top.
    """

    def scroll() -> None:
        around = piece.parentWidget()
        while around is not None and not isinstance(around, QScrollArea):
            around = around.parentWidget()
        inside = None if around is None else around.widget()
        if around is None or inside is None or not piece.isVisible():
            return
        if at_top:
            place = piece.mapTo(inside, QPoint()).y()
            around.verticalScrollBar().setValue(place - theme.px(16))
        else:
            around.ensureWidgetVisible(piece, 0, theme.px(16))

    QTimer.singleShot(0, piece, scroll)


def fit(dialog: QWidget, width: int, height: int) -> None:
    """Make a dialog so large, in lengths of the grid, or as large as its screen allows."""
    room = dialog.screen().availableSize()
    dialog.resize(QSize(theme.px(width), theme.px(height)).boundedTo(room))


def roomy(inner: QWidget) -> QScrollArea:
    """Let what needs more room than the screen has be scrolled, rather than cut."""
    made = QScrollArea()
    made.setObjectName("roomy")
    made.setWidgetResizable(True)
    made.setFrameShape(QFrame.Shape.NoFrame)
    made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    made.setWidget(inner)
    return made


class Sheet(QWidget):
    """A page of the right side that fills it: what is long in it scrolls by itself."""

    def close_page(self) -> None:
        """Hear no more of changes; a page that follows them says how."""


def clear(layout: QLayout) -> None:
    """Take everything out of a layout and delete it."""
    while (item := layout.takeAt(0)) is not None:
        if (inner := item.layout()) is not None:
            clear(inner)
        if (widget := item.widget()) is not None:
            widget.hide()
            widget.setParent(None)
            widget.deleteLater()
