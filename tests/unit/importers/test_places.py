"""The books of other programs, as those programs leave them on disk."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from app.errors import CardUnreadable
from app.importers import Card, Photo, Unreadable, read_book
from app.importers.places import Program, find_places

ADA = "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:Ada Okafor\r\nTEL;TYPE=cell:+18005550001\r\nEND:VCARD\r\n"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("XDG_DATA_HOME", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def database(path: Path, script: str) -> sqlite3.Connection:
    """Make a database and leave it open with its last writes in the log, as its program would."""
    path.parent.mkdir(parents=True, exist_ok=True)
    opened = sqlite3.connect(path, isolation_level=None)
    opened.execute("PRAGMA journal_mode = WAL")
    opened.executescript(script)
    return opened


def cards(path: Path) -> list[Card]:
    found = list(read_book(path))
    assert all(isinstance(card, Card) for card in found), found
    return [card for card in found if isinstance(card, Card)]


def phones(card: Card) -> list[tuple[str, str]]:
    return [(value.text, value.label) for value in card.phones]


def files(folder: Path) -> set[tuple[str, bytes]]:
    return {(str(path), path.read_bytes()) for path in folder.rglob("*") if path.is_file()}


THUNDERBIRD = """
CREATE TABLE properties (card TEXT, name TEXT, value TEXT);
CREATE TABLE lists (uid TEXT PRIMARY KEY, localId INTEGER, name TEXT, nickName TEXT);
INSERT INTO properties VALUES
 ('u1', 'DisplayName', 'Ada Okafor'), ('u1', 'PrimaryEmail', 'a@x.example'),
 ('u2', 'FirstName', 'Bo'), ('u2', 'LastName', 'Lind'), ('u2', 'CellularNumber', '+18005550002'),
 ('u2', 'WorkPhone', '+18005550003'), ('u2', 'PopularityIndex', '3'), ('u2', 'Custom1', 'x'),
 ('u3', 'WebPage1', 'https://x.example');
"""


@pytest.fixture
def thunderbird(home: Path) -> Iterator[Path]:
    path = home / ".thunderbird/ab12.default/abook.sqlite"
    with closing(database(path, THUNDERBIRD)) as opened:
        opened.execute("INSERT INTO properties VALUES ('u1', '_vCard', ?)", (ADA,))
        (path.parent / "history.sqlite").write_bytes(path.read_bytes())
        yield path


def test_thunderbird_old_and_new_cards_while_it_runs(home: Path, thunderbird: Path) -> None:
    (place,) = find_places(home)
    assert (place.program, place.path) == (Program.THUNDERBIRD, thunderbird)
    before = files(home)
    ada, bo, nobody = read_book(place.path)
    assert isinstance(ada, Card)
    assert isinstance(bo, Card)
    assert isinstance(nobody, Unreadable)
    assert (ada.name, phones(ada)) == ("Ada Okafor", [("+18005550001", "mobile")])
    assert (bo.name, phones(bo)) == (
        "Bo Lind",
        [("+18005550002", "mobile"), ("+18005550003", "work")],
    )
    assert bo.rest == ('X-COLUMN;NAME="Custom1":x',)
    assert files(home) == before, "another program's folder is left as it was"


def test_evolution_books_and_caches(home: Path) -> None:
    folder = home / ".local/share/evolution/addressbook/system"
    cache = home / ".cache/evolution/addressbook/abc"
    one = database(
        folder / "contacts.db",
        "CREATE TABLE folders (folder_id TEXT PRIMARY KEY, version INTEGER);"
        "CREATE TABLE 'folder_id' (uid TEXT PRIMARY KEY, is_list INTEGER, vcard TEXT, bdata TEXT);",
    )
    one.execute("INSERT INTO 'folder_id' VALUES ('1', 0, ?, NULL)", (ADA,))
    other = database(
        cache / "cache.db",
        "CREATE TABLE ECacheObjects (ECacheUID TEXT PRIMARY KEY, ECacheREV TEXT, ECacheOBJ TEXT);",
    )
    other.execute("INSERT INTO ECacheObjects VALUES ('1', 'r', ?)", (ADA.replace("Ada", "Bo"),))
    with closing(one), closing(other):
        places = find_places(home)
        assert [place.program for place in places] == [Program.GNOME] * 2
        names = [card.name for place in places for card in cards(place.path)]
    assert names == ["Ada Okafor", "Bo Okafor"]


def test_kde_folders_and_akonadi(home: Path) -> None:
    folder = home / ".local/share/contacts"
    folder.mkdir(parents=True)
    (folder / "1.vcf").write_text(ADA)
    akonadi = home / ".local/share/akonadi"
    opened = database(
        akonadi / "akonadi.db",
        "CREATE TABLE mimetypetable (id INTEGER PRIMARY KEY, name TEXT);"
        "CREATE TABLE parttypetable (id INTEGER PRIMARY KEY, name TEXT, ns TEXT);"
        "CREATE TABLE pimitemtable (id INTEGER PRIMARY KEY, mimeTypeId INTEGER);"
        "CREATE TABLE parttable (id INTEGER PRIMARY KEY, pimItemId INTEGER, partTypeId INTEGER,"
        " data BLOB, storage INTEGER);"
        "INSERT INTO mimetypetable VALUES (1, 'text/directory'), (2, 'message/rfc822');"
        "INSERT INTO parttypetable VALUES (1, 'RFC822', 'PLD'), (2, 'HEAD', 'PLD');"
        "INSERT INTO pimitemtable VALUES (1, 1), (2, 1), (3, 2);",
    )
    (akonadi / "file_db_data/07").mkdir(parents=True)
    (akonadi / "file_db_data/07/2_r0").write_text(ADA.replace("Ada", "Cy"))
    opened.execute("INSERT INTO parttable VALUES (1, 1, 1, ?, 0)", (ADA.encode(),))
    opened.execute("INSERT INTO parttable VALUES (2, 2, 1, ?, 1)", (b"2_r0",))
    opened.execute("INSERT INTO parttable VALUES (3, 3, 1, ?, 0)", (b"Subject: hi",))
    with closing(opened):
        places = find_places(home)
        assert [place.program for place in places] == [Program.KDE] * 2
        names = [[card.name for card in cards(place.path)] for place in places]
    assert names == [["Ada Okafor"], ["Ada Okafor", "Cy Okafor"]]


MACOS = """
CREATE TABLE ZABCDRECORD (Z_PK INTEGER PRIMARY KEY, Z_ENT INTEGER, ZFIRSTNAME TEXT, ZLASTNAME TEXT,
 ZORGANIZATION TEXT, ZNAME TEXT, ZUNIQUEID TEXT, ZBIRTHDAY REAL, ZTHUMBNAILIMAGEDATA BLOB);
