"""Collects garbage on Qt's thread alone.

Python's collector runs in whatever thread allocates; a widget that is part of a cycle would then be
destroyed beside Qt's thread, which ends in a crash.
"""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from PySide6.QtCore import QObject, QTimer

LOOK_MS: Final = 1000


@contextmanager
def passed_by() -> Iterator[None]:
    """Have collections pass by all that is here now, until this ends.

    The program, its window and the rows stay as long as this lasts, and going through them takes
    three frames with 100,000 people. What is garbage among them already waits for the end.
    """
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


class GarbageCollection(QObject):
    """Takes over from the automatic collector for as long as it lives."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        gc.disable()
        self._thresholds = gc.get_threshold()
        self._timer = QTimer(self)
        self._timer.setInterval(LOOK_MS)
        self._timer.timeout.connect(self._collect)
        self._timer.start()

    def close(self) -> None:
        """Give the work back."""
        self._timer.stop()
        gc.enable()

    def _collect(self) -> None:
        """Collect the oldest generation that is due, as the automatic collector would."""
        counts = gc.get_count()
        for generation in (2, 1, 0):
            if counts[generation] > self._thresholds[generation]:
                gc.collect(generation)
                return
