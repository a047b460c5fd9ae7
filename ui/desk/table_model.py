"""The table of expectations as Qt asks for it, and how its cells look."""

from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from app.worlds.drafts import Cell, Draft
from app.worlds.expectations import Expected, Finding
from app.worlds.timeline import plain
from ui import theme, wording
from ui.desk import table_words
from ui.wording import tr

Index = QModelIndex | QPersistentModelIndex
NOWHERE: Final = QModelIndex()


class ExpectationModel(QAbstractTableModel):
    """A draft, and beside it what was found of each cell when it was last checked."""

    def __init__(self, draft: Draft) -> None:
        super().__init__()
        self.draft = draft
        self.findings: dict[Cell, Finding] = {}
        self.is_fresh = True
        """Whether nothing has happened since that could have changed what was found."""
        self._viewers, self._fields = draft.sheet.viewers, draft.sheet.fields

    def show_draft(self, draft: Draft) -> None:
        """Show another draft; nothing of it was checked."""
        self.draft = draft
        self.findings.clear()
        self.is_fresh = True
        self._reset()

    def refresh(self) -> None:
        """Show what has been changed in the draft or in what was found."""
        sheet = self.draft.sheet
        if (sheet.viewers, sheet.fields) != (self._viewers, self._fields):
            self._reset()
        else:
            last = self.index(self.rowCount() - 1, self.columnCount() - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    def cell(self, index: Index) -> Cell:
        """Name the cell at a place."""
        return self._viewers[index.row()], self._fields[index.column()]

    def place(self, cell: Cell) -> QModelIndex:
        """Find a cell; an invalid place where it is not shown."""
        viewer, field = cell
        if viewer not in self._viewers or field not in self._fields:
            return NOWHERE
        return self.index(self._viewers.index(viewer), self._fields.index(field))

    def found(self, index: Index) -> Finding | None:
        """Return what was found of the cell at a place."""
        return self.findings.get(self.cell(index)) if index.isValid() else None

    def _reset(self) -> None:
        self.beginResetModel()
        self._viewers, self._fields = self.draft.sheet.viewers, self.draft.sheet.fields
        self.endResetModel()

    # ---- as Qt asks

    def rowCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._viewers)

    def columnCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._fields)

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        if role == Qt.ItemDataRole.TextAlignmentRole and orientation is Qt.Orientation.Vertical:
            return Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeading
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        if orientation is Qt.Orientation.Vertical:
            return plain(self._viewers[section])
        return tr(wording.FIELDS[self._fields[section]])

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        which = self.cell(index)
        expected, finding = self.draft.expected(which), self.findings.get(which)
        if role == Qt.ItemDataRole.DisplayRole:
            return table_words.cell(expected, finding)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return table_words.spoken(self.draft, which, finding)
        return self._look(role, expected, finding)

    def _look(self, role: int, expected: Expected, finding: Finding | None) -> Any:
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignCenter
        if role == Qt.ItemDataRole.ForegroundRole:
            return theme.now().colour(self._ink(expected, finding))
        if role == Qt.ItemDataRole.BackgroundRole:
            return theme.now().colour(self._ground(expected, finding))
        return None

    def _ink(self, expected: Expected, finding: Finding | None) -> str:
        if expected is Expected.ANY or not self.is_fresh:
            return "muted"
        if finding is None:
            return "text"
        return "success" if finding.passed else "danger"

    def _ground(self, expected: Expected, finding: Finding | None) -> str:
        if finding is None or expected is Expected.ANY or not self.is_fresh:
            return "surface"
        return "success_soft" if finding.passed else "danger_soft"


class CellDelegate(QStyledItemDelegate):
    """Draws a cell on its own ground; a ring is around what is selected, so the ground stays."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        painter.fillRect(option.rect, index.data(Qt.ItemDataRole.BackgroundRole))
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        focused = bool(option.state & QStyle.StateFlag.State_HasFocus)
        option.state &= ~(QStyle.StateFlag.State_Selected | QStyle.StateFlag.State_HasFocus)
        super().paint(painter, option, index)
        if chosen or focused:
            wide = theme.px(2 if focused else 1)
            painter.save()
            painter.setPen(QPen(theme.now().colour("accent"), wide))
            painter.drawRect(option.rect.adjusted(wide // 2, wide // 2, -wide, -wide))
            painter.restore()
