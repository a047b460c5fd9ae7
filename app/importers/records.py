"""Lines of a table -> its records: quoted cells may go on over lines, and some never end."""

import csv
import re
from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

from app.importers.lines import CUT, FOLD

LONGEST_RECORD: Final = 1024 * 1024
_MOST_LINES = 2000
csv.field_size_limit(LONGEST_RECORD)


class Record(msgspec.Struct, frozen=True, gc=False):
    """One record as it stands in the file, and its first line's number."""

    line: int
    text: str

    def cells(self, separator: str) -> list[str] | None:
        """Take the record apart; None if it cannot be one."""
        if '"' not in self.text:
            return self.text.split(separator)
        try:
            parsed = list(csv.reader([self.text], delimiter=separator))
        except csv.Error:
            return None
        return parsed[0] if len(parsed) == 1 else None


def read_records(lines: Iterable[str]) -> Iterator[Record]:
    """Stream records; a quote that is never closed costs one line and not the rest of the file."""
    held: list[str] = []
    first = number = size = 0
    for raw in lines:
        line, folds = _whole(raw)
        number += 1 + folds
        if not held and line.count('"') % 2 == 0:
            yield Record(number - folds, line)
            continue
        first = first if held else number
        held.append(line)
        size += len(line)
        if len(held) > 1 and line.count('"') % 2:
            yield Record(first, "\n".join(held))
            held, size = [], 0
        elif size > LONGEST_RECORD or len(held) > _MOST_LINES:
            yield from _one_by_one(held, first)
            held, size = [], 0
    yield from _one_by_one(held, first)


def _one_by_one(lines: list[str], first: int) -> Iterator[Record]:
    """Give up on a quote: each of the lines is a record of its own."""
    for place, line in enumerate(lines):
        yield Record(first + place, line.replace('"', "") if line.count('"') % 2 else line)


def _whole(line: str) -> tuple[str, int]:
    if CUT not in line:
        return line, 0
    shown, _, folds = line.partition(FOLD + CUT)
    return shown.replace('"', "") + CUT, int(folds)


_NAMED_SEPARATOR = re.compile(r'"?sep=(.)"?\s*', re.I)
_SEPARATORS = ",;\t|"


def named_separator(text: str) -> str:
    """Give the separator that a first line such as `sep=;` names, if it is one."""
    found = _NAMED_SEPARATOR.fullmatch(text)
    return found[1] if found else ""


def separator_of(text: str) -> str:
    """Find what separates the cells of a record of headers."""
    bare = re.sub(r'"[^"]*"', "", text)
    return max(_SEPARATORS, key=bare.count)
