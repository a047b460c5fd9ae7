"""Read an address book, whatever its kind: pick the reader for a file and stream its cards."""

from collections.abc import Callable, Iterator
from pathlib import Path

from app.errors import CardUnreadable
from app.importers.card import REASONS, Card, Photo, Unreadable, Value
from app.importers.databases import read_database
from app.importers.folder import read_folder
from app.importers.jcard import read_jcard
from app.importers.ldif import read_ldif
from app.importers.mapping import Mapping
from app.importers.sniff import BookKind, kind_of
from app.importers.table import read_table
from app.importers.vcard import read_vcard

__all__ = ["REASONS", "Card", "Mapping", "Photo", "Unreadable", "Value", "read_book"]


def read_book(path: Path, mapping: Mapping | None = None) -> Iterator[Card | Unreadable]:
    """Stream what a book holds, in its order; raise CardUnreadable if it cannot be read at all.

    A mapping says what the columns of a table mean; without one the best guess is taken.
    """
    if path.is_dir():
        yield from read_folder(path, read_book)
        return
    kind = kind_of(path)
    cards = read_table(path, mapping) if kind == BookKind.TABLE else _READERS[kind](path)
    try:
        yield from cards
    except OSError as error:
        raise CardUnreadable(path, error.strerror or "it cannot be read") from error


_READERS: dict[BookKind, Callable[[Path], Iterator[Card | Unreadable]]] = {
    BookKind.VCARD: read_vcard,
    BookKind.LDIF: read_ldif,
    BookKind.JCARD: read_jcard,
    BookKind.SQLITE: read_database,
}
