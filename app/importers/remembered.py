"""What somebody said of a table's columns, for the next table with the same headings.

Kept are a digest of the headings and what the columns hold: nothing of anybody.
"""

from collections.abc import Mapping as Chosen
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path

import msgspec

from app.importers.headers import plain_header
from app.importers.mapping import Column, Mapping, Role
from app.importers.sniff import BookKind, kind_of
from app.importers.table import Table, look_at_table
from app.paths import write_private


class _Answer(msgspec.Struct, frozen=True):
    """One answer as the file has it."""

    columns: tuple[tuple[Role, str], ...]
    encoding: str = ""
    separator: str = ""


@dataclass(frozen=True, slots=True)
class Answers:
    """The answers of this person: for files just chosen, and those that were given before."""

    file: Path
    chosen: Chosen[Path, Mapping] = field(default_factory=dict)

    def of(self, path: Path) -> Mapping | None:
        """Return what was said of the columns of this book, if it is a table and anything was."""
        if path in self.chosen or not is_table(path):
            return self.chosen.get(path)
        return self.recalled(look_at_table(path))

    def recalled(self, table: Table) -> Mapping | None:
        """Return what was said of a table with these headings before."""
        answer = self._read().get(_digest(table.headers))
        if answer is None or len(answer.columns) != len(table.headers):
            return None
        columns = [
            Column(role, label, header)
            for (role, label), header in zip(answer.columns, table.headers, strict=True)
        ]
        return Mapping(
            tuple(columns), sure=True, encoding=answer.encoding, separator=answer.separator
        )

    def keep(self, table: Table, mapping: Mapping) -> None:
        """Remember an answer; without headings there is nothing to know a table by again."""
        if not mapping.has_headers:
            return
        columns = tuple((column.role, column.label) for column in mapping.columns)
        answer = _Answer(columns, mapping.encoding, mapping.separator)
        answers = {**self._read(), _digest(table.headers): answer}
        write_private(self.file, msgspec.json.encode(answers))

    def _read(self) -> dict[str, _Answer]:
        try:
            return msgspec.json.decode(self.file.read_bytes(), type=dict[str, _Answer])
        except (FileNotFoundError, msgspec.MsgspecError):
            return {}


def unsure_table(path: Path, answers: Answers) -> Table | None:
    """Return how a table begins whose columns somebody must name; none for any other book."""
    if path in answers.chosen or not is_table(path):
        return None
    table = look_at_table(path)
    return None if table.mapping.sure or answers.recalled(table) else table


def is_table(path: Path) -> bool:
    """Tell a table from other books; raises CardUnreadable for what is no book."""
    return path.is_file() and kind_of(path) is BookKind.TABLE


def _digest(headers: tuple[str, ...]) -> str:
    text = "\x1f".join(map(plain_header, headers))
    return blake2b(text.encode(), digest_size=16).hexdigest()
