"""A searchable list of people in groups, of which one, several, a whole group or all are chosen."""

from collections.abc import Callable, Collection
from itertools import groupby
from operator import itemgetter

from PySide6.QtCore import (
    QAbstractTableModel,
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QMouseEvent

from app.domain import ContactId
from ui.list_table import ListTable
from ui.people_delegate import LINE_ROLE, PeopleDelegate, heading_height, metrics
from ui.people_lines import Group, Line, grouped, words_of
from ui.pictures import Pictures

Index = QModelIndex | QPersistentModelIndex


class PeopleModel(QAbstractTableModel):
    """Headings and people, one below the other."""

    def __init__(self) -> None:
        super().__init__()
        self._groups: list[Group] = []
        self._items: list[Line | Group] = []
        self.text = ""

    def show_groups(self, groups: list[Group]) -> None:
        """Show these, as far as the words searched for fit."""
        self._groups = groups
        self._rebuild()

    def search(self, text: str) -> None:
        """Narrow the list to whom these words fit."""
        self.text = text
        self._rebuild()

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self._items)

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else 1

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid() or index.row() >= len(self._items):
            return None
        item = self._items[index.row()]
        if role == LINE_ROLE:
            return item
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return words_of(item)
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        if index.isValid() and isinstance(self._items[index.row()], Group):
            return Qt.ItemFlag.ItemIsEnabled
        return super().flags(index)

    def item(self, position: int) -> Line | Group:
        """Return what is in this place."""
        return self._items[position]

    def items(self) -> list[Line | Group]:
        """List what is shown."""
        return self._items

    def headings(self) -> list[int]:
        """Name the places of the headings."""
        return [place for place, item in enumerate(self._items) if isinstance(item, Group)]

    def places_of(self, group: Group) -> range:
        """Name the places of a group's people."""
        at = self._items.index(group)
        return range(at + 1, at + 1 + len(group.lines))

    def _rebuild(self) -> None:
        self.beginResetModel()
        self._items = []
        for group in grouped(self._groups, self.text):
            if group.title:
                self._items.append(group)
            self._items.extend(group.lines)
        self.endResetModel()


class PeopleTable(ListTable):
    """The list itself: Ctrl and Shift choose several, a click on a heading chooses its group."""

    opened = Signal(object)
    """The contact that was double-clicked, or Enter was pressed on."""
    selection_counted = Signal(int)

    def __init__(self, faces: Pictures, accessible: str, *, name: str) -> None:
        super().__init__(PeopleDelegate(faces), accessible, name=name)
        self.people = PeopleModel()
        self.setModel(self.people)
        faces.arrived.connect(self.viewport().update)
        self.verticalHeader().setDefaultSectionSize(metrics(mirrored=False).height)
        self.doubleClicked.connect(self._open)
        self.people.modelReset.connect(self._on_reset)

    def chosen(self) -> list[ContactId]:
        """List the chosen people, in the order of the list."""
        return list(dict.fromkeys(line.row.id for line in self.chosen_lines()))

    def chosen_lines(self) -> list[Line]:
        """List the chosen lines, in their order."""
        places = sorted(
            place
            for span in self.selectionModel().selection().toList()
            for place in range(span.top(), span.bottom() + 1)
        )
        items = (self.people.item(place) for place in places)
        return [item for item in items if isinstance(item, Line)]

    def choose(self, people: Collection[ContactId]) -> None:
        """Choose these people, as far as they are shown."""
        self.choose_lines(lambda line: line.row.id in people)

    def choose_lines(self, is_wanted: Callable[[Line], bool]) -> None:
        """Choose every line of which it is true; neighbours are one span, which is quick."""
        chosen = QItemSelection()
        wanted = (
            (place, isinstance(item, Line) and is_wanted(item))
            for place, item in enumerate(self.people.items())
        )
        for is_chosen, some in groupby(wanted, itemgetter(1)):
            if is_chosen:
                places = [place for place, _ in some]
                ends = (self.people.index(place, 0) for place in (places[0], places[-1]))
                chosen.select(*ends)
        flags = QItemSelectionModel.SelectionFlag
        self.selectionModel().select(chosen, flags.ClearAndSelect)

    def fit(self, most: int) -> None:
        """Be as high as what there is to show, up to so many rows."""
        rows = range(min(self.people.rowCount(), most))
        self.setFixedHeight(sum(map(self.rowHeight, rows)) + 2)

    def selectionChanged(self, selected: object, deselected: object) -> None:
        super().selectionChanged(selected, deselected)  # type: ignore[arg-type]  # passed through
        self.selection_counted.emit(len(self.chosen_lines()))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        item = index.data(LINE_ROLE)
        if isinstance(item, Group):
            self._choose_group(item)
            return
        super().mousePressEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open(self.currentIndex())
            return
        if event.key() == Qt.Key.Key_Escape and self.selectionModel().hasSelection():
            self.clearSelection()
            return
        super().keyPressEvent(event)

    def _on_reset(self) -> None:
        height = heading_height()
        for place in self.people.headings():
            self.setRowHeight(place, height)
        self.selection_counted.emit(0)

    def _choose_group(self, group: Group) -> None:
        model = self.selectionModel()
        places = self.people.places_of(group)
        span = QItemSelection(
            self.people.index(places.start, 0), self.people.index(places.stop - 1, 0)
        )
        chosen = {index.row() for index in model.selectedRows()}
        flags = QItemSelectionModel.SelectionFlag
        model.select(span, flags.Deselect if chosen.issuperset(places) else flags.Select)

    def _open(self, index: Index) -> None:
        item = index.data(LINE_ROLE)
        if isinstance(item, Line):
            self.opened.emit(item.row.id)
