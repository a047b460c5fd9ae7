"""A table of expectations while it is filled in: every step can be taken back."""

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, Self

from app.domain import Field
from app.worlds.expectations import (
    Expectation,
    Expected,
    Remark,
    Table,
    as_text,
    parse_table,
    written,
)
from app.worlds.files import WORLDS, is_seeded

STEPS: Final = 100
Cell = tuple[str, Field]


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is expected, of whom; a cell that is not named expects nothing."""

    owner: str
    viewers: tuple[str, ...]
    fields: tuple[Field, ...]
    expected: Mapping[Cell, Expected]
    remarks: tuple[Remark, ...] = ()

    @classmethod
    def of(cls, table: Table) -> Self:
        """Take a sheet from a table."""
        expected = {(cell.viewer, cell.field): cell.expected for cell in table.cells}
        return cls(table.owner, table.viewers, table.fields, expected, table.remarks)


class Draft:
    """A sheet, those before it, and whether it is as it was opened or saved."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = self._saved = sheet
        self._past: list[Sheet] = []
        self._future: list[Sheet] = []

    @property
    def is_saved(self) -> bool:
        """Whether nothing would be lost."""
        return self.sheet == self._saved

    @property
    def can_undo(self) -> bool:
        """Whether a step can be taken back."""
        return bool(self._past)

    @property
    def can_redo(self) -> bool:
        """Whether a step that was taken back can be made again."""
        return bool(self._future)

    def expected(self, cell: Cell) -> Expected:
        """Return what is expected of a cell."""
        return self.sheet.expected.get(cell, Expected.ANY)

    def expect(self, cells: Mapping[Cell, Expected]) -> None:
        """Expect something else of some cells, in one step."""
        self._step(replace(self.sheet, expected={**self.sheet.expected, **cells}))

    def add_viewer(self, viewer: str) -> None:
        """Add a row at the end; nothing is expected of it yet."""
        if viewer not in self.sheet.viewers:
            self._step(replace(self.sheet, viewers=(*self.sheet.viewers, viewer)))

    def remove_viewers(self, viewers: Iterable[str]) -> None:
        """Take rows out, with all that was expected of them; the last row stays."""
        gone = set(viewers)
        left = tuple(each for each in self.sheet.viewers if each not in gone)
        if left:
            kept = {cell: word for cell, word in self.sheet.expected.items() if cell[0] in left}
            heads = {written(each) for each in gone}
            remarks = tuple(each for each in self.sheet.remarks if each.head not in heads)
            self._step(replace(self.sheet, viewers=left, expected=kept, remarks=remarks))

    def show_fields(self, fields: Iterable[Field]) -> None:
        """Have just these columns, in the order of a profile; the last column stays."""
        wanted = set(fields)
        if wanted:
            columns = tuple(field for field in Field if field in wanted)
            kept = {cell: word for cell, word in self.sheet.expected.items() if cell[1] in wanted}
            self._step(replace(self.sheet, fields=columns, expected=kept))

    def begin(self, sheet: Sheet) -> None:
        """Begin another table, as a step that can be taken back."""
        self._step(sheet)

    def undo(self) -> None:
        """Take the last step back."""
        if self._past:
            self._future.append(self.sheet)
            self.sheet = self._past.pop()

    def redo(self) -> None:
        """Make the step again that was taken back."""
        if self._future:
            self._past.append(self.sheet)
            self.sheet = self._future.pop()

    def mark_saved(self) -> None:
        """Hold that what is here is also in a file."""
        self._saved = self.sheet

    def table(self, world: Path, path: Path) -> Table:
        """Write it as a table that is to stand at `path`; each cell knows its line there."""
        sheet = self.sheet
        cells = tuple(
            Expectation(viewer, field, self.expected((viewer, field)), 1)
            for viewer in sheet.viewers
            for field in sheet.fields
        )
        made = Table(path, world_word(world, path), sheet.owner, cells, sheet.remarks)
        return parse_table(as_text(made), path)

    def _step(self, sheet: Sheet) -> None:
        if sheet != self.sheet:
            self._past = [*self._past[1 - STEPS :], self.sheet]
            self._future.clear()
            self.sheet = sheet


def world_word(world: Path, table: Path) -> str:
    """Name a world so that a table at this place finds it."""
    if is_seeded(world) or world.parent == WORLDS:
        return world.name
    return os.path.relpath(world, table.parent)
