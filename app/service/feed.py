"""What each viewer has still to hear: marks on relations, never payloads.

Each account counts its own feed (`head`). The count is taken under the account's row lock, so the
order of its numbers is the order of its commits and a cursor passes nothing that commits later; and
as it moves only for what the account may see, it tells nothing else.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

from app.domain import Audience
from app.service import relations
from app.service.accounts import NOTHING, Owner, parse_privacy
from app.service.decide import Standing, admits, visible_mask
from app.service.relations import (
    BLOCKS_PROFILE,
    JOINED,
    NO_RELATION,
    STANDING,
    Record,
    standing,
)
from app.service.store import Tx

View = tuple[bytes, int, int]
"""The JSON of the fields, the mask of what is there, and a digest."""

BLANK: View = (NOTHING, 0, 0)
NOBODY = (0,)
"""The id of no account."""
FEW = 50
"""Up to so many viewers are looked up one by one."""
_RECORD = len(relations.NAMES)


class News(NamedTuple):
    """One profile as a viewer is to hear it, and its number in the viewer's feed."""

    seq: int
    sealed: bytes
    """The address it is about."""
    version: int
    view: bytes


class Held(NamedTuple):
    """What a viewer holds of an owner: how it stands, and what was given last."""

    viewer_id: int
    viewer_key: int
    subscribed: int
    profile_seq: int
    version: int
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
        return self[9:]

    def standing_as(self, stands: Sequence[int | None]) -> "Held":
        """Return the same with another such standing."""
        return Held(*self[:9], *stands)

    @property
    def kind(self) -> tuple[int | None, ...]:
        """What decides what the viewer sees."""
        return self[7:]


_HELD = (
    "r.owner_id, v.address_key, r.kept * r.subscribed, r.profile_seq, r.version, r.shown, r.digest,"
    f" r.kept, r.blocked, {STANDING}"
)


@dataclass(slots=True)
class Touched:
    """Whom a change concerns: whose streams to wake, and who must not be sent what was true."""

    wake: set[int] = field(default_factory=set)
    revoked: set[int] = field(default_factory=set)
    news: dict[int, News] = field(default_factory=dict)
    """For viewers who have just this to hear: what it is, so that it need not be read again."""


@dataclass(frozen=True, slots=True)
class Before:
    """How an owner stood to the viewers before a change: the account, or relations by key."""

    owner: Owner | None = None
    stands: Mapping[int, tuple[Any, ...]] | None = None


def advance(tx: Tx, account_ids: Iterable[int], still: Collection[int] = ()) -> dict[int, int]:
    """Give each account its next number; the rows stay locked until the commit.

    Those in `still` keep theirs: they only cost what the others cost.
    """
    wanted = sorted({*account_ids, *still})
    if not wanted:
        return {}
    tx.lock("account", "id", wanted)
    rows = tx.all(
        f"UPDATE account SET head = CASE WHEN {tx.among('id', [*still] or NOBODY)}"
        " THEN head ELSE head + 1 END,"
        " base = CASE WHEN incarnation = (SELECT MAX(id) FROM incarnation) THEN base ELSE head END,"
        " incarnation = (SELECT MAX(id) FROM incarnation)"
        f" WHERE {tx.among('id', wanted)} RETURNING id, head"
    )
    return dict(rows)


def refresh(
    tx: Tx,
    owner: Owner,
    touched: Touched,
    keys: Sequence[int] | None = None,
    before: Before | None = None,
) -> None:
    """Bring what viewers were given of an owner up to date, and mark what they must hear.

    `keys` are the addresses of the viewers concerned; without it, everybody who holds the owner.
    With `before`, viewers who block the owner cost what they would cost if they did not: whoever
    made the change must not read from its time that they are blocked.
    """
    views: dict[tuple[int | None, ...], View] = {}
    changed: list[tuple[Held, View]] = []
    deaf: list[tuple[Held, bool]] = []
    for row in _viewers(tx, owner, keys):
        held = Held._make(row)
        view = views.get(held.kind)
        if view is None:
            view = views[held.kind] = _view_of_kind(owner, held)
        if view[2] != held.digest:
            changed.append((held, view))
        elif before is not None and held.blocked & BLOCKS_PROFILE:
            deaf += _would_hear(owner, held, before)
    if changed or deaf:
        _mark(tx, owner, changed, touched, deaf)


