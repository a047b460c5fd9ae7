"""The database in a file: many writes to a commit, each of them alone responsible for itself."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from app.errors import StoreDamaged
from app.service.sqlite import SqliteStore
from app.service.store import Tx


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    opened = SqliteStore(tmp_path / "kith.db")
    yield opened
    await opened.close()


class Refused(Exception):
    pass


def insert(tx: Tx, number: int) -> int:
    tx.run("INSERT INTO incarnation (id, started_at) VALUES (?, 0)", number)
    return number


def numbers(tx: Tx) -> list[int]:
    return [number for (number,) in tx.all("SELECT id FROM incarnation ORDER BY id")]


async def test_a_write_that_fails_takes_back_only_its_own(store: SqliteStore) -> None:
    def spoil(tx: Tx, number: int) -> int:
        insert(tx, number)
        raise Refused

    def work(number: int) -> Callable[[Tx], int]:
        return lambda tx: (spoil if number % 3 == 0 else insert)(tx, number)

    works = [store.write(work(number)) for number in range(100)]
    results = await asyncio.gather(*works, return_exceptions=True)
    assert [isinstance(result, Refused) for result in results] == [
        number % 3 == 0 for number in range(100)
    ]
    assert await store.read(numbers) == [number for number in range(100) if number % 3]


async def test_a_write_that_fails_alone_leaves_nothing(store: SqliteStore) -> None:
    await store.write(lambda tx: insert(tx, 1))
    with pytest.raises(sqlite3.IntegrityError):
        await store.write(lambda tx: (insert(tx, 2), insert(tx, 1)))
    assert await store.read(numbers) == [1]
    await store.write(lambda tx: insert(tx, 3))
    assert await store.read(numbers) == [1, 3]


async def test_a_caller_who_goes_away_does_not_stop_a_write(store: SqliteStore) -> None:
    waiting = asyncio.ensure_future(store.write(lambda tx: insert(tx, 1)))  # noqa: TID251 - cancelled here
    await asyncio.sleep(0)
    waiting.cancel()
    await store.write(lambda tx: insert(tx, 2))
    assert await store.read(numbers) == [1, 2]


async def test_many_rows_in_one_statement(store: SqliteStore) -> None:
    rows = [(number, 0.0) for number in range(1001)]
    target = "incarnation (id, started_at)"
    await store.write(lambda tx: tx.insert(target, rows))
    await store.write(lambda tx: tx.insert(target, rows[:3], "ON CONFLICT DO NOTHING"))
    await store.write(lambda tx: tx.insert(target, []))
    assert len(await store.read(numbers)) == 1001


def test_a_file_of_a_newer_kith_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "kith.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 1000")
    with pytest.raises(StoreDamaged) as caught:
        SqliteStore(path)
    assert [*tmp_path.iterdir()] == [path], f"{caught.value} holds it open"


def test_what_is_no_database_is_said_to_be_damaged(tmp_path: Path) -> None:
    path = tmp_path / "kith.db"
    path.write_bytes(b"no database at all" * 1000)
    with pytest.raises(StoreDamaged):
        SqliteStore(path)


async def test_a_long_list_stands_in_no_statement(store: SqliteStore) -> None:
    """A connection keeps its last hundred statements, and a book's keys would stay with each."""

    def joined(tx: Tx, start: int) -> list[int]:
        some, others = (tx.numbers([*range(at, at + 10_000)]) for at in (start, start + 9_998))
        assert len(some + others) < 100
        rows = tx.all(f"SELECT value FROM {some} WHERE value IN (SELECT value FROM {others})")
        return [number for (number,) in rows]

    assert await asyncio.gather(
        *(store.write(partial(joined, start=start)) for start in (0, 7)),
        *(store.read(partial(joined, start=start)) for start in (0, 7)),
    ) == 2 * [[9_998, 9_999], [10_005, 10_006]]
