"""Write cards as a book that Kith and others read back the same."""

import os
import shutil
from collections.abc import Iterable, Iterator
from enum import StrEnum
from pathlib import Path

from app.exporters.table import table_lines
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


def book_text(cards: Iterable[Card], kind: BookFormat) -> str:
    """Give the whole book as text."""
    return "".join(book_lines(cards, kind))


def book_lines(cards: Iterable[Card], kind: BookFormat) -> Iterator[str]:
    """Give the book piece by piece; a table asks for the cards twice."""
    if kind == BookFormat.CSV:
        yield from table_lines(cards)
    else:
        version = kind.removeprefix("vcard-")
        yield from (vcard_text(card, version) for card in cards)


def write_book(path: Path, cards: Iterable[Card], kind: BookFormat) -> None:
    """Write a book to a file; pictures and nothing else are left out of a table.

    What was there before stays until the whole book is on the disk; raise OSError otherwise. A link
    stays a link, and who may read the file stays as it was.
    """
    path = path.resolve()
    encoding = "utf-8-sig" if kind == BookFormat.CSV else "utf-8"  # Excel asks for the mark
    part = path.with_name(path.name + ".part")
    try:
        with part.open("w", encoding=encoding, newline="") as file:
            if path.exists():
                shutil.copymode(path, part)
            file.writelines(book_lines(cards, kind))
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
