"""Values that go on without a fold: quoted-printable, base64, a card in a card."""

import re
from typing import Final

from app.importers.card import TOO_DEEP, TOO_LARGE
from app.importers.content import Head, escape, split_line
from app.importers.draft import Draft, Take
from app.importers.lines import FOLD, LONGEST_LINE
from app.importers.properties import keep

DEEPEST_AGENT: Final = 16
"""Cards within cards; more is no book but a bomb."""

_SHOWN = 1000
_FENCE = re.compile(r"\s*(?:BEGIN|END)\s*:\s*VCARD\s*", re.I)
_BEGIN = re.compile(r"\s*BEGIN\s*:\s*VCARD\s*", re.I)
_BASE64 = re.compile(r"[A-Za-z0-9+/=\s]+")


class CodedValue:
    """A quoted-printable or base64 value, of which more lines may follow."""

    def __init__(self, take: Take, head: Head, line: str, at: int) -> None:
        self.at = at
        self.shown = line[:_SHOWN]
        self.quoted = head.quoted
        self._take = take
        self._head = head
        self._parts = [line]
        self._size = len(line)

    def takes(self, line: str) -> bool:
        """Take a line if it belongs to the value."""
        if self.quoted:
            return self._soft_break(line)
        if ":" in line or not _BASE64.fullmatch(line):
            return False
        self._add(line)
        return True

    def close(self, draft: Draft) -> str:
        """Give the whole value to the card, or say why not."""
        if self._size > LONGEST_LINE:
            return TOO_LARGE
        line = "".join(self._parts)
        _, value = split_line(line) or ("", "")
        self._take(draft, self._head, value, line, self.at)
        return ""

    def _soft_break(self, line: str) -> bool:
        last = self._parts[-1].rstrip(" \t")
        if not last.endswith("=") or _FENCE.fullmatch(line):
            return False
        self._parts[-1] = last[:-1]
        self._add(line)
        return True

    def _add(self, line: str) -> None:
        self._size += len(line)
        if self._size <= LONGEST_LINE:
            self._parts.append(line)


class AgentValue:
    """A card within a card, as version 2.1 writes somebody's agent; kept as one escaped line."""

    def __init__(self, head: Head, value: str, at: int) -> None:
        self.at = at
        self.shown = ""
        self._head = head
        self._lines: list[str] = []
        self._size = self._depth = self._deepest = 0
        if value.strip():
            self.takes(value)

    @staticmethod
    def begins(value: str) -> bool:
        """Tell whether a card follows on lines of its own."""
        return not value.strip() or _BEGIN.fullmatch(value) is not None

    def takes(self, line: str) -> bool:
        """Take a line until the card's END."""
        begins = _BEGIN.fullmatch(line) is not None
        if self._depth == 0 and (self._lines or not begins):
            return False
        if begins or _FENCE.fullmatch(line):
            self._depth += 1 if begins else -1
            self._deepest = max(self._deepest, self._depth)
        self._size += len(line)
        if self._size <= LONGEST_LINE:
            self._lines.append(line)
        return True

    def close(self, draft: Draft) -> str:
        """Give the whole card to the card around it, or say why not."""
        self.shown = "\n".join(self._lines)[:_SHOWN]
        if self._deepest > DEEPEST_AGENT:
            return TOO_DEEP
        if self._size > LONGEST_LINE:
            return TOO_LARGE
        value = "\\n".join(map(escape, self._lines))
        keep(draft, self._head, value, f"AGENT:{value}", self.at)
        return ""


def is_quoted(line: str) -> bool:
    """Tell whether a line's head says quoted-printable, where a space after `=` is text."""
    return "QUOTED-PRINTABLE" in line[:_HEAD_LENGTH].upper()


def unfold_oldest(line: str) -> str:
    """Undo the folds of version 2.1, which folds at a space and keeps it.

    Many write 2.1 but fold as 3.0 does, in the middle of a word at a fixed width: then the space is
    theirs.
    """
    head = line[:_HEAD_LENGTH].upper()
    if "BASE64" in head or "ENCODING=B" in head:
        return line.replace(FOLD, "")
    first, *others = line.split(FOLD)
    whole, width = [first], len(first.encode())
    for part in others:
        whole.append(part if width >= _FIXED_WIDTH else " " + part)
        width = len(part.encode()) + 1
    return "".join(whole)


_HEAD_LENGTH = 200
_FIXED_WIDTH = 72
