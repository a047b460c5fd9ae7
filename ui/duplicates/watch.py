"""Keeps the number of those who are there twice beside the page's name, also while it is closed."""

from typing import Final

from PySide6.QtCore import QObject, QTimer

from app.changes import Change, Kind
from app.session import Session
from ui.rail import RailItem
from ui.tasks import Tasks

CALM_MS: Final = 3000
"""After a step; a search costs a second of work in a large book."""
LOOKING: Final = "looking for doubles"


class DuplicatesWatch(QObject):
    """Looks again some seconds after a step that may have changed the answer."""

    def __init__(self, session: Session, tasks: Tasks, item: RailItem) -> None:
        super().__init__(item)
        self._session, self._tasks, self._item = session, tasks, item
        self._calm = QTimer(self)
        self._calm.setSingleShot(True)
        self._calm.setInterval(CALM_MS)
        self._calm.timeout.connect(self.look)
        self._unsubscribe = session.changes.subscribe(self._on_change)
        item.set_count(session.doubles.count)
        if session.doubles.count is None:
            self._calm.start()

    def close(self) -> None:
        """Look no more: the session is about to end."""
        self._unsubscribe()
        self._calm.stop()

    def look(self) -> None:
        """Search, if the answer may be another one and nothing is under way."""
        doubles = self._session.doubles
        if doubles.is_busy():
            self._calm.start()
        elif doubles.has_news() and not self._tasks.is_running(LOOKING):
            self._tasks.start(doubles.look(), name=LOOKING)

    def _on_change(self, change: Change) -> None:
        if Kind.DOUBLES in change.kinds:
            self._item.set_count(self._session.doubles.count)
        if Kind.STEPS in change.kinds:
            self._calm.start()
