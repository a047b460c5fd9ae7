"""Tells, while the window is not looked at, who has joined and who has written."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QMenu, QSystemTrayIcon, QWidget

from app.changes import Change
from app.domain import ContactId, Message
from app.happenings import Happening
from app.session import Session
from ui import icons
from ui.icons import Icon
from ui.plain import one_line
from ui.window_state import WindowState
from ui.wording import counted, tr

SHOWN_MS: Final = 6000


class Notifications(QObject):
    """An icon in the tray, where there is one. Pressing a notice shows whom it is about."""

    contact_wanted = Signal(object)
    quit_wanted = Signal()
    told = Signal(str)
    """What is told, where there is a tray or not."""

    def __init__(self, session: Session, window: QWidget, state: WindowState) -> None:
        super().__init__(window)
        self._session, self._window, self._state = session, window, state
        self._about: ContactId | None = None
        self._unsubscribe: list[Callable[[], None]] = [
            session.changes.subscribe(self._on_change),
            session.hear(self._hear),
        ]
        self.tray = QSystemTrayIcon(icons.icon(Icon.KITH, "accent", 22), self)
        self.tray.setToolTip("Kith")
        self._menu = QMenu()
        show = QAction(tr("Show Kith"), self._menu)
        show.setObjectName("tray_show")
        show.triggered.connect(self.raise_window)
        leave = QAction(tr("Quit"), self._menu)
        leave.setObjectName("tray_quit")
        leave.triggered.connect(self.quit_wanted)
        self._menu.addActions([show, leave])
        self.tray.setContextMenu(self._menu)
        self.tray.activated.connect(self._press)
        self.tray.messageClicked.connect(self._show_whom)
        if QSystemTrayIcon.isSystemTrayAvailable():
            self.tray.show()

    def close(self) -> None:
        """Take the icon away, and hear no more."""
        for unsubscribe in self._unsubscribe:
            unsubscribe()
        self.tray.hide()
        self._menu.deleteLater()

    def raise_window(self) -> None:
        """Bring the window before everything else."""
        self._window.setWindowState(self._window.windowState() & ~Qt.WindowState.WindowMinimized)
        self._window.show()
        self._window.raise_()
        self._window.activateWindow()

    def _hear(self, _kind: str, happening: Happening) -> None:
        if isinstance(happening, Message) and self._state.notify_messages:
            self._say_message(happening)

    def _say_message(self, message: Message) -> None:
        """Tell that somebody has written, never what."""
        if self._session.account and message.sender == self._session.account.address:
            return
        contact = self._session.owners([message.sender]).get(message.sender)
        row = self._session.rows_of([contact]).get(contact) if contact is not None else None
        name = one_line(row.name) if row else message.sender
        self._say(tr("%1 has written").replace("%1", name), contact)

    def _on_change(self, change: Change) -> None:
        if not change.joined:
            return
        if awaited := self._session.notices.awaited(change.joined):
            self._say_awaited(awaited)
            return
        rows = self._session.rows_of(change.joined) if self._state.notify_joined else {}
        if len(rows) == 1:
            (row,) = rows.values()
            self._say(tr("%1 has joined").replace("%1", one_line(row.name)), row.id)
        elif rows:
            words = counted(len(rows), "%1 has joined", "%1 of your people have joined")
            self._say(words, None)

    def _say_awaited(self, awaited: set[ContactId]) -> None:
        """Tell what was asked for, whatever the settings say of others who join."""
        rows = self._session.rows_of(awaited)
        if len(rows) == 1:
            (row,) = rows.values()
            words = tr("%1, whom you waited for, has joined")
            self._say(words.replace("%1", one_line(row.name)), row.id)
        else:
            self._say(counted(len(rows), "", "%1 you waited for have joined"), None)

    def _say(self, text: str, about: ContactId | None) -> None:
        if self._window.isActiveWindow():
            return
        self._about = about
        self.told.emit(text)
        if self.tray.isVisible():
            self.tray.showMessage("Kith", text, self.tray.icon(), SHOWN_MS)
        else:
            QApplication.alert(self._window)

    def _press(self, reason: QSystemTrayIcon.ActivationReason) -> None:
        if reason is QSystemTrayIcon.ActivationReason.Trigger:
            self.raise_window()

    def _show_whom(self) -> None:
        self.raise_window()
        if self._about is not None:
            self.contact_wanted.emit(self._about)
