"""The list of those who may be there twice: names, faces one over the other, and the reasons."""

from collections.abc import Sequence
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
from PySide6.QtGui import QFontMetrics, QKeyEvent, QPainter
from PySide6.QtWidgets import QAbstractItemView, QStyledItemDelegate, QStyleOptionViewItem

from app.doubles import Double
from app.session import Row, Session
from ui import avatar, theme
from ui.duplicates import clue_words
from ui.list_table import ListTable
from ui.people_delegate import is_mirrored, paint_ground, paint_text
from ui.plain import one_line
from ui.theme import Size
from ui.wording import tr

DOUBLE_ROLE: Final = Qt.ItemDataRole.UserRole
Index = QModelIndex | QPersistentModelIndex


class DoublesModel(QAbstractTableModel):
    """One line for each; names are read when a line comes into sight."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.doubles: tuple[Double, ...] = ()

    def show_doubles(self, doubles: tuple[Double, ...]) -> None:
        """Show these."""
        self.beginResetModel()
        self.doubles = doubles
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self.doubles)

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else 1

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid() or index.row() >= len(self.doubles):
            return None
        double = self.doubles[index.row()]
        if role == DOUBLE_ROLE:
            return double
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return f"{names(self.rows(double))}, {clue_words.reasons(double.reasons)}"
        return None

    def rows(self, double: Double) -> list[Row]:
        """Read the people of one line."""
        found = self._session.rows_of(double.ids)
        return [found[each] for each in double.ids if each in found]


def names(rows: Sequence[Row]) -> str:
    """Name them all, a name that several have only once."""
    return "  ·  ".join(dict.fromkeys(one_line(row.name) or row.detail for row in rows))


class DoublesDelegate(QStyledItemDelegate):
    """Draws one line."""

    def __init__(self, model: DoublesModel) -> None:
        super().__init__()
        self._model = model

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        double = index.data(DOUBLE_ROLE)
        rows = self._model.rows(double)
        look = theme.now()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)  # numbers stay upright
        paint_ground(painter, option)
        line = option.rect.adjusted(look.px(16), 0, -look.px(16), 0)
        for number in (1, 0):
            if number < len(rows):
                place = _mirrored(option, line, _face(line, number))
                row = rows[number]
                _paint_gap(painter, place)
                avatar.paint(painter, QRectF(place), row.name, str(row.id))
        end = line.right() + 1
        if double.sure:
            end -= _paint_sure(painter, option, line)
        start = line.left() + look.px(36 + 20 + 12)
        high = QFontMetrics(theme.font(bold=True)).height()
        low = QFontMetrics(theme.font(Size.CAPTION)).height()
        top = line.center().y() - (high + low) // 2
        title = QRect(start, top, end - start, high)
        detail = QRect(start, top + high, end - start, low + 2)
        paint_text(painter, option, _mirrored(option, line, title), names(rows), "text")
        words = clue_words.reasons(double.reasons)
        paint_text(painter, option, _mirrored(option, line, detail), words, "muted")
        painter.restore()


def _paint_gap(painter: QPainter, place: QRect) -> None:
    """Part the face that comes now from the one below it."""
    look = theme.now()
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(look.colour("page"))
    gap = look.px(2)
    painter.drawEllipse(QRectF(place).adjusted(-gap, -gap, gap, gap))


def _face(line: QRect, number: int) -> QRect:
    side = theme.px(36)
    return QRect(line.left() + number * theme.px(20), line.center().y() - side // 2 + 1, side, side)


def _mirrored(option: QStyleOptionViewItem, line: QRect, place: QRect) -> QRect:
    if is_mirrored(option):
        place = QRect(place)
        place.moveLeft(line.left() + line.right() - place.right())
    return place


def _paint_sure(painter: QPainter, option: QStyleOptionViewItem, line: QRect) -> int:
    """Paint the word at the end of the line; return the room it took."""
    look = theme.now()
    font = theme.font(Size.CAPTION)
    metrics = QFontMetrics(font)
    words = tr("Sure")
    width = metrics.horizontalAdvance(words) + look.px(16)
    box = QRect(0, 0, width, metrics.height() + look.px(4))
    box.moveCenter(line.center())
    box.moveRight(line.right())
    box = _mirrored(option, line, box)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(look.colour("success_soft"))
    painter.drawRoundedRect(QRectF(box), box.height() / 2, box.height() / 2)
    painter.setPen(look.colour("success"))
    painter.setFont(font)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, words)
    return width + look.px(12)


class DoublesTable(ListTable):
    """Click or Enter opens one."""

    opened = Signal(int)
    """Its place in the list."""

    def __init__(self, session: Session) -> None:
        self.doubles = DoublesModel(session)
        super().__init__(
            DoublesDelegate(self.doubles), tr("People who may be there twice"), name="doubles_table"
        )
        self.setModel(self.doubles)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        high = QFontMetrics(theme.font(bold=True)).height()
        low = QFontMetrics(theme.font(Size.CAPTION)).height()
        self.verticalHeader().setDefaultSectionSize(max(theme.px(56), high + low + theme.px(16)))
        self.clicked.connect(lambda index: self.opened.emit(index.row()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.opened.emit(self.currentIndex().row())
            return
        super().keyPressEvent(event)
