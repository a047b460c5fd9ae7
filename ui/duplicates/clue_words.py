"""Why two records may be one person, in words."""

from collections.abc import Sequence
from typing import Final

from app.addresses import display
from app.domain import Address
from ui.plain import isolated
from ui.wording import tr

CLUES: Final = {
    "number": "same number %1",
    "handle": "same handle %1",
    "mail": "same mail %1",
    "uid": "same card in two books",
    "name": "same name",
    "name-alike": "names much alike",
    "birthday": "same birthday",
}


def reason(clue: str, text: str) -> str:
    """Say what they have in common."""
    shown = display(Address(text)) if clue in ("number", "handle") else text
    return tr(CLUES[clue]).replace("%1", isolated(shown))


def reasons(several: Sequence[tuple[str, str]]) -> str:
    """Say all of it in one line, each kind of clue once."""
    by_clue = dict(reversed(several))
    words = ", ".join(reason(clue, by_clue[clue]) for clue in CLUES if clue in by_clue)
    return words[:1].upper() + words[1:]
