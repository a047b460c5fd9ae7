"""What is exported is read back the same, whatever stands in it."""

from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import pytest
import vobject
from hypothesis import given, settings
from hypothesis import strategies as st

from app.exporters import BookFormat, book_text, write_book
from app.exporters.table import guarded
from app.importers import Card, Photo, Unreadable, Value, read_book
from app.importers.row import unguarded

UNUSUAL = "\\;:,=\"'\n\t+-@|^%\u00a0éß漢👩\u200d\u2028\x0b"
LETTERS = st.one_of(
    st.sampled_from(UNUSUAL),
    st.characters(codec="utf-8", exclude_characters="\r\x00\x01\x1c\x1d\x1e\x1f"),
)
TEXT = st.text(LETTERS, max_size=120).map(str.strip)
NAME = TEXT.filter(bool)
LABEL = st.one_of(
    st.sampled_from(["", "work", "home", "mobile", "work fax", "other", "pager"]),
    st.lists(st.sampled_from(["boat", "mobile", "büro", "2", "mom's"]), max_size=3).map(" ".join),
)
NUMBER = st.from_regex(r"(\+[0-9 ().-]{3,20}[0-9]|[0-9*#,;/]{3,30}|x[0-9]{3})", fullmatch=True)
PHONE = st.builds(Value, NUMBER, LABEL)
EMAIL = st.builds(Value, st.emails(), LABEL)
HANDLE = st.builds(Value, st.from_regex(r"[a-z0-9][a-z0-9._@+-]{0,20}", fullmatch=True))
BIRTHDAY = st.one_of(st.just(""), st.dates().map(str), st.dates().map(lambda day: f"--{day:%m-%d}"))
JPEG = st.binary(max_size=400).map(lambda data: Photo("image/jpeg", b"\xff\xd8" + data))
KEPT = st.one_of(
    st.builds("X-THING:{}".format, st.text("ab é\\;,=漢", min_size=1, max_size=90)),
    st.sampled_from(
        [
            "ADR;TYPE=home:;;Straße 1\\, left;Köln;;;",
            'X-COLUMN;NAME="Hat size":5\\,5',
            "item1.URL:https://example.org",
            "item1.X-ABLABEL:Home page",
        ]
    ),
).map(str.strip)
CARD = st.builds(
    Card,
    source=st.just("book"),
    name=NAME,
    given=TEXT,
    family=TEXT,
    nickname=TEXT,
    phones=st.lists(PHONE, max_size=3).map(tuple),
    emails=st.lists(EMAIL, max_size=3).map(tuple),
    handles=st.lists(HANDLE, max_size=2).map(tuple),
    note=TEXT,
    org=TEXT,
    birthday=BIRTHDAY,
    photo=st.none() | JPEG,
    uid=TEXT,
    rest=st.lists(KEPT, max_size=3).map(tuple),
)


def bare(card: Card | Unreadable) -> Card:
    """The card without where it was read."""
    assert isinstance(card, Card), card
    without = {
        field: tuple(Value(value.text, value.label) for value in getattr(card, field))
        for field in ("phones", "emails", "handles")
    }
    return msgspec.structs.replace(card, source="book", line=0, **without)


def read_back(cards: list[Card], kind: BookFormat) -> list[Card]:
    with TemporaryDirectory() as folder:
        path = Path(folder, "book" + kind.suffix)
        write_book(path, cards, kind)
        return [bare(card) for card in read_book(path)]


@pytest.mark.parametrize("kind", [kind for kind in BookFormat if kind != BookFormat.CSV])
@given(cards=st.lists(CARD, min_size=1, max_size=3))
@settings(max_examples=80, deadline=None)
def test_vcards_come_back_equal(kind: BookFormat, cards: list[Card]) -> None:
    assert read_back(cards, kind) == cards


@given(cards=st.lists(CARD, min_size=1, max_size=3))
@settings(max_examples=80, deadline=None)
def test_tables_come_back_equal_but_for_pictures(cards: list[Card]) -> None:
    without = [
        msgspec.structs.replace(
            card, photo=None, handles=tuple(Value(value.text) for value in card.handles)
        )
        for card in cards
    ]
    assert read_back(cards, BookFormat.CSV) == without


