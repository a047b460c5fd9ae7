"""What the service asks of its database, in the order in which it asks."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from app.service.node import Node
from app.service.store import Parts, Store, Tx, Value

T = TypeVar("T")

Step = tuple[str, int]
"""A statement without its numbers, and how many rows it returned, changed or was given."""

_NUMBER = re.compile(r"\d+")


class TracingTx:
    """A transaction that notes what is done in it."""

    def __init__(self, tx: Tx, steps: list[Step]) -> None:
        self.tx = tx
        self.steps = steps
        self.dialect = tx.dialect

    def all(self, sql: str, *values: Value) -> list[tuple[Any, ...]]:
        rows = self.tx.all(sql, *values)
        self._note(sql, len(rows))
        return rows

    def one(self, sql: str, *values: Value) -> tuple[Any, ...] | None:
        row = self.tx.one(sql, *values)
        self._note(sql, int(row is not None))
        return row

    def run(self, sql: str, *values: Value) -> int:
        changed = self.tx.run(sql, *values)
        self._note(sql, changed)
        return changed

    def many(self, sql: str, rows: Iterable[Sequence[Value]]) -> None:
        listed = list(rows)
        self._note(sql, len(listed))
        self.tx.many(sql, listed)

    def insert(self, target: str, rows: Sequence[Sequence[Value]], tail: str = "") -> None:
        self._note(f"INSERT INTO {target} {tail}", len(rows))
        self.tx.insert(target, rows, tail)

    def columns(self, wanted: Sequence[str], rest: str, *values: Value) -> list[list[str]]:
        found = self.tx.columns(wanted, rest, *values)
        self._note(f"{', '.join(wanted)} {rest}", len(found[0]))
        return found

    def integers(self, wanted: Sequence[str], rest: str, *values: Value) -> list[list[int | None]]:
        found = self.tx.integers(wanted, rest, *values)
        self._note(f"{', '.join(wanted)} {rest}", len(found[0]))
        return found

    def fill(
        self,
        table: str,
        same: Mapping[str, Value],
        each: Mapping[str, Sequence[int | bytes | None]],
    ) -> None:
        self._note(f"FILL {table}", len(next(iter(each.values()))))
        self.tx.fill(table, same, each)

    def lock(self, table: str, column: str, numbers: Sequence[int]) -> None:
        self._note(f"LOCK {table}", len(numbers))
        self.tx.lock(table, column, numbers)

    def among(self, column: str, numbers: Sequence[int]) -> str:
        return self.tx.among(column, numbers)

    def numbers(self, numbers: Sequence[int]) -> str:
        return self.tx.numbers(numbers)

    def _note(self, sql: str, rows: int) -> None:
        self.steps.append((_NUMBER.sub("#", sql), rows))


@dataclass
class TracingStore:
    """A store that notes what is done in its transactions."""

    store: Store
    steps: list[Step] = field(default_factory=list)

    async def read(self, work: Callable[[Tx], T]) -> T:
        return await self.store.read(self._traced("read", work))

    async def write(self, work: Callable[[Tx], T]) -> T:
        return await self.store.write(self._traced("write", work))

    async def write_in_parts(self, work: Callable[[Tx], Parts[T]], told: Callable[[T], None]) -> T:
        def traced(tx: Tx) -> Parts[T]:
            self.steps.append(("write in parts", 0))
            return work(TracingTx(tx, self.steps))

        return await self.store.write_in_parts(traced, told)

    async def close(self) -> None:
        await self.store.close()

    def _traced(self, kind: str, work: Callable[[Tx], T]) -> Callable[[Tx], T]:
        def traced(tx: Tx) -> T:
            begun = len(self.steps)
            self.steps.append((kind, 0))
            try:
                return work(TracingTx(tx, self.steps))
            except BaseException:
                del self.steps[begun:]  # an engine may run it again
                raise

        return traced


@contextmanager
def traced(node: Node) -> Iterator[list[Step]]:
    """Note what a node asks of its database for a while."""
    store = node.store
    tracing = TracingStore(store)
    node.store = tracing
    try:
        yield tracing.steps
    finally:
        node.store = store
