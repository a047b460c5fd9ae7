"""LDIF (RFC 2849), as Thunderbird and LDAP directories write it -> Card."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from app.importers.card import (
    A_LIST,
    NOT_A_PROPERTY,
    TOO_LARGE,
    Card,
    Photo,
    Unreadable,
    source_name,
)
from app.importers.content import decode_base64
from app.importers.encoding import LegacyGuess
from app.importers.lines import CUT, FOLD, read_lines
from app.importers.mapping import Column, Role
from app.importers.parts import CardParts
from app.importers.picture import picture_type

_SHOWN: Final = 64 * 1024
_LISTS = frozenset({"groupofnames", "groupofuniquenames", "mozillaabpersonlist"})
_SILENT = frozenset({"objectclass", "version", "changetype"})


def read_ldif(path: Path) -> Iterator[Card | Unreadable]:
    """Stream the entries of a file."""
    with path.open("rb") as file:
        yield from read_entries(read_lines(file), source_name(path))


def read_entries(lines: Iterable[str], source: str) -> Iterator[Card | Unreadable]:
    """Stream the entries of logical lines; an empty line ends one."""
    entry = _Entry(source, 1)
    number = 0
    for folded in lines:
        at = number + 1
        line, folds = _unfold(folded)
        number = at + folds
        if not line.strip():
            yield from entry.end()
            entry = _Entry(source, number + 1)
        elif line[0] != "#":
            entry.add(line, at)
    yield from entry.end()


def _unfold(line: str) -> tuple[str, int]:
    if CUT in line:
        shown, _, folds = line.partition(FOLD + CUT)
        return shown + CUT, int(folds)
    return line.replace(FOLD, ""), line.count(FOLD)


class _Entry:
    """One entry while it is being read."""

    def __init__(self, source: str, line: int) -> None:
        self._source = source
        self._parts = CardParts(line)
        self._line = line
        self._is_list = False
        self._names: list[str] = []
        self._out: list[Card | Unreadable] = []

    def add(self, line: str, at: int) -> None:
        """Take one line `attribute: value`, `attribute:: base64` or `attribute:< url`."""
        attribute, colon, value = line.partition(":")
        if line.endswith(CUT) or not colon:
            reason = NOT_A_PROPERTY if colon == "" else TOO_LARGE
            self._out.append(Unreadable(self._source, at, line[:_SHOWN].rstrip(CUT), reason))
            return
        name = attribute.split(";")[0].strip().lower()
        data = decode_base64(value[1:]) if value[:1] == ":" else b""
        text = LegacyGuess().decode(data) if data else value.lstrip(":").strip()
        if name in _SILENT:
            self._is_list |= text.lower() in _LISTS
        elif name == "jpegphoto" and data:
            self._parts.photo = Photo(picture_type(data, "jpeg"), data)
        elif text:
            self._names.append(text)
            column = _COLUMNS.get(name) or Column(header=attribute)
            self._parts.add(column, text, column.label)

    def end(self) -> Iterator[Card | Unreadable]:
        """Give the card, and what was not read."""
        yield from self._out
        if self._is_list:
            yield Unreadable(self._source, self._line, "\n".join(self._names)[:_SHOWN], A_LIST)
        elif self._parts.filled:
            yield self._parts.card(self._source)


_COLUMNS = {
    "cn": Column(Role.NAME, header="cn"),
    "displayname": Column(Role.NAME, header="displayName"),
    "givenname": Column(Role.GIVEN),
    "sn": Column(Role.FAMILY),
    "surname": Column(Role.FAMILY),
    "mozillanickname": Column(Role.NICKNAME),
    "xmozillanickname": Column(Role.NICKNAME),
    "nickname": Column(Role.NICKNAME),
    "mail": Column(Role.EMAIL),
    "mozillasecondemail": Column(Role.EMAIL),
    "xmozillasecondemail": Column(Role.EMAIL),
    "telephonenumber": Column(Role.PHONE, "work"),
    "homephone": Column(Role.PHONE, "home"),
    "mobile": Column(Role.PHONE, "mobile"),
    "mobiletelephonenumber": Column(Role.PHONE, "mobile"),
    "cellphone": Column(Role.PHONE, "mobile"),
    "facsimiletelephonenumber": Column(Role.PHONE, "fax"),
    "fax": Column(Role.PHONE, "fax"),
    "pager": Column(Role.PHONE, "pager"),
    "pagerphone": Column(Role.PHONE, "pager"),
    "o": Column(Role.ORG, header="o"),
    "company": Column(Role.ORG, header="company"),
    "description": Column(Role.NOTE, header="description"),
    "notes": Column(Role.NOTE, header="notes"),
    "birthyear": Column(Role.BIRTH_YEAR),
    "birthmonth": Column(Role.BIRTH_MONTH),
    "birthday": Column(Role.BIRTH_DAY),
    "kith": Column(Role.HANDLE),
}
