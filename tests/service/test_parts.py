"""A change of a profile that many hold goes to disk in parts, and is whole to whoever reads."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from concurrent.futures import Future
from contextlib import closing
from pathlib import Path

import msgspec
import pytest

from app.service import feed, myself
from app.service.accounts import load_owner
from app.service.feed import Touched
from app.service.sqlite import SqliteStore
from app.service.store import Parts, Tx
from app.wire import PatchFields, PatchMe
from tests.service.people import Person, Service, fresh, serve

CROWD = feed.FIRST_PART + 20
ROUNDS = 50


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    opened = SqliteStore(tmp_path / "kith.db")
    yield opened
    await opened.close()


def insert(tx: Tx, number: int) -> None:
    tx.run("INSERT INTO incarnation (id, started_at) VALUES (?, 0)", number)


def numbers(tx: Tx) -> list[int]:
    return [number for (number,) in tx.all("SELECT id FROM incarnation ORDER BY id")]


async def test_nobody_reads_what_is_between_two_parts(store: SqliteStore) -> None:
    loop = asyncio.get_running_loop()
    reads: list[Future[list[int]]] = []

    def work(tx: Tx, number: int) -> Parts[str]:
        insert(tx, number)
        yield "first"
        reads.extend(asyncio.run_coroutine_threadsafe(store.read(numbers), loop) for _ in range(4))
        insert(tx, number + 1)
        yield "second"
        reads.append(asyncio.run_coroutine_threadsafe(store.read(numbers), loop))
        insert(tx, number + 2)
        return "last"

    for number in range(0, 3 * ROUNDS, 3):
        await store.write_in_parts(lambda tx: work(tx, number), lambda _: None)  # noqa: B023 - awaited here
    found = [await asyncio.wrap_future(read) for read in reads]
    assert [len(each) % 3 for each in found] == [0] * 5 * ROUNDS


async def test_a_part_is_on_disk_when_it_is_told(store: SqliteStore, tmp_path: Path) -> None:
    seen: list[tuple[str, set[int]]] = []

    def told(part: str) -> None:
        with closing(sqlite3.connect(tmp_path / "kith.db")) as connection:
            rows = connection.execute("SELECT id FROM incarnation")
            seen.append((part, {number for (number,) in rows}))

    def work(tx: Tx) -> Parts[str]:
        insert(tx, 1)
        yield "first"
        insert(tx, 2)
        yield "second"
        insert(tx, 3)
        return "last"

    assert await store.write_in_parts(work, told) == "last"
    assert [part for part, _ in seen] == ["first", "second"]
    assert seen[0][1] >= {1}
    assert seen[1][1] >= {1, 2}


async def test_a_part_that_fails_takes_back_only_its_own(store: SqliteStore) -> None:
    told: list[str] = []

    def work(tx: Tx) -> Parts[str]:
        insert(tx, 1)
        yield "first"
        insert(tx, 2)
        insert(tx, 1)
        return "last"

    with pytest.raises(sqlite3.IntegrityError):
        await store.write_in_parts(work, told.append)
    assert told == ["first"]
    assert await store.read(numbers) == [1]
    await store.write(lambda tx: insert(tx, 3))
    assert await store.read(numbers) == [1, 3]


async def test_in_a_commit_that_others_share_all_parts_are_told(store: SqliteStore) -> None:
    told: list[int] = []

    def work(tx: Tx, number: int) -> Parts[int]:
        insert(tx, number)
        yield number
        insert(tx, number + 1)
        return number + 1

    works = [
        store.write_in_parts(lambda tx, number=number: work(tx, number), told.append)  # type: ignore[misc]  # bound here
        for number in range(0, 100, 2)
    ]
    assert await asyncio.gather(*works) == list(range(1, 100, 2))
    assert told == list(range(0, 100, 2))
    assert await store.read(numbers) == list(range(100))


async def test_a_reader_reads_what_is_there_at_its_first_statement(store: SqliteStore) -> None:
    """Who holds the barrier says when it begins to read, and then begins."""
    loop = asyncio.get_running_loop()

    def read(tx: Tx) -> list[int]:
        asyncio.run_coroutine_threadsafe(store.write(lambda tx: insert(tx, 1)), loop).result()
        return numbers(tx)

    assert await store.read(read) == [1]


async def crowd(service: Service) -> tuple[Person, list[Person]]:
    """Somebody whom many follow."""
    (owner,) = await service.people(fresh(), name="Owner", status="Before")
    others = await service.people(*[fresh() for _ in range(CROWD)])
    await owner.sync(*(other.address for other in others))
    for other in others:
        await other.sync(owner.address)
    return owner, others


async def told(person: Person, since: int) -> list[object]:
    return [
        (profile["version"], profile["fields"].get("status"))
        for profile in (msgspec.json.decode(item.data) for item in await person.heard(since))
    ]


async def unfinished(service: Service) -> list[object]:
    return await service.node.store.read(lambda tx: [*tx.all("SELECT * FROM unfinished")])


async def test_each_of_many_hears_of_each_change_once(service: Service) -> None:
    owner, others = await crowd(service)
    heads = [await other.head() for other in others]
    await owner.publish(status="After")
    assert [await told(*each) for each in zip(others, heads, strict=True)] == [
        [(2, "After")]
    ] * CROWD
    assert [await other.head() for other in others] == [head + 1 for head in heads]
    await owner.publish(status=None)
    assert [await told(*each) for each in zip(others, heads, strict=True)] == [[(3, None)]] * CROWD
    assert await unfinished(service) == []


async def test_what_a_crash_leaves_undone_is_done_before_anybody_reads(tmp_path: Path) -> None:
    database = tmp_path / "kith.db"
    async with serve(database) as service:
        owner, others = await crowd(service)
        heads = [await other.head() for other in others]
        ident, mine = await owner.ident(), await owner.head()

        def begin(tx: Tx) -> Touched:
            me = load_owner(tx, ident)
            assert me is not None
            change = PatchMe(fields=PatchFields(status="After"))
            return next(myself.patch_me(tx, me, change))

        touched = await service.node.store.write(begin)
        assert [len(each.heard) for each in touched.news] == [feed.FIRST_PART]
        assert await unfinished(service) == [(ident,)]
    async with serve(database) as service:
        again = [Person(service, other.address, other.token) for other in others]
        assert [await told(*each) for each in zip(again, heads, strict=True)] == [
            [(2, "After")]
        ] * CROWD
        assert [await other.head() for other in again] == [head + 1 for head in heads]
        assert [item.kind for item in await Person(service, owner.address, owner.token).heard(mine)]
        assert await unfinished(service) == []
