"""Broken books: nothing raises, nothing is lost, nothing takes more than its share."""

import logging
import tracemalloc
from collections.abc import Iterable, Iterator
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from random import Random

import pytest

from app.errors import CardUnreadable
from app.importers import Card, Unreadable, draft, lines, longvalue, read_book
from app.importers.ldif import read_entries
from app.importers.lines import LONGEST_LINE, read_lines, read_plain_lines
from app.importers.records import read_records
from app.importers.vcard import read_cards
from tests.unit.importers.mutations import broken_book, broken_bytes

SHORT = 1500


def read(data: bytes) -> list[Card | Unreadable]:
    return list(read_cards(read_lines(BytesIO(data)), "book"))


def everything(found: Iterable[Card | Unreadable]) -> str:
    """All that a person can still get at, without spaces."""
    texts: list[str] = []
    for item in found:
        if isinstance(item, Unreadable):
            texts.append(item.value)
            continue
        texts += [item.name, item.given, item.family, item.nickname, item.note, item.org]
        texts += [item.birthday, item.uid, *item.rest]
        for value in (*item.phones, *item.emails, *item.handles):
            texts += [value.text, value.label]
    return "".join("\n".join(texts).lower().split())


def check_that_nothing_is_lost(seed: int) -> None:
    data, tokens = broken_book(Random(seed))
    found = read(data)
    kept = everything(found)
    missing = [token for token in tokens if token not in kept]
    assert not missing, (seed, missing, data, found)


def check_that_nothing_raises(seed: int) -> None:
    data = broken_bytes(Random(seed))
    last = data.count(b"\n") + data.count(b"\r") + 2
    for item in read(data):
        assert 0 <= item.line <= last
    list(read_entries(read_lines(BytesIO(data)), "book"))
    for record in read_records(read_plain_lines(BytesIO(data))):
        record.cells(",")


def test_no_line_of_a_broken_book_is_lost() -> None:
    for seed in range(SHORT):
        check_that_nothing_is_lost(seed)


def test_no_bytes_raise() -> None:
    for seed in range(SHORT):
        check_that_nothing_raises(seed)


@pytest.mark.long
@pytest.mark.timeout(1200)
def test_no_line_of_100_000_broken_books_is_lost() -> None:
    for seed in range(SHORT, SHORT + 100_000):
        check_that_nothing_is_lost(seed)


@pytest.mark.long
@pytest.mark.timeout(1200)
def test_no_bytes_of_100_000_broken_books_raise() -> None:
    for seed in range(SHORT, SHORT + 100_000):
        check_that_nothing_raises(seed)


