"""Waiting for a condition, within bounds."""

import asyncio
import time
from collections.abc import Callable

PATIENCE_S = 60.0
"""What takes longer than this on the slowest computer does not come at all."""
_PAUSE_S = 0.02


def wait_until(condition: Callable[[], object]) -> None:
    """Return when the condition holds; fail when it does not come to hold."""
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, "this did not come about"
        time.sleep(_PAUSE_S)


async def until(condition: Callable[[], object]) -> None:
    """Do so without keeping others from what they do."""
    async with asyncio.timeout(PATIENCE_S):
        while not condition():  # noqa: ASYNC110 - a condition of any kind
            await asyncio.sleep(_PAUSE_S)
