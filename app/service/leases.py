"""Which nodes are alive: each renews a row of its own, and whoever finds one old takes over."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from app.service.store import Tx

LEASE_S: Final = 10.0
"""A node that has not renewed its row for so long is gone."""


@dataclass(frozen=True, slots=True)
class Lease:
    """What a node learns when it joins or renews."""

    incarnation: int
    """The life of the database."""
    adopted: list[int]
    """Accounts that were online at nodes which are gone."""
    is_new: bool = True
    """Whether nobody knew this node, or others thought that it was gone."""


def join(tx: Tx, node_id: int, now: float) -> Lease:
    """Become a node; where no other is alive, begin a new life of the database.

    A restored copy is told from the database it was made of by the lives it does not know.
    """
    adopted = _take_over(tx, node_id, now)
    alive = others(tx, node_id)
    tx.run("INSERT INTO node (id, seen_at) VALUES (?, ?)", node_id, _clock(tx, now))
    latest = _latest(tx)
    if alive:
        return Lease(latest, adopted)
    incarnation = max(int(now * 1_000_000), latest + 1)
    tx.run("INSERT INTO incarnation (id, started_at) VALUES (?, ?)", incarnation, now)
    return Lease(incarnation, adopted)


def renew(tx: Tx, node_id: int, now: float) -> Lease:
    """Stay a node, and take over from those who are gone."""
    moment = _clock(tx, now)
    is_known = tx.run("UPDATE node SET seen_at = ? WHERE id = ?", moment, node_id)
    if not is_known:
        tx.run("INSERT INTO node (id, seen_at) VALUES (?, ?)", node_id, moment)
    return Lease(_latest(tx), _take_over(tx, node_id, now), not is_known)


def leave(tx: Tx, node_id: int) -> None:
    """Stop being a node."""
    tx.run("DELETE FROM node WHERE id = ?", node_id)


def others(tx: Tx, node_id: int) -> list[int]:
    """Return the other nodes."""
    return [ident for (ident,) in tx.all("SELECT id FROM node WHERE id <> ?", node_id)]


def is_first(tx: Tx, node_id: int) -> bool:
    """Tell whether a node is the one that does what only one shall do."""
    return tx.one("SELECT MIN(id) FROM node") == (node_id,)


def name(tx: Tx) -> int:
    """Return a number that all nodes of one database share."""
    row = tx.one("SELECT MIN(id) FROM incarnation")
    assert row is not None
    return int(row[0])


def _latest(tx: Tx) -> int:
    row = tx.one("SELECT MAX(id) FROM incarnation")
    return int(row[0] or 0) if row else 0


def _take_over(tx: Tx, node_id: int, now: float) -> list[int]:
    gone = _gone(tx, node_id, now)
    if not gone:
        return []
    adopted = [
        account_id
        for (account_id,) in tx.all(
            f"SELECT DISTINCT account_id FROM presence WHERE {tx.among('node_id', gone)}"
        )
    ]
    tx.run(f"DELETE FROM presence WHERE {tx.among('node_id', gone)}")
    tx.many(
        "INSERT INTO presence (account_id, node_id) VALUES (?, ?) ON CONFLICT DO NOTHING",
        [(account_id, node_id) for account_id in adopted],
    )
    tx.run(f"DELETE FROM node WHERE {tx.among('id', gone)}")
    return adopted


def _gone(tx: Tx, node_id: int, now: float) -> Sequence[int]:
    # A file has one service at a time: whoever stands there besides has crashed.
    oldest = _clock(tx, now) - LEASE_S if tx.dialect == "postgresql" else float("inf")
    return [
        ident
        for (ident,) in tx.all("SELECT id FROM node WHERE id <> ? AND seen_at < ?", node_id, oldest)
    ]


def _clock(tx: Tx, now: float) -> float:
    """Return the time on the one clock that all nodes share."""
    if tx.dialect != "postgresql":
        return now
    row = tx.one("SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) AS DOUBLE PRECISION)")
    assert row is not None
    return float(row[0])
