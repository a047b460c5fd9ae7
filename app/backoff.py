"""How long to wait before the next attempt: longer each time, never in step with other clients."""

import asyncio
import random
from collections.abc import Callable
from typing import Final

FIRST_S: Final = 0.5
MOST_S: Final = 60.0


class Backoff:
    """Doubles from half a second to a minute; half of each wait is chance."""

    def __init__(self, chance: Callable[[], float] = random.random) -> None:
        self._chance = chance
        self._attempts = 0

    def reset(self) -> None:
        """Begin again: it worked."""
        self._attempts = 0

    def next_s(self, retry_after_s: float | None = None) -> float:
        """Return the next wait; never shorter than what the service asked for."""
        longest = min(MOST_S, FIRST_S * (1 << self._attempts))
        self._attempts = min(self._attempts + 1, 16)
        return max(longest * (0.5 + self._chance() / 2), retry_after_s or 0.0)


async def wait_for(event: asyncio.Event, seconds: float | None) -> None:
    """Wait for an event, but no longer than that."""
    try:
        async with asyncio.timeout(None if seconds is None else max(seconds, 0)):
            await event.wait()
    except TimeoutError:
        return
