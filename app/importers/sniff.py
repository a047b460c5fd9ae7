"""What kind of book a file is, by what stands in it and not by its name."""

import re
from enum import StrEnum
from pathlib import Path

from app.errors import CardUnreadable
from app.importers.encoding import wide_encoding


class BookKind(StrEnum):
    """The kinds of files that have a reader."""

    VCARD = "vcard"
    TABLE = "table"
    LDIF = "ldif"
    JCARD = "jcard"
    SQLITE = "sqlite"


_HEAD = 64 * 1024
_VCARD = re.compile(r"^[ \t\ufeff]*BEGIN[ \t]*:[ \t]*VCARD", re.I | re.M)
_LDIF = re.compile(r"version:\s*1\s*$|dn::?\s", re.I)
_JCARD = re.compile(r"\s*\[[\s\[]*\"vcard\"", re.I)
_REFUSED = (
    (b"PK\x03\x04", "it is an archive or a workbook: unpack it, or save it as CSV, first"),
    (b"\x1f\x8b", "it is compressed: unpack it first"),
    (b"Rar!", "it is an archive: unpack it first"),
    (b"7z\xbc\xaf", "it is an archive: unpack it first"),
    (b"\xd0\xcf\x11\xe0", "it is an old Office file: save it as CSV first"),
    (b"!BDN", "it is an Outlook data file: export its contacts as CSV first"),
    (b"%PDF", "it is a PDF: export the book as vCard or CSV instead"),
    (b"<?xml", "it is XML: export the book as vCard or CSV instead"),
    (b"<!DOCTYPE", "it is a web page: export the book as vCard or CSV instead"),
    (b"<html", "it is a web page: export the book as vCard or CSV instead"),
    (b"\xff\xd8\xff", "it is a picture"),
    (b"\x89PNG", "it is a picture"),
    (b"GIF8", "it is a picture"),
    (b"bplist", "it is a property list: export the book as vCard instead"),
)


def kind_of(path: Path) -> BookKind:
    """Name the kind of a file; raise CardUnreadable for what is no book, saying what to do."""
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD)
    except OSError as error:
        raise CardUnreadable(path, error.strerror or "it cannot be opened") from error
    if head.startswith(b"SQLite format 3\0"):
        return BookKind.SQLITE
    encoding, mark = wide_encoding(head)
    text = head[mark:].decode(encoding, "replace")
    if _VCARD.search(text.replace("\r", "\n")):
        return BookKind.VCARD
    for sign, reason in _REFUSED:
        if head[mark:].lstrip().startswith(sign):
            raise CardUnreadable(path, reason)
    return _kind_of_text(path, text)


def _kind_of_text(path: Path, text: str) -> BookKind:
    if _is_ldif(text):
        return BookKind.LDIF
    if _JCARD.match(text):
        return BookKind.JCARD
    if len(_CONTROLS.findall(text)) * 10 > len(text):
        raise CardUnreadable(path, "it is not an address book that Kith knows")
    if path.suffix.lower() in {".vcf", ".vcard"}:
        return BookKind.VCARD
    return BookKind.TABLE


def _is_ldif(text: str) -> bool:
    """Look at the first line that is neither empty nor a comment."""
    lines = (line for line in text.splitlines() if line.strip() and line[0] != "#")
    return _LDIF.match(next(lines, "")) is not None


_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1f]")
