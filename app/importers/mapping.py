"""What the columns of a table mean: a value that can be shown, changed and remembered."""

import re
from collections.abc import Sequence
from enum import StrEnum

import msgspec

from app.importers.headers import label_of_header, plain_header, role_of_header


class Role(StrEnum):
    """What a column holds."""

    NAME = "name"
    GIVEN = "given"
    MIDDLE = "middle"
    FAMILY = "family"
    NICKNAME = "nickname"
    PHONE = "phone"
    PHONE_LABEL = "phone-label"
    EMAIL = "email"
    EMAIL_LABEL = "email-label"
    HANDLE = "handle"
    NOTE = "note"
    ORG = "org"
    BIRTHDAY = "birthday"
    BIRTH_YEAR = "birth-year"
    BIRTH_MONTH = "birth-month"
    BIRTH_DAY = "birth-day"
    UID = "uid"
    LINES = "lines"
    """Lines of a vCard, as Kith's own export writes them."""
    KEEP = "keep"
    """Not used, but kept with the card."""


class Column(msgspec.Struct, frozen=True):
    """One column; `label` is that of its numbers or mails, `header` what the file calls it."""

    role: Role = Role.KEEP
    label: str = ""
    header: str = ""


class Mapping(msgspec.Struct, frozen=True):
    """The columns of one table from left to right.

    `sure` means that the headers were recognised, so that nobody needs to be asked.
    """

    columns: tuple[Column, ...]
    has_headers: bool = True
    sure: bool = False
    encoding: str = ""
    separator: str = ""
    """How the file is written, where somebody had to say it."""


def guess_mapping(headers: Sequence[str], rows: Sequence[Sequence[str]] = ()) -> Mapping:
    """Recognise the columns by their headers, and those without a known one by what is in them."""
    columns = _by_headers(headers)
    roles = {column.role for column in columns}
    sure = bool(roles & _NAMING) and bool(roles & _REACHING)
    has_headers = sure or not _looks_like_a_row(headers)
    if not has_headers:
        return guess_contents(headers, rows)
    return Mapping(tuple(columns if sure else _by_content(columns, rows)), True, sure)


def guess_contents(headers: Sequence[str], rows: Sequence[Sequence[str]]) -> Mapping:
    """Recognise the columns by what is in them, where the first row is nobody's headers."""
    every = [headers, *rows]
    columns = _by_content([Column() for _ in headers], every)
    return Mapping(tuple(columns), has_headers=False)


def headers_known(headers: Sequence[str]) -> int:
    """Count the headers that say what their column holds."""
    return sum(column.role != Role.KEEP for column in _by_headers(headers))


_NAMING = {Role.NAME, Role.GIVEN, Role.FAMILY, Role.NICKNAME, Role.ORG}
_REACHING = {Role.PHONE, Role.EMAIL, Role.HANDLE}


def _by_headers(headers: Sequence[str]) -> list[Column]:
    plain = [plain_header(header) for header in headers]
    known = frozenset(plain)
    return [
        Column(Role(role_of_header(words, known)), label_of_header(words), header.strip("\ufeff "))
        for words, header in zip(plain, headers, strict=True)
    ]


_NUMBER = re.compile(r"\s*'?\+?[\d\s().\-/\u00a0]{6,24}")
_MAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_LOOKED_AT = 100
_FEWEST_DIGITS = 6
_DIGITS = re.compile(r"\d")


def _looks_like_a_row(cells: Sequence[str]) -> bool:
    looked_at = (cell[:_LOOKED_AT].strip() for cell in cells)
    return any(_is_number(cell) or _MAIL.fullmatch(cell) for cell in looked_at)


def _is_number(cell: str) -> bool:
    return _NUMBER.fullmatch(cell) is not None and len(_DIGITS.findall(cell)) >= _FEWEST_DIGITS


def _by_content(columns: list[Column], rows: Sequence[Sequence[str]]) -> list[Column]:
    found = list(columns)
    for place, column in enumerate(columns):
        cells = [
            cell for row in rows if place < len(row) and (cell := row[place][:_LOOKED_AT].strip())
        ]
        if column.role == Role.KEEP and cells:
            found[place] = Column(_role_of_cells(cells), column.label, column.header)
    if not _NAMING & {column.role for column in found}:
        _name_first_words(found, rows)
    return found


def _role_of_cells(cells: list[str]) -> Role:
    if 2 * sum(map(_is_number, cells)) > len(cells):
        return Role.PHONE
    if 2 * sum(_MAIL.fullmatch(cell) is not None for cell in cells) > len(cells):
        return Role.EMAIL
    return Role.KEEP


def _name_first_words(columns: list[Column], rows: Sequence[Sequence[str]]) -> None:
    """Take the first column of words for the name, if no header says which it is."""
    for place, column in enumerate(columns):
        cells = [row[place] for row in rows if place < len(row)]
        if column.role == Role.KEEP and any(any(map(str.isalpha, cell)) for cell in cells):
            columns[place] = Column(Role.NAME, "", column.header)
            return
