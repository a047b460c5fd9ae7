"""A clock for what happens in a world, which can be stopped and started."""

import asyncio
import time
from typing import Final

STEP_S: Final = 0.1


class Pausing:
    """Time that stands still while it is paused."""

    def __init__(self) -> None:
        self._passed = 0.0
        self._since: float | None = time.monotonic()
        self._running = asyncio.Event()
        self._running.set()

    @property
    def is_paused(self) -> bool:
        """Whether time stands still."""
        return self._since is None

    def pause(self, on: bool) -> None:
        """Stop the clock, or let it go on from where it stood."""
        if on:
            self._passed, self._since = self.now(), None
            self._running.clear()
        elif self._since is None:
            self._since = time.monotonic()
            self._running.set()

    def now(self) -> float:
        """Return the seconds that have passed while it was running."""
        return self._passed + (0.0 if self._since is None else time.monotonic() - self._since)

    async def sleep(self, seconds: float) -> None:
        """Wait until so much of this time has passed."""
        until = self.now() + seconds
        while (rest := until - self.now()) > 0:
            await self._running.wait()
            await asyncio.sleep(min(rest, STEP_S))
        await self._running.wait()
