"""A layout that goes on in the next line when a line is full."""

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget

from ui import theme


class FlowLayout(QLayout):
    """Lays widgets in lines, in reading order, right to left where that is the way to read."""

    def __init__(self, *widgets: QWidget, spacing: int = 6, margin: int = 0) -> None:
        super().__init__()
        self._items: list[QLayoutItem] = []
        self.setSpacing(theme.px(spacing))
        self.setContentsMargins(*(theme.px(margin) if margin else 0 for _ in range(4)))
        for widget in widgets:
            self.addWidget(widget)

    def addItem(self, item: QLayoutItem) -> None:
        self._items.append(item)

    def count(self) -> int:
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        return self._arrange(QRect(0, 0, width, 0), move=False)

    def setGeometry(self, rect: QRect) -> None:
        super().setGeometry(rect)
        self._arrange(rect, move=True)

    def sizeHint(self) -> QSize:
        widths = [item.sizeHint().width() for item in self._shown()]
        gaps = self.spacing() * max(0, len(widths) - 1)
        margins = self.contentsMargins()
        width = sum(widths) + gaps + margins.left() + margins.right()
        return QSize(width, self.heightForWidth(max(width, 1)))

    def minimumSize(self) -> QSize:
        size = QSize()
        for item in self._shown():
            size = size.expandedTo(item.minimumSize())
        margins = self.contentsMargins()
        return size + QSize(margins.left() + margins.right(), margins.top() + margins.bottom())

    def _shown(self) -> list[QLayoutItem]:
        return [item for item in self._items if not item.isEmpty()]

    def _arrange(self, rect: QRect, *, move: bool) -> int:
        """Place the items if `move`, in the middle of their line; return the height they need."""
        inner = rect.marginsRemoved(self.contentsMargins())
        y = inner.y()
        for line in self._lines(inner.width()):
            high = max(size.height() for _item, _x, size in line)
            for item, x, size in line if move else ():
                place = QPoint(inner.x() + x, y + (high - size.height()) // 2)
                item.setGeometry(self._mirrored(inner, QRect(place, size)))
            y += high + self.spacing()
        return max(y - self.spacing(), inner.y()) + self.contentsMargins().bottom() - rect.y()

    def _lines(self, room: int) -> list[list[tuple[QLayoutItem, int, QSize]]]:
        """Break the items into lines, each with its place in the line and its size."""
        lines: list[list[tuple[QLayoutItem, int, QSize]]] = []
        x = 0
        for item in self._shown():
            hint = item.sizeHint()
            size = QSize(min(hint.width(), max(room, 1)), hint.height())
            if not lines or x + size.width() > room:
                lines.append([])
                x = 0
            lines[-1].append((item, x, size))
            x += size.width() + self.spacing()
        return lines

    def _mirrored(self, inner: QRect, place: QRect) -> QRect:
        parent = self.parentWidget()
        if parent is None or parent.layoutDirection() is Qt.LayoutDirection.LeftToRight:
            return place
        place.moveLeft(inner.x() + inner.right() - place.right())
        return place
