"""The pictures of the list: read from the session, decoded in a thread, and remembered."""

import asyncio
from collections import OrderedDict
from collections.abc import Hashable
from typing import Final

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage, QPixmap

from app.changes import Change, Kind
from app.domain import Address
from app.session import Session
from ui import avatar
from ui.tasks import Tasks

DECODING: Final = "pictures"
REMEMBERED: Final = 400
AT_ONCE: Final = 24


class Pictures(QObject):
    """Pixmaps by the picture's hash; a miss starts the work, and `arrived` tells of its end."""

    arrived = Signal()

    def __init__(self, session: Session, tasks: Tasks, name: str = DECODING) -> None:
        super().__init__()
        self._session, self._tasks, self._task = session, tasks, name
        self._known: OrderedDict[Hashable, QPixmap | None] = OrderedDict()
        self._wanted: OrderedDict[Hashable, tuple[Address, int]] = OrderedDict()
        self._unsubscribe = session.changes.subscribe(self._on_change)

    def find(self, address: Address | None, picture: str | None, pixels: int) -> QPixmap | None:
        """Return the picture if it is ready; otherwise see to it that it will be."""
        if address is None or picture is None:
            return None
        key = (address, picture, pixels)
        if key in self._known:
            self._known.move_to_end(key)
            return self._known[key]
        self._wanted[key] = (address, pixels)
        while len(self._wanted) > AT_ONCE:
            self._wanted.popitem(last=False)
        if not self._tasks.is_running(self._task):
            self._tasks.start(self._decode_wanted(), name=self._task)
        return None

    def close(self) -> None:
        """Hear no more of changes."""
        self._unsubscribe()

    def _on_change(self, change: Change) -> None:
        """Ask again for those that were not there yet: one of them may have come."""
        missing = [key for key, pixmap in self._known.items() if pixmap is None]
        if missing and change.kinds & Kind.CONTACTS:
            for key in missing:
                del self._known[key]
            self.arrived.emit()

    async def _decode_wanted(self) -> None:
        while self._wanted:
            key, (address, pixels) = self._wanted.popitem(last=True)
            data = self._session.picture(address)
            image = await asyncio.to_thread(avatar.decode, data, pixels) if data else QImage()
            self._known[key] = None if image.isNull() else QPixmap.fromImage(image)
            while len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
            if not image.isNull():
                self.arrived.emit()


def pixels(side: int, ratio: float) -> int:
    """Say how many pixels make a picture of this side sharp on this screen."""
    return round(side * ratio)
