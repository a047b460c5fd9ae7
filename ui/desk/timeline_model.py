"""The timeline as Qt asks for it: what the filter accepts, with what is new added once a frame."""

from bisect import bisect_left
from collections.abc import Sequence
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, QTimer

from app.worlds.timeline import Kind, Moment, Timeline, Wanted, plain
from ui import theme
from ui.plain import isolated
from ui.wording import tr

Index = QModelIndex | QPersistentModelIndex
NOWHERE: Final = QModelIndex()
FRAME_MS: Final = 33

WORDS: Final[dict[Kind, str]] = {
    Kind.CHANGED: "Changed",
    Kind.PUBLISHED: "Published",
    Kind.ARRIVED: "Arrived",
    Kind.WITHHELD: "Withheld",
    Kind.STALE: "Stale",
    Kind.REPEATED: "Repeated",
    Kind.WEATHER: "Weather",
}
INKS: Final[dict[Kind, str]] = {
    Kind.CHANGED: "text",
    Kind.PUBLISHED: "accent",
    Kind.ARRIVED: "success",
    Kind.WITHHELD: "warning",
    Kind.STALE: "danger",
    Kind.REPEATED: "muted",
    Kind.WEATHER: "accent",
}
HEADS: Final = ("Time (UTC)", "Who", "Kind", "What", "Version", "Took")
KIND, VERSION, TOOK = 2, 4, 5
QUIET: Final = (0, VERSION, TOOK)
MIDDLE: Final = Qt.AlignmentFlag.AlignVCenter
LEADING: Final = MIDDLE | Qt.AlignmentFlag.AlignLeading
TRAILING: Final = MIDDLE | Qt.AlignmentFlag.AlignTrailing


class TimelineModel(QAbstractTableModel):
    """Rows in the order in which they happened; the oldest leave at the top."""

    def __init__(self, timeline: Timeline) -> None:
        super().__init__()
        self._timeline = timeline
        self._wanted = Wanted()
        self._moments: list[Moment] = []
        self._numbers: list[int] = []
        self._next = 0
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(FRAME_MS)
        self._soon.timeout.connect(self.catch_up)
        timeline.hear(lambda _moment: self._soon.isActive() or self._soon.start())

    def want(self, wanted: Wanted) -> None:
        """Show what this filter accepts; what is selected stays so where that is the same."""
        self._wanted = wanted
        found = self._timeline.since(0, wanted)
        if found == self._numbers:
            return
        self.beginResetModel()
        self._numbers.clear()
        self._moments.clear()
        self._take(found)
        self.endResetModel()

    def catch_up(self) -> None:
        """Take in what has happened since, and let go of what the timeline has let go of."""
        self._soon.stop()
        gone = bisect_left(self._numbers, self._timeline.first)
        if gone:
            self.beginRemoveRows(NOWHERE, 0, gone - 1)
            del self._moments[:gone]
            del self._numbers[:gone]
            self.endRemoveRows()
        if fresh := self._timeline.since(self._next, self._wanted):
            here = len(self._moments)
            self.beginInsertRows(NOWHERE, here, here + len(fresh) - 1)
            self._take(fresh)
            self.endInsertRows()
        self._next = self._timeline.first + len(self._timeline.moments)

    def texts(self, lines: Sequence[int] | None = None) -> str:
        """Write these lines, or all that are shown, as they are copied and saved."""
        chosen = self._moments if lines is None else [self._moments[line] for line in lines]
        return "\n".join(moment.text() for moment in chosen)

    def _take(self, fresh: list[int]) -> None:
        self._numbers += fresh
        self._moments += self._timeline.numbered(fresh)
        self._next = self._timeline.first + len(self._timeline.moments)

    # ---- as Qt asks

    def rowCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._moments)

    def columnCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else len(HEADS)

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> Any:
        if orientation is Qt.Orientation.Vertical:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return tr(HEADS[section])
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return TRAILING if section in (VERSION, TOOK) else LEADING
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        moment, column = self._moments[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return _words(moment, column)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return moment.text() if column == 0 else _words(moment, column)
        if role == Qt.ItemDataRole.ForegroundRole:
            return theme.now().colour(_ink(moment, column))
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return TRAILING if column in (VERSION, TOOK) else LEADING
        return None


def _words(moment: Moment, column: int) -> str:
    version = "" if moment.version is None else str(moment.version)
    took = "" if moment.took_ms is None else isolated(f"{moment.took_ms:.0f} ms")
    kind = tr(WORDS[moment.kind])
    return (moment.clock(), plain(moment.who), kind, moment.what(), version, took)[column]


def _ink(moment: Moment, column: int) -> str:
    if column == KIND:
        return INKS[moment.kind]
    return "muted" if column in QUIET else "text"
