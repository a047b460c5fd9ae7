"""How long to wait before the next attempt: longer each time, never in step with other clients."""

import asyncio
import random
from collections.abc import Callable
from typing import Final

FIRST_S: Final = 0.5
MOST_S: Final = 60.0
LONGEST_S: Final = 86_400.0
"""Qt's timers take no more than 24 days; whoever has to wait for longer looks again each day."""


class Backoff:
    """Doubles from half a second to a minute; half of each wait is chance."""

    def __init__(self, chance: Callable[[], float] = random.random) -> None:
        self._chance = chance
        self._attempts = 0

    def reset(self) -> None:
        """Begin again: it worked."""
        self._attempts = 0

    def next_s(self, retry_after_s: float | None = None) -> float:
        """Return the next wait; up to a day, never shorter than the service asked for."""
        longest = min(MOST_S, FIRST_S * (1 << self._attempts))
        self._attempts = min(self._attempts + 1, 16)
        asked = min(retry_after_s or 0.0, LONGEST_S)
        return max(longest * (0.5 + self._chance() / 2), asked)


async def wait_for(event: asyncio.Event, seconds: float | None) -> None:
    """Wait for an event, but no longer than that, and no longer than a day."""
    longest = None if seconds is None else min(max(seconds, 0), LONGEST_S)
    try:
        async with asyncio.timeout(longest):
            await event.wait()
    except TimeoutError:
        return
