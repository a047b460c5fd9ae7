"""Bulk match, fan-out, delta and streams touch rows by an index only, on either engine."""

import re
import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import psycopg
import pytest

from app.service import listing
from app.service.forget import KEPT_S, forget_some
from app.service.postgres import PostgresTx
from app.service.sqlite import SqliteTx
from app.service.store import Parts, Store, Tx
from tests.service.people import Person, fresh, serve

T = TypeVar("T")
Plans = list[tuple[str, str]]

PEOPLE = 300
OTHERS = 2_000
LARGE = 8_000
"""A book too large to be read whole for each address that is looked up."""
_STATEMENT = re.compile(r"\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\b")
_WHOLE_TABLE = re.compile(
    r"Seq Scan on (relation|account|message|token|presence|picture)\b"
    r"|\bSCAN (relation|account|message|token|presence|picture|[rmvaspt])\b"
)
_INDEX = re.compile(r"(?:using|Bitmap Index Scan on) (\w+)")
_BEGINS_WITH = {
    "relation_pkey": "owner_id",
    "relation_by_peer": "peer_id",
    "relation_pending": "peer_key",
    "relation_changed": "owner_id",
    "relation_heard": "owner_id",
    "message_pkey": "sender_id",
    "message_sent": "sender_id",
    "message_received": "recipient_id",
    "account_pkey": "id",
    "account_address_key_key": "address_key",
    "token_pkey": "hash",
    "token_by_account": "account_id",
}
"""The column by which an index finds its rows; without it, it is read whole as well."""


def is_read_whole(plans: Plans, place: int) -> bool:
    line = plans[place][1]
    if _WHOLE_TABLE.search(line) or "Materialize" in line:
        return True
    index = _INDEX.search(line)
    column = _BEGINS_WITH.get(index[1]) if index else None
    if column is None or line.startswith("SEARCH"):
        return False
    condition = plans[place + 1][1] if place + 1 < len(plans) else ""
    return not re.search(rf"Index Cond:.*\b{column} =", condition)


def whole(plans: Plans) -> Plans:
    return [plan for place, plan in enumerate(plans) if is_read_whole(plans, place)]


@dataclass
class ExplainingCursor:
    """A cursor of PostgreSQL that first asks how each statement will be run."""

    cursor: psycopg.Cursor[Any]
    plans: Plans

    def execute(self, sql: str, values: Sequence[Any], *, prepare: bool | None) -> None:
        if _STATEMENT.match(sql):
            self.cursor.execute(f"EXPLAIN {sql}".encode(), values, prepare=False)
            self.plans += [(sql, line) for (line,) in self.cursor.fetchall()]
        self.cursor.execute(sql.encode(), values, prepare=prepare)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.cursor, name)


@dataclass
class ExplainingConnection:
    """A connection to SQLite that first asks how each statement will be run."""

    connection: sqlite3.Connection
    plans: Plans

    def execute(self, sql: str, values: Sequence[Any] = ()) -> sqlite3.Cursor:
        if _STATEMENT.match(sql):
            rows = self.connection.execute(f"EXPLAIN QUERY PLAN {sql}", values)
            self.plans += [(sql, row[3]) for row in rows]
        return self.connection.execute(sql, values)

    def executemany(self, sql: str, rows: Sequence[Sequence[Any]]) -> None:
        for row in rows:
            self.execute(sql, row)


@dataclass
class ExplainingStore:
    """A store that notes how each statement is run."""

    store: Store
    plans: Plans = field(default_factory=list)

    async def read(self, work: Callable[[Tx], T]) -> T:
        return await self.store.read(lambda tx: work(self._explaining(tx)))

    async def write(self, work: Callable[[Tx], T]) -> T:
        return await self.store.write(lambda tx: work(self._explaining(tx)))

    async def write_in_parts(self, work: Callable[[Tx], Parts[T]], told: Callable[[T], None]) -> T:
        return await self.store.write_in_parts(lambda tx: work(self._explaining(tx)), told)

    async def close(self) -> None:
        await self.store.close()

    def _explaining(self, tx: Tx) -> Tx:
        if isinstance(tx, PostgresTx):
            tx._cursor = ExplainingCursor(tx._cursor, self.plans)  # type: ignore[assignment]  # stands in its place
        if isinstance(tx, SqliteTx):
            tx._connection = ExplainingConnection(tx._connection, self.plans)  # type: ignore[assignment]  # as above
        return tx


async def _match(me: Person, book: list[str]) -> None:
    await me.sync(*book)
    await me.sync(*book)


async def _match_some(me: Person, book: list[str]) -> None:
    """A book that is mostly asked for is read whole: it costs what was asked."""
    await me.sync(*book)
    await me.sync(*book[:3])


async def _single(me: Person, book: list[str]) -> None:
    await me.relate(book[0], favorite=True)
    await me.get(f"/v1/profiles/{book[1]}")
    await me.drop(book[0])


async def _fan_out(me: Person, _: list[str]) -> None:
    await me.publish(name="New")
    await me.privacy(searchable="contacts")


async def _delta(me: Person, book: list[str]) -> None:
    cursor = (await me.sync(*book))["cursor"]
    await me.relate(book[0], favorite=True)
    await me.get(f"/v1/contacts?cursor={cursor}")
    await me.get("/v1/contacts?limit=50")


