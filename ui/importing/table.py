"""The preview of an import: a line for each card with its fate, and a tick to leave it out."""

from collections import Counter
from collections.abc import Callable, Collection
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
from PySide6.QtGui import QFontMetrics, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem

from app.people import Fate, ImportPlan
from ui import icons, theme
from ui.icons import Icon
from ui.importing import plan as import_plan
from ui.importing.outcome import Outcome, ReadEntry, outcome_of
from ui.importing.plan import Item, Shelf
from ui.list_table import ListTable
from ui.people_delegate import is_mirrored, paint_ground, paint_text
from ui.theme import Size
from ui.wording import tr

ITEM_ROLE: Final = Qt.ItemDataRole.UserRole
OUTCOME_ROLE: Final = Qt.ItemDataRole.UserRole + 1
Index = QModelIndex | QPersistentModelIndex
Tick = Qt.CheckState

GLYPHS: Final = {
    Fate.NEW: (Icon.PERSON_ADD, "success"),
    Fate.CHANGED: (Icon.EDIT, "accent"),
    Fate.KNOWN: (Icon.CHECK, "faint"),
    Fate.SAME: (Icon.LINK, "muted"),
    Fate.NO_ADDRESS: (Icon.NOTE, "warning"),
}


class ImportModel(QAbstractTableModel):
    """The items of a plan in their order, narrowed to a shelf and to words."""

    ticked = Signal()

    def __init__(self, read: ReadEntry | None = None) -> None:
        """With `read` it tells what became of the cards, and nothing can be left out any more."""
        super().__init__()
        self._read = read
        self._items: list[Item] = []
        self._shown: list[Item] = []
        self.left_out: set[int] = set()
        self.shelf = Shelf.ALL
        self.text = ""
        self.counts: Counter[Shelf] = Counter()
        self._answers: dict[int, Callable[[Item], object]] = {
            ITEM_ROLE: lambda item: item,
            OUTCOME_ROLE: self._outcome,
            Qt.ItemDataRole.DisplayRole: import_plan.name_of,
            Qt.ItemDataRole.AccessibleTextRole: self._sentence,
            Qt.ItemDataRole.CheckStateRole: self._tick,
        }

    def show_plan(self, plan: ImportPlan) -> None:
        """Show a plan; what was left out of the one before stays out if it is the same size."""
        self._items = import_plan.items(plan)
        self.counts = import_plan.count_shelves(self._items)
        self.left_out = {number for number in self.left_out if number < len(plan.cards)}
        self._choose()

    def show_outcomes(self) -> None:
        """Draw anew: each line that is shown reads what became of it."""
        if self.rowCount():
            self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, 0))

    def narrow(self, shelf: Shelf, text: str) -> None:
        """Show a shelf, and of it what has these words."""
        self.shelf, self.text = shelf, text
        self._choose()

    def item(self, position: int) -> Item:
        """Return what is in this line."""
        return self._shown[position]

    def leave_out(self, numbers: Collection[int], *, out: bool) -> None:
        """Leave cards out, or take them in again."""
        self.left_out = self.left_out | set(numbers) if out else self.left_out - set(numbers)
        last = self.index(max(self.rowCount() - 1, 0), 0)
        self.dataChanged.emit(self.index(0, 0), last)
        self.ticked.emit()

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else 1

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid() or index.row() >= len(self._shown):
            return None
        answer = self._answers.get(role)
        return None if answer is None else answer(self._shown[index.row()])

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:
        item = self._shown[index.row()]
        if role != Qt.ItemDataRole.CheckStateRole or item.planned is None:
            return False
        self.leave_out([item.number], out=Tick(value) is Tick.Unchecked)
        return True

    def flags(self, index: Index) -> Qt.ItemFlag:
        checkable = index.isValid() and self._read is None
        more = Qt.ItemFlag.ItemIsUserCheckable if checkable else Qt.ItemFlag(0)
        return super().flags(index) | more

    def _choose(self) -> None:
        self.beginResetModel()
        self._shown = import_plan.chosen(self._items, self.shelf, self.text)
        self.endResetModel()

    def _outcome(self, item: Item) -> Outcome | None:
        return None if self._read is None else outcome_of(item, self._read)

    def _tick(self, item: Item) -> Qt.CheckState | None:
        if item.planned is None or self._read is not None:
            return None
        return Tick.Unchecked if item.number in self.left_out else Tick.Checked

    def _sentence(self, item: Item) -> str:
        outcome = self._outcome(item)
        fate = outcome.words if outcome is not None else import_plan.fate_of(item)
        words = [import_plan.name_of(item), fate, import_plan.numbers_of(item)]
        if item.number in self.left_out:
            words.insert(1, tr("left out"))
        return ", ".join(words)


