"""The service's database in one file: one writer, whose commits many writes share."""

import asyncio
import functools
import queue
import sqlite3
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import chain
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec

from app.errors import StoreDamaged
from app.service import schema
from app.service.sqlite_sql import packed
from app.service.store import Parts, Tx, Value, all_parts, decode_integers

T = TypeVar("T")

READERS: Final = 3
GROUP: Final = 64
"""How many waiting writes may share one commit, and so one flush to the disk."""
ROWS: Final = 250
"""How many rows one INSERT takes."""
FEW: Final = 100
"""Numbers that stand in the SQL; a statement with more is compiled into kilobytes for each."""
MAPPED: Final = (1 << 31) - (1 << 16)
"""Bytes of the file that are read without a copy: a book touches pages all over the directory."""


class Connection(sqlite3.Connection):
    """One that hands long lists to its statements."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.lists: list[str] = []
        """JSON of the lists of the transaction under way."""
        self.create_function("listed", 1, self.lists.__getitem__)


class SqliteTx:
    """One transaction on SQLite."""

    dialect = "sqlite"

    def __init__(self, connection: Connection) -> None:
        self._connection: sqlite3.Connection = connection
        self._lists = connection.lists
        self._lists.clear()

    def all(self, sql: str, *values: Value) -> list[tuple[Any, ...]]:
        """Return every row."""
        return self._connection.execute(sql, values).fetchall()

    def one(self, sql: str, *values: Value) -> tuple[Any, ...] | None:
        """Return the first row, or nothing."""
        row: tuple[Any, ...] | None = self._connection.execute(sql, values).fetchone()
        return row

    def run(self, sql: str, *values: Value) -> int:
        """Change rows and return how many."""
        return self._connection.execute(sql, values).rowcount

    def many(self, sql: str, rows: Iterable[Sequence[Value]]) -> None:
        """Run one statement for each row."""
        self._connection.executemany(sql, rows)

    def insert(self, target: str, rows: Sequence[Sequence[Value]], tail: str = "") -> None:
        """Insert rows, many to a statement: a step of SQLite's machine for each row costs more."""
        if not rows:
            return
        hole = f"({','.join('?' * len(rows[0]))})"
        for start in range(0, len(rows), ROWS):
            part = rows[start : start + ROWS]
            holes = ",".join([hole] * len(part))
            self._connection.execute(
                f"INSERT INTO {target} VALUES {holes} {tail}", list(chain.from_iterable(part))
            )

    def columns(self, wanted: Sequence[str], rest: str, *values: Value) -> list[list[str]]:
        """Return columns as text: joined by SQLite, so that no row becomes an object."""
        joined = ", ".join(f"group_concat({column}, char(10))" for column in wanted)
        found = self.one(f"SELECT {joined} {rest}", *values)
        assert found is not None
        return [[] if text is None else text.split("\n") for text in found]

    def integers(self, wanted: Sequence[str], rest: str, *values: Value) -> list[list[int | None]]:
        """Return columns of integers: joined by SQLite, so that all are one step of it."""
        joined = ", ".join(f"json_group_array({column})" for column in wanted)
        found = self.one(f"SELECT {joined} {rest}", *values)
        assert found is not None
        return list(map(decode_integers, found))

    def fill(
        self,
        table: str,
        same: Mapping[str, Value],
        each: Mapping[str, Sequence[int | bytes | None]],
    ) -> None:
        """Insert rows in one statement, whose values stand side by side in a few parameters."""
        (first, numbers), *others = each.items()
        held: list[Value] = [f"[{','.join(map(str, numbers))}]", *same.values()]
        taken = ["n.value", *(f"?{place}" for place in range(2, len(held) + 1))]
        for _, values in others:
            held.append(b"")
            held[-1], text = packed(values, f"?{len(held)}")
            taken.append(text)
        names = ", ".join((first, *same, *(name for name, _ in others)))
        self._connection.execute(
            f"INSERT INTO {table} ({names}) SELECT {', '.join(taken)} FROM json_each(?1) n", held
        )

    def lock(self, table: str, column: str, numbers: Sequence[int]) -> None:
        """Do nothing: the one writer has the whole database."""

    def among(self, column: str, numbers: Sequence[int]) -> str:
        """Return a condition that a column is one of many numbers."""
        if len(numbers) > FEW:
            return f"{column} IN (SELECT value FROM {self.numbers(numbers)})"
        return f"{column} IN ({','.join(map(str, numbers))})"

    def numbers(self, numbers: Sequence[int]) -> str:
        """Return a table expression with one column, `value`, of many numbers.

        They do not stand in the SQL: a connection remembers a hundred statements.
        """
        self._lists.append(msgspec.json.encode(numbers).decode())
        return f"json_each(listed({len(self._lists) - 1}))"


