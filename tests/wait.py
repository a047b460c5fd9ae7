"""Waiting for a condition, within bounds."""

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
