"""Writes that PostgreSQL refuses because of others are made again, but not for ever."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable

import psycopg
import pytest

from app.service.engines import open_store
from app.service.postgres import ATTEMPTS, PostgresStore
from app.service.problems import Unavailable
from app.service.store import Tx
from tests.engines import new_database
from tests.wait import PATIENCE_S

CREATE = "CREATE TABLE counted (id BIGINT PRIMARY KEY, value BIGINT NOT NULL)"
FILL = "INSERT INTO counted VALUES (1, 0), (2, 0)"
ADD = "UPDATE counted SET value = value + 1 WHERE id = ?"


@pytest.fixture
def url(postgresql: str) -> str:
    """A database with two rows to count in."""
    address = new_database(postgresql)
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(CREATE)
        connection.execute(FILL)
    return address


@pytest.fixture
async def limited(url: str) -> AsyncIterator[str]:
    """The same database for somebody who may read and write, but not lock the table."""
    await store_of(url).close()  # the tables are there
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE ROLE limited LOGIN")
        rights = "SELECT, INSERT, UPDATE, DELETE"
        connection.execute(f"GRANT {rights} ON ALL TABLES IN SCHEMA public TO limited".encode())
        connection.execute("REVOKE UPDATE, DELETE ON incarnation FROM limited")
        connection.execute("GRANT CREATE ON SCHEMA public TO limited")
        yield url.replace("//postgres:@", "//limited:@")
        connection.execute("DROP OWNED BY limited; DROP ROLE limited")


def values(url: str) -> list[int]:
    with psycopg.connect(url) as connection:
        found = connection.execute("SELECT value FROM counted ORDER BY id").fetchall()
    return [value for (value,) in found]


def store_of(url: str) -> PostgresStore:
    store = open_store(url)
    assert isinstance(store, PostgresStore)
    return store


async def test_two_writes_that_lock_each_other_out_are_both_made(url: str) -> None:
    store = store_of(url)
    both = threading.Barrier(2)

    def adding(first: int, second: int) -> Callable[[Tx], None]:
        tries = []

        def work(tx: Tx) -> None:
            tx.run(ADD, first)
            tries.append(first)
            if len(tries) == 1:
                both.wait(PATIENCE_S)  # each holds the row that the other one wants
            tx.run(ADD, second)

        return work

    await asyncio.gather(store.write(adding(1, 2)), store.write(adding(2, 1)))
    assert values(url) == [2, 2]
    assert store.conflicts >= 1
    await store.close()


async def test_many_writes_of_what_they_have_read_are_all_made(url: str) -> None:
    await count_to_sixty(url)
    assert values(url) == [60, 0]


async def test_all_are_made_where_no_table_can_be_locked(url: str, limited: str) -> None:
    """As in a database that is spread over machines and does not know how."""
    with psycopg.connect(limited) as connection, pytest.raises(psycopg.ProgrammingError):
        connection.execute("LOCK TABLE incarnation IN EXCLUSIVE MODE")
    await count_to_sixty(limited)
    assert values(url) == [60, 0]


async def test_at_several_nodes_all_are_made(url: str) -> None:
    await asyncio.gather(*(count_to_sixty(url) for _ in range(3)))
    assert values(url) == [180, 0]


async def count_to_sixty(url: str) -> None:
    """Have sixty writes do what only one can do at a time."""
    store = store_of(url)

    def work(tx: Tx) -> None:
        row = tx.one("SELECT value FROM counted WHERE id = 1")
        assert row is not None
        tx.run("UPDATE counted SET value = ? WHERE id = 1", row[0] + 1)

    await asyncio.gather(*(store.write(work) for _ in range(60)))
    await store.close()


async def test_a_write_that_is_always_in_the_way_of_another_ends(url: str) -> None:
    """Somebody who does not wait for the service's own order changes the row each time."""
    store = store_of(url)
    tries = []

    def work(tx: Tx) -> None:
        tries.append(tx.one("SELECT value FROM counted WHERE id = 1"))
        with psycopg.connect(url, autocommit=True) as other:
            other.execute("UPDATE counted SET value = value + 1 WHERE id = 1")
        tx.run(ADD, 1)

    with pytest.raises(Unavailable):
        await store.write(work)
    assert len(tries) == store.conflicts == ATTEMPTS
    assert values(url) == [ATTEMPTS, 0]
    assert await store.write(lambda tx: tx.run(ADD, 2)) == 1
    await store.close()