class ImportDelegate(QStyledItemDelegate):
    """Paints a tick, the name over the numbers, and the fate at the end."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        item = index.data(ITEM_ROLE)
        assert isinstance(item, Item)
        out = index.data(Qt.ItemDataRole.CheckStateRole) is Tick.Unchecked
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)  # numbers stay upright
        paint_ground(painter, option)
        if out:
            painter.setOpacity(0.5)
        tick, words, fate = _places(option)
        outcome = index.data(OUTCOME_ROLE)
        if outcome is not None:
            words = words.united(tick)
        elif item.planned is not None:
            _paint_tick(painter, tick, on=not out)
        top = QRect(words.x(), words.y(), words.width(), words.height() // 2)
        below = top.translated(0, top.height())
        paint_text(painter, option, top, import_plan.name_of(item), "text")
        paint_text(painter, option, below, import_plan.numbers_of(item), "muted")
        _paint_fate(painter, option, fate, item, outcome)
        painter.restore()


class ImportTable(ListTable):
    """Space or a click on the tick leaves a card out; several at once where several are chosen."""

    current_moved = Signal(object)
    """The item that the keyboard is on, or None."""

    def __init__(self, read: ReadEntry | None = None) -> None:
        words = tr("What will be imported") if read is None else tr("What became of each card")
        name = "import_table" if read is None else "outcome_table"
        super().__init__(ImportDelegate(), words, name=name)
        self.items = ImportModel(read)
        self._may_turn = read is None
        self.setModel(self.items)
        self.verticalHeader().setDefaultSectionSize(_row_height())

    def current(self) -> Item | None:
        """Return the item that the keyboard is on."""
        found = self.currentIndex().data(ITEM_ROLE)
        return found if isinstance(found, Item) else None

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        self.current_moved.emit(self.current())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space:
            self._turn([index.data(ITEM_ROLE) for index in self.selectionModel().selectedRows()])
            return
        super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        index = self.indexAt(event.position().toPoint())
        option = QStyleOptionViewItem()
        self.initViewItemOption(option)
        option.rect = self.visualRect(index)
        tick = _places(option)[0].adjusted(-8, -8, 8, 8)
        if index.isValid() and tick.contains(event.position().toPoint()):
            self._turn([index.data(ITEM_ROLE)])
            return
        super().mousePressEvent(event)

    def _turn(self, some: list[Item]) -> None:
        numbers = [item.number for item in some if item.planned is not None and self._may_turn]
        if numbers:
            out = numbers[0] not in self.items.left_out
            self.items.leave_out(numbers, out=out)


# ---- where things go


def _row_height() -> int:
    name = QFontMetrics(theme.font(bold=True)).height()
    detail = QFontMetrics(theme.font(Size.CAPTION)).height()
    return name + detail + theme.px(14)


def _places(option: QStyleOptionViewItem) -> tuple[QRect, QRect, QRect]:
    """Place the tick, the words and the fate in a row."""
    px = theme.px
    line = option.rect.adjusted(px(12), px(5), -px(12), -px(5))
    side, fate_width = px(18), min(px(190), line.width() // 3)
    tick = QRect(line.x(), line.center().y() - side // 2, side, side)
    fate = QRect(line.right() - fate_width, line.y(), fate_width, line.height())
    left = tick.right() + px(12)
    words = QRect(left, line.y(), max(fate.left() - px(12) - left, 0), line.height())
    if not is_mirrored(option):
        return tick, words, fate
    whole = option.rect
    return tuple(  # type: ignore[return-value]  # three rectangles
        QRect(whole.left() + whole.right() - each.right(), each.y(), each.width(), each.height())
        for each in (tick, words, fate)
    )


def _paint_tick(painter: QPainter, place: QRect, *, on: bool) -> None:
    look = theme.now()
    painter.setPen(QPen(look.colour("accent" if on else "line_strong"), 1.5))
    painter.setBrush(look.colour("accent" if on else "surface"))
    painter.drawRoundedRect(QRectF(place), look.px(4), look.px(4))
    if on:
        inside = QRectF(place).adjusted(2, 2, -2, -2)
        icons.paint(painter, Icon.CHECK, inside, look.colour("on_accent"))


def _paint_fate(
    painter: QPainter,
    option: QStyleOptionViewItem,
    place: QRect,
    item: Item,
    outcome: Outcome | None,
) -> None:
    look = theme.now()
    which, tone, fate = Icon.WARNING, "danger", import_plan.fate_of(item)
    if outcome is not None:
        which, tone, fate = outcome.icon, outcome.tone, outcome.words
    elif item.planned is not None:
        which, tone = GLYPHS[item.planned.fate]
    side = look.px(16)
    mirrored = is_mirrored(option)
    x = place.right() - side if mirrored else place.left()
    icons.paint(
        painter,
        which,
        QRectF(x, place.center().y() - side // 2, side, side),
        look.colour(tone),
    )
    gap = side + look.px(8)
    words = place.adjusted(0 if mirrored else gap, 0, -gap if mirrored else 0, 0)
    if item.planned is not None and item.planned.rejected:
        paint_text(painter, option, _half(words, 0), fate, "muted")
        paint_text(painter, option, _half(words, 1), tr("To mend"), "warning")
    else:
        paint_text(painter, option, words, fate, "muted")


def _half(rect: QRect, which: int) -> QRect:
    height = rect.height() // 2
    return QRect(rect.x(), rect.y() + which * height, rect.width(), height)
