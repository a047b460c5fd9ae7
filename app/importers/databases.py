"""The SQLite files that other programs keep their books in -> Card."""

import sqlite3
from collections.abc import Callable, Iterator
from io import BytesIO
from itertools import groupby
from pathlib import Path

from app.errors import CardUnreadable
from app.importers.card import NOT_A_ROW, Card, Unreadable, numbered, source_name
from app.importers.lines import read_lines
from app.importers.macos import read_macos
from app.importers.mapping import Column, Role
from app.importers.parts import CardParts
from app.importers.snapshot import snapshot, tables_of
from app.importers.vcard import read_cards

Tables = dict[str, tuple[str, ...]]


def read_database(path: Path) -> Iterator[Card | Unreadable]:
    """Stream the cards of a database whose program is known by its tables."""
    with snapshot(path) as database:
        tables = tables_of(database)
        for signs, read in _READERS:
            if all(_has(tables, table, column) for table, column in signs):
                for item in read(database, path):
                    yield numbered(item, 0)
                return
        yield from _read_evolution(database, tables, path)


def _has(tables: Tables, table: str, column: str) -> bool:
    return column in tables.get(table, ())


def _read_vcard(text: str, source: str) -> Iterator[Card | Unreadable]:
    return read_cards(read_lines(BytesIO(text.encode("utf-8", "replace"))), source)


# ---- Thunderbird


def _read_thunderbird(database: sqlite3.Connection, path: Path) -> Iterator[Card | Unreadable]:
    rows = database.execute("SELECT card, name, value FROM properties ORDER BY card")
    for _, properties in groupby(rows, key=lambda row: row[0]):
        texts = {name: str(value) for _, name, value in properties if value}
        if "_vCard" in texts:
            yield from _read_vcard(texts["_vCard"], source_name(path))
        else:
            yield _old_thunderbird_card(texts, source_name(path))


def _old_thunderbird_card(texts: dict[str, str], source: str) -> Card | Unreadable:
    """Read a card from before version 102, which kept no vCard."""
    parts = CardParts(0)
    for name, text in texts.items():
        if name not in _THUNDERBIRD_OWN:
            column = _THUNDERBIRD.get(name) or Column(header=name)
            parts.add(column, text, column.label)
    if parts.names_somebody():
        return parts.card(source)
    return Unreadable(source, 0, "\n".join(texts.values()), NOT_A_ROW)


_THUNDERBIRD_OWN = frozenset(
    {"LastModifiedDate", "PopularityIndex", "PreferMailFormat", "AllowRemoteContent", "RecordKey"}
)
_THUNDERBIRD = {
    "DisplayName": Column(Role.NAME),
    "FirstName": Column(Role.GIVEN),
    "LastName": Column(Role.FAMILY),
    "NickName": Column(Role.NICKNAME),
    "PrimaryEmail": Column(Role.EMAIL),
    "SecondEmail": Column(Role.EMAIL),
    "WorkPhone": Column(Role.PHONE, "work"),
    "HomePhone": Column(Role.PHONE, "home"),
    "CellularNumber": Column(Role.PHONE, "mobile"),
    "FaxNumber": Column(Role.PHONE, "fax"),
    "PagerNumber": Column(Role.PHONE, "pager"),
    "Company": Column(Role.ORG),
    "Notes": Column(Role.NOTE),
    "BirthYear": Column(Role.BIRTH_YEAR),
    "BirthMonth": Column(Role.BIRTH_MONTH),
    "BirthDay": Column(Role.BIRTH_DAY),
}


# ---- Evolution and GNOME Contacts


def _read_evolution(
    database: sqlite3.Connection, tables: Tables, path: Path
) -> Iterator[Card | Unreadable]:
    """Read every table that holds vCards; each folder of a book has its own."""
    columns = [
        (table, column)
        for table in tables
        for column in ("vcard", "ECacheOBJ")
        if column in tables[table]
    ]
    if not columns:
        raise CardUnreadable(path, "it is a database that Kith does not know")
    for table, column in columns:
        quoted = table.replace('"', '""')
        for (text,) in database.execute(f'SELECT {column} FROM "{quoted}"'):
            for item in _read_vcard(str(text or ""), source_name(path)):
                yield numbered(item, 0)


# ---- KDE's Akonadi


def _read_akonadi(database: sqlite3.Connection, path: Path) -> Iterator[Card | Unreadable]:
    for data, is_outside in database.execute(_AKONADI):
        text = _text_of(data)
        if is_outside:
            text = _outside(path.parent / "file_db_data", text)
        yield from _read_vcard(text, source_name(path))


_AKONADI = """
    SELECT part.data, part.storage FROM parttable part
    JOIN parttypetable kind ON kind.id = part.partTypeId AND kind.ns = 'PLD'
    JOIN pimitemtable item ON item.id = part.pimItemId
    JOIN mimetypetable mime ON mime.id = item.mimeTypeId
    WHERE mime.name IN ('text/directory', 'text/vcard') ORDER BY item.id
"""


def _text_of(data: bytes | str | None) -> str:
    return data.decode("utf-8", "replace") if isinstance(data, bytes) else data or ""


def _outside(folder: Path, name: str) -> str:
    """Read a part that is too large for Akonadi's database and lies beside it."""
    for path in folder.rglob(Path(name).name):
        return path.read_text("utf-8", "replace")
    return ""


_READERS: tuple[
    tuple[
        tuple[tuple[str, str], ...],
        Callable[[sqlite3.Connection, Path], Iterator[Card | Unreadable]],
    ],
    ...,
] = (
    ((("properties", "card"), ("properties", "value")), _read_thunderbird),
    ((("ZABCDRECORD", "Z_PK"),), read_macos),
    ((("pimitemtable", "mimeTypeId"), ("parttable", "data")), _read_akonadi),
)
