"""Read an address book, whatever its kind: pick the reader for a file and stream its cards."""

from collections.abc import Iterator
from pathlib import Path

from app.errors import CardUnreadable
from app.importers.card import REASONS, Card, Photo, Unreadable, Value
from app.importers.table import read_table
from app.importers.vcard import read_vcard

__all__ = ["REASONS", "Card", "Photo", "Unreadable", "Value", "read_book"]


def read_book(path: Path) -> Iterator[Card | Unreadable]:
    """Stream what a book holds, in its order; raise CardUnreadable if it cannot be read at all."""
    try:
        with path.open("rb") as file:
            head = file.read(4096)
    except OSError as error:
        raise CardUnreadable(path, error.strerror or "cannot be opened") from error
    return read_vcard(path) if b"BEGIN:VCARD" in head.upper() else read_table(path)
