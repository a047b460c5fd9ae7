"""The service's database: transaction functions run in worker threads, for either engine.

A transaction function touches nothing but the database, since an engine may run it again.
"""

from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from typing import Any, Protocol, TypeVar

import msgspec

Value = int | float | str | bytes | None
T = TypeVar("T")
Parts = Generator[T, None, T]
"""A change that yields where what it did so far may be committed."""


class Tx(Protocol):
    """One transaction. SQL uses `?` for values, whatever the engine."""

    dialect: str

    def all(self, sql: str, *values: Value) -> list[tuple[Any, ...]]:
        """Return every row."""
        ...

    def one(self, sql: str, *values: Value) -> tuple[Any, ...] | None:
        """Return the first row, or nothing."""
        ...

    def run(self, sql: str, *values: Value) -> int:
        """Change rows and return how many."""
        ...

    def many(self, sql: str, rows: Iterable[Sequence[Value]]) -> None:
        """Run one statement for each row."""
        ...

    def insert(self, target: str, rows: Sequence[Sequence[Value]], tail: str = "") -> None:
        """Insert rows, many to a statement; `target` is the table with its columns."""
        ...

    def columns(self, wanted: Sequence[str], rest: str, *values: Value) -> list[list[str]]:
        """Return columns as text, many times quicker than rows; `rest` is the query from FROM on.

        No value may be NULL or hold a line break.
        """
        ...

    def integers(self, wanted: Sequence[str], rest: str, *values: Value) -> list[list[int | None]]:
        """Return columns of integers, many times quicker than rows; they may hold NULL."""
        ...

    def fill(
        self,
        table: str,
        same: Mapping[str, Value],
        each: Mapping[str, Sequence[int | bytes | None]],
    ) -> None:
        """Insert rows that share some values and have one of each sequence, the first of ints."""
        ...

    def lock(self, table: str, column: str, numbers: Sequence[int]) -> None:
        """Lock rows in a column's order, so that no two transactions wait for each other."""
        ...

    def among(self, column: str, numbers: Sequence[int]) -> str:
        """Return a condition that a column is one of many numbers."""
        ...

    def numbers(self, numbers: Sequence[int]) -> str:
        """Return a table expression with one column, `value`, of many numbers."""
        ...


class Store(Protocol):
    """One database."""

    async def read(self, work: Callable[[Tx], T]) -> T:
        """Run a function on one consistent state, as it is at the function's first statement."""
        ...

    async def write(self, work: Callable[[Tx], T]) -> T:
        """Run a function that changes things; when this returns, they are on disk."""
        ...

    async def write_in_parts(self, work: Callable[[Tx], Parts[T]], told: Callable[[T], None]) -> T:
        """Run a change that may go to disk in parts, for whoever must not wait for all of it.

        Each part is told once it is on disk; the last is returned. Nobody reads what is between,
        and a crash may leave it: whatever works in parts notes in the first how to go on.
        """
        ...

    async def close(self) -> None:
        """Finish what is under way and let go."""
        ...


decode_integers = msgspec.json.Decoder(list[int | None]).decode
"""Reads a column of integers as an engine has joined it."""


def all_parts(parts: Parts[T]) -> list[T]:
    """Make a change without a commit between its parts."""
    found: list[T] = []
    while True:
        try:
            found.append(next(parts))
        except StopIteration as end:
            return [*found, end.value]
