"""Text from outside made safe to show: no name may hide, reorder or imitate what is around it."""

import re
import unicodedata
from typing import Final

JOINERS: Final = "\u200c\u200d"
"""Invisible, but words of Persian and many emoji are made with them."""

LONG_WORD: Final = re.compile(r"\S{25,}")
PIECE: Final = 12
BREAK: Final = "\u200b"

FIRST_STRONG_ISOLATE, POP_ISOLATE = "\u2068", "\u2069"


def one_line(text: str) -> str:
    """Drop what is invisible or reorders its neighbours; every kind of white space is one space."""
    if not text.isprintable():
        text = "".join(_shown(character) for character in text)
    return " ".join(text.split()) if "  " in text else text.strip()


def isolated(text: str) -> str:
    """Put text from outside into a sentence of ours, whatever direction it is read in."""
    return f"{FIRST_STRONG_ISOLATE}{one_line(text)}{POP_ISOLATE}"


def in_own_order(text: str) -> str:
    """Keep a whole text of ours together where the window is read the other way: "Why?"."""
    return f"{FIRST_STRONG_ISOLATE}{text}{POP_ISOLATE}" if text else ""


def on_button(text: str) -> str:
    """Make as much of it as a button has room for; an ampersand would become a key."""
    return short(text).replace("&", "&&")


def short(text: str, most: int = 24) -> str:
    """Isolate the beginning of a text from outside."""
    whole = one_line(text)
    return isolated(whole if len(whole) <= most else whole[: most - 1].rstrip() + "…")


def breakable(text: str) -> str:
    """Let a word that no line has room for go on in the next line."""
    return LONG_WORD.sub(_broken, text)


def _broken(word: re.Match[str]) -> str:
    whole = word[0]
    pieces = [whole[at : at + PIECE] for at in range(0, len(whole), PIECE)]
    return "".join(
        piece if _goes_on(piece[0]) or not at else f"{BREAK}{piece}"
        for at, piece in enumerate(pieces)
    )


def _goes_on(character: str) -> bool:
    """Whether it belongs to the character before it."""
    return character in JOINERS or unicodedata.category(character) in {"Mn", "Mc", "Me", "Sk"}


def _shown(character: str) -> str:
    if character.isspace():
        return " "
    if character in JOINERS:
        return character
    return "" if unicodedata.category(character) in {"Cc", "Cf", "Co", "Cn", "Cs"} else character
