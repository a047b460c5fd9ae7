"""The service's SQL as PostgreSQL takes it."""

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import count, islice
from typing import Any, Final

from app.service.store import Value

LONG: Final = 2_000
"""A statement longer than this carries its numbers in it, and is not worth remembering."""

_INSERT = re.compile(r"INSERT INTO (\w+) \(([^()]*)\) VALUES \(([^()]*)\)(.*)", re.DOTALL)
_UPDATE = re.compile(r"UPDATE (\w+) SET (.*) WHERE (.*)", re.DOTALL)
_ASSIGNED = re.compile(r"(\w+) = \?")


def translated(sql: str) -> str:
    """Return a statement with numbered holes, whose joins keep the order they are written in."""
    return _remembered(sql) if len(sql) < LONG else _translate(sql)


def array(numbers: Sequence[int]) -> str:
    """Return an array of our own numbers, as it stands in a statement."""
    return f"'{{{','.join(map(str, numbers))}}}'::bigint[]"


def column(values: Sequence[Value]) -> Any:
    """Return one column of a batch as a parameter; numbers are quickest as text."""
    first = next((value for value in values if value is not None), None)
    if isinstance(first, int):
        return f"{{{','.join(['NULL' if value is None else str(value) for value in values])}}}"
    return list(values)


class Batches:
    """Statements that take many rows at once, as one array for each hole."""

    def __init__(self, types: Mapping[tuple[str, str], str]) -> None:
        self._types = types
        self._known: dict[str, str | None] = {}

    def of(self, sql: str) -> str | None:
        """Return the statement for many rows, or nothing where rows go one by one."""
        if sql not in self._known:
            self._known[sql] = self._batched(sql)
        return self._known[sql]

    def filling(self, table: str, same: tuple[str, ...], each: tuple[str, ...]) -> str:
        """Return an INSERT of rows with values in common and an array for each other column."""
        taken = [f"${place}::{self._types[table, name]}" for place, name in enumerate(same, 1)]
        names = ", ".join((*same, *each))
        taken += islice(_places(), len(each))
        source = self._unnest(table, each, len(same) + 1)
        return f"INSERT INTO {table} ({names}) SELECT {', '.join(taken)} FROM {source}"

    def _batched(self, sql: str) -> str | None:
        if inserting := _INSERT.fullmatch(sql):
            table, columns, values, tail = inserting.groups()
            return self._inserting(table, _names(columns), _names(values), tail)
        if updating := _UPDATE.fullmatch(sql):
            return self._updating(*updating.groups())
        return None

    def _inserting(
        self, table: str, columns: list[str], values: list[str], tail: str
    ) -> str | None:
        if len(columns) != len(values):
            return None
        holes = [name for name, value in zip(columns, values, strict=True) if value == "?"]
        place = _places()
        taken = [next(place) if value == "?" else value for value in values]
        return (
            f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(taken)}"
            f" FROM {self._unnest(table, holes)} {tail}"
        )

    def _updating(self, table: str, changes: str, condition: str) -> str | None:
        holes = _ASSIGNED.findall(f"{changes} {condition}")
        if len(holes) != changes.count("?") + condition.count("?"):
            return None
        place = _places()
        changed = re.sub(r"\?", lambda _: next(place), changes)
        found = re.sub(r"(\w+) = \?", lambda hole: f"{table}.{hole[1]} = {next(place)}", condition)
        return f"UPDATE {table} SET {changed} FROM {self._unnest(table, holes)} WHERE {found}"

    def _unnest(self, table: str, columns: Sequence[str], start: int = 1) -> str:
        arrays = ", ".join(
            f"${place}::{self._types[table, name]}[]" for place, name in enumerate(columns, start)
        )
        names = ", ".join(f"c{place}" for place in range(1, len(columns) + 1))
        return f"unnest({arrays}) AS u({names})"


def _places() -> Iterator[str]:
    return (f"u.c{place}" for place in count(1))


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",")]


@lru_cache(maxsize=512)
def _remembered(sql: str) -> str:
    return _translate(sql)


def _translate(sql: str) -> str:
    first, *rest = sql.replace("CROSS JOIN", "JOIN").split("?")
    return first + "".join(f"${place}{part}" for place, part in enumerate(rest, 1))