class Flood:
    """A file of one piece over and over, that is never held as a whole."""

    def __init__(self, head: bytes, piece: bytes, size: int) -> None:
        self._parts = self._give(head, piece, size)

    @staticmethod
    def _give(head: bytes, piece: bytes, size: int) -> Iterator[bytes]:
        yield head
        block = piece * (256 * 1024 // len(piece))
        for _ in range(size // len(block)):
            yield block

    def read(self, size: int, /) -> bytes:
        return next(self._parts, b"")


HEAD = b"BEGIN:VCARD\nVERSION:3.0\nFN:Ada\n"
BOMBS = {
    "one endless line": (HEAD + b"NOTE:", b"x"),
    "one endless fold": (HEAD + b"NOTE:", b"x\n "),
    "endless folds of nothing": (HEAD + b"NOTE:", b"\n "),
    "endless base64": (HEAD + b"PHOTO;BASE64:\n", b"QUJD" * 19 + b"\n"),
    "endless quoted-printable": (HEAD + b"NOTE;QUOTED-PRINTABLE:\n", b"=41" * 20 + b"=\n"),
    "endless properties": (HEAD, b"X-THING:something\n"),
    "endless numbers": (HEAD, b"TEL:+18005550001\n"),
    "endless beginnings": (b"", b"BEGIN:VCARD\n"),
    "endless agents": (HEAD, b"AGENT:\nBEGIN:VCARD\n"),
    "endless junk": (b"", b"nothing at all\n"),
    "endless heads": (HEAD, b'X;A="' + b"a" * 50 + b'":b\n'),
    "endless quotes": (HEAD, b'X;A="'),
    "endless semicolons": (HEAD + b"N:", b";"),
    "endless backslashes": (HEAD + b"NOTE:", b"\\"),
}


MIB = 1024 * 1024
LIMIT = MIB // 2
"""Instead of the limits of real books, so that little is much too much."""


@pytest.mark.parametrize("name", sorted(BOMBS))
def test_a_bomb_is_read_to_its_end_in_bounded_memory(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "LONGEST_LINE", LIMIT)
    monkeypatch.setattr(longvalue, "LONGEST_LINE", LIMIT)
    monkeypatch.setattr(draft, "LARGEST_CARD", LIMIT)
    head, piece = BOMBS[name]
    tracemalloc.start()
    count = sum(1 for _ in read_cards(read_lines(Flood(head, piece, 4 * LIMIT)), "book"))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count > 0
    assert peak < 16 * LIMIT


@pytest.mark.long
@pytest.mark.parametrize("name", sorted(BOMBS))
def test_a_real_bomb_is_read_to_its_end(name: str) -> None:
    head, piece = BOMBS[name]
    assert sum(1 for _ in read_cards(read_lines(Flood(head, piece, 100 * MIB)), "book"))


def test_after_an_endless_line_the_next_card_is_read_with_its_line() -> None:
    bomb = HEAD + b"NOTE:" + b"x\n " * LONGEST_LINE
    found = read(bomb + b"\nTEL:+18005550001\nEND:VCARD\nBEGIN:VCARD\nFN:Bob\nEND:VCARD\n")
    trouble, ada, bob = found
    assert isinstance(trouble, Unreadable)
    assert (trouble.line, trouble.reason) == (4, "too-large")
    assert isinstance(ada, Card)
    assert (ada.name, ada.phones[0].line) == ("Ada", 5 + LONGEST_LINE)
    assert bob.line == 7 + LONGEST_LINE


def test_5000_nested_cards_are_no_recursion() -> None:
    found = read(b"BEGIN:VCARD\n" * 5000 + b"FN:Ada\n" + b"END:VCARD\n" * 5000)
    cards = [card for card in found if isinstance(card, Card)]
    assert [card.name for card in cards] == ["Ada"]


def test_nothing_read_reaches_a_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    for seed in range(200):
        read(broken_bytes(Random(seed)))
    assert caplog.records == []


MANY = 1_000_000
HOSTILE = {
    "a photo of spaces": HEAD + b"PHOTO:" + b" " * MANY + b"!\n",
    "a head of spaces": HEAD + b"X" + b" " * MANY + b"!:\n",
    "a head of parameters": HEAD + b"X" + b";A" * MANY + b"\n",
    "a head of quotes": HEAD + b'X;A="' + b'""' * MANY + b"\n",
    "a name of semicolons": HEAD + b"N:" + b"\\;;" * MANY + b"\n",
    "a date of digits": HEAD + b"BDAY:" + b"1" * MANY + b"\n",
    "a label of words": HEAD + b"TEL;TYPE=" + b"a," * MANY + b"b:1\n",
    "an end of spaces": HEAD + b"END:" + b" " * MANY + b"VCARD!\n",
    "a base64 of spaces": HEAD + b"PHOTO;BASE64:\n" + b" " * MANY + b"!\n",
    "a long group": HEAD + b"a" * MANY + b".b.c:d\n",
    "white space": b" \n" * MANY,
    "comments": b"#\n" * MANY,
    "a mail of dots": b"a,b\nx,a@" + b"." * 900_000 + b"@\n",
    "a cell of apostrophes": b"Name,Phone\nx," + b"'" * 900_000 + b"\n",
    "a header of spaces": b"a" + b" " * 900_000 + b"b,Phone\nx,1\n",
    "brackets": b"[" * MANY,
}


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_hostile_text_takes_no_more_than_linear_time(name: str, tmp_path: Path) -> None:
    path = tmp_path / "book"
    path.write_bytes(HOSTILE[name])
    with suppress(CardUnreadable):
        for _ in read_book(path):
            pass
