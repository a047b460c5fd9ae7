"""Lines of two rows to choose from: a name, and quietly below what is to be known of it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    Qt,
    Signal,
)
from PySide6.QtGui import QFontMetrics, QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from ui import icons, theme
from ui.icons import Icon
from ui.list_table import ListTable
from ui.people_delegate import is_mirrored, paint_ground, paint_text
from ui.theme import Size
from ui.wording import tr

LINE_ROLE: Final = Qt.ItemDataRole.UserRole
CHOSEN_ROLE: Final = LINE_ROLE + 1
Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class Line:
    """Something to choose; its texts are ready to be drawn, whatever somebody wrote into them."""

    key: str
    title: str
    detail: str
    folded: str = ""
    """In what is searched."""


class LinesModel(QAbstractTableModel):
    """Every line, or those in which all words that are searched for occur."""

    def __init__(self) -> None:
        super().__init__()
        self._all: Sequence[Line] = ()
        self._shown: Sequence[Line] = ()
        self._chosen: frozenset[str] = frozenset()

    def show_lines(self, lines: Sequence[Line]) -> None:
        """Have these to choose from."""
        self.beginResetModel()
        self._all = self._shown = lines
        self.endResetModel()

    def search(self, text: str) -> None:
        """Narrow the list; at a hundred thousand this takes about a frame."""
        words = text.casefold().split()
        self.beginResetModel()
        self._shown = (
            [line for line in self._all if all(word in line.folded for word in words)]
            if words
            else self._all
        )
        self.endResetModel()

    def show_chosen(self, keys: Collection[str]) -> None:
        """Mark these."""
        self._chosen = frozenset(keys)
        if self._shown:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self._shown) - 1, 0))

    def line(self, place: int) -> Line:
        """Return what is in this place."""
        return self._shown[place]

    def place(self, key: str) -> int:
        """Find the place of a line, or -1."""
        return next((at for at, line in enumerate(self._shown) if line.key == key), -1)

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else 1

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid() or index.row() >= len(self._shown):
            return None
        line = self._shown[index.row()]
        if role == LINE_ROLE:
            return line
        if role == CHOSEN_ROLE:
            return line.key in self._chosen
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            words = [line.title, line.detail, tr("chosen") if line.key in self._chosen else ""]
            return ", ".join(filter(None, words))
        return None


class LinesDelegate(QStyledItemDelegate):
    """Draws a line; one that is chosen has a check at its end."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        line: Line = index.data(LINE_ROLE)
        is_chosen = bool(index.data(CHOSEN_ROLE))
        if is_chosen:
            option.state |= QStyle.StateFlag.State_Selected
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)
        paint_ground(painter, option)
        side, gap = theme.px(18), theme.px(14)
        room = option.rect.adjusted(gap, theme.px(6), -gap, -theme.px(6))
        glyph = QRect(room.right() - side, room.center().y() - side // 2, side, side)
        words = room.adjusted(0, 0, -(side + theme.px(6)), 0)
        if is_mirrored(option):
            glyph.moveLeft(room.left())
            words.moveRight(room.right())
        above = QRect(words.left(), words.top(), words.width(), words.height() // 2)
        below = above.translated(0, above.height())
        paint_text(painter, option, above, line.title, "text")
        paint_text(painter, option, below, line.detail, "muted")
        if is_chosen:
            icons.paint(painter, Icon.CHECK, QRectF(glyph), theme.now().colour("accent"))
        painter.restore()


class LinesTable(ListTable):
    """A list of such lines; Enter, Space and a click choose one."""

    pressed_line = Signal(str)
    current_moved = Signal(str)
    entered = Signal()
    """Enter was pressed, or a line twice: whoever has pointed at one goes on with it."""

    def __init__(self, accessible: str, *, name: str) -> None:
        super().__init__(LinesDelegate(), accessible, name=name)
        self.lines = LinesModel()
        self.setModel(self.lines)
        self.setSelectionMode(self.SelectionMode.NoSelection)
        high = QFontMetrics(theme.font(bold=True)).height()
        high += QFontMetrics(theme.font(Size.CAPTION)).height()
        self.verticalHeader().setDefaultSectionSize(high + theme.px(14))
        self.setMinimumHeight(2 * (high + theme.px(14)))

    def go_to(self, key: str) -> None:
        """Put the keyboard on a line, and bring it into sight."""
        place = self.lines.place(key)
        if place >= 0:
            self.setCurrentIndex(self.lines.index(place, 0))
            self.scrollTo(self.lines.index(place, 0))

    def press_current(self) -> None:
        """Choose the line that the keyboard is on, or the first."""
        place = max(self.currentIndex().row(), 0)
        if place < self.lines.rowCount():
            self.pressed_line.emit(self.lines.line(place).key)

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        if current.isValid():
            self.current_moved.emit(self.lines.line(current.row()).key)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        index = self.indexAt(event.position().toPoint())
        if index.isValid() and event.button() is Qt.MouseButton.LeftButton:
            self.pressed_line.emit(self.lines.line(index.row()).key)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        super().mouseDoubleClickEvent(event)
        if self.indexAt(event.position().toPoint()).isValid():
            self.entered.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.press_current()
            if event.key() != Qt.Key.Key_Space:
                self.entered.emit()
        else:
            super().keyPressEvent(event)
