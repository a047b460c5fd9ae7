"""One transaction on the client's file: short words for SQL, and what it touched."""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from typing import Any

from app.changes import Kind
from app.domain import ContactId

Record = tuple[Any, ...]


class Transaction:
    """Runs SQL and remembers whose rows have to be made again and what to tell the screen."""

    __slots__ = ("_connection", "contacts", "erased", "joined", "kinds")

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self.contacts: set[ContactId] = set()
        self.joined: set[ContactId] = set()
        self.kinds = Kind(0)
        self.erased = False
        """Something hidden was erased: after the commit the log is emptied too."""

    def all(self, sql: str, *values: object) -> list[Record]:
        """Every record."""
        return self._connection.execute(sql, values).fetchall()

    def each(self, sql: str, *values: object) -> Iterator[Record]:
        """Every record, one after the other: 100,000 at once would be in memory twice."""
        return self._connection.execute(sql, values)

    def one(self, sql: str, *values: object) -> Record | None:
        """Read the first record, if there is one."""
        record: Record | None = self._connection.execute(sql, values).fetchone()
        return record

    def value(self, sql: str, *values: object) -> Any:
        """Read the first value of the first record; None without one."""
        record = self.one(sql, *values)
        return record[0] if record else None

    def run(self, sql: str, *values: object) -> int:
        """Change something; the answer is the id of the record that was added last."""
        return self._connection.execute(sql, values).lastrowid or 0

    def many(self, sql: str, records: Iterable[Record]) -> None:
        """Change many records."""
        self._connection.executemany(sql, records)


def listed(values: Iterable[object]) -> str:
    """Write values for `IN (SELECT value FROM json_each(?))`."""
    return json.dumps(list(values), default=str)
