"""One row of a table -> Card, by a mapping."""

import re
from collections.abc import Sequence

from app.importers.card import NOT_A_ROW, Card, Unreadable, Value
from app.importers.content import clean_label, escape
from app.importers.dates import plain_date
from app.importers.mapping import Column, Mapping, Role

_MANY = " ::: "
"""Google puts several values in one cell, and this between them."""

_GUARDED = re.compile(r"'(?='*[=+\-@\t\r])")
_FORMULA_TEXT = re.compile(r'="(.*)"', re.S)
_NO_LABELS = frozenset({"smtp", "ex", "other"})
_NO_DATES = frozenset({"0/0/00", "0000-00-00", "00.00.0000"})


class RowReader:
    """Reads the rows of one table."""

    def __init__(self, mapping: Mapping, source: str) -> None:
        self._source = source
        self._columns = mapping.columns
        self._label_places = _label_places(mapping.columns)

    def card(self, cells: Sequence[str], line: int) -> Card | Unreadable | None:
        """Make a card of a row; None of an empty one."""
        row = _Row(line)
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
        return _GUARDED.sub("", cell, count=1)
    if cell[0] == "=":
        found = _FORMULA_TEXT.fullmatch(cell)
        return found[1] if found else cell
    return cell


class _Row:
    """One row's cells by their meaning."""

    def __init__(self, line: int) -> None:
        self._line = line
        self.filled = False
        self._texts: dict[Role, str] = {}
        self._values: dict[Role, list[Value]] = {}
        self._rest: list[str] = []

    def add(self, column: Column, text: str, label: str) -> None:
        """Take one cell."""
        self.filled = True
        role = column.role
        if role in {Role.PHONE, Role.EMAIL, Role.HANDLE}:
            values = self._values.setdefault(role, [])
            values.extend(Value(part, label, self._line) for part in text.split(_MANY))
        elif role not in {Role.PHONE_LABEL, Role.EMAIL_LABEL}:
            self._add_text(column, text)

    def _add_text(self, column: Column, text: str) -> None:
        if column.role == Role.KEEP or column.role in self._texts:
            self._rest.append(kept_cell(column.header, text))
        else:
            self._texts[column.role] = text

    def names_somebody(self) -> bool:
        """Tell whether there is a name, or a way to reach somebody."""
        return bool(self._values or self._texts.keys() & _NAMING)

    def card(self, source: str) -> Card:
        """Make the card."""
        texts, values = self._texts, self._values
        parts = (texts.get(role, "") for role in (Role.GIVEN, Role.MIDDLE, Role.FAMILY))
        name = texts.get(Role.NAME) or " ".join(filter(None, parts))
        return Card(
            source=source,
            line=self._line,
            name=name or self._other_name(),
            given=texts.get(Role.GIVEN, ""),
            family=texts.get(Role.FAMILY, ""),
            nickname=texts.get(Role.NICKNAME, ""),
            phones=tuple(values.get(Role.PHONE, ())),
            emails=tuple(values.get(Role.EMAIL, ())),
            handles=tuple(values.get(Role.HANDLE, ())),
            note=texts.get(Role.NOTE, ""),
            org=texts.get(Role.ORG, ""),
            birthday=self._birthday(),
            uid=texts.get(Role.UID, ""),
            rest=self._kept(),
        )

    def _other_name(self) -> str:
        values = (*self._values.get(Role.EMAIL, ()), *self._values.get(Role.PHONE, ()))
        others = (self._texts.get(Role.NICKNAME), self._texts.get(Role.ORG))
        return next(filter(None, (*others, *(value.text for value in values))), "")

    def _birthday(self) -> str:
        text = self._texts.get(Role.BIRTHDAY, "")
        if text:
            return "" if text in _NO_DATES else plain_date(text)
        year, month, day = (self._texts.get(role, "") for role in _BIRTH_PARTS)
        return f"{year or '-'}-{month:0>2}-{day:0>2}" if month and day else year

    def _kept(self) -> tuple[str, ...]:
        middle = self._texts.get(Role.MIDDLE)
        return (*self._rest, kept_cell("Middle Name", middle)) if middle else tuple(self._rest)


_BIRTH_PARTS = (Role.BIRTH_YEAR, Role.BIRTH_MONTH, Role.BIRTH_DAY)
_NAMING = {Role.NAME, Role.GIVEN, Role.FAMILY, Role.NICKNAME, Role.ORG}


def kept_cell(header: str, text: str) -> str:
    """Write a cell that Kith does not use as a line to keep."""
    name = header.replace('"', "'").replace("\n", " ")
    return f'X-COLUMN;NAME="{name}":{escape(text)}'
