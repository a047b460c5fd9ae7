"""What the two engines promise alike, each in its own way."""

import asyncio
import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from app.errors import HostFailed
from app.service import relations, schema
from app.service.engines import open_store
from app.service.keys import Keys
from app.service.node import Node
from app.service.postgres import PostgresStore
from app.service.store import Store, Tx
from tests.engines import new_database
from tests.service.people import serve


def _count(tx: Tx) -> int:
    row = tx.one("SELECT COUNT(*) FROM token")
    assert row is not None
    return int(row[0])


async def test_many_nodes_may_start_at_once_on_an_empty_database(postgresql: str) -> None:
    url = new_database(postgresql)
    with ThreadPoolExecutor(6) as threads:
        stores = list(threads.map(PostgresStore, [url] * 6))
    for store in stores:
        assert await store.read(_count) == 0
        await store.close()


async def test_a_database_of_a_newer_version_is_left_alone(postgresql: str) -> None:
    url = new_database(postgresql)
    await open_store(url).close()
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("INSERT INTO schema_version VALUES (1000)")
    with pytest.raises(HostFailed):
        open_store(url)


async def test_another_key_does_not_open_a_database(database: str | Path) -> None:
    async with serve(database):
        pass
    store = open_store(database)
    with pytest.raises(HostFailed):
        await Node(store, Keys(b"another".ljust(32)), "key").start()
    await store.close()


def test_a_database_that_is_not_there_is_said_to_be_so(tmp_path: Path) -> None:
    with pytest.raises(HostFailed):
        open_store(f"postgresql://nobody@/nothing?host={tmp_path}")


@pytest.mark.parametrize("version", range(1, len(schema.MIGRATIONS)))
async def test_an_older_file_is_brought_up_to_date(tmp_path: Path, version: int) -> None:
    path = tmp_path / "kith.db"
    with sqlite3.connect(path) as connection:
        for step in range(1, version + 1):
            for statement in schema.statements(step, "sqlite"):
                connection.execute(statement)
        connection.execute("INSERT INTO token VALUES (x'00', 1)")
        connection.execute(f"PRAGMA user_version = {version}")
    connection.close()
    await _is_up_to_date(open_store(path))


@pytest.mark.parametrize("version", range(1, len(schema.MIGRATIONS)))
async def test_an_older_database_is_brought_up_to_date(postgresql: str, version: int) -> None:
    url = new_database(postgresql)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE schema_version (version INTEGER PRIMARY KEY)")
        for step in range(1, version + 1):
            for statement in schema.statements(step, "postgresql"):
                connection.execute(statement.encode())
            connection.execute("INSERT INTO schema_version VALUES (%s)", (step,))
        connection.execute("INSERT INTO token VALUES ('\\x00', 1)")
    await _is_up_to_date(open_store(url))


async def _is_up_to_date(store: Store) -> None:
    assert await store.read(_count) == 1
    assert await store.read(lambda tx: tx.all("SELECT * FROM presence")) == []
    await store.close()


async def test_a_write_that_fails_leaves_nothing(database: str | Path) -> None:
    store = open_store(database)

    def fail(tx: Tx) -> None:
        tx.insert("token (hash, account_id)", [(b"1", 1), (b"2", 2)])
        raise ValueError

    with pytest.raises(ValueError):  # noqa: PT011 - raised above
        await store.write(fail)
    assert await store.read(_count) == 0
    await store.close()


async def test_what_two_writes_decide_by_each_other_is_decided_in_turn(
    database: str | Path,
) -> None:
    """Each adds a row only while there is room: without an order both would see the room."""
    store = open_store(database)

    def add(key: int) -> Callable[[Tx], None]:
        def work(tx: Tx) -> None:
            # By key, as the service reads: PostgreSQL's scan of a whole index that is still empty
            # looks before it takes its predicate lock, so two such scans can both miss a first row.
            row = tx.one("SELECT COUNT(*) FROM token WHERE account_id = 0")
            assert row is not None
            if row[0] < 3:
                tx.run("INSERT INTO token (hash, account_id) VALUES (?, 0)", b"%d" % key)

        return work

    await asyncio.gather(*(store.write(add(key)) for key in range(20)))
    assert await store.read(_count) == 3
    await store.close()


