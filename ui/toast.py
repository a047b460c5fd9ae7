"""What has just been done, for some seconds at the foot of the window, with the way back."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, Qt, QTimer
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QFrame, QGraphicsDropShadowEffect, QWidget

from ui import parts, theme
from ui.icons import Icon
from ui.parts import IconButton
from ui.wording import tr

SHOWN_MS: Final = 8000
PLACING: Final = (QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.Show, QEvent.Type.Hide)
LINES: Final = 1.8
"""A long sentence may fill two lines, less what is lost where the first one breaks."""


class Toast(QFrame):
    """One at a time; a new one takes the place of the one before."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._over = parent
        self.setObjectName("toast")
        self.setProperty("kind", "toast")
        self._then: Callable[[], object] | None = None
        self._clear: list[QWidget] = []
        self.words = parts.label("")
        self.words.setObjectName("toast_words")
        self.way = parts.button("", self._take, kind="toast", name="toast_way")
        close = IconButton(Icon.CLOSE, tr("Close"), self.hide, tone="on_tip", name="toast_close")
        self.setLayout(parts.row(self.words, self.way, close, spacing=8, margins=(16, 6, 6, 6)))
        shadow = QGraphicsDropShadowEffect(self)
        shadow.setBlurRadius(theme.px(24))
        shadow.setOffset(0, theme.px(4))
        shadow.setColor(QColor(0, 0, 0, 70))
        self.setGraphicsEffect(shadow)
        self._end = QTimer(self)
        self._end.setSingleShot(True)
        self._end.setInterval(SHOWN_MS)
        self._end.timeout.connect(self.hide)
        parent.installEventFilter(self)
        self.hide()

    def keep_clear_of(self, below: QWidget) -> None:
        """Stand above this wherever the two would meet: what it asks must stay in sight."""
        self._clear.append(below)
        below.installEventFilter(self)

    def keep_clear_of_feet(self, page: QWidget) -> None:
        """Stand above what a page that was just made asks at its foot."""
        for each in page.findChildren(QWidget, parts.FOOT):
            self.keep_clear_of(each)

    def say(self, text: str, way: str = "", then: Callable[[], object] | None = None) -> None:
        """Say it, and offer one way on."""
        self._then = then
        metrics = self.words.fontMetrics()
        room = max(self._over.width() - theme.px(280), theme.px(160))
        wide = metrics.horizontalAdvance(text) + theme.px(2)
        long = wide > room
        self.words.setWordWrap(long)
        middle = Qt.TextElideMode.ElideMiddle
        self.words.setText(metrics.elidedText(text, middle, int(room * LINES)))
        self.words.setFixedWidth(min(wide, room))
        parts.set_tip(self.words, text)
        self.way.setText(way)
        self.way.setAccessibleName(way)
        self.way.setVisible(bool(way))
        self.adjustSize()
        self._place()
        self.show()
        self.raise_()
        parts.announce(self, text)
        self._end.start()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay in the middle of the foot."""
        if event.type() in PLACING:
            self._place()
        return super().eventFilter(watched, event)

    def enterEvent(self, event: QEvent) -> None:
        """Stay while the pointer is on it."""
        self._end.stop()

    def leaveEvent(self, event: QEvent) -> None:
        self._end.start()

    def _take(self) -> None:
        self.hide()
        if self._then is not None:
            self._then()

    def _place(self) -> None:
        over, air = self._over, theme.px(24)
        place = QRect(QPoint((over.width() - self.width()) // 2, 0), self.size())
        place.moveBottom(over.height() - air - 1)
        for each in self._clear:
            if not each.isVisible():
                continue
            taken = QRect(each.mapTo(over, QPoint()), each.size())
            if place.intersects(taken.adjusted(-air, 0, air, 0)):
                place.moveBottom(min(place.bottom(), taken.top() - theme.px(8)))
        self.move(place.topLeft())
