"""Cells whose meaning is known -> Card: what tables, LDIF and other programs' books share."""

from app.importers.card import Card, Photo, Value
from app.importers.content import escape
from app.importers.dates import plain_date
from app.importers.mapping import Column, Role

_MANY = " ::: "
"""Google puts several values in one cell, and this between them."""

_NO_DATES = frozenset({"0/0/00", "0000-00-00", "00.00.0000"})


class CardParts:
    """Texts by their meaning, from a source that has names for its columns."""

    def __init__(self, line: int) -> None:
        self._line = line
        self.filled = False
        self.photo: Photo | None = None
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
            self.add_text(column, text)

    def add_text(self, column: Column, text: str) -> None:
        """Take a text; a second of its kind is kept beside it."""
        if not text:
            return
        if column.role == Role.LINES:
            self._rest += filter(None, text.split("\n"))
        elif column.role == Role.KEEP or column.role in self._texts:
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
            photo=self.photo,
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
