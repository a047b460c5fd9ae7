"""Read an address book, whatever its kind: pick the reader for a file and stream its cards.

A reader is imported when its first file comes: the window starts without any.
"""

from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Final

from app.errors import CardUnreadable
from app.importers.card import REASONS, Card, Photo, Unreadable, Value
from app.importers.mapping import Mapping
from app.importers.sniff import BookKind, kind_of

__all__ = ["REASONS", "Card", "Mapping", "Photo", "Unreadable", "Value", "read_book"]


def read_book(path: Path, mapping: Mapping | None = None) -> Iterator[Card | Unreadable]:
    """Stream what a book holds, in its order; raise CardUnreadable if it cannot be read at all.

    A mapping says what the columns of a table mean; without one the best guess is taken.
    """
    if path.is_dir():
        yield from _reader("folder")(path, read_book)
        return
    kind = kind_of(path)
    reader = _reader(_READERS[kind])
    cards = reader(path, mapping) if kind == BookKind.TABLE else reader(path)
    try:
        yield from cards
    except OSError as error:
        raise CardUnreadable(path, error.strerror or "it cannot be read") from error


_READERS: Final = {
    BookKind.TABLE: "table",
    BookKind.VCARD: "vcard",
    BookKind.LDIF: "ldif",
    BookKind.JCARD: "jcard",
    BookKind.SQLITE: "database",
}


def _reader(what: str) -> Callable[..., Iterator[Card | Unreadable]]:
    module = import_module(f"app.importers.{_MODULES.get(what, what)}")
    reader: Callable[..., Iterator[Card | Unreadable]] = getattr(module, f"read_{what}")
    return reader


_MODULES: Final = {"database": "databases"}
