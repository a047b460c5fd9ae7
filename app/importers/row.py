"""One row of a table -> Card, by a mapping."""

import re
from collections.abc import Sequence

from app.importers.card import NOT_A_ROW, Card, Unreadable
from app.importers.content import clean_label
from app.importers.mapping import Column, Mapping, Role
from app.importers.parts import CardParts

_GUARDED = re.compile(r"'(?='*[=+\-@\t\r])")
_FORMULA_TEXT = re.compile(r'="(.*)"', re.S)
_NO_LABELS = frozenset({"smtp", "ex"})


class RowReader:
    """Reads the rows of one table."""

    def __init__(self, mapping: Mapping, source: str) -> None:
        self._source = source
        self._columns = mapping.columns
        self._label_places = _label_places(mapping.columns)

    def card(self, cells: Sequence[str], line: int) -> Card | Unreadable | None:
        """Make a card of a row; None of an empty one."""
        row = CardParts(line)
        for place, cell in enumerate(cells):
            text = unguarded(cell.strip()) if cell else ""
            if text:
                column = self._columns[place] if place < len(self._columns) else _EXTRA
                label = self._label(cells, place) or column.label
                row.add(column, text, label)
        if not row.filled:
            return None
        if not row.names_somebody():
            return Unreadable(self._source, line, "\t".join(cells), NOT_A_ROW)
        return row.card(self._source)

    def _label(self, cells: Sequence[str], place: int) -> str:
        label_place = self._label_places.get(place)
        if label_place is None or label_place >= len(cells):
            return ""
        label = clean_label(cells[label_place].strip().removeprefix("* "))
        return "" if label in _NO_LABELS else label


_EXTRA = Column()
_LABELLED = {Role.PHONE: Role.PHONE_LABEL, Role.EMAIL: Role.EMAIL_LABEL}


def _label_places(columns: Sequence[Column]) -> dict[int, int]:
    """Find the column that labels each column of numbers or mails: the one before, or after."""
    places: dict[int, int] = {}
    for place, column in enumerate(columns):
        wanted = _LABELLED.get(column.role)
        for beside in (place - 1, place + 1):
            free = beside not in places.values()
            if wanted and 0 <= beside < len(columns) and columns[beside].role == wanted and free:
                places[place] = beside
                break
    return places


def unguarded(cell: str) -> str:
    """Undo what keeps spreadsheets from taking a cell for a formula."""
    if cell[0] == "'":
        return cell[1:] if _GUARDED.match(cell) else cell
    if cell[0] == "=":
        found = _FORMULA_TEXT.fullmatch(cell)
        return found[1] if found else cell
    return cell