CREATE TABLE ZABCDPHONENUMBER (Z_PK INTEGER PRIMARY KEY, ZOWNER INTEGER, ZORDERINGINDEX INTEGER,
 ZFULLNUMBER TEXT, ZLABEL TEXT);
CREATE TABLE ZABCDEMAILADDRESS (Z_PK INTEGER PRIMARY KEY, ZOWNER INTEGER, ZADDRESS TEXT,
 ZLABEL TEXT);
CREATE TABLE ZABCDNOTE (Z_PK INTEGER PRIMARY KEY, ZCONTACT INTEGER, ZTEXT TEXT);
INSERT INTO ZABCDRECORD VALUES
 (1, 22, 'Ada', 'Okafor', NULL, NULL, 'U1:ABPerson', -347155200.0, x'0189504E47'),
 (2, 19, NULL, NULL, NULL, 'A group', 'U2:ABGroup', NULL, NULL),
 (3, 22, NULL, NULL, 'Acme', NULL, 'U3:ABPerson', 1e300, x'02414243');
INSERT INTO ZABCDPHONENUMBER VALUES (1, 1, 1, '+18005550002', 'Boat'),
 (2, 1, 0, '+18005550001', '_$!<Mobile>!$_');
INSERT INTO ZABCDEMAILADDRESS VALUES (1, 3, 'info@x.example', '_$!<Work>!$_');
INSERT INTO ZABCDNOTE VALUES (1, 1, 'from school');
"""


def test_macos_contacts(home: Path) -> None:
    folder = home / "Library/Application Support/AddressBook/Sources/ABC"
    with closing(database(folder / "AddressBook-v22.abcddb", MACOS)):
        (place,) = find_places(home)
        assert place.program == Program.MACOS
        ada, acme = cards(place.path)
    assert (ada.name, ada.birthday, ada.note) == ("Ada Okafor", "1990-01-01", "from school")
    assert phones(ada) == [("+18005550001", "mobile"), ("+18005550002", "boat")]
    assert ada.photo == Photo("image/png", b"\x89PNG")
    assert (acme.name, acme.photo, acme.birthday) == ("Acme", None, "")
    assert [(mail.text, mail.label) for mail in acme.emails] == [("info@x.example", "work")]


def test_an_unknown_or_damaged_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with closing(database(path, "CREATE TABLE t (a TEXT)")):
        pass
    with pytest.raises(CardUnreadable):
        list(read_book(path))
    path.write_bytes(b"SQLite format 3\0" + b"x" * 5000)
    with pytest.raises(CardUnreadable):
        list(read_book(path))


def test_a_home_without_books_has_no_places(home: Path) -> None:
    assert find_places(home) == []
