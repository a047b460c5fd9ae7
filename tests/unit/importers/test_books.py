"""Other kinds of books: LDIF, jCard, folders; and files that are none."""

import zipfile
from pathlib import Path

import pytest

from app.errors import CardUnreadable
from app.importers import Card, Unreadable, read_book

LDIF = """version: 1
# a comment
dn: cn=Zo\\C3\\AB,mail=z@example.org
objectclass: top
objectclass: person
cn:: Wm/DqyBPa2Fmb3I=
givenName:: Wm/Dqw==
sn: Oka
 for
mail: z@example.org
mozillaSecondEmail: z2@example.org
telephoneNumber: +1 800 555 0001
homePhone: +1 800 555 0002
mobile: +1 800 555 0003
o: Acme
birthyear: 1990
birthmonth: 1
birthday: 2
description: line one
custom1: kept
what is this

dn: cn=Friends
objectclass: groupOfNames
cn: Friends
member: cn=Zoe

dn: cn=Bob
cn: Bob
mobile: +1 800 555 0004
"""


def test_ldif(tmp_path: Path) -> None:
    path = tmp_path / "book.ldif"
    path.write_text(LDIF)
    trouble, zoe, friends, bob = read_book(path)
    assert isinstance(trouble, Unreadable)
    assert (trouble.line, trouble.reason, trouble.value) == (21, "not-a-property", "what is this")
    assert isinstance(zoe, Card)
    assert (zoe.name, zoe.given, zoe.family) == ("Zoë Okafor", "Zoë", "Okafor")
    assert [(value.text, value.label) for value in zoe.phones] == [
        ("+1 800 555 0001", "work"),
        ("+1 800 555 0002", "home"),
        ("+1 800 555 0003", "mobile"),
    ]
    assert (zoe.org, zoe.birthday, zoe.note) == ("Acme", "1990-01-02", "line one")
    assert 'X-COLUMN;NAME="custom1":kept' in zoe.rest
    assert isinstance(friends, Unreadable)
    assert (friends.line, friends.reason) == (23, "a-list")
    assert isinstance(bob, Card)
    assert (bob.name, bob.line) == ("Bob", 28)


JCARD = """[["vcard", [
  ["version", {}, "text", "4.0"],
  ["fn", {}, "text", "Zoë; Okafor"],
  ["n", {}, "text", ["Okafor", "Zoë", ["Mary", "Ann"], "", ""]],
  ["tel", {"type": ["work", "voice"], "pref": "1"}, "uri", "tel:+1-800-555-0001"],
  ["tel", {"group": "item1"}, "text", "+18005550002"],
  ["x-ablabel", {"group": "item1"}, "text", "Boat"],
  ["note", {}, "text", "one\\ntwo, three"],
  ["x-number", {}, "integer", 5],
  "nonsense"
]], {"what": 1}]"""


def test_jcard(tmp_path: Path) -> None:
    path = tmp_path / "book.json"
    path.write_text(JCARD)
    nonsense, zoe, other = read_book(path)
    assert isinstance(nonsense, Unreadable)
    assert nonsense.value == '"nonsense"'
    assert isinstance(zoe, Card)
    assert (zoe.name, zoe.given, zoe.family) == ("Zoë; Okafor", "Zoë", "Okafor")
    assert [(value.text, value.label) for value in zoe.phones] == [
        ("+1-800-555-0001", "work"),
        ("+18005550002", "boat"),
    ]
    assert zoe.note == "one\ntwo, three"
    assert "X-NUMBER:5" in zoe.rest
    assert isinstance(other, Unreadable)
    assert (other.line, other.reason) == (2, "not-a-property")


def test_one_jcard_by_itself(tmp_path: Path) -> None:
    path = tmp_path / "one.jcf"
    path.write_text('["vcard", [["fn", {}, "text", "Ada"]]]')
    (card,) = read_book(path)
    assert isinstance(card, Card)
    assert card.name == "Ada"


@pytest.mark.parametrize("text", ['[["vcard"', '["vcard",' + "[" * 100_000])
def test_broken_json_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "book.json"
    path.write_text(text)
    with pytest.raises(CardUnreadable):
        list(read_book(path))


def test_a_folder_is_read_file_by_file(tmp_path: Path) -> None:
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "2.vcf").write_text("BEGIN:VCARD\nFN:Bob\nEND:VCARD\n")
    (tmp_path / "1.VCF").write_text("BEGIN:VCARD\nFN:Ada\nEND:VCARD\n")
    (tmp_path / "3.vcf").write_bytes(b"PK\x03\x04rest")
    (tmp_path / "note.txt").write_text("nothing")
    ada, broken, bob = read_book(tmp_path)
    assert isinstance(ada, Card)
    assert isinstance(bob, Card)
    assert (ada.name, bob.name) == ("Ada", "Bob")
    assert isinstance(broken, Unreadable)
    assert (broken.source, broken.reason) == ("3.vcf", "not-a-book")


def test_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CardUnreadable):
        list(read_book(tmp_path))


def test_an_archive_is_refused_with_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "book.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("book.vcf", "BEGIN:VCARD\nFN:Ada\nEND:VCARD\n")
    with pytest.raises(CardUnreadable) as caught:
        list(read_book(path))
    assert "unpack" in caught.value.reason


@pytest.mark.parametrize("name", ["book", "book.vcf"])
@pytest.mark.parametrize(
    "data",
    [
        b"%PDF-1.7\n",
        b"<?xml version='1.0'?>",
        b"\x1f\x8b\x08abc",
        b"\xff\xd8\xff\xe0JFIF",
        b"\x89PNG\r\n\x1a\n",
        bytes(range(32)) * 20,
    ],
)
def test_other_files_are_refused(tmp_path: Path, data: bytes, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(CardUnreadable):
        list(read_book(path))


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CardUnreadable):
        list(read_book(tmp_path / "none.vcf"))


def test_an_empty_file_holds_nothing(tmp_path: Path) -> None:
    for name in ("book.vcf", "book.csv"):
        (tmp_path / name).write_bytes(b"")
        assert list(read_book(tmp_path / name)) == []


def test_the_kind_is_told_by_what_stands_in_the_file(tmp_path: Path) -> None:
    path = tmp_path / "contacts.csv"
    path.write_text("\n\nBEGIN:VCARD\nFN:Ada\nEND:VCARD\n")
    (card,) = read_book(path)
    assert isinstance(card, Card)
    assert card.name == "Ada"