class _ReadingTx(SqliteTx):
    """One that begins with its first statement: whoever asks knows that nothing is older."""

    def __init__(self, connection: Connection, begin: Callable[[sqlite3.Connection], None]) -> None:
        super().__init__(connection)
        self._begin = functools.partial(begin, connection)
        self._has_begun = False

    def all(self, sql: str, *values: Value) -> list[tuple[Any, ...]]:
        """Return every row."""
        self._begin_once()
        return super().all(sql, *values)

    def one(self, sql: str, *values: Value) -> tuple[Any, ...] | None:
        """Return the first row, or nothing."""
        self._begin_once()
        return super().one(sql, *values)

    def _begin_once(self) -> None:
        if not self._has_begun:
            self._begin()
            self._has_begun = True


class SqliteStore:
    """A database in one file: a single writer thread, and readers that never wait for it."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._local = threading.local()
        self._connections: list[Connection] = []
        self._readers = ThreadPoolExecutor(READERS, "kith-read")
        self._is_whole = threading.Event()
        """No change lies in parts on the disk."""
        self._is_whole.set()
        self._parted = 0
        """How often one did."""
        self._writing = _open_newest(path)
        self._writer = threading.Thread(target=self._write_all, name="kith-write", daemon=True)
        self._writer.start()

    async def read(self, work: Callable[[Tx], T]) -> T:
        """Run a function on one consistent state."""
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._read, work)

    async def write(self, work: Callable[[Tx], T]) -> T:
        """Run a function that changes things; when this returns, they are on disk."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._jobs.put(_Job(work, loop, future))
        # The write happens whether or not the caller waits for it to the end.
        return await asyncio.shield(future)

    async def write_in_parts(self, work: Callable[[Tx], Parts[T]], told: Callable[[T], None]) -> T:
        """Run a change whose parts are on disk when they are told."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._jobs.put(_PartedJob(work, loop, future, told))
        return await asyncio.shield(future)

    async def close(self) -> None:
        """Finish what is under way and let go."""
        self._jobs.put(None)
        await asyncio.to_thread(self._writer.join)
        await asyncio.to_thread(self._readers.shutdown)
        for connection in self._connections:
            connection.close()
        self._writing.close()

    def _read(self, work: Callable[[Tx], T]) -> T:
        connection: Connection | None = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = _open(self._path)
            self._connections.append(connection)
        try:
            return work(_ReadingTx(connection, self._begin_reading))
        finally:
            if connection.in_transaction:
                connection.execute("ROLLBACK")

    def _begin_reading(self, connection: sqlite3.Connection) -> None:
        """Begin to read a state in which no change lies in parts."""
        while True:
            parted = self._parted
            self._is_whole.wait()
            connection.execute("BEGIN")
            connection.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchone()
            if parted == self._parted:
                return
            connection.execute("ROLLBACK")

    def _write_all(self) -> None:
        while (job := self._jobs.get()) is not None:
            jobs = [job]
            ended = False
            while len(jobs) < GROUP and not self._jobs.empty():
                following = self._jobs.get()
                if following is None:
                    ended = True
                    break
                jobs.append(following)
            self._commit(jobs)
            if ended:
                return

    def _commit(self, jobs: "list[_Job]") -> None:
        """Run several writes under one commit; one that fails takes back only its own changes."""
        connection = self._writing
        try:
            connection.execute("BEGIN IMMEDIATE")
            if len(jobs) == 1:
                jobs[0].run(SqliteTx(connection), self._commit_part)
                connection.execute("COMMIT" if jobs[0].error is None else "ROLLBACK")
            else:
                self._run_apart(jobs)
                connection.execute("COMMIT")
        except sqlite3.Error as error:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            for job in jobs:
                job.error = job.error or error
        finally:
            self._is_whole.set()
        for job in jobs:
            job.answer()

    def _commit_part(self) -> None:
        # In this order: who sees the number as it was has begun before this is on disk.
        self._is_whole.clear()
        self._parted += 1
        self._writing.execute("COMMIT")
        self._writing.execute("BEGIN IMMEDIATE")

    def _run_apart(self, jobs: "list[_Job]") -> None:
        """Run each write in a savepoint, which costs a copy of every page it changes."""
        for job in jobs:
            self._writing.execute("SAVEPOINT work")
            job.run(SqliteTx(self._writing))
            if job.error is not None:
                self._writing.execute("ROLLBACK TO work")
            self._writing.execute("RELEASE work")


class _Job:
    """A write that somebody waits for."""

    def __init__(
        self,
        work: Callable[[Tx], Any],
        loop: asyncio.AbstractEventLoop,
        future: asyncio.Future[Any],
    ) -> None:
        self._work = work
        self._loop = loop
        self._future = future
        self._result: object = None
        self.error: BaseException | None = None

    def run(self, tx: Tx, commit_part: Callable[[], None] | None = None) -> None:
        """Do the work and remember how it ended."""
        try:
            self._result = self._do(tx, commit_part)
        except BaseException as error:  # noqa: BLE001 - handed on to the one who waits
            self.error = error

    def answer(self) -> None:
        """Tell the one who waits, on their loop."""
        self._call(self._settle)

    def _do(self, tx: Tx, _: Callable[[], None] | None) -> object:
        return self._work(tx)

    def _call(self, callback: Callable[..., None], *values: object) -> None:
        if not self._loop.is_closed():
            self._loop.call_soon_threadsafe(callback, *values)

    def _settle(self) -> None:
        if self._future.done():
            return
        if self.error is None:
            self._future.set_result(self._result)
        else:
            self._future.set_exception(self.error)


class _PartedJob(_Job):
    """A write that goes to disk in parts, unless it shares its commit with others."""

    def __init__(
        self,
        work: Callable[[Tx], Parts[Any]],
        loop: asyncio.AbstractEventLoop,
        future: asyncio.Future[Any],
        told: Callable[[Any], None],
    ) -> None:
        super().__init__(work, loop, future)
        self._told = told
        self._untold: list[object] = []

    def answer(self) -> None:
        """Tell what was not told yet, and the end."""
        for part in self._untold if self.error is None else ():
            self._call(self._told, part)
        super().answer()

    def _do(self, tx: Tx, commit_part: Callable[[], None] | None) -> object:
        parts: Parts[Any] = self._work(tx)
        if commit_part is None:
            *self._untold, last = all_parts(parts)
            return last
        while True:
            try:
                part = next(parts)
            except StopIteration as end:
                return end.value
            commit_part()
            self._call(self._told, part)


def _open(path: Path) -> Connection:
    connection = sqlite3.connect(
        path, isolation_level=None, check_same_thread=False, timeout=30, factory=Connection
    )
    try:
        for pragma in (
            "page_size = 8192",
            "journal_mode = WAL",
            "wal_autocheckpoint = 4096",
            "synchronous = FULL",
            "secure_delete = ON",
            "busy_timeout = 30000",
            "cache_size = -65536",
            f"mmap_size = {MAPPED}",
            "temp_store = MEMORY",
        ):
            connection.execute(f"PRAGMA {pragma}")
    except sqlite3.DatabaseError as damage:
        connection.close()
        raise StoreDamaged(path, str(damage)) from damage
    return connection


def _open_newest(path: Path) -> Connection:
    connection = _open(path)
    with ExitStack() as unless_opened:
        unless_opened.callback(connection.close)
        try:
            _migrate(connection, path)
        except sqlite3.DatabaseError as damage:
            raise StoreDamaged(path, str(damage)) from damage
        unless_opened.pop_all()
    return connection


def _migrate(connection: sqlite3.Connection, path: Path) -> None:
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > len(schema.MIGRATIONS):
        raise StoreDamaged(path, "a newer Kith has changed this file; use that one")
    for following in range(version + 1, len(schema.MIGRATIONS) + 1):
        connection.execute("BEGIN IMMEDIATE")
        for statement in schema.statements(following, "sqlite"):
            connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {following}")
        connection.execute("COMMIT")
