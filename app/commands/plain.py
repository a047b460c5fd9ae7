"""Text from outside, made safe for a terminal."""

from typing import Final

LONGEST: Final = 80


def plain(text: str) -> str:
    """Show what cannot be printed, such as escape codes and direction marks, as one mark."""
    return "".join(letter if letter.isprintable() else "\ufffd" for letter in text)


def short(text: str) -> str:
    """Show as much of a text as a line has room for."""
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
