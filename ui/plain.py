"""Text from outside made safe to show: no name may hide, reorder or imitate what is around it."""

import unicodedata
from typing import Final

JOINERS: Final = "\u200c\u200d"
"""Invisible, but words of Persian and many emoji are made with them."""

FIRST_STRONG_ISOLATE, POP_ISOLATE = "\u2068", "\u2069"


def one_line(text: str) -> str:
    """Drop what is invisible or reorders its neighbours; every kind of white space is one space."""
    if not text.isprintable():
        text = "".join(_shown(character) for character in text)
    return " ".join(text.split()) if "  " in text else text.strip()


def isolated(text: str) -> str:
    """Put text from outside into a sentence of ours, whatever direction it is read in."""
    return f"{FIRST_STRONG_ISOLATE}{one_line(text)}{POP_ISOLATE}"


def _shown(character: str) -> str:
    if character.isspace():
        return " "
    if character in JOINERS:
        return character
    return "" if unicodedata.category(character) in {"Cc", "Cf", "Co", "Cn", "Cs"} else character
