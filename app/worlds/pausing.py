"""A clock for what happens in a world, which can be stopped, started, and moved on by one step."""

import asyncio
import time
from typing import Final

STEP_S: Final = 0.1


class Pausing:
    """Time that stands still while it is paused."""

    def __init__(self) -> None:
        self._passed = 0.0
        self._since: float | None = time.monotonic()
        self._going = asyncio.Event()
        self._going.set()
        self._steps = 0

    @property
    def is_paused(self) -> bool:
        """Whether time stands still."""
        return self._since is None

    def pause(self, on: bool) -> None:
        """Stop the clock, or let it go on from where it stood."""
        if on:
            self._passed, self._since = self.now(), None
            self._going.clear()
        elif self._since is None:
            self._since, self._steps = time.monotonic(), 0
            self._going.set()

    def step(self) -> None:
        """While time stands still, let it jump to where the next sleep ends, and stand again."""
        if self.is_paused:
            self._steps += 1
            self._going.set()

    def now(self) -> float:
        """Return the seconds that have passed while it was running."""
        return self._passed + (0.0 if self._since is None else time.monotonic() - self._since)

    async def sleep(self, seconds: float) -> None:
        """Wait until so much of this time has passed, or a step jumps over it."""
        until = self.now() + seconds
        while self.is_paused or self.now() < until:
            await self._going.wait()
            if self.is_paused and self._steps:
                self._jump(until)
                return
            await asyncio.sleep(min(max(until - self.now(), 0.0), STEP_S))

    def _jump(self, until: float) -> None:
        self._passed = max(self._passed, until)
        self._steps -= 1
        if not self._steps:
            self._going.clear()
