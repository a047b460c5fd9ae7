"""The left edge: the shelves with their counts, the pages below, and how the sync is doing."""

from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QScrollArea, QSizePolicy, QWidget

from ui import icons, parts, theme, wording
from ui.buttons import DrawnButton
from ui.icons import Icon
from ui.shelf import Counts, Shelf
from ui.theme import Size
from ui.wording import tr

WIDE: Final = 208
NARROW: Final = 56

SHELVES: Final[dict[Shelf, tuple[Icon, str]]] = {
    Shelf.ALL: (Icon.PEOPLE, "All"),
    Shelf.MATCHED: (Icon.MATCHED, "Matched"),
    Shelf.PENDING: (Icon.PENDING, "Pending"),
    Shelf.FAVORITES: (Icon.STAR, "Favorites"),
    Shelf.BLOCKED: (Icon.BLOCKED, "Blocked"),
    Shelf.NEW: (Icon.NEW, "New today"),
}


class RailItem(DrawnButton):
    """One line of the rail: icon, words, count. In a narrow rail the icon alone."""

    def __init__(self, which: Icon, words: str, name: str) -> None:
        super().__init__(words, name=name)
        self._icon, self._words, self._count = which, words, ""
        self.narrow = False
        self.quiet = False
        """The list still shows this shelf, but where one is, is a page."""
        self.setCheckable(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_count(self, count: int | None) -> None:
        """Show how many there are; none is shown as nothing."""
        self._count = wording.number(count) if count else ""
        self.setAccessibleName(f"{self._words}, {self._count}" if self._count else self._words)
        self._set_tip()
        self.update()

    def set_narrow(self, narrow: bool) -> None:
        """Show the icon alone, or everything."""
        self.narrow = narrow
        self._set_tip()
        self.updateGeometry()

    def set_quiet(self, quiet: bool) -> None:
        """Mark it as the place where one is, or only as what the list shows."""
        self.quiet = quiet
        self.update()

    def sizeHint(self) -> QSize:
        height = max(theme.px(36), QFontMetrics(theme.font()).height() + theme.px(14))
        return QSize(theme.px(NARROW - 16 if self.narrow else WIDE - 16), height)

    def nextCheckState(self) -> None:
        """Leave it to the window to say which one is shown."""

    def minimumSizeHint(self) -> QSize:
        return QSize(theme.px(32), self.sizeHint().height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            self.focusNextPrevChild(event.key() == Qt.Key.Key_Down)
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        look = theme.now()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect())
        chosen = self.isChecked() and not self.quiet
        if chosen or self.underMouse() or self.isDown():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.colour("accent_soft" if chosen else "hover"))
            if not chosen and look.tokens.rail == look.tokens.hover:
                painter.setBrush(look.colour("pressed"))
            painter.drawRoundedRect(box, look.px(6), look.px(6))
        tone = "accent" if chosen else "muted"
        side, pad = look.px(20), look.px(10)
        line = QRectF(box)
        place = QRectF(0, 0, side, side)
        x = box.center().x() if self.narrow else pad + side / 2
        place.moveCenter(QPointF(round(self._mirrored(x)), round(box.center().y())))
        icons.paint(painter, self._icon, place, look.colour(tone))
        if not self.narrow:
            line.adjust(pad * 2 + side, 0, -pad, 0)
            self._paint_words(painter, line, tone=tone)
        elif self._count:
            self._paint_dot(painter, place)
        self.ring.paint(painter, box, look.px(6))

    def _paint_words(self, painter: QPainter, line: QRectF, *, tone: str) -> None:
        look = theme.now()
        small = theme.font(Size.CAPTION)
        wide = QFontMetrics(small).horizontalAdvance(self._count) + look.px(4)
        words = QRectF(line.adjusted(0, 0, -wide, 0))
        count = QRectF(line.right() - wide, line.y(), wide, line.height())
        if self.isRightToLeft():
            for rect in (words, count):
                rect.moveLeft(self.width() - rect.right())
        font = theme.font(bold=self.isChecked())
        painter.setFont(font)
        painter.setPen(look.colour("text"))
        text = QFontMetrics(font).elidedText(
            self._words, Qt.TextElideMode.ElideRight, int(words.width())
        )
        middle = Qt.AlignmentFlag.AlignVCenter
        absolute = Qt.AlignmentFlag.AlignAbsolute
        start, end = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
        if self.isRightToLeft():
            start, end = end, start
        painter.drawText(words, start | absolute | middle, text)
        painter.setFont(small)
        painter.setPen(look.colour(tone))
        painter.drawText(count, end | absolute | middle, self._count)

    def _paint_dot(self, painter: QPainter, icon: QRectF) -> None:
        """Say in a narrow rail that something is there; only on the shelf of the new ones."""
        if self._icon is Icon.NEW:
            look = theme.now()
            side = look.px(7)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.colour("accent"))
            painter.drawEllipse(QRectF(icon.right() - side / 2, icon.top() - side / 2, side, side))

    def _mirrored(self, x: float) -> float:
        return self.width() - x if self.isRightToLeft() and not self.narrow else x

    def _set_tip(self) -> None:
        parts.set_tip(self, self.accessibleName() if self.narrow else "")


class Rail(QWidget):
    """Says which shelf or page is wanted; the window shows it."""

    shelf_wanted = Signal(object)
    page_wanted = Signal(str)

    def __init__(self, pages: dict[str, tuple[Icon, str]], foot: QWidget) -> None:
        super().__init__()
        self.setObjectName("rail")
        self.setAccessibleName(tr("Shelves and pages"))
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.narrow = False
        self.shelves = {
            shelf: RailItem(which, tr(words), f"shelf_{shelf}")
            for shelf, (which, words) in SHELVES.items()
        }
        self.pages = {
            name: RailItem(which, tr(words), f"page_{name}")
            for name, (which, words) in pages.items()
        }
        for shelf, item in self.shelves.items():
            item.clicked.connect(lambda _on, shelf=shelf: self.shelf_wanted.emit(shelf))
        for name, item in self.pages.items():
            item.clicked.connect(lambda _on, name=name: self.page_wanted.emit(name))
        lines = QWidget()
        lines.setObjectName("rail_lines")
        lines.setLayout(parts.column(*self.shelves.values(), None, *self.pages.values(), spacing=2))
        above = QScrollArea()  # a low window has no room for every line
        above.setObjectName("rail_scroll")
        above.setWidgetResizable(True)
        above.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        above.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        above.setWidget(lines)
        whole = parts.column(above, 4, parts.rule(), 4, foot, spacing=2, margins=(8, 16, 8, 8))
        whole.setStretch(0, 1)
        self.setLayout(whole)
        self.set_narrow(False)

    def show_counts(self, counts: Counts) -> None:
        """Show how many lie on each shelf."""
        for shelf, item in self.shelves.items():
            item.set_count(counts[shelf])

    def show_shelf(self, chosen: Shelf) -> None:
        """Mark the shelf that the list shows."""
        for shelf, item in self.shelves.items():
            item.setChecked(shelf is chosen)

    def show_page(self, chosen: str | None) -> None:
        """Mark the page that is shown at the right."""
        for name, item in self.pages.items():
            item.setChecked(name == chosen)
        for item in self.shelves.values():
            item.set_quiet(chosen in self.pages)

    def set_narrow(self, narrow: bool) -> None:
        """Shrink to the icons, or grow back."""
        self.narrow = narrow
        for item in (*self.shelves.values(), *self.pages.values()):
            item.set_narrow(narrow)
        self.setFixedWidth(theme.px(NARROW if narrow else WIDE))
