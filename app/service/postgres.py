"""The service's database on PostgreSQL: serializable writes that are tried again on a conflict.

Serializable, so that what holds with SQLite's one writer holds here: a transaction function reads
what it decides on, and no other transaction changes it in between.

Whoever is in the way of another tries again in turn, one write at a time of all nodes, while those
who meet nobody go on beside it. What fails even so runs alone, where the database can lock a table.
"""

import asyncio
import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, Final, TypeVar

from psycopg import (
    Connection,
    NotSupportedError,
    OperationalError,
    ProgrammingError,
    RawCursor,
    errors,
)
from psycopg.types.numeric import Int8BinaryDumper
from psycopg_pool import ConnectionPool, PoolTimeout

from app.errors import HostFailed
from app.service.postgres_schema import GATE, column_types, migrate
from app.service.postgres_sql import LONG, Batches, array, column, translated
from app.service.problems import Unavailable
from app.service.store import Parts, Tx, Value, all_parts, decode_integers

log = logging.getLogger(__name__)

T = TypeVar("T")

READERS: Final = 4
WRITERS: Final = 8
BESIDE: Final = 3
LONG_S: Final = 0.2
"""After so many conflicts, or a long one, a write runs with no other beside it, and so ends."""
ATTEMPTS: Final = 12
RETRY_S: Final = 0.1
RECONNECT_S: Final = 5.0
"""How long a transaction waits for a server that went away."""

_READ: Final = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
_PLAIN: Final = "BEGIN ISOLATION LEVEL SERIALIZABLE"
_WRITE: Final = f"{_PLAIN}; LOCK TABLE incarnation IN ROW SHARE MODE"
_ALONE: Final = f"{_PLAIN}; LOCK TABLE incarnation IN EXCLUSIVE MODE"
_TURN: Final = f"BEGIN; SET LOCAL lock_timeout = '5s'; {GATE}"
# The joins say where to start and each step has its index, so statistics could only mislead; and
# a writer that scans a whole table conflicts with every other.
_SETTINGS: Final = """
    SET synchronous_commit = on; SET jit = off; SET join_collapse_limit = 1;
    SET enable_seqscan = off; SET enable_hashjoin = off; SET enable_mergejoin = off;
    SET enable_material = off; SET enable_memoize = off;
    SET idle_in_transaction_session_timeout = '30s'
"""
_CONFLICTS: Final = (
    errors.SerializationFailure,
    errors.DeadlockDetected,
    errors.UniqueViolation,
)


class PostgresTx:
    """One transaction on PostgreSQL."""

    dialect = "postgresql"

    def __init__(self, connection: Connection[Any], batches: Batches) -> None:
        self._cursor = connection.cursor(binary=True)
        self._batches = batches

    def all(self, sql: str, *values: Value) -> list[tuple[Any, ...]]:
        """Return every row."""
        self._execute(translated(sql), values)
        return self._cursor.fetchall()

    def one(self, sql: str, *values: Value) -> tuple[Any, ...] | None:
        """Return the first row, or nothing."""
        self._execute(translated(sql), values)
        row: tuple[Any, ...] | None = self._cursor.fetchone()
        return row

    def run(self, sql: str, *values: Value) -> int:
        """Change rows and return how many."""
        self._execute(translated(sql), values)
        return self._cursor.rowcount

    def many(self, sql: str, rows: Iterable[Sequence[Value]]) -> None:
        """Run one statement for each row; no row of a table may be meant twice."""
        listed = list(rows)
        batch = self._batches.of(sql) if len(listed) > 1 else None
        if batch is not None:
            self._execute(batch, [column(values) for values in zip(*listed, strict=True)])
        elif listed:
            self._cursor.executemany(translated(sql), listed)

    def insert(self, target: str, rows: Sequence[Sequence[Value]], tail: str = "") -> None:
        """Insert rows, many to a statement; `target` is the table with its columns."""
        if rows:
            holes = ", ".join("?" * len(rows[0]))
            self.many(f"INSERT INTO {target} VALUES ({holes}) {tail}", rows)

    def columns(self, wanted: Sequence[str], rest: str, *values: Value) -> list[list[str]]:
        """Return columns as text: joined by the server, so that no row becomes an object."""
        joined = ", ".join(f"string_agg(({column})::text, chr(10))" for column in wanted)
        found = self.one(f"SELECT {joined} {rest}", *values)
        assert found is not None
        return [[] if text is None else text.split("\n") for text in found]

    def integers(self, wanted: Sequence[str], rest: str, *values: Value) -> list[list[int | None]]:
        """Return columns of integers: joined by the server, so that one row is read, not each."""
        joined = ", ".join(
            f"'[' || COALESCE(string_agg(COALESCE(({column})::text, 'null'), ','), '') || ']'"
            for column in wanted
        )
        found = self.one(f"SELECT {joined} {rest}", *values)
        assert found is not None
        return list(map(decode_integers, found))

    def fill(
        self,
        table: str,
        same: Mapping[str, Value],
        each: Mapping[str, Sequence[int | bytes | None]],
    ) -> None:
        """Insert rows in one statement, an array for each column that has values of its own."""
        self._execute(
            self._batches.filling(table, tuple(same), tuple(each)),
            [*same.values(), *map(column, each.values())],
        )

    def lock(self, table: str, column: str, numbers: Sequence[int]) -> None:
        """Lock rows in a column's order, so that no two transactions wait for each other."""
        self._execute(
            f"SELECT FROM {table} WHERE {self.among(column, numbers)}"
            f" ORDER BY {column} FOR NO KEY UPDATE",
            (),
        )

    def among(self, column: str, numbers: Sequence[int]) -> str:
        """Return a condition that a column is one of many numbers."""
        return f"{column} = ANY({array(numbers)})"

    def numbers(self, numbers: Sequence[int]) -> str:
        """Return a table expression with one column, `value`, of many numbers."""
        return f"(SELECT value FROM unnest({array(numbers)}) AS listed(value))"

    def _execute(self, sql: str, values: Sequence[Any]) -> None:
        self._cursor.execute(sql, values, prepare=None if len(sql) < LONG else False)


