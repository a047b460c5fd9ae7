"""The list as Qt asks for it: rows in display order, changes shown once a frame."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Final, TypeVar

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
)

from app.changes import Change, Kind
from app.domain import ContactId
from app.session import Row, Session
from ui import contact_row, shelf
from ui.shelf import (
    PICKS,
    Counts,
    Filter,
    Shelf,
    SortKey,
    belongs,
    count,
    section,
    sort_key,
    sort_keys,
)

ROW_ROLE: Final = Qt.ItemDataRole.UserRole
SECTION_ROLE: Final = ROW_ROLE + 1
"""The letter of a section on its first row, otherwise nothing."""

ALIKE_ROLE: Final = ROW_ROLE + 2
"""Whether the name looks like somebody else's."""

FRAME_MS: Final = 33
DAY_LOOK_MS: Final = 60_000
"""A look at the clock: a timer until midnight would stand still while the computer sleeps."""
FEW: Final = 4
"""Where no more than one of so many is shown, the next letter looks only among those."""
SCARCE: Final = 64
"""Where one of so many lines is asked for, each is searched for; else all lines are looked at."""
ONE_BY_ONE: Final = 200
"""So many rows are moved one by one: that touches no other row, of which there may be 100,000."""
Index = QModelIndex | QPersistentModelIndex


