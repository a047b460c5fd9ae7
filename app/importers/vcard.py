"""vCard 2.1, 3.0, 4.0 as the world writes it -> Card; whatever is not read is reported."""

import re
from collections.abc import Iterable, Iterator
from enum import IntEnum
from pathlib import Path

from app.importers.card import (
    NOT_A_PROPERTY,
    OUTSIDE_A_CARD,
    TOO_LARGE,
    Card,
    Unreadable,
    source_name,
)
from app.importers.content import OLDEST, Head, parse_head, split_line
from app.importers.draft import Draft, Take
from app.importers.lines import CUT, FOLD, read_lines
from app.importers.longvalue import AgentValue, CodedValue, is_quoted, unfold_oldest
from app.importers.properties import TAKES, keep

_SHOWN = 64 * 1024
_HEADS_KNOWN = 4096


def read_vcard(path: Path) -> Iterator[Card | Unreadable]:
    """Stream the cards of a file."""
    with path.open("rb") as file:
        yield from read_cards(read_lines(file), source_name(path))


class Kind(IntEnum):
    """What a line asks of the reader."""

    PLAIN = 0
    CODED = 1
    BEGIN = 2
    END = 3
    AGENT = 4
    JUNK = 5


Known = tuple[Kind, Take, Head]
_JUNK: Known = (Kind.JUNK, keep, Head(""))
_KINDS = {"BEGIN": Kind.BEGIN, "END": Kind.END, "AGENT": Kind.AGENT}


_GLUED = re.compile(r"\s*VCARD\s*BEGIN\s*:\s*VCARD\s*", re.I)
"""What is left of END where files were joined and the first had no line end."""

_NOTHING = " \t\x0b\x0c\x1a\ufeff"
"""What a line may consist of and still say nothing; DOS ended its files with 0x1A."""


class _Heads(dict[str, Known]):
    """Heads met so far; a book has few different ones."""

    def __missing__(self, text: str) -> Known:
        head = None if text.count('"') % 2 else parse_head(text)
        if head is None:
            return _JUNK
        kind = _KINDS.get(head.name, Kind.CODED if head.coded else Kind.PLAIN)
        known = (kind, TAKES.get(head.name, keep), head)
        if len(self) < _HEADS_KNOWN:
            self[text] = known
        return known


def read_cards(lines: Iterable[str], source: str) -> Iterator[Card | Unreadable]:
    """Stream the cards of logical lines, each with the number of its first line."""
    reader = _Reader(source)
    heads = reader.heads
    out = reader.out
    number = 0
    for line in lines:
        at = number = number + 1
        if FOLD in line:
            line, folds = reader.unfold(line, at)  # noqa: PLW2901 - one name for one line
            number += folds
        if reader.open is not None and reader.goes_on(line):
            continue
        text, colon, value = line.partition(":")
        kind, take, head = heads[text] if colon else _JUNK
        draft = reader.draft
        if kind == 0 and draft is not None:
            take(draft, head, value, line, at)
        else:
            reader.turn(line, at)
            if out:
                yield from out
                out.clear()
    reader.end()
    yield from out


class _Reader:
    """Where the reader stands: in which card, in which long value, in which stray lines."""

    def __init__(self, source: str) -> None:
        self.heads = _Heads()
        self.draft: Draft | None = None
        self.open: CodedValue | AgentValue | None = None
        self.out: list[Card | Unreadable] = []
        self._source = source
        self._stray: list[str] = []
        self._stray_at = self._stray_size = 0

    def unfold(self, line: str, at: int) -> tuple[str, int]:
        """Make a folded line whole, and count its folds."""
        if CUT in line:
            shown, _, skipped = line.partition(FOLD + CUT)
            self._report(at, shown, TOO_LARGE)
            return "", int(skipped)
        folds = line.count(FOLD)
        if "=" + FOLD in line and (is_quoted(line) or self._is_in_quoted()):
            line = line.replace("=" + FOLD, " ")
        if self.draft is not None and self.draft.version == OLDEST:
            return unfold_oldest(line), folds
        return line.replace(FOLD, ""), folds

    def _is_in_quoted(self) -> bool:
        return isinstance(self.open, CodedValue) and self.open.quoted

    def goes_on(self, line: str) -> bool:
        """Give a line to the value that is open; close it if the line is not its."""
        if self.open is None or self.open.takes(line):
            return self.open is not None
        self._close()
        return False

    def turn(self, line: str, at: int) -> None:
        """Take a line that is more than one more property."""
        parted = split_line(line)
        text, value = parted or ("", "")
        kind, take, head = self.heads[text] if parted else _JUNK
        if kind in {Kind.BEGIN, Kind.END} and value.strip().upper() == "VCARD":
            self._begin(at) if kind == Kind.BEGIN else self._finish(line, at)
        elif kind == Kind.END and _GLUED.fullmatch(value):
            self._finish(line, at)
            self._begin(at)
        elif self.draft is None:
            self._add_stray(line, at)
        elif kind == Kind.JUNK:
            self._report(at, line, NOT_A_PROPERTY)
        elif kind == Kind.CODED:
            self.open = CodedValue(take, head, line, at)
        elif kind == Kind.AGENT and AgentValue.begins(value):
            self.open = AgentValue(head, value, at)
        else:
            take(self.draft, head, value, line, at)

    def end(self) -> None:
        """Finish what the file left open."""
        self._begin(0)
        self.draft = None

    def _begin(self, at: int) -> None:
        """Begin a card; the one before, if its END is missing, is whole all the same."""
        self._close()
        if self.draft is not None:
            self.out.append(self.draft.finished(self._source))
        if self._stray:
            self.out.append(
                Unreadable(self._source, self._stray_at, "\n".join(self._stray), OUTSIDE_A_CARD)
            )
        self._stray, self._stray_size = [], 0
        self.draft = Draft(at)

    def _finish(self, line: str, at: int) -> None:
        if self.draft is None:
            self._add_stray(line, at)
            return
        self.out.append(self.draft.finished(self._source))
        self.draft = None

    def _close(self) -> None:
        if self.open is not None and self.draft is not None:
            trouble = self.open.close(self.draft)
            if trouble:
                self._report(self.open.at, self.open.shown, trouble)
        self.open = None

    def _add_stray(self, line: str, at: int) -> None:
        if not line.strip(_NOTHING):
            return
        if not self._stray:
            self._stray_at = at
        self._stray_size += len(line)
        if self._stray_size <= _SHOWN or not self._stray:
            self._stray.append(line[:_SHOWN])

    def _report(self, at: int, line: str, reason: str) -> None:
        if line.strip(_NOTHING):
            self.out.append(Unreadable(self._source, at, line[:_SHOWN], reason))
