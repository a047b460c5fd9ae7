import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from app import store as stores
from app.changes import Change, Changes, Kind
from app.deeds import Deeds
from app.domain import ContactId
from app.errors import StoreDamaged
from app.store import Store
from app.store_rows import read_rows
from app.store_schema import MIGRATIONS, NEWEST, migrate


@pytest.mark.parametrize("version", range(1, NEWEST))
def test_a_file_of_an_older_version_moves_forward(tmp_path: Path, version: int) -> None:
    path = tmp_path / "client.db"
    with sqlite3.connect(path) as older:
        for number in range(version):
            older.executescript(MIGRATIONS[number])
        older.execute(f"PRAGMA user_version = {version}")
        older.execute("INSERT INTO contact (id, name, source, added_at) VALUES (7, 'Ann', '', 1)")
        older.execute("INSERT INTO address VALUES ('18005550001', 7, 0, '+18005550001', '')")
    older.close()
    store = Store(path, Changes())
    Deeds(store, lambda: None).set_favorite([ContactId(7)], on=True)
    assert [(row.name, row.favorite) for row in read_rows(store.reading)] == [("Ann", True)]
    assert store.reading.value("PRAGMA user_version") == NEWEST
    store.close()


def test_a_file_of_a_newer_kith_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "client.db"
    with sqlite3.connect(path) as newer:
        newer.execute(f"PRAGMA user_version = {NEWEST + 1}")
    newer.close()
    with pytest.raises(StoreDamaged, match="newer"):
        Store(path, Changes())


def test_two_who_start_at_once_move_a_file_forward_once(tmp_path: Path) -> None:
    path = tmp_path / "client.db"
    with closing(sqlite3.connect(path)) as slow, closing(sqlite3.connect(path)) as quick:

        def overtake(statement: str) -> None:
            if statement.startswith("BEGIN"):
                slow.set_trace_callback(None)
                migrate(quick)

        slow.set_trace_callback(overtake)
        migrate(slow)
        assert slow.execute("PRAGMA user_version").fetchone() == (NEWEST,)
        assert not slow.in_transaction


def test_a_file_that_is_no_store_is_named(tmp_path: Path) -> None:
    path = tmp_path / "client.db"
    path.write_bytes(b"This is not a database." * 100)
    with pytest.raises(StoreDamaged) as damaged:
        Store(path, Changes())
    assert damaged.value.path == path


def test_only_the_owner_may_look_inside(tmp_path: Path) -> None:
    store = Store(tmp_path / "deep" / "client.db", Changes())
    assert store.path.stat().st_mode & 0o777 == 0o600
    assert store.path.parent.stat().st_mode & 0o777 == 0o700
    store.close()


def test_a_transaction_that_fails_changes_and_tells_nothing(tmp_path: Path) -> None:
    changes = Changes()
    store = Store(tmp_path / "client.db", changes)
    told: list[Change] = []
    changes.subscribe(told.append)
    with pytest.raises(ZeroDivisionError):
        write_and_fail(store)
    assert told == []
    assert store.reading.all("SELECT * FROM contact") == []
    store.close()


def write_and_fail(store: Store) -> None:
    with store.writing() as transaction:
        transaction.run("INSERT INTO contact (name, source, added_at) VALUES ('Ann', '', 1)")
        transaction.kinds |= Kind.STEPS
        _ = 1 / 0


def test_only_the_first_program_takes_itself_for_alone(tmp_path: Path) -> None:
    path = tmp_path / "client.db"
    first = Store(path, Changes())
    second = Store(path, Changes())
    assert (first.is_alone, second.is_alone) == (True, False)
    first.close()
    second.close()
    third = Store(path, Changes())
    assert third.is_alone
    third.close()


def test_a_commit_that_fails_does_not_cost_the_next_one(tmp_path: Path) -> None:
    store = Store(tmp_path / "client.db", Changes())
    with pytest.raises(sqlite3.IntegrityError):
        write_what_cannot_be_committed(store)
    with store.writing() as transaction:
        transaction.run("INSERT INTO contact (name, source, added_at) VALUES ('Ann', '', 1)")
    assert store.reading.all("SELECT name FROM contact") == [("Ann",)]
    store.close()


def write_what_cannot_be_committed(store: Store) -> None:
    with store.writing() as transaction:
        transaction.run("PRAGMA defer_foreign_keys = ON")
        transaction.run("INSERT INTO address VALUES ('18005550001', 7, 0, '', '')")


def test_whoever_reads_beside_is_not_waited_for_and_nothing_erased_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stores, "_PATIENCE_MS", 3_600_000)  # waiting would take an hour
    store = Store(tmp_path / "client.db", Changes())
    with store.writing() as transaction:
        transaction.run("INSERT INTO meta VALUES ('secret', 'of somebody who hides it')")
    log = tmp_path / "client.db-wal"
    with store.read_beside() as path, closing(sqlite3.connect(path)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM meta").fetchall()
        with store.writing() as transaction:
            transaction.run("DELETE FROM meta WHERE key = 'secret'")
            transaction.erased = True
        assert b"who hides it" in log.read_bytes()  # the reader needs it
        reader.execute("ROLLBACK")
    assert log.read_bytes() == b""
    assert b"who hides it" not in path.read_bytes()
    store.close()
