"""Cards -> CSV with the columns of Google's, safe to open in a spreadsheet."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence

from app.importers.card import Card, Value

_FIXED = (
    *("Name", "First Name", "Last Name", "Nickname", "Organization Name", "Birthday", "Notes"),
    *("UID", "Kith", "vCard lines"),
)
_MANY = " ::: "


def table_lines(cards: Iterable[Card]) -> Iterator[str]:
    """Give the rows; there are as many columns of numbers and mails as the fullest card needs."""
    mails = phones = 0
    for card in cards:
        mails, phones = max(mails, len(card.emails)), max(phones, len(card.phones))
    phones = phones or 1
    yield _row([*_FIXED, *_pairs("E-mail", mails), *_pairs("Phone", phones)])
    for card in cards:
        cells = [*_fixed(card), *_cells(card.emails, mails), *_cells(card.phones, phones)]
        yield _row(map(guarded, cells))


def _row(cells: Iterable[str]) -> str:
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerow(cells)
    return text.getvalue()


def _pairs(kind: str, count: int) -> list[str]:
    return [f"{kind} {n} - {part}" for n in range(1, count + 1) for part in ("Label", "Value")]


def _fixed(card: Card) -> list[str]:
    return [
        card.name,
        card.given,
        card.family,
        card.nickname,
        card.org,
        card.birthday,
        card.note,
        card.uid,
        _MANY.join(value.text for value in card.handles),
        "\n".join(card.rest),
    ]


def _cells(values: Sequence[Value], count: int) -> list[str]:
    cells = [cell for value in values for cell in (value.label, value.text)]
    return cells + [""] * (2 * count - len(cells))


_HARMLESS = re.compile(r"\+[\d\s().-]+")
_FORMULA = re.compile(r"'*[=+\-@\t\r]")


def guarded(cell: str) -> str:
    """Keep a spreadsheet from taking a cell for a formula.

    A number with its `+` stays as it is: without letters it can call nothing, and an apostrophe
    before it would break it for every other program.
    """
    if _FORMULA.match(cell) and not _HARMLESS.fullmatch(cell):
        return "'" + cell
    return cell