def _view_of_kind(owner: Owner, held: Held) -> View:
    viewer = standing(held.stands, held.blocked)
    if not held.kept and not may_discover(owner, viewer):
        return BLANK
    return owner.view(mask(owner.rules, viewer))


def _would_hear(owner: Owner, held: Held, before: Before) -> list[tuple[Held, bool]]:
    """Return a viewer to whom the change would show if they did not block; and if they lost."""
    hearing = held._replace(blocked=0)
    new = _view_of_kind(owner, hearing)
    if before.stands is not None:
        stands = before.stands.get(held.viewer_key, NO_RELATION)
        hearing = hearing.standing_as(stands)
    old = _view_of_kind(before.owner or owner, hearing)
    return [(held, bool(old[1] & ~new[1]))] if old[2] != new[2] else []


def _mark(
    tx: Tx,
    owner: Owner,
    changed: list[tuple[Held, View]],
    touched: Touched,
    deaf: Sequence[tuple[Held, bool]] = (),
) -> None:
    """Store new views of viewers and move their feeds, where they are to hear of it.

    What is kept of the deaf is written as it was.
    """
    losing = {held.viewer_id for held, (_, shown, _) in changed if held.shown & ~shown}
    hearing = losing | {held.viewer_id for held, _ in changed if held.subscribed}
    without = {held.viewer_id for held, is_losing in deaf if is_losing}
    still = without | {held.viewer_id for held, _ in deaf if held.subscribed}
    if len(changed) + len(deaf) <= FEW:
        # Among few it could be told from the time whether one more of them listens.
        still |= {held.viewer_id for held, _ in (*changed, *deaf)} - hearing
    heads = advance(tx, hearing, still)
    told: list[Sequence[int]] = []
    untold: list[Sequence[int]] = []
    views = [(held, view, 1) for held, view in changed]
    views += [(held, (b"", held.shown, held.digest), 0) for held, _ in deaf]
    for held, (view, shown, digest), step in views:
        viewer_id = held.viewer_id
        kept = held.version + step, shown, digest
        if viewer_id in hearing:
            seq = heads[viewer_id]
            told.append((*kept, seq, viewer_id, owner.key))
            touched.news[viewer_id] = News(seq, owner.sealed, held.version + step, view)
        elif viewer_id in still:
            told.append((*kept, held.profile_seq, viewer_id, owner.key))
        else:
            untold.append((*kept, viewer_id, owner.key))
    where = " WHERE owner_id = ? AND peer_key = ?"
    tx.many("UPDATE relation SET version = ?, shown = ?, digest = ?" + where, untold)
    tx.many("UPDATE relation SET version = ?, shown = ?, digest = ?, profile_seq = ?" + where, told)
    touched.wake |= still
    touched.revoked |= losing | without


def reconsider(
    tx: Tx,
    owner: Owner,
    touched: Touched,
    keys: Sequence[int],
    stands: Mapping[int, tuple[Any, ...]],
) -> None:
    """Let a change of an owner's relations reach the peers: what they see, and if they find it.

    `stands` says by key how each stood before.
    """
    refresh(tx, owner, touched, keys, Before(stands=stands))
    if keys and owner.privacy.searchable in (Audience.CONTACTS, Audience.FAVORITES):
        discover(tx, owner, touched, keys)


