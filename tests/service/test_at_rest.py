"""What lies on the disk tells no address, not even to somebody who guesses."""

import hashlib
import zlib
from pathlib import Path

import psycopg
import pytest
from cryptography.exceptions import InvalidTag

from app.service.keys import Keys, load_keys
from app.service.sqlite import SqliteStore
from tests.service.people import SECRET, Person, fresh, serve

HASHES = ("md5", "sha1", "sha224", "sha256", "sha512", "sha3_256", "blake2b", "blake2s")


def tell_tales(address: str) -> list[bytes]:
    """The forms in which an address could be recognised: plain, or hashed without a key."""
    forms = [address, "+" + address]
    found = [form.encode(code) for form in forms for code in ("utf-8", "utf-16-le", "utf-16-be")]
    if address.isdigit():
        number = int(address)
        found += [number.to_bytes(8, order) for order in ("big", "little")]
        found += [number.to_bytes((number.bit_length() + 7) // 8, "big")]
    for name in HASHES:
        for form in forms:
            digest = hashlib.new(name, form.encode()).digest()
            found += [digest[:8], digest.hex()[:16].encode(), digest[-8:]]
    short = hashlib.blake2b(address.encode(), digest_size=8).digest()
    halved = (int.from_bytes(short, "big") >> 1).to_bytes(8, "big")
    return [*found, short, halved, b"%08x" % zlib.crc32(address.encode())]


def contents(folder: Path) -> list[bytes]:
    """Every byte that is kept."""
    return [path.read_bytes() for path in folder.iterdir()]


class Written:
    """What an engine has written to its files since this was made."""

    def __init__(self, database: Path | str) -> None:
        self._database = database
        self._begun = self._log_end()

    def files(self) -> list[bytes]:
        """Return what lies in the database and, the last, in its log."""
        if isinstance(self._database, Path):
            return [self._database.read_bytes(), self._database.with_name(WAL).read_bytes()]
        with psycopg.connect(self._database, autocommit=True) as connection:
            connection.execute("CHECKPOINT")
            (folder,) = connection.execute("SHOW data_directory").fetchall()[0]
            tables = [Path(folder, path) for (path,) in connection.execute(OURS)]
        return [*(path.read_bytes() for path in tables), self._log(Path(folder))]

    def _log_end(self) -> int:
        if isinstance(self._database, Path):
            return 0
        with psycopg.connect(self._database) as connection:
            (end,) = connection.execute("SELECT pg_current_wal_lsn() - '0/0'").fetchall()[0]
        return int(end)

    def _log(self, folder: Path) -> bytes:
        end, found = self._log_end(), b""
        for number in range(self._begun // SEGMENT, end // SEGMENT + 1):
            (path,) = Path(folder, "pg_wal").glob(f"*{number // 256:08X}{number % 256:08X}")
            found += path.read_bytes()
        return found[self._begun % SEGMENT :][: end - self._begun]


WAL = "kith.db-wal"
SEGMENT = 16 * 1024 * 1024
OURS = """
    SELECT pg_relation_filepath(t.oid) FROM pg_class c
    JOIN pg_class t ON t.oid IN (c.oid, c.reltoastrelid)
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'i')
"""
"""Where PostgreSQL keeps our tables, what is too long for them, and the indexes."""


async def test_no_address_and_no_message_can_be_found_in_the_files(database: Path | str) -> None:
    written = Written(database)
    pending, handle, gone = fresh(), "a.handle.nobody.guesses", fresh()
    async with serve(database) as service:
        ann, bob = await service.pair(name="Ann Unmistakable")
        await ann.sync(bob.address, pending, handle, gone)
        await ann.drop(gone)
        await ann.get(f"/v1/profiles/{(looked := fresh())}")
        assert (await ann.send(bob.address, "a text nobody guesses")).status_code == 202
        addresses = (ann.address, bob.address, pending, handle, gone, looked)
        files = written.files()
        assert b"Ann Unmistakable" in files[-1]  # it is looked for where it would be
        for data in files:
            assert b"a text nobody" not in data
            assert ann.token.encode() not in data
            for address in addresses:
                assert not [each for each in tell_tales(address) if each in data]


def test_what_is_looked_for_would_be_found() -> None:
    assert b"18005550001" in tell_tales("18005550001")
    assert hashlib.sha256(b"+18005550001").hexdigest()[:16].encode() in tell_tales("18005550001")


async def test_without_the_key_nothing_is_found_and_with_it_everything(
    database: Path | str,
) -> None:
    async with serve(database) as service:
        ann, bob = await service.pair(name="N")
        await ann.sync(bob.address)
    async with serve(database) as again:
        person = Person(again, ann.address, ann.token)
        listed, _ = await person.whole_list()
        assert list(listed) == [bob.address]
    mine, others = Keys(SECRET), Keys(b"other" * 7)
    for address in (bob.address, "a.handle.nobody.guesses"):
        assert others.index(address) != mine.index(address)
        with pytest.raises((InvalidTag, UnicodeDecodeError)):
            others.unlock([mine.seal_address(address)])


@pytest.mark.parametrize(
    "addresses",
    [
        ["18005550001", "ann", "a" * 15, "b" * 16, "c" * 63],
        ["18005550001"],
        ["0123456789abcdef"],
        [],
    ],
)
def test_addresses_are_sealed_and_read_back(addresses: list[str]) -> None:
    keys = Keys(SECRET)
    indices, sealed = keys.lock(addresses)
    assert keys.unlock(sealed) == addresses
    assert indices == [keys.index(address) for address in addresses]
    assert len(set(indices)) == len(addresses)
    assert all(0 <= index < 1 << 63 for index in indices)


def test_the_key_is_a_file_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "address.key"
    keys = load_keys(path)
    assert path.stat().st_mode & 0o777 == 0o600
    assert load_keys(path).index("ann") == keys.index("ann")


async def test_what_is_erased_leaves_the_files(tmp_path: Path) -> None:
    """`secure_delete` and a log that is emptied: an erased name is not in a free page."""
    path = tmp_path / "kith.db"
    async with serve(path) as service:
        (ann,) = await service.people(fresh(), name="Unmistakable Name")
        await service.operator("DELETE", f"/v1/operator/users/{ann.address}")
    store = SqliteStore(path)
    await store.close()
    assert not [data for data in contents(tmp_path) if b"Unmistakable" in data]
