"""What the session is doing, put together from what its loops say of themselves."""

import asyncio
import time
from collections.abc import Callable
from typing import Final

from app.errors import Refused, Unreachable, Untrusted
from app.outbox import counts
from app.store import Store
from app.views import SessionState, Status

EVERY_S: Final = 0.05


class Pulse:
    """Each loop says only what it knows; one rule makes one status of it."""

    def __init__(self, store: Store, show: Callable[[SessionState], None]) -> None:
        self._store = store
        self._show = show
        self._done = 0
        self._total = 0
        self._untrusted = False
        self._retry_at: float | None = None
        self._last_synced: float | None = store.reading.value(
            "SELECT value FROM meta WHERE key = 'last_synced'"
        )
        self._soon: asyncio.TimerHandle | None = None
        self.is_connected = False
        self.is_signed_out = False
        self.is_paused = False

    def connected(self) -> None:
        """Show that the live stream stands."""
        self.is_connected = True
        self._heal()
        self.show()

    def disconnected(self, why: Unreachable | Refused, retry_at: float) -> None:
        """Show that nothing is heard, and when the next attempt is."""
        self.is_connected = False
        self._untrusted, self._retry_at = isinstance(why, Untrusted), retry_at
        self.show()

    def stuck(self, why: Unreachable, retry_at: float) -> None:
        """Show that nothing can be sent, and when the next attempt is."""
        self._done = self._total = 0
        self._untrusted, self._retry_at = isinstance(why, Untrusted), retry_at
        self.show()

    def signed_out(self) -> None:
        """Show that the token is no longer good."""
        self.is_signed_out = True
        self.show()

    def stopped(self) -> None:
        """Show that nobody sends or listens any more, and nothing will be tried by itself."""
        self.is_connected = False
        self._done = self._total = 0
        self._heal()
        self.show()

    def paused(self, *, on: bool) -> None:
        """Show that somebody stopped the sending, or lets it go on."""
        self.is_paused = on
        self.show()

    def working(self, done: int, total: int) -> None:
        """Show that so many of so many are through."""
        self._done, self._total = done, total
        self.show()

    def through(self, before: int, more: int) -> None:
        """Show soon that so many more than before are through."""
        self._done = before + more
        self.show_soon()

    def settled(self) -> None:
        """Show that everything that can be sent was sent."""
        self._done = self._total = 0
        if self.is_connected:
            self._heal()
        self._last_synced = time.time()
        with self._store.writing() as transaction:
            transaction.run(
                "INSERT OR REPLACE INTO meta (key, value) VALUES ('last_synced', ?)",
                self._last_synced,
            )
        self.show()

    def show_soon(self) -> None:
        """Put the state together at most twenty times a second: counting is not free."""
        if self._soon is None:
            self._soon = asyncio.get_running_loop().call_later(EVERY_S, self.show)

    def close(self) -> None:
        """Show nothing more."""
        if self._soon is not None:
            self._soon.cancel()

    def show(self) -> None:
        """Put the state together."""
        self.close()
        self._soon = None
        count = counts(self._store.reading, time.time())
        status = self._status(count.waiting)
        deferred = count.next_at if status is Status.WAITING else None
        self._show(
            SessionState(
                status,
                self._done,
                self._total,
                count.waiting,
                self._retry_at or deferred,
                self._last_synced,
                self._untrusted,
            )
        )

    def _heal(self) -> None:
        self._untrusted, self._retry_at = False, None

    def _status(self, waiting: int) -> Status:
        if self.is_signed_out:
            return Status.SIGNED_OUT
        if self.is_paused:
            return Status.PAUSED
        if not self.is_connected:
            return Status.WORKING if self._total else Status.OFFLINE
        if self._total:
            return Status.WORKING
        return Status.WAITING if waiting else Status.IDLE
