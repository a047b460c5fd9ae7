"""The rows on the screen: scrolling, choosing, the letter that stays on top."""

import time
from collections import Counter
from collections.abc import Iterator
from typing import Final, NamedTuple

from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QRect,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import (
    QFocusEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QStyle

from app.domain import ContactId
from ui.above_pill import AbovePill
from ui.contact_delegate import ContactDelegate, paint_letter
from ui.contact_model import ContactModel, Index
from ui.contact_row import RowMetrics, row_layout
from ui.list_table import ListTable
from ui.wording import tr

GLOW_S: Final = 0.9
GLOW_FRAME_MS: Final = 50
GLOWS_AT_ONCE: Final = 12
"""When more changes than this, glowing would be flicker."""

MOVES: Final = {
    Qt.Key.Key_Up.value: QAbstractItemView.CursorAction.MoveUp,
    Qt.Key.Key_Down.value: QAbstractItemView.CursorAction.MoveDown,
    Qt.Key.Key_PageUp.value: QAbstractItemView.CursorAction.MovePageUp,
    Qt.Key.Key_PageDown.value: QAbstractItemView.CursorAction.MovePageDown,
}
Flags = QItemSelectionModel.SelectionFlag
ALONE: Final = Flags.ClearAndSelect | Flags.Rows


class Place(NamedTuple):
    """What a reset must not take away."""

    chosen: list[ContactId]
    current: ContactId | None
    sight: list[tuple[ContactId, int]]
    """Who is on the screen, from above, and how high."""
    is_at_top: bool


class ContactTable(ListTable):
    """One column of rows of one height. The selection and the topmost row survive every reset."""

    current_moved = Signal(object)
    """The contact that has become the current one, or None."""
    selection_counted = Signal(int)
    opened = Signal(object)
    pressed_one = Signal()
    """A row was clicked without a modifier."""
    copy_wanted = Signal()
    typed = Signal(str)
    """Letters typed on the list, which are meant for the search field."""

    def __init__(self, model: ContactModel, delegate: ContactDelegate) -> None:
        super().__init__(delegate, tr("Contacts"), name="contact_table")
        self._delegate = delegate
        self._contacts = model
        self._kept: Place | None = None
        self._begun: ContactId | None = None
        """Where Shift extends the selection from."""
        model.modelAboutToBeReset.connect(self._keep_place)
        self.setModel(model)
        model.modelReset.connect(self._find_place)
        model.in_sight = self.in_sight
        model.updated.connect(self._glow)
        self._glowing = QTimer(self)
        self._glowing.setInterval(GLOW_FRAME_MS)
        self._glowing.timeout.connect(self._fade)
        self._since: dict[ContactId, float] = {}
        self.above = AbovePill(self, model)
        self.fit_rows()

    # ---- what is chosen

    def chosen(self) -> list[ContactId]:
        """List the selected contacts, in the order of the list."""
        lines = sorted(
            line
            for span in self.selectionModel().selection().toList()
            for line in range(span.top(), span.bottom() + 1)
        )
        return [self._contacts.row(line).id for line in lines]

    def current(self) -> ContactId | None:
        """Name the contact that the keyboard is on."""
        line = self.currentIndex().row()
        return self._contacts.row(line).id if 0 <= line < self._contacts.rowCount() else None

    def go_to(self, contact: ContactId) -> bool:
        """Select this contact alone and bring it into sight; False if it is not shown."""
        line = self._contacts.position(contact)
        if line is None:
            return False
        place = self._contacts.index(line, 0)
        # not `selectRow`: where Ctrl is held down, that takes the row out and keeps all others
        self.selectionModel().setCurrentIndex(place, ALONE)
        self._begun = contact
        self.scrollTo(place)
        return True

    def choose_current_only(self) -> None:
        """Choose nobody but the one the keyboard is on."""
        if (current := self.current()) is not None:
            self.go_to(current)
        else:
            self.clearSelection()

    def in_sight(self) -> range:
        """Name the lines that are on the screen."""
        first = self.rowAt(0)
        if first < 0:
            return range(0)
        last = self.rowAt(self.viewport().height() - 1)
        return range(first, (last if last >= 0 else self._contacts.rowCount() - 1) + 1)

    def selectionChanged(self, selected: QItemSelection, deselected: QItemSelection) -> None:
        super().selectionChanged(selected, deselected)
        if self._kept is None:
            self.selection_counted.emit(
                sum(span.height() for span in self.selectionModel().selection().toList())
            )

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        if self._kept is None:
            self.current_moved.emit(self.current())

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show where the keyboard is: Qt makes the first row the current one, and marks it not."""
        super().focusInEvent(event)
        if self.currentIndex().isValid() and not self.selectionModel().hasSelection():
            self.choose_current_only()

    # ---- size

    def fit_rows(self) -> None:
        """Take the height of the rows from the fonts."""
        height = self._delegate.metrics(mirrored=False).height
        self.verticalHeader().setDefaultSectionSize(height)
        self.verticalScrollBar().setSingleStep(height)
        self.viewport().update()

    # ---- keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        text = event.text()
        plain = not event.modifiers() & ~(
            Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier
        )
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit(self.current())
        elif event.matches(QKeySequence.StandardKey.Copy):
            self.copy_wanted.emit()
        elif plain and text.isprintable() and text.strip():
            self.typed.emit(text)
        elif event.modifiers() == Qt.KeyboardModifier.ShiftModifier and event.key() in MOVES:
            self._extend(MOVES[event.key()])
        else:
            before = self.currentIndex().row()
            super().keyPressEvent(event)
            if self.currentIndex().row() != before:  # not where only Shift itself was pressed
                self._begun = self.current()

    def _extend(self, move: QAbstractItemView.CursorAction) -> None:
        self._extend_to(self.moveCursor(move, Qt.KeyboardModifier.ShiftModifier))

    def _extend_to(self, place: Index) -> None:
        """Make the selection longer or shorter; Qt itself forgets at a reset where it began."""
        begun = None if self._begun is None else self._contacts.position(self._begun)
        if begun is None:
            begun, self._begun = self.currentIndex().row(), self.current()
        if begun >= 0 and place.isValid():
            run = range(min(begun, place.row()), max(begun, place.row()) + 1)
            self.selectionModel().setCurrentIndex(place, Flags.NoUpdate)
            self.selectionModel().select(self._selection([*run]), Flags.SelectCurrent)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        super().mousePressEvent(event)
        if event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self._extend_to(self.currentIndex())
        else:
            self._begun = self.current()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        shift = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
        if shift and event.buttons() & Qt.MouseButton.LeftButton:
            self._extend_to(self.currentIndex())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        on_row = self.indexAt(event.position().toPoint()).isValid()
        if on_row and event.button() is Qt.MouseButton.LeftButton and not event.modifiers():
            self.pressed_one.emit()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        super().mouseDoubleClickEvent(event)
        self.opened.emit(self.current())

    # ---- painting

    def paintEvent(self, event: QPaintEvent) -> None:
        top = self.rowAt(0)
        self._delegate.top = top
        super().paintEvent(event)
        if top >= 0:
            self._paint_top_letter(top)

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        super().scrollContentsBy(dx, dy)
        margin = row_layout(QRect(0, 0, self.viewport().width(), 1), self._metrics()).letter
        self.viewport().update(QRect(margin.x(), 0, margin.width(), self.viewport().height()))

    def _metrics(self) -> RowMetrics:
        return self._delegate.metrics(mirrored=self.isRightToLeft())

    def _paint_top_letter(self, top: int) -> None:
        letter = self._contacts.section_at(top)
        metrics = self._metrics()
        line = QRect(0, 0, self.viewport().width(), metrics.height)
        following = top + 1
        if following < self._contacts.rowCount() and self._contacts.section_at(following) != letter:
            line.moveTop(min(0, self.rowViewportPosition(following) - metrics.height))
        painter = QPainter(self.viewport())
        paint_letter(painter, row_layout(line, metrics).letter, letter)
        painter.end()

    # ---- keeping the place through a reset

    def _keep_place(self) -> None:
        sight = [
            (self._contacts.row(line).id, self.rowViewportPosition(line))
            for line in self.in_sight()
        ]
        is_at_top = self.verticalScrollBar().value() == 0
        self._kept = Place(self.chosen(), self.current(), sight, is_at_top)

    def _find_place(self) -> None:
        if self._kept is None:
            return
        kept = self._kept
        lines = self._contacts.lines_of(kept.chosen)
        self.setAutoScroll(False)
        current = self._choose_again(kept.current, lines)
        self.setAutoScroll(True)
        self.executeDelayedItemsLayout()
        if kept.is_at_top and kept.current not in dict(kept.sight):
            self.scrollToTop()
        elif (kept.is_at_top or not self._hold(kept.sight)) and current is not None:
            self.scrollTo(self._contacts.index(current, 0))
        self._kept = None
        self.selection_counted.emit(len(lines))

    def _choose_again(self, contact: ContactId | None, lines: list[int]) -> int | None:
        """Select these lines, and put the keyboard on a contact again; return its line."""
        contacts, model = self._contacts, self.selectionModel()
        current = None if contact is None else contacts.position(contact)
        begun = None if self._begun is None else contacts.position(self._begun)
        run = range(0)
        if current is not None and begun is not None:
            run = range(min(begun, current), max(begun, current) + 1)
        model.select(
            self._selection([line for line in lines if line not in run]), Flags.ClearAndSelect
        )
        if run:  # apart from the others: it is what Shift makes longer and shorter
            model.select(self._selection([line for line in lines if line in run]), Flags.Select)
        if current is not None:
            model.setCurrentIndex(contacts.index(current, 0), Flags.NoUpdate)
        return current

    def _selection(self, lines: list[int]) -> QItemSelection:
        made = QItemSelection()
        for first, last in spans(lines):
            made.select(self._contacts.index(first, 0), self._contacts.index(last, 0))
        return made

    def _hold(self, sight: list[tuple[ContactId, int]]) -> bool:
        """Keep those where they were who still stand as they stood; tell whether there are any."""
        lines = [self._contacts.position(contact) for contact, _height in sight]
        moved = [None if line is None else line - at for at, line in enumerate(lines)]
        common = Counter(each for each in moved if each is not None).most_common(1)
        if common:
            at = moved.index(common[0][0])
            height = self.verticalHeader().defaultSectionSize()
            self.verticalScrollBar().setValue((at + common[0][0]) * height - sight[at][1])
        return bool(common)

    # ---- what has just changed

    def _glow(self, contacts: frozenset[ContactId]) -> None:
        still = self.style().styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration) == 0
        if still or len(contacts) > GLOWS_AT_ONCE:
            return
        self._since |= dict.fromkeys(contacts, time.monotonic())
        self._glowing.start()

    def _fade(self) -> None:
        now = time.monotonic()
        self._since = {each: at for each, at in self._since.items() if now - at < GLOW_S}
        self._delegate.fresh = {each: 1 - (now - at) / GLOW_S for each, at in self._since.items()}
        if not self._since:
            self._glowing.stop()
        self.viewport().update()


def spans(lines: list[int]) -> Iterator[tuple[int, int]]:
    """Put lines that follow each other together, as the first and the last of them."""
    begin = 0
    for at, line in enumerate(lines, 1):
        if at == len(lines) or lines[at] != line + 1:
            yield lines[begin], line
            begin = at
