"""Waiting for a condition, within bounds."""

import time
from collections.abc import Callable

PATIENCE_S = 20.0
_PAUSE_S = 0.02


def wait_until(condition: Callable[[], object]) -> None:
    """Return when the condition holds; fail when it does not come to hold."""
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline, "this did not come about"
        time.sleep(_PAUSE_S)
