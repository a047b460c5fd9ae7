"""The grid of the table of expectations: what clicks and keys do to its cells."""

from functools import partial
from typing import Final

from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QFontMetrics, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QMenu, QTableView

from app.worlds.drafts import Cell
from app.worlds.expectations import Expected
from ui import theme
from ui.desk import table_words
from ui.desk.table_model import CellDelegate, ExpectationModel
from ui.wording import tr

Index = QModelIndex | QPersistentModelIndex
NEXT: Final = {
    Expected.ANY: Expected.SHOW,
    Expected.SHOW: Expected.HIDE,
    Expected.HIDE: Expected.ANY,
}
KEYS: Final = {
    Qt.Key.Key_S: Expected.SHOW,
    Qt.Key.Key_H: Expected.HIDE,
    Qt.Key.Key_Minus: Expected.ANY,
    Qt.Key.Key_Delete: Expected.ANY,
    Qt.Key.Key_Backspace: Expected.ANY,
}
CHOICES: Final = {
    Expected.SHOW: "Expect it shown\tS",
    Expected.HIDE: "Expect it hidden\tH",
    Expected.ANY: "Expect nothing\t-",
}


class ExpectationGrid(QTableView):
    """A click goes to a cell; on the current cell, or one that was not checked, it changes it."""

    expected = Signal(object)
    """A dict from cell to what is expected of it from now on."""
    why_wanted = Signal()
    removal_wanted = Signal(bool)
    """Of the viewers of the selected cells, or with False of their columns."""
    moved = Signal()

    def __init__(self, model: ExpectationModel) -> None:
        super().__init__()
        self._model = model
        self._was_current = False
        self._menu: QMenu | None = None
        self.setModel(model)
        self._painter = CellDelegate(self)
        self.setItemDelegate(self._painter)
        self.setObjectName("table_grid")
        self.setAccessibleName(tr("Who should see what"))
        self.setProperty("kind", "grid")
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setTabKeyNavigation(False)
        self._size_sections()

    def go_to(self, cell: Cell) -> None:
        """Put the keyboard on a cell, if it is shown."""
        place = self._model.place(cell)
        if place.isValid():
            self.setCurrentIndex(place)
            self.scrollTo(place)

    def current_cell(self) -> Cell | None:
        """Name the cell that the keyboard is on."""
        here = self.currentIndex()
        return self._model.cell(here) if here.isValid() else None

    def selected_cells(self) -> list[Cell]:
        """Name what is selected, or else the cell that the keyboard is on."""
        chosen = self.selectionModel().selectedIndexes()
        if not chosen and self.currentIndex().isValid():
            chosen = [self.currentIndex()]
        return [self._model.cell(each) for each in chosen]

    # ---- clicks and keys

    def mousePressEvent(self, event: QMouseEvent) -> None:
        here = self.indexAt(event.position().toPoint())
        self._was_current = here.isValid() and here == self.currentIndex() and self.hasFocus()
        super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self.mousePressEvent(event)  # two quick clicks are two

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        here = self.indexAt(event.position().toPoint())
        plain = event.button() is Qt.MouseButton.LeftButton and not event.modifiers()
        alone = here == self.currentIndex() and len(self.selectedIndexes()) <= 1
        if plain and alone and here.isValid() and (self._was_current or not self._found(here)):
            self._change_to_next()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, plain = (
            Qt.Key(event.key()),
            not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier,
        )
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._found(self.currentIndex()):
            self.why_wanted.emit()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._change_to_next()
        elif plain and key in KEYS:
            self._change_to(KEYS[key])
        elif not plain or not event.text().strip():
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        here = self.currentIndex()
        if not here.isValid():
            return
        made = QMenu(self)
        made.setObjectName("table_menu")
        made.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for expected, words in CHOICES.items():
            made.addAction(tr(words), partial(self._change_to, expected))
        made.addSeparator()
        made.addAction(tr("Why, and change it…"), self.why_wanted.emit).setEnabled(
            self._found(here)
        )
        made.addSeparator()
        viewers, columns = self._model.rowCount(), self._model.columnCount()
        row = made.addAction(tr("Remove this viewer"), lambda: self.removal_wanted.emit(True))
        row.setEnabled(viewers > 1)
        column = made.addAction(tr("Remove this column"), lambda: self.removal_wanted.emit(False))
        column.setEnabled(columns > 1)
        keyboard = event.reason() is QContextMenuEvent.Reason.Keyboard
        place = self.visualRect(here).center() if keyboard else event.pos()
        made.popup(self.viewport().mapToGlobal(place))

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        self.moved.emit()

    def _found(self, here: Index) -> bool:
        return self._model.found(here) is not None

    def _change_to_next(self) -> None:
        if (here := self.current_cell()) is not None:
            self._change_to(NEXT[self._model.draft.expected(here)])

    def _change_to(self, expected: Expected) -> None:
        self.expected.emit(dict.fromkeys(self.selected_cells(), expected))

    # ---- size

    def _size_sections(self) -> None:
        heads, lines = self.horizontalHeader(), self.verticalHeader()
        widest = QFontMetrics(theme.font()).horizontalAdvance(table_words.widest())
        heads.setMinimumSectionSize(widest + theme.px(16))
        heads.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        heads.setFixedHeight(theme.px(36))
        lines.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        lines.setDefaultSectionSize(theme.px(40))
        lines.setMaximumWidth(theme.px(200))
        for header in (heads, lines):
            header.setHighlightSections(False)
            header.setTextElideMode(Qt.TextElideMode.ElideRight)
            header.setSectionsClickable(False)

    def keep_cell(self, cell: Cell | None) -> None:
        """Go back to a cell after the table has got other rows or columns."""
        if cell is not None and self.currentIndex() != self._model.place(cell):
            self.selectionModel().setCurrentIndex(
                self._model.place(cell), QItemSelectionModel.SelectionFlag.ClearAndSelect
            )