@given(st.text(st.one_of(st.sampled_from("=+-@\t'1 (a"), st.characters()), min_size=1))
def test_a_guard_is_undone_exactly(text: str) -> None:
    if text[0] != "=":
        assert unguarded(guarded(text)) == text


PLAIN = st.text(st.characters(codec="utf-8", categories=["L", "N"]) | st.sampled_from(" ,;\\'&"))
SAID = st.builds(
    Card,
    source=st.just("book"),
    name=PLAIN.map(str.strip).filter(bool),
    phones=st.lists(st.builds(Value, NUMBER), max_size=3).map(tuple),
    emails=st.lists(st.builds(Value, st.emails()), max_size=2).map(tuple),
    note=PLAIN.map(str.strip),
    photo=st.none() | JPEG,
)


@pytest.mark.parametrize("kind", [BookFormat.VCARD_3, BookFormat.VCARD_4])
@given(cards=st.lists(SAID, min_size=1, max_size=3))
@settings(max_examples=40, deadline=None)
def test_another_program_reads_the_same(kind: BookFormat, cards: list[Card]) -> None:
    found = list(vobject.readComponents(book_text(cards, kind)))
    assert [each.fn.value for each in found] == [card.name for card in cards]
    for each, card in zip(found, cards, strict=True):
        said = {name: [line.value for line in lines] for name, lines in each.contents.items()}
        assert said.get("tel", []) == [value.text for value in card.phones]
        assert said.get("email", []) == [value.text for value in card.emails]
        assert said.get("note", [""]) == [card.note]
        if kind == BookFormat.VCARD_3:
            assert said.get("photo", []) == ([card.photo.data] if card.photo else [])


def test_another_program_reads_the_oldest_version_too() -> None:
    card = Card(source="", name="Émile; Zola", phones=(Value("+33 1 23 45 67 89", "home"),))
    (found,) = vobject.readComponents(book_text([card], BookFormat.VCARD_2), allowQP=True)
    assert found.tel.value == "+33 1 23 45 67 89"
    assert "Émile" in found.fn.value


def test_formulas_are_neutralised_and_numbers_intact() -> None:
    card = Card(
        source="",
        name='=HYPERLINK("http://x","y")',
        note="+cmd|' /C calc'!A0",
        org="@SUM(1)",
        phones=(Value("+18005550001"),),
    )
    text = book_text([card], BookFormat.CSV)
    cells = text.splitlines()[1]
    assert ",+18005550001" in cells
    assert "'+cmd" in cells
    assert "'@SUM" in cells
    assert "\"'=HYPERLINK" in cells


def test_lines_are_folded_between_letters() -> None:
    card = Card(source="", name="漢" * 100)
    data = book_text([card], BookFormat.VCARD_4).encode()
    for line in data.split(b"\r\n"):
        assert len(line) <= 75
        line.decode()


@pytest.mark.parametrize("length", range(50, 80))
def test_separators_stay_separators_at_every_line_end(length: int) -> None:
    card = Card(source="book", name="Ada", given="\\;é;" * 9, family="é" + "x" * length)
    assert read_back([card], BookFormat.VCARD_2) == [card]


def test_a_full_name_and_organisation_are_written_once() -> None:
    kept = ("N:Okafor;Ada;Mary;Dr.;", "ORG:Acme;Sales")
    card = Card(source="", name="Ada", given="Ada", family="Okafor", org="Acme", rest=kept)
    text = book_text([card], BookFormat.VCARD_3)
    assert text.count("\r\nN:") == text.count("\r\nORG:") == 1
    assert read_back([card], BookFormat.VCARD_3)[0].rest == kept


def test_a_kept_picture_changes_its_coding_with_the_version() -> None:
    card = Card(source="", name="Ada", rest=("LOGO;TYPE=PNG;ENCODING=b:QUJD",))
    assert "LOGO:data:image/png;base64,QUJD" in book_text([card], BookFormat.VCARD_4)
    assert "LOGO;TYPE=PNG;ENCODING=BASE64:QUJD" in book_text([card], BookFormat.VCARD_2)
