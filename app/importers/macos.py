"""The database of macOS Contacts (AddressBook-v22) -> Card."""

import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from app.importers.card import Card, Photo, Unreadable, source_name
from app.importers.content import clean_label
from app.importers.mapping import Column, Role
from app.importers.parts import CardParts
from app.importers.picture import picture_type
from app.importers.snapshot import tables_of

_TEXTS = {
    "ZFIRSTNAME": Column(Role.GIVEN),
    "ZMIDDLENAME": Column(Role.MIDDLE),
    "ZLASTNAME": Column(Role.FAMILY),
    "ZNICKNAME": Column(Role.NICKNAME),
    "ZORGANIZATION": Column(Role.ORG),
    "ZUNIQUEID": Column(Role.UID),
    "ZDEPARTMENT": Column(header="Department"),
    "ZJOBTITLE": Column(header="Job Title"),
    "ZTITLE": Column(header="Prefix"),
    "ZSUFFIX": Column(header="Suffix"),
}
_VALUES = (
    ("ZABCDPHONENUMBER", "ZFULLNUMBER", Role.PHONE),
    ("ZABCDEMAILADDRESS", "ZADDRESS", Role.EMAIL),
)
_EPOCH = datetime(2001, 1, 1, tzinfo=UTC)
_NO_YEAR = 1604
_PICTURES = ("ZTHUMBNAILIMAGEDATA", "ZIMAGEDATA")


def read_macos(database: sqlite3.Connection, path: Path) -> Iterator[Card | Unreadable]:
    """Stream the people of the book; its groups are no people and are passed over."""
    tables = tables_of(database)
    values = _values_by_owner(database, tables)
    notes = _notes_by_owner(database, tables)
    cursor = database.execute("SELECT * FROM ZABCDRECORD ORDER BY Z_PK")
    names = [column[0] for column in cursor.description]
    for record in cursor:
        row = dict(zip(names, record, strict=True))
        parts = _parts(row)
        for column, text, label in values.get(row["Z_PK"], ()):
            parts.add(column, text, label)
        if parts.names_somebody():
            parts.add_text(Column(Role.NOTE), notes.get(row["Z_PK"], ""))
            yield parts.card(source_name(path))


def _parts(row: dict[str, Any]) -> CardParts:
    parts = CardParts(0)
    for name, column in _TEXTS.items():
        if row.get(name):
            parts.add(column, str(row[name]), "")
    if isinstance(row.get("ZBIRTHDAY"), int | float) and (day := _day(row["ZBIRTHDAY"])):
        parts.add(Column(Role.BIRTHDAY), day, "")
    parts.photo = next(filter(None, (_photo(row.get(name)) for name in _PICTURES)), None)
    return parts


def _day(seconds: float) -> str:
    """Write a day; nothing for one that no calendar has."""
    try:
        day = _EPOCH + timedelta(seconds=seconds)
    except (OverflowError, ValueError):
        return ""
    return f"{day:--%m-%d}" if day.year == _NO_YEAR else f"{day:%Y-%m-%d}"


def _photo(data: Any) -> Photo | None:
    """Read a picture that stands in the record; one that lies in a file has another first byte."""
    if not isinstance(data, bytes) or data[:1] != b"\x01":
        return None
    return Photo(picture_type(data[1:]), data[1:])


def _values_by_owner(
    database: sqlite3.Connection, tables: dict[str, tuple[str, ...]]
) -> dict[int, list[tuple[Column, str, str]]]:
    found: dict[int, list[tuple[Column, str, str]]] = defaultdict(list)
    for table, text, role in _VALUES:
        if text not in tables.get(table, ()):
            continue
        order = "ZORDERINGINDEX" if "ZORDERINGINDEX" in tables[table] else "Z_PK"
        query = f"SELECT ZOWNER, {text}, ZLABEL FROM {table} ORDER BY ZOWNER, {order}"
        for owner, value, label in database.execute(query):
            if value:
                found[owner].append((Column(role), str(value), clean_label(label or "")))
    return found


def _notes_by_owner(
    database: sqlite3.Connection, tables: dict[str, tuple[str, ...]]
) -> dict[int, str]:
    if "ZTEXT" not in tables.get("ZABCDNOTE", ()):
        return {}
    rows = database.execute("SELECT ZCONTACT, ZTEXT FROM ZABCDNOTE")
    return {owner: text for owner, text in rows if text}
