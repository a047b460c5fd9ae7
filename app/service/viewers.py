"""Who holds something of an owner: what each was told last, and all that decides what it sees."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from app.service.accounts import Owner
from app.service.relations import STANDING
from app.service.store import Tx, Value

FEW = 50
"""Up to so many viewers are looked up one by one."""


class Viewer(NamedTuple):
    """One viewer: where its feed stands, and what it was told last of the owner."""

    id: int
    key: int
    head: int
    profile_seq: int
    version: int


class Held(NamedTuple):
    """What a viewer holds of an owner, and what decides what it sees; many hold the same."""

    subscribed: int
    shown: int
    digest: int
    kept: int
    blocked: int
    contact: int | None
    favorite: int | None
    blocks: int | None
    visibility: int | None
    fields: int | None

    @property
    def stands(self) -> tuple[int | None, ...]:
        """How the owner stands to the viewer."""
        return self[5:]

    def standing_as(self, stands: Sequence[int | None]) -> "Held":
        """Return the same with another such standing."""
        return Held(*self[:5], *stands)


Row = tuple[Any, ...]
"""The values of a viewer, then what it holds."""

ID, HEAD, VERSION = (Viewer._fields.index(name) for name in ("id", "head", "version"))
_VIEWER = len(Viewer._fields)
_COLUMNS = (
    *("r.owner_id", "v.address_key", "v.head", "r.profile_seq", "r.version"),
    *("r.kept * r.subscribed", "r.shown", "r.digest", "r.kept", "r.blocked"),
    *STANDING.split(", "),
)
_MINE = "LEFT JOIN relation m ON m.owner_id = ? AND m.peer_key = v.address_key"
_ALL = f"FROM relation r CROSS JOIN account v ON v.id = r.owner_id {_MINE} WHERE r.peer_id = ?"


def viewers(tx: Tx, owner: Owner, keys: Sequence[int] | None) -> list[Row]:
    """Return who holds an owner; of some addresses only, where `keys` names them."""
    if keys is None:
        return _rows(tx, _ALL, owner.id, owner.id)
    if not keys:
        return []
    if len(keys) > FEW and count_viewers(tx, owner, len(keys)) < len(keys):
        wanted = set(keys)
        everybody = _rows(tx, _ALL, owner.id, owner.id)
        return [row for row in everybody if row[1] in wanted]
    return _rows(
        tx,
        f"FROM {tx.numbers(sorted(keys))} n"
        " CROSS JOIN account v ON v.address_key = n.value"
        f" CROSS JOIN relation r ON r.owner_id = v.id AND r.peer_key = ? {_MINE}"
        " WHERE r.peer_id = ?",
        owner.key,
        owner.id,
        owner.id,
    )


def _rows(tx: Tx, rest: str, *values: Value) -> list[Row]:
    return list(zip(*tx.integers(_COLUMNS, rest, *values), strict=True))


def some_viewers(tx: Tx, owner: Owner, after: int, until: int) -> list[Row]:
    """Return who holds an owner and has an id after one and up to another."""
    between = f"{_ALL} AND r.owner_id > ? AND r.owner_id <= ?"
    return _rows(tx, between, owner.id, owner.id, after, until)


def end_of_part(tx: Tx, owner: Owner, after: int, size: int) -> int | None:
    """Return the id of the last of the next who hold an owner, unless nobody comes after it."""
    found = tx.all(
        "SELECT owner_id FROM relation WHERE peer_id = ? AND owner_id > ?"
        " ORDER BY owner_id LIMIT 2 OFFSET ?",
        owner.id,
        after,
        size - 1,
    )
    return int(found[0][0]) if len(found) > 1 else None


def alike(rows: Sequence[Row]) -> dict[Held, list[Row]]:
    """Put together who holds the same."""
    groups: dict[Row, list[Row]] = {}
    for row in rows:
        held = row[_VIEWER:]
        if held in groups:
            groups[held].append(row)
        else:
            groups[held] = [row]
    return {Held._make(held): group for held, group in groups.items()}


def viewer(row: Row) -> Viewer:
    """Return the viewer of a row."""
    return Viewer._make(row[:_VIEWER])


def count_viewers(tx: Tx, owner: Owner, most: int) -> int:
    """Count those who hold an owner, up to a number."""
    row = tx.one(
        "SELECT COUNT(*) FROM (SELECT 1 FROM relation WHERE peer_id = ? LIMIT ?) found",
        owner.id,
        most,
    )
    assert row is not None
    return int(row[0])