def discover(tx: Tx, owner: Owner, touched: Touched, keys: Sequence[int] | None = None) -> None:
    """Match those who wait for this owner and may now discover them."""
    found = []
    for row in _waiting(tx, owner, keys):
        record = Record(*row[:_RECORD])
        if not may_discover(owner, standing(row[_RECORD:], record.blocked)):
            continue
        matched = record._replace(peer_id=owner.id, cause=JOINED)
        _, shown, digest = seen(matched, owner, row[_RECORD:])
        found.append((matched, shown, digest))
    heads = advance(tx, {record.owner_id for record, _, _ in found})
    relations.save(
        tx,
        [
            record._replace(
                relation_seq=heads[record.owner_id],
                profile_seq=heads[record.owner_id]
                if record.subscribed and digest != record.digest
                else record.profile_seq,
                version=record.version + (digest != record.digest),
                shown=shown,
                digest=digest,
            )
            for record, shown, digest in found
        ],
    )
    touched.wake |= heads.keys()


def may_discover(owner: Owner, viewer: Standing) -> bool:
    """Tell whether such a viewer may learn that the owner is here."""
    return admits(owner.privacy.searchable, viewer)


def seen(record: Record, owner: Owner | None, mine: tuple[Any, ...]) -> View:
    """Return the view that a record's owner has of its peer; `mine` is the peer's own relation."""
    if owner is None:
        return BLANK
    viewer = standing(mine, record.blocked)
    if not record.kept and not may_discover(owner, viewer):
        return BLANK
    return owner.view(mask(owner.rules, viewer))


@lru_cache(maxsize=65_536)
def mask(rules: str, viewer: Standing) -> int:
    """Return the mask of what stored rules let a viewer see."""
    return visible_mask(parse_privacy(rules), viewer)


def _viewers(tx: Tx, owner: Owner, keys: Sequence[int] | None) -> list[tuple[Any, ...]]:
    """Return the relations held about an owner, each with the owner's own about the viewer."""
    mine = "LEFT JOIN relation m ON m.owner_id = ? AND m.peer_key = v.address_key"
    if keys is None:
        return tx.all(
            f"SELECT {_HELD} FROM relation r CROSS JOIN account v ON v.id = r.owner_id {mine}"
            " WHERE r.peer_id = ?",
            owner.id,
            owner.id,
        )
    if not keys:
        return []
    if len(keys) > FEW and _holders(tx, owner, len(keys)) < len(keys):
        wanted = set(keys)
        rows = tx.all(
            f"SELECT {_HELD} FROM relation r CROSS JOIN account v"
            f" ON v.id = r.owner_id {mine} WHERE r.peer_id = ?",
            owner.id,
            owner.id,
        )
        return [row for row in rows if row[1] in wanted]
    return tx.all(
        f"SELECT {_HELD} FROM {tx.numbers(sorted(keys))} n"
        " CROSS JOIN account v ON v.address_key = n.value"
        f" CROSS JOIN relation r ON r.owner_id = v.id AND r.peer_key = ? {mine}"
        " WHERE r.peer_id = ?",
        owner.key,
        owner.id,
        owner.id,
    )


def _holders(tx: Tx, owner: Owner, most: int) -> int:
    """Count those who hold an owner, up to a number."""
    row = tx.one(
        "SELECT COUNT(*) FROM (SELECT 1 FROM relation WHERE peer_id = ? LIMIT ?) found",
        owner.id,
        most,
    )
    assert row is not None
    return int(row[0])


def _waiting(tx: Tx, owner: Owner, keys: Sequence[int] | None) -> list[tuple[Any, ...]]:
    """Return the kept relations to the owner's address that are not matched."""
    rows = tx.all(
        f"SELECT {relations.COLUMNS}, {STANDING}, v.address_key FROM relation r"
        " JOIN account v ON v.id = r.owner_id"
        " LEFT JOIN relation m ON m.owner_id = ? AND m.peer_key = v.address_key"
        " WHERE r.peer_key = ? AND r.peer_id IS NULL AND r.kept = 1",
        owner.id,
        owner.key,
    )
    if keys is None:
        return [row[:-1] for row in rows]
    wanted = set(keys)
    return [row[:-1] for row in rows if row[-1] in wanted]
