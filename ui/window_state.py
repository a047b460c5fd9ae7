"""What the window remembers from one start to the next: its place, its colours, its rows."""

from pathlib import Path
from typing import Final

from PySide6.QtCore import QByteArray, QSettings

from ui.theme import Scheme
from ui.tokens import Accent

GEOMETRY: Final = "window/geometry"
SPLIT: Final = "window/split"


class WindowState:
    """A small file beside the book; what is missing or unreadable has an ordinary value."""

    def __init__(self, path: Path) -> None:
        self._settings = QSettings(str(path), QSettings.Format.IniFormat)

    def read_bytes(self, key: str) -> QByteArray:
        """Read a state that Qt made."""
        value = self._settings.value(key)
        return value if isinstance(value, QByteArray) else QByteArray()

    def save_bytes(self, key: str, value: QByteArray) -> None:
        """Keep a state that Qt made."""
        self._settings.setValue(key, value)

    @property
    def compact(self) -> bool:
        """Whether rows are of one line."""
        return bool(self._settings.value("list/compact") == "true")

    @compact.setter
    def compact(self, on: bool) -> None:
        self._settings.setValue("list/compact", "true" if on else "false")

    @property
    def notify_joined(self) -> bool:
        """Whether a notice says who has joined."""
        return bool(self._settings.value("notify/joined") != "false")

    @notify_joined.setter
    def notify_joined(self, on: bool) -> None:
        self._settings.setValue("notify/joined", "true" if on else "false")

    @property
    def notify_messages(self) -> bool:
        """Whether a notice says who has written."""
        return bool(self._settings.value("notify/messages") != "false")

    @notify_messages.setter
    def notify_messages(self, on: bool) -> None:
        self._settings.setValue("notify/messages", "true" if on else "false")

    @property
    def scheme(self) -> Scheme:
        """The chosen colours."""
        value = str(self._settings.value("look/scheme", ""))
        return Scheme(value) if value in set(Scheme) else Scheme.SYSTEM

    @scheme.setter
    def scheme(self, scheme: Scheme) -> None:
        self._settings.setValue("look/scheme", scheme.value)

    @property
    def accent(self) -> Accent:
        """The chosen accent."""
        value = str(self._settings.value("look/accent", ""))
        return Accent(value) if value in set(Accent) else Accent.IRIS

    @accent.setter
    def accent(self, accent: Accent) -> None:
        self._settings.setValue("look/accent", accent.value)

    def save(self) -> None:
        """Write it now."""
        self._settings.sync()
