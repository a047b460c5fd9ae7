"""Write cards as a book that Kith and others read back the same."""

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path

from app.exporters.table import table_text
from app.exporters.vcard import vcard_text
from app.importers.card import Card

__all__ = ["BookFormat", "book_text", "write_book"]


class BookFormat(StrEnum):
    """The formats to choose from; the newest vCard keeps most, the oldest is for old phones."""

    VCARD_4 = "vcard-4.0"
    VCARD_3 = "vcard-3.0"
    VCARD_2 = "vcard-2.1"
    CSV = "csv"

    @property
    def suffix(self) -> str:
        """Name the file's ending."""
        return ".csv" if self == BookFormat.CSV else ".vcf"


def book_text(cards: Sequence[Card], kind: BookFormat) -> str:
    """Give the whole book as text."""
    if kind == BookFormat.CSV:
        return table_text(cards)
    version = kind.removeprefix("vcard-")
    return "".join(vcard_text(card, version) for card in cards)


def write_book(path: Path, cards: Sequence[Card], kind: BookFormat) -> None:
    """Write a book to a file; pictures and nothing else are left out of a table."""
    encoding = "utf-8-sig" if kind == BookFormat.CSV else "utf-8"  # Excel asks for the mark
    path.write_text(book_text(cards, kind), encoding=encoding, newline="")