async def _changes(me: Person, book: list[str]) -> None:
    cursor = (await me.sync(*book))["cursor"]
    await me.relate(book[0], favorite=True)
    await me.get(f"/v1/contacts?cursor={cursor}")


async def _stream(me: Person, book: list[str]) -> None:
    await me.sync(*book)
    ident, node = await me.ident(), me.service.node
    await node.store.read(lambda tx: listing.since(tx, node.texts, {ident: 0}, [ident]))


async def _message(me: Person, book: list[str]) -> None:
    body = {"id": "0b7fbd0f-8ee6-4e29-8bd3-6ff0dd8f0a9f", "to": book[0], "text": "Hello"}
    assert (await me.call("POST", "/v1/messages", json=body)).status_code == 202


async def _leave(me: Person, _: list[str]) -> None:
    path = f"/v1/operator/users/{me.address}"
    assert (await me.service.operator("DELETE", path)).status_code == 204


async def _forget(me: Person, book: list[str]) -> None:
    await me.sync(*book)
    await me.call("DELETE", "/v1/me/contacts")
    node, long_after = me.service.node, me.service.clock.now + KEPT_S + 1
    for _ in range(3):
        await node.store.write(lambda tx: forget_some(tx, node.id, long_after))


EVERY_DEED = [_match, _single, _fan_out, _delta, _stream, _message, _leave, _forget]


@pytest.mark.parametrize("deed", EVERY_DEED)
async def test_no_table_is_read_whole(
    database: str | Path, deed: Callable[[Person, list[str]], Any]
) -> None:
    async with serve(database) as service:
        people = await service.people(*[fresh() for _ in range(PEOPLE)], name="N")
        me, others = people[0], people[1:]
        book = [person.address for person in others]
        for other in others[:5]:
            await other.sync(*book, me.address)
        await service.people(*[fresh() for _ in range(OTHERS)])
        explaining = service.node.store = ExplainingStore(service.node.store)
        await deed(me, [*book, *(fresh() for _ in range(50))])
        assert explaining.plans
        assert whole(explaining.plans) == []


_WHOLE_BOOK = re.compile(r"SEARCH (r|relation) USING (PRIMARY KEY|INDEX \w+) \(owner_id=\?\)")
_PAGED = re.compile(r"SEARCH (r|relation) USING PRIMARY KEY \(owner_id=\? AND peer_key>\?\)")


@pytest.mark.parametrize("deed", [_match_some, _single, _fan_out, _changes, _stream, _message])
async def test_no_book_is_read_whole(
    tmp_path: Path, deed: Callable[[Person, list[str]], Any]
) -> None:
    """What a book costs is what changed in it; on SQLite, whose planner needs no figures."""
    async with serve(tmp_path / "kith.db") as service:
        people = await service.people(*[fresh() for _ in range(20)], name="N")
        me, book = people[0], [person.address for person in people[1:]]
        await people[1].sync(*book, me.address)
        explaining = service.node.store = ExplainingStore(service.node.store)
        await deed(me, book)
        lines = [line for _, line in explaining.plans]
        assert lines
        assert [line for line in lines if _WHOLE_BOOK.search(line) or _PAGED.search(line)] == []


async def test_a_part_of_a_book_is_looked_up_key_by_key(database: str | Path) -> None:
    """Whatever PostgreSQL takes the book for: the other way round costs the square of it."""
    async with serve(database) as service:
        (me, *others) = await service.people(*[fresh() for _ in range(10)])
        book = [*(other.address for other in others), *(fresh() for _ in range(LARGE))]
        await me.sync(*book)
        explaining = service.node.store = ExplainingStore(service.node.store)
        await me.sync(*book[: LARGE // 5])
        await me.sync(*book[: LARGE // 5], contact=False)
        lines = [line for _, line in explaining.plans]
        assert any("relation_pkey" in line or "PRIMARY KEY" in line for line in lines)
        assert [line for line in lines if "Join Filter" in line or _WHOLE_BOOK.search(line)] == []


async def test_a_feed_is_read_by_its_own_indexes(tmp_path: Path) -> None:
    async with serve(tmp_path / "kith.db") as service:
        (me, *others) = await service.people(*[fresh() for _ in range(5)])
        explaining = service.node.store = ExplainingStore(service.node.store)
        for deed in (_changes, _stream):
            explaining.plans.clear()
            await deed(me, [other.address for other in others])
            read = " ".join(line for _, line in explaining.plans)
            assert re.search(r"INDEX relation_changed \(owner_id=\? AND relation_seq>\?", read)
            assert re.search(r"INDEX relation_heard \(owner_id=\? AND profile_seq>\?", read)


async def test_reading_a_table_whole_would_be_noticed(database: str | Path) -> None:
    async with serve(database) as service:
        explaining = ExplainingStore(service.node.store)
        await explaining.read(lambda tx: tx.all("SELECT id FROM account WHERE head = ?", 7))
        await explaining.read(lambda tx: tx.all("SELECT 1 FROM relation WHERE peer_key = ?", 7))
        assert len(whole(explaining.plans)) == 2
