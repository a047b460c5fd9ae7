"""The values every reader gives: a card as it was read, and what could not be read."""

import os
from pathlib import Path

import msgspec


class Value(msgspec.Struct, frozen=True, gc=False):
    """One number, mail or handle as the book has it; `label` is lower case, such as `work`."""

    text: str
    label: str = ""
    line: int = 0


class Photo(msgspec.Struct, frozen=True, gc=False):
    """A picture that came inside the file; a photo that is only a link is never fetched."""

    type: str
    data: bytes


class Card(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """An entry as read from a book, before any judgement.

    Only `phones` (all are phone numbers: `addresses.parse_phone`) and `handles` (Kith's own:
    `addresses.canonical`) may become addresses; nothing else ever leaves this computer.
    """

    source: str
    line: int = 0
    name: str = ""
    given: str = ""
    family: str = ""
    nickname: str = ""
    phones: tuple[Value, ...] = ()
    emails: tuple[Value, ...] = ()
    handles: tuple[Value, ...] = ()
    note: str = ""
    org: str = ""
    birthday: str = ""
    photo: Photo | None = None
    uid: str = ""
    rest: tuple[str, ...] = ()
    """Content lines that Kith does not use, unfolded; written again on export."""


class Unreadable(msgspec.Struct, frozen=True, gc=False):
    """Something in a book that is neither used nor kept, shown to the person instead.

    `reason` is one of `REASONS`; `value` is the text as it stands in the file, cut where very long.
    """

    source: str
    line: int
    value: str
    reason: str


def numbered(read: Card | Unreadable, line: int) -> Card | Unreadable:
    """Give another number to what has no lines of its own to be found by."""
    if isinstance(read, Unreadable):
        return msgspec.structs.replace(read, line=line)
    values = {
        field: tuple(msgspec.structs.replace(value, line=line) for value in getattr(read, field))
        for field in ("phones", "emails", "handles")
    }
    return msgspec.structs.replace(read, line=line, **values)


NOT_A_PROPERTY = "not-a-property"
OUTSIDE_A_CARD = "outside-a-card"
TOO_LARGE = "too-large"
TOO_DEEP = "too-deep"
NOT_A_FILE = "not-a-book"
NOT_A_ROW = "not-a-row"
EMPTY_CARD = "empty-card"
A_LIST = "a-list"

REASONS = (
    NOT_A_PROPERTY,
    OUTSIDE_A_CARD,
    TOO_LARGE,
    TOO_DEEP,
    NOT_A_ROW,
    EMPTY_CARD,
    A_LIST,
    NOT_A_FILE,
)


def source_name(path: Path) -> str:
    """Name a book; what of its name is no text, as a file system may have it, becomes a mark."""
    return os.fsencode(path.name).decode(errors="replace")