async def test_a_row_given_as_many_is_the_row_given_alone(database: str | Path) -> None:
    store = open_store(database)
    columns = "token (hash, account_id)"

    def work(tx: Tx) -> list[tuple[object, ...]]:
        tx.insert(columns, [(b"1", 1)])
        tx.insert(columns, [(b"1", 7), (b"2", 2), (b"3", 3)], "ON CONFLICT DO NOTHING")
        tx.many("UPDATE token SET account_id = ? WHERE hash = ?", [(20, b"2"), (30, b"3")])
        tx.many("INSERT INTO token (hash, account_id) VALUES (?, 4)", [(b"4",), (b"5",)])
        return tx.all("SELECT hash, account_id FROM token ORDER BY hash")

    assert await store.write(work) == [(b"1", 1), (b"2", 20), (b"3", 30), (b"4", 4), (b"5", 4)]
    await store.close()


async def test_rows_filled_by_column_are_the_rows_given_one_by_one(database: str | Path) -> None:
    store = open_store(database)
    same = {"owner_id": 7, **dict.fromkeys(relations.NAMES[3:16], 1)}

    def work(tx: Tx) -> list[tuple[object, ...]]:
        for first, sealed in ((1, [b"ab", b"cd"]), (11, [b"", b"longer \0 text"])):
            each: dict[str, list[int | bytes | None]] = {
                "peer_key": [first, first + 1],
                "peer_id": [None, (1 << 62) + 1],
                "shown": [0, 3],
                "digest": [-5, 0],
                "sealed": [*sealed],
            }
            tx.fill("relation", same, each)
        names = "owner_id, peer_key, peer_id, kept, shown, digest, sealed"
        return tx.all(f"SELECT {names} FROM relation ORDER BY peer_key")

    assert await store.write(work) == [
        (7, 1, None, 1, 0, -5, b"ab"),
        (7, 2, (1 << 62) + 1, 1, 3, 0, b"cd"),
        (7, 11, None, 1, 0, -5, b""),
        (7, 12, (1 << 62) + 1, 1, 3, 0, b"longer \0 text"),
    ]
    await store.close()


async def test_columns_are_the_rows_as_text(database: str | Path) -> None:
    store = open_store(database)

    def work(tx: Tx) -> list[list[list[str]]]:
        numbers = tx.numbers([30, -1, 20])
        wanted = ("n.value", "''", "CASE WHEN n.value > 0 THEN 'a b' ELSE '' END")
        return [
            tx.columns(wanted, f"FROM {numbers} n"),
            tx.columns(wanted, f"FROM {numbers} n WHERE n.value = ?", -1),
            tx.columns(wanted, f"FROM {numbers} n WHERE n.value = ?", 7),
        ]

    assert await store.read(work) == [
        [["30", "-1", "20"], ["", "", ""], ["a b", "", "a b"]],
        [["-1"], [""], [""]],
        [[], [], []],
    ]
    await store.close()


async def test_what_is_answered_is_on_the_disk(database: str | Path) -> None:
    """No test pulls the plug; but the engines are told to wait for the disk at every commit."""
    store = open_store(database)
    asked = {"PRAGMA synchronous": 2, "PRAGMA journal_mode": "wal"}
    if isinstance(database, str):
        asked = {"SHOW synchronous_commit": "on"}
    for sql, expected in asked.items():
        assert await store.write(lambda tx: tx.one(sql)) == (expected,)  # noqa: B023 - awaited here
    await store.close()


async def test_a_lost_connection_is_made_anew(postgresql: str) -> None:
    url = new_database(postgresql)
    store = open_store(url)
    assert await store.read(_count) == 0
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    assert await store.read(_count) == 0
    await store.write(lambda tx: tx.run("INSERT INTO token VALUES (?, 1)", b""))
    assert await store.read(_count) == 1
    await store.close()