class ContactModel(QAbstractTableModel):
    """Rows in display order: those of the shelf, narrowed by the filter.

    A `Change` becomes Qt's notifications here and nowhere else. When only contents changed, rows in
    sight are repainted; when the order changed, the model is reset once.
    """

    counted = Signal()
    updated = Signal(object)
    """The ids of the rows whose contents changed."""
    placed = Signal(object)
    """The ids of those that have come into the list, or to another place in it."""

    renamed = Signal(object)
    """The ids of those who call themselves otherwise than before."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._order: list[Row] = []
        self._texts: list[str] = []
        """What is searched of each row in `_order`."""
        self._keys: list[SortKey] = []
        self._key_by_id: dict[ContactId, SortKey] = {}
        self._shown: list[Row] = []
        self._dirty: set[ContactId] = set()
        self._stale = False
        self.alike: frozenset[ContactId] = frozenset()
        """Who has a name that looks like another's, as far as that is known."""
        self.filter = Filter()
        self.counts: Counts = Counter()
        self.in_sight: Callable[[], range] = lambda: range(0)
        self._frame = QTimer(self)
        self._frame.setSingleShot(True)
        self._frame.setInterval(FRAME_MS)
        self._frame.timeout.connect(self.show_changes)
        self._day = shelf.day_began()
        self._clock = QTimer(self)
        self._clock.setInterval(DAY_LOOK_MS)
        self._clock.timeout.connect(self._look_at_day)
        self._clock.start()
        self._answers: dict[int, Callable[[int], object]] = {
            ROW_ROLE: self.row,
            SECTION_ROLE: self._section,
            ALIKE_ROLE: lambda at: self._shown[at].id in self.alike,
            Qt.ItemDataRole.DisplayRole: lambda at: contact_row.face(self._shown[at]).name,
            Qt.ItemDataRole.AccessibleTextRole: self._sentence,
        }
        self._unsubscribe = session.changes.subscribe(self._on_change)
        self.load()

    def close(self) -> None:
        """Hear no more of changes."""
        self._unsubscribe()
        self._frame.stop()
        self._clock.stop()

    # ---- what Qt asks

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else 1

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid() or index.row() >= len(self._shown):
            return None
        answer = self._answers.get(role)
        return None if answer is None else answer(index.row())

    def headerData(
        self,
        _section: int,
        _orientation: Qt.Orientation,
        _role: int = Qt.ItemDataRole.DisplayRole,
    ) -> object:
        """Say nothing: a screen reader would hear a number before each person."""
        return None

    # ---- what the list asks

    def row(self, position: int) -> Row:
        """Return the row in this line."""
        return self._shown[position]

    def position(self, contact: ContactId) -> int | None:
        """Find the line of a contact, if it is shown."""
        key = self._key_by_id.get(contact)
        if key is None:
            return None
        if self._shown is self._order:
            return bisect_left(self._keys, key)
        at = bisect_left(self._shown, key, key=lambda row: self._key_by_id[row.id])
        return at if at < len(self._shown) and self._shown[at].id == contact else None

    def lines_of(self, contacts: Collection[ContactId]) -> list[int]:
        """Find the lines of those of these contacts that are shown, in order."""
        if len(contacts) * SCARCE < len(self._shown):
            return sorted(line for each in contacts if (line := self.position(each)) is not None)
        wanted = frozenset(contacts)
        return [line for line, row in enumerate(self._shown) if row.id in wanted]

    def find(self, contact: ContactId) -> Row | None:
        """Find a contact, shown or not."""
        key = self._key_by_id.get(contact)
        return None if key is None else self._order[bisect_left(self._keys, key)]

    def rows(self) -> list[Row]:
        """Every contact, shown or not, in order."""
        return self._order

    def section_at(self, position: int) -> str:
        """Name the section of a line."""
        return section(self._shown[position])

    def show(self, wanted: Filter) -> None:
        """Show what this filter accepts."""
        if wanted == self.filter:
            return
        few = len(self._shown) * FEW <= len(self._order) and self._is_narrower(wanted)
        self.filter = wanted
        self.beginResetModel()
        self._shown = wanted.choose(self._shown) if few else self._chosen()
        self.endResetModel()

    # ---- changes

    def load(self) -> None:
        """Read everything again."""
        self._stale = False
        self._dirty.clear()
        self._day = shelf.day_began()
        rows = self._session.rows()
        keys = sort_keys(rows)
        places = sorted(range(len(rows)), key=keys.__getitem__)
        self.beginResetModel()
        self._keys = [keys[place] for place in places]
        self._order = [rows[place] for place in places]
        self._texts = [row.folded for row in self._order]
        self._key_by_id = {row.id: key for key, row in zip(keys, rows, strict=True)}
        self._shown = self._chosen()
        self.endResetModel()
        self.counts = count(rows)  # as they were read, which is as they lie in the memory
        self.counted.emit()

    def show_changes(self) -> None:
        """Show everything that was gathered since the last frame."""
        self._frame.stop()
        if self._stale or self._day != shelf.day_began():
            self.load()
            return
        touched, self._dirty = self._dirty, set()
        if not touched:
            return
        rows = self._session.rows_of(touched)
        moved = {each for each in touched if self._is_moved(each, rows.get(each))}
        changed = [rows[each] for each in touched - moved if each in rows]
        changed = [row for row in changed if self.find(row.id) != row]
        renamed = frozenset(row.id for row in changed if self._is_renamed(row))
        turned = self._replace(changed)
        if moved or turned:
            self._rearrange(moved, [rows[each] for each in moved if each in rows])
            self.placed.emit(frozenset(each for each in moved | turned if each in rows))
        if moved or changed:
            self.counted.emit()
            self.updated.emit(frozenset(row.id for row in changed))
        if renamed:
            self.renamed.emit(renamed)

    def tell_apart(self, alike: frozenset[ContactId]) -> None:
        """Show of these what tells them from others of the same looks."""
        changed, self.alike = self.alike ^ alike, alike
        for position in self.in_sight():
            if position < len(self._shown) and self._shown[position].id in changed:
                here = self.index(position, 0)
                self.dataChanged.emit(here, here)

    def _look_at_day(self) -> None:
        """Show at midnight that those who came yesterday are not new any more."""
        if self._day != shelf.day_began():
            self.load()

    def _on_change(self, change: Change) -> None:
        if not change.kinds & Kind.CONTACTS:
            return
        if change.contacts is None:
            self._stale = True
        else:
            self._dirty |= change.contacts
        if not self._frame.isActive():
            self._frame.start()

    def _is_moved(self, contact: ContactId, row: Row | None) -> bool:
        """Whether it is new, gone, or sorted elsewhere."""
        return self._key_by_id.get(contact) != (None if row is None else sort_key(row))

    def _is_renamed(self, row: Row) -> bool:
        """Whether a name that was there before is another one now."""
        old = self.find(row.id)
        return old is not None and old.published_name not in {None, row.published_name}

    def _replace(self, rows: list[Row]) -> set[ContactId]:
        """Put new contents in old places; return whom the filter judges otherwise now."""
        turned: set[ContactId] = set()
        sight = self.in_sight()
        for row in rows:
            at = bisect_left(self._keys, self._key_by_id[row.id])
            old, self._order[at] = self._order[at], row
            self._texts[at] = row.folded
            self._recount(old, -1)
            self._recount(row, 1)
            position = self.position(row.id)
            if self.filter.accepts(row) is not (position is not None):
                turned.add(row.id)
            if position is not None:
                self._shown[position] = row
                if position in sight:
                    here = self.index(position, 0)
                    self.dataChanged.emit(here, here)
        return turned

    def _rearrange(self, moved: set[ContactId], rows: Iterable[Row]) -> None:
        """Take `moved` out of the order, put `rows` into it, and filter again."""
        gone = [self._key_by_id.pop(each) for each in moved if each in self._key_by_id]
        keyed = sorted((sort_key(row), row) for row in rows)
        self._key_by_id |= {row.id: key for key, row in keyed}
        self.beginResetModel()
        if len(gone) + len(keyed) <= ONE_BY_ONE:
            self._move_few(gone, keyed)
        else:
            self._move_many(gone, keyed)
        self._shown = self._chosen()
        self.endResetModel()

    def _move_few(self, gone: list[SortKey], keyed: list[tuple[SortKey, Row]]) -> None:
        for key in gone:
            at = bisect_left(self._keys, key)
            self._recount(self._order[at], -1)
            del self._keys[at], self._order[at], self._texts[at]
        for key, row in keyed:
            at = bisect_left(self._keys, key)
            self._keys.insert(at, key)
            self._order.insert(at, row)
            self._texts.insert(at, row.folded)
            self._recount(row, 1)

    def _move_many(self, gone: list[SortKey], keyed: list[tuple[SortKey, Row]]) -> None:
        """Copy the lists by pieces: to move all that follows for each of many takes far longer."""
        places = sorted(bisect_left(self._keys, key) for key in gone)
        for at in places:
            self._recount(self._order[at], -1)
        for _key, row in keyed:
            self._recount(row, 1)
        keys, order = without(self._keys, places), without(self._order, places)
        texts = without(self._texts, places)
        places = [bisect_left(keys, key) for key, _row in keyed]
        self._keys = within(keys, places, [key for key, _row in keyed])
        self._order = within(order, places, [row for _key, row in keyed])
        self._texts = within(texts, places, [row.folded for _key, row in keyed])

    def _chosen(self) -> list[Row]:
        """Choose among all."""
        return self.filter.choose(self._order, self._texts)

    def _recount(self, row: Row, step: int) -> None:
        self.counts[Shelf.ALL] += step
        for kind in PICKS:
            if belongs(kind, row):
                self.counts[kind] += step

    def _is_narrower(self, wanted: Filter) -> bool:
        """Whether what is wanted lies wholly in what is shown."""
        have = self.filter
        return (
            wanted.shelf is have.shelf
            and wanted.facets >= have.facets
            and all(any(old in new for new in wanted.words()) for old in have.words())
        )

    def _sentence(self, position: int) -> str:
        row = self._shown[position]
        return contact_row.sentence(row, self.filter.words(), is_alike=row.id in self.alike)

    def _section(self, position: int) -> str:
        here = section(self._shown[position])
        if position and section(self._shown[position - 1]) == here:
            return ""
        return here


Item = TypeVar("Item")


def without(items: list[Item], places: Sequence[int]) -> list[Item]:
    """Leave out what stands at these places, in ascending order: by pieces, not one by one."""
    kept: list[Item] = []
    begin = 0
    for place in places:
        kept += items[begin:place]
        begin = place + 1
    return kept + items[begin:]


def within(items: list[Item], places: Sequence[int], new: Sequence[Item]) -> list[Item]:
    """Put each of the new ones before the item that stands at its place, in ascending order."""
    together: list[Item] = []
    begin = 0
    for place, each in zip(places, new, strict=True):
        together += items[begin:place]
        together.append(each)
        begin = place
    return together + items[begin:]
