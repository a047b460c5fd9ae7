"""How far a world is, or a check, in one line of a terminal that is written over."""

import time
from collections.abc import Callable
from typing import Final, TextIO

from app.worlds.making import Making, Part

EVERY_S: Final = 0.1
LONG_S: Final = 10.0
FORGET: Final = "\r\x1b[K"
"""Go to the beginning of the line, and take away what is in it."""


class ProgressLine:
    """Writes only where somebody looks: into a terminal, and not into a file."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._is_seen = stream.isatty()
        self._next_at = 0.0

    def show(self, making: Making) -> None:
        """Say how far a world is, a few times a second."""
        self._say(lambda now: words(making, now))

    def show_checked(self, done: int, total: int) -> None:
        """Say how many viewers were asked, of how many."""
        self._say(lambda _now: f"Checking: {done:,} of {total:,} viewers (Ctrl+C ends it)")

    def clear(self) -> None:
        """Leave the line as it was."""
        if self._is_seen:
            self._write("")

    def _say(self, words_at: Callable[[float], str]) -> None:
        now = time.monotonic()
        if self._is_seen and now >= self._next_at:
            self._next_at = now + EVERY_S
            self._write(words_at(now))

    def _write(self, text: str) -> None:
        self._stream.write(FORGET + text)
        self._stream.flush()


def words(making: Making, now: float) -> str:
    """Say what is done of how much, and what is left where that is long."""
    parts = [
        f"{making.done[part]:,} of {making.total[part]:,} {part}"
        for part in Part
        if making.total[part]
    ]
    left = making.left_s(now)
    rest = f"; {left:.0f} s left" if left is not None and left > LONG_S else ""
    return f"Making the world: {', '.join(parts)}{rest} (Ctrl+C ends it)"
