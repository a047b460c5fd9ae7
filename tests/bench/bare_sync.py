"""A directory and a book in a database, and nothing else: the floors under bulk matching.

The join finds sorted keys among all accounts. The store keeps what one call brings durably: keys of
64 bits under their owner, and by key who keeps it, in one transaction.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Protocol

import psycopg

_KEPT = (
    "CREATE TABLE kept (owner BIGINT NOT NULL, peer BIGINT NOT NULL, PRIMARY KEY (owner, peer))",
    "CREATE INDEX kept_by_peer ON kept (peer, owner)",
)


class Bare(Protocol):
    """A database without a service."""

    def join(self, book: Sequence[int]) -> int:
        """Look addresses up; return how many are there."""
        ...

    def keep(self, owner: int, parts: Iterable[Sequence[int]]) -> None:
        """Store a book; each part is on disk before the next."""
        ...


@contextmanager
def bare_sqlite(path: Path, people: Iterable[int]) -> Iterator[Bare]:
    """Make both tables in a file."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        for pragma in ("journal_mode = WAL", "synchronous = FULL"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("CREATE TABLE bare (address_key INTEGER PRIMARY KEY, id INTEGER)")
        connection.execute("BEGIN")
        rows = ((key, key) for key in _keys(people))
        connection.executemany("INSERT INTO bare VALUES (?, ?)", rows)
        connection.execute("COMMIT")
        connection.execute(f"{_KEPT[0]} WITHOUT ROWID")
        connection.execute(_KEPT[1])
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        yield _BareSqlite(connection)


@contextmanager
def bare_postgresql(url: str, people: Iterable[int]) -> Iterator[Bare]:
    """Make both tables in a database."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE bare (address_key BIGINT, id BIGINT)")
        with connection.cursor().copy("COPY bare FROM STDIN") as copy:
            for key in _keys(people):
                copy.write_row((key, key))
        connection.execute("CREATE UNIQUE INDEX bare_by_key ON bare (address_key) INCLUDE (id)")
        connection.execute("VACUUM ANALYZE bare")
        for statement in _KEPT:
            connection.execute(statement.encode())
        for plan in ("hashjoin", "mergejoin"):
            connection.execute(f"SET enable_{plan} = off".encode())
        yield _BarePostgresql(connection)


class _BareSqlite:
    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def join(self, book: Sequence[int]) -> int:
        rows = self._connection.execute(
            "SELECT a.id FROM json_each(?) n CROSS JOIN bare a ON a.address_key = n.value",
            (json.dumps(_keys(book)),),
        )
        return len(rows.fetchall())

    def keep(self, owner: int, parts: Iterable[Sequence[int]]) -> None:
        for part in parts:
            self._connection.execute(
                "INSERT INTO kept SELECT ?, value FROM json_each(?)",
                (owner, json.dumps(_keys(part))),
            )


class _BarePostgresql:
    def __init__(self, connection: psycopg.Connection) -> None:
        self._connection = connection

    def join(self, book: Sequence[int]) -> int:
        rows = self._connection.execute(
            "SELECT a.id FROM unnest(%b::bigint[]) AS n(value)"
            " JOIN bare a ON a.address_key = n.value",
            (_keys(book),),
        )
        return len(rows.fetchall())

    def keep(self, owner: int, parts: Iterable[Sequence[int]]) -> None:
        for part in parts:
            self._connection.execute(
                "INSERT INTO kept SELECT %b, unnest(%b::bigint[])", (owner, _keys(part))
            )


def _keys(people: Iterable[int]) -> list[int]:
    """Return numbers that lie as far apart as keyed hashes, in their order."""
    return sorted(number * 2_654_435_761 % (1 << 62) for number in people)
