"""Keeps a page true: called again after changes, once a frame, and only while it is seen."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QWidget

from app.changes import Change, Kind
from app.session import Session

FRAME_MS: Final = 33


class Follow(QObject):
    """Belongs to a page; what changed while that was hidden is shown when it comes into sight."""

    def __init__(
        self,
        page: QWidget,
        session: Session,
        kinds: Kind,
        show: Callable[[], object],
        *,
        every_ms: int = FRAME_MS,
    ) -> None:
        super().__init__(page)
        self._page, self._kinds, self._show = page, kinds, show
        self._stale = True
        self._frame = QTimer(self)
        self._frame.setSingleShot(True)
        self._frame.setInterval(every_ms)
        self._frame.timeout.connect(self.catch_up)
        self._unsubscribe = session.changes.subscribe(self._on_change)
        page.installEventFilter(self)

    def close(self) -> None:
        """Hear no more of changes."""
        self._unsubscribe()
        self._frame.stop()

    def catch_up(self) -> None:
        """Show what has changed since the last time."""
        self._frame.stop()
        if self._stale:
            self._stale = False
            self._show()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Catch up when the page comes into sight."""
        if event.type() == QEvent.Type.Show:
            self.catch_up()
        return False

    def _on_change(self, change: Change) -> None:
        if change.kinds & self._kinds:
            self._stale = True
            if self._page.isVisible() and not self._frame.isActive():
                self._frame.start()