class PostgresStore:
    """A database on a server: reads and writes in threads, each with a connection of the pool."""

    def __init__(self, url: str, writers: int = WRITERS) -> None:
        try:
            with Connection.connect(url, autocommit=True) as connection:
                migrate(connection)
                self._batches = Batches(column_types(connection))
                can_lock = _can_lock_tables(connection)
        except OperationalError as error:
            raise HostFailed("the database does not answer") from error
        self._pool = ConnectionPool(
            url,
            kwargs={"autocommit": True, "cursor_factory": RawCursor},
            min_size=2,
            max_size=READERS + writers + 1,  # one holds the gate
            configure=_configure,
            timeout=RECONNECT_S,
            open=True,
        )
        self._readers = ThreadPoolExecutor(READERS, "kith-read")
        self._writers = ThreadPoolExecutor(writers, "kith-write")
        self._write_beside, self._write_alone = (_WRITE, _ALONE) if can_lock else (_PLAIN, _PLAIN)
        self._turn = threading.Lock()
        self.conflicts = 0

    async def read(self, work: Callable[[Tx], T]) -> T:
        """Run a function on one consistent state."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._readers, self._read, work)

    async def write(self, work: Callable[[Tx], T]) -> T:
        """Run a function that changes things; when this returns, they are on disk."""
        loop = asyncio.get_running_loop()
        # The write happens whether or not the caller waits for it to the end.
        return await asyncio.shield(loop.run_in_executor(self._writers, self._write, work))

    async def write_in_parts(self, work: Callable[[Tx], Parts[T]], told: Callable[[T], None]) -> T:
        """Run a change in one transaction, since other nodes read as they like."""
        *parts, last = await self.write(lambda tx: all_parts(work(tx)))
        for part in parts:
            told(part)
        return last

    async def close(self) -> None:
        """Finish what is under way and let go."""
        await asyncio.to_thread(self._readers.shutdown)
        await asyncio.to_thread(self._writers.shutdown)
        await asyncio.to_thread(self._pool.close)

    def _read(self, work: Callable[[Tx], T]) -> T:
        return self._while_reconnecting(lambda: self._once(_READ, work))

    def _write(self, work: Callable[[Tx], T]) -> T:
        run, begin = self._once, self._write_beside
        for attempt in range(ATTEMPTS):
            started = time.monotonic()
            try:
                return self._while_reconnecting(lambda: run(begin, work))  # noqa: B023 - called here
            except _CONFLICTS as conflict:
                self.conflicts += 1
                if attempt == ATTEMPTS - 1:
                    log.warning("a write came to nothing: %s", type(conflict).__name__)
                    raise Unavailable from conflict
            run = self._in_turn
            if attempt >= BESIDE or time.monotonic() - started > LONG_S:
                begin = self._write_alone
        raise AssertionError

    def _in_turn(self, begin: str, work: Callable[[Tx], T]) -> T:
        """Write while no other does who was in somebody's way."""
        with self._turn, self._connection() as connection:
            try:
                connection.execute(_TURN, prepare=False)
            except errors.LockNotAvailable:
                log.warning("the turn of a write did not come")
            except OperationalError as error:
                _roll_back(connection)
                raise _Lost from error
            try:
                return self._once(begin, work)
            finally:
                _roll_back(connection)

    def _while_reconnecting(self, attempt: Callable[[], T]) -> T:
        """Try again while the server is away; not once a commit has been sent."""
        until = time.monotonic() + RECONNECT_S
        while True:
            try:
                return attempt()
            except _Lost as lost:
                log.warning("the database is away: %s", type(lost.__cause__).__name__)
                if time.monotonic() > until:
                    raise Unavailable from lost
                time.sleep(RETRY_S)

    def _once(self, begin: str, work: Callable[[Tx], T]) -> T:
        with self._connection() as connection:
            try:
                connection.execute(begin, prepare=False)
                result = work(PostgresTx(connection, self._batches))
            except OperationalError as error:
                _roll_back(connection)
                if connection.closed:
                    raise _Lost from error
                raise
            except BaseException:
                _roll_back(connection)
                raise
            try:
                connection.execute("COMMIT", prepare=False)
            except OperationalError as error:
                if connection.closed:
                    # It may have been committed or not: whoever asked has to ask again.
                    raise Unavailable from error
                raise
            finally:
                _roll_back(connection)
        return result

    @contextmanager
    def _connection(self) -> Iterator[Connection[Any]]:
        try:
            connection = self._pool.getconn()
        except PoolTimeout as error:
            raise Unavailable from error
        try:
            yield connection
        finally:
            self._pool.putconn(connection)


class _Lost(Exception):
    """The connection broke before anything was committed."""


def _can_lock_tables(connection: Connection[Any]) -> bool:
    """Tell whether a write can be alone; a database spread over machines may not know how."""
    try:
        with connection.transaction():
            connection.execute("LOCK TABLE incarnation IN EXCLUSIVE MODE NOWAIT")
    except errors.LockNotAvailable:
        return True
    except (ProgrammingError, NotSupportedError):
        return False
    return True


def _roll_back(connection: Connection[Any]) -> None:
    if not connection.closed:
        connection.rollback()


def _configure(connection: Connection[Any]) -> None:
    # One type for every number, so that a statement is prepared once, not for each size.
    connection.adapters.register_dumper(int, Int8BinaryDumper)
    connection.execute(_SETTINGS, prepare=False)
