"""One window for one home: a second start brings the first window up, and ends."""

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject
from PySide6.QtNetwork import QLocalServer, QLocalSocket

WAIT_MS: Final = 500


class SingleInstance(QObject):
    """Holds a local name for the home; `is_first` says whether we have it."""

    def __init__(self, home: Path) -> None:
        super().__init__()
        self._name = "kith-" + sha256(str(home.resolve()).encode()).hexdigest()[:16]
        self.called: Callable[[], object] = lambda: None
        """What to do when another start calls."""
        self.is_first = not self._call()
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        if self.is_first:
            QLocalServer.removeServer(self._name)  # what a crash left behind
            self._server.listen(self._name)
            self._server.newConnection.connect(self._answer)

    def close(self) -> None:
        """Let the name go."""
        self._server.close()

    def _call(self) -> bool:
        """Call the window that is open already; False if there is none."""
        socket = QLocalSocket()
        socket.connectToServer(self._name)
        if not socket.waitForConnected(WAIT_MS):
            return False
        socket.disconnectFromServer()
        return True

    def _answer(self) -> None:
        while self._server.hasPendingConnections():
            socket = self._server.nextPendingConnection()
            socket.close()
            socket.deleteLater()
        self.called()
