"""Names made to be taken for others: the same to the eye, another text underneath.

A small part of Unicode's confusables (UTS #39, section 4): the letters of Cyrillic, Greek,
Armenian and Cherokee that look like Latin ones, and the digits that look like letters. Accents
count: José is not Jose.
"""

import re
import time
import unicodedata
from collections.abc import Hashable, Iterable
from typing import Final, TypeVar

Key = TypeVar("Key", bound=Hashable)

BREATH: Final = 256
"""Names looked at in a thread before it lets others have a turn."""

_LOOKALIKES: Final = {
    "a": "аα⍺",
    "b": "ЬВΒᏴ",
    "c": "сϲᴄ",
    "d": "ԁᏧ",
    "e": "еҽ℮",
    "g": "ɡց",
    "h": "һհНΗ",
    "i": "іıιᎥ",
    "j": "јϳ",
    "k": "κкᏦΚК",
    "l": "ӏΙІ|1",
    "m": "мМΜᎷ",
    "n": "ոΝ",
    "o": "оοօσ0",
    "p": "рρΡ",
    "q": "ԛ",
    "r": "гᴦ",
    "s": "ѕꜱ5",
    "t": "тΤТᎢ",
    "u": "υսц",
    "v": "νѵᴠ",
    "w": "ԝᴡѡ",
    "x": "хχΧ",
    "y": "уγү",
    "z": "ᴢΖ",
}
_TO_LATIN: Final = {ord(other): latin for latin, others in _LOOKALIKES.items() for other in others}
_SEQUENCES: Final = (("rn", "m"), ("vv", "w"), ("cl", "d"))


def skeleton(name: str) -> str:
    """Return what a name looks like: equal for two names that the eye takes for one."""
    plain = "".join(
        " " if character.isspace() else character
        for character in unicodedata.normalize("NFKC", name)
        if character.isspace() or unicodedata.category(character) not in _UNSEEN
    )
    # Capitals first, as they are: a small nu looks like v, a capital one like N.
    latin = plain.translate(_TO_LATIN).casefold().translate(_TO_LATIN)
    folded = " ".join(latin.split())
    for sequence, looks_like in _SEQUENCES:
        folded = folded.replace(sequence, looks_like)
    return folded


def first_resembled(name: str, others: Iterable[str]) -> str | None:
    """Return the first of other names that this one can be taken for, but for its case."""
    looks = skeleton(name)
    plain = _plain(name)
    for other in others:
        if skeleton(other) == looks and _plain(other) != plain:
            return other
    return None


def find_alike(people: Iterable[tuple[Key, str]]) -> frozenset[Key]:
    """Find whoever has a name that a glance takes for another's: the same, or but for accents.

    Meant for a thread: 100,000 names take a quarter of a second, and it gives way to others.
    """
    first: dict[str, Key] = {}
    alike: set[Key] = set()
    for number, (key, name) in enumerate(people):
        looks = _glance(name)
        if looks and (other := first.setdefault(looks, key)) != key:
            alike |= {key, other}
        if not number % BREATH:
            time.sleep(0)
    return frozenset(alike)


def _glance(name: str) -> str:
    """Return what is seen of a name in passing: its looks, without accents."""
    if not _PECULIAR.search(name):
        return name.casefold()
    flat = unicodedata.normalize("NFKD", name)
    return skeleton("".join(letter for letter in flat if not unicodedata.combining(letter)))


def imitating_script(name: str) -> str:
    """Name the script of letters in it that look like Latin ones, as in "Cyrillic"; or nothing."""
    scripts = (
        _script(letter)
        for letter in name
        if {*map(ord, letter + letter.lower())} & _TO_LATIN.keys()
    )
    return next((each.title() for each in scripts if each in _IMITATING), "")


def has_mixed_scripts(name: str) -> bool:
    """Tell whether one word is written in letters of several scripts, as no language does."""
    return any(
        len({_script(letter) for letter in word if letter.isalpha()} - _FREE) > 1
        for word in name.split()
    )


def _plain(name: str) -> str:
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())


def _script(letter: str) -> str:
    return unicodedata.name(letter, "UNKNOWN").partition(" ")[0]


_PECULIAR: Final = re.compile(r"[^ -~]|[015|]|rn|vv|cl|  |^ | $", re.IGNORECASE)
"""What can make a name look otherwise than it is written; most names have nothing of it."""
_IMITATING: Final = frozenset({"CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE"})
_UNSEEN: Final = frozenset({"Cc", "Cf", "Co", "Cn", "Cs"})
_FREE: Final = frozenset(
    {"CJK", "HIRAGANA", "KATAKANA", "HANGUL", "MODIFIER", "FEMININE", "MASCULINE"}
)
"""Scripts that are written together, and signs that belong to none."""
