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
from app.service.store import Parts, Tx
from app.service.viewers import (
    FEW,
    HEAD,
    ID,
    VERSION,
    Held,
    Row,
    Viewer,
    alike,
    count_viewers,
    end_of_part,
    some_viewers,
    viewer,
    viewers,
)

View = tuple[bytes, int, int]
"""The JSON of the fields, the mask of what is there, and a digest."""

BLANK: View = (NOTHING, 0, 0)
FIRST_PART = 100
"""Viewers marked at once before the first hear of a change."""
PART = 1_000
IN_PARTS = 10_000
"""Up to so many are marked in parts: as long as that takes, nobody reads."""
NOBODY = (0,)
"""The id of no account."""
LAST_ID = (1 << 63) - 1
"""No account comes after it."""
_RECORD = len(relations.NAMES)


class News(NamedTuple):
    """A new view of a profile, and the viewers who are to hear of it."""

    sealed: bytes
    """The address it is about."""
    view: bytes
    heard: dict[int, tuple[int, int]]
    """By viewer: its number in the viewer's feed, and the version."""


@dataclass(slots=True)
class Touched:
    """Whom a change concerns: whose streams to wake, and who must not be sent what was true."""

    wake: set[int] = field(default_factory=set)
    revoked: set[int] = field(default_factory=set)
    news: list[News] = field(default_factory=list)
    """What the change made for viewers, so that it need not be read again."""

    @property
    def everybody(self) -> set[int]:
        """Whose streams have something to hear."""
        return self.wake.union(self.revoked, *(each.heard for each in self.news))

    @property
    def unheard(self) -> set[int]:
        """Whose streams have something to hear that is not in the news."""
        return self.wake | self.revoked.difference(*(each.heard for each in self.news))


@dataclass(frozen=True, slots=True)
class Before:
    """How an owner stood to the viewers before a change: the account, or relations by key."""

    owner: Owner | None = None
    stands: Mapping[int, tuple[Any, ...]] | None = None


class Changed(NamedTuple):
    """Viewers who held the same, and are to hold another view."""

    held: Held
    view: View
    rows: list[Row]

    @property
    def is_loss(self) -> bool:
        """Whether something that they saw is taken away."""
        return bool(self.held.shown & ~self.view[1])

    @property
    def is_heard(self) -> bool:
        """Whether they are to hear of it."""
        return self.is_loss or bool(self.held.subscribed)


class Deaf(NamedTuple):
    """One who would hear of a change if they did not block; what they hold stays as it is."""

    viewer: Viewer
    held: Held
    view: View
    """What they would see."""
    is_loss: bool

    @property
    def is_heard(self) -> bool:
        """Whether they would hear of it."""
        return self.is_loss or bool(self.held.subscribed)


def advance(tx: Tx, account_ids: Iterable[int], still: Collection[int] = ()) -> dict[int, int]:
    """Give each account its next number; the rows stay locked until the commit.

    Those in `still` keep theirs: they only cost what the others cost.
    """
    wanted = sorted({*account_ids, *still})
    if not wanted:
        return {}
    tx.lock("account", "id", wanted)
    return dict(tx.all(f"{_advancing(tx, wanted, still)} RETURNING id, head"))


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
    _refresh(tx, owner, touched, viewers(tx, owner, keys), before)


def refresh_in_parts(
    tx: Tx, owner: Owner, touched: Touched, before: Before | None = None
) -> Parts[Touched]:
    """Do so for everybody, in parts; whom to wake is kept for the last, which may be read then."""
    if not _may_be_parted(tx, owner):
        refresh(tx, owner, touched, before=before)
        return touched
    after, size = 0, FIRST_PART
    while (end := end_of_part(tx, owner, after, size)) is not None:
        tx.run("INSERT INTO unfinished (owner_id) VALUES (?) ON CONFLICT DO NOTHING", owner.id)
        _refresh(tx, owner, touched, some_viewers(tx, owner, after, end), before)
        yield Touched(revoked=touched.revoked, news=touched.news)
        touched, after, size = Touched(wake=touched.wake), end, PART
    _refresh(tx, owner, touched, some_viewers(tx, owner, after, LAST_ID), before)
    tx.run("DELETE FROM unfinished WHERE owner_id = ?", owner.id)
    return touched


def _may_be_parted(tx: Tx, owner: Owner) -> bool:
    """Tell whether those who read can wait for the whole: no other node does, and it is soon."""
    return tx.dialect == "sqlite" and count_viewers(tx, owner, IN_PARTS + 1) <= IN_PARTS


def _refresh(
    tx: Tx, owner: Owner, touched: Touched, rows: Sequence[Row], before: Before | None
) -> None:
    changed: list[Changed] = []
    deaf: list[Deaf] = []
    for held, group in alike(rows).items():
        view = _view_of(owner, held)
        if view[2] != held.digest:
            changed.append(Changed(held, view, group))
        elif before is not None and held.blocked & BLOCKS_PROFILE:
            for row in group:
                deaf += _would_hear(owner, viewer(row), held, before)
    if changed or deaf:
        _mark(tx, owner, changed, deaf, touched)


def _view_of(owner: Owner, held: Held) -> View:
    viewer = standing(held.stands, held.blocked)
    if not held.kept and not may_discover(owner, viewer):
        return BLANK
    return owner.view(mask(owner.rules, viewer))


def _would_hear(owner: Owner, viewer: Viewer, held: Held, before: Before) -> list[Deaf]:
    """Return a viewer to whom the change would show if they did not block."""
    hearing = held._replace(blocked=0)
    new = _view_of(owner, hearing)
    if before.stands is not None:
        hearing = hearing.standing_as(before.stands.get(viewer.key, NO_RELATION))
    old = _view_of(before.owner or owner, hearing)
    return [Deaf(viewer, held, new, bool(old[1] & ~new[1]))] if old[2] != new[2] else []


def _mark(
    tx: Tx, owner: Owner, changed: Sequence[Changed], deaf: Sequence[Deaf], touched: Touched
) -> None:
    """Store new views of viewers and move their feeds, where they are to hear of it.

    What is kept of the deaf is written as it was.
    """
    hearing: set[int] = set()
    for each in changed:
        if each.is_heard:
            heard = {row[ID]: (row[HEAD] + 1, row[VERSION] + 1) for row in each.rows}
            touched.news.append(News(owner.sealed, each.view[0], heard))
            touched.revoked |= heard.keys() if each.is_loss else set()
            hearing |= heard.keys()
    still = {each.viewer.id for each in deaf if each.is_heard}
    touched.revoked |= {each.viewer.id for each in deaf if each.is_loss}
    is_few = sum(len(each.rows) for each in changed) + len(deaf) <= FEW
    if is_few:
        # Among few it could be told from the time whether one more of them listens.
        still |= {each.viewer.id for each in deaf}
        still |= {row[ID] for each in changed if not each.is_heard for row in each.rows}
    touched.wake |= still
    _advance(tx, hearing | still, still)
    if is_few:
        _write_each(tx, owner, changed, deaf)
    else:
        _write_alike(tx, owner, changed, deaf)


def _write_each(tx: Tx, owner: Owner, changed: Sequence[Changed], deaf: Sequence[Deaf]) -> None:
    rows = [
        (each.version, held.shown, held.digest, each.profile_seq, each.id, owner.key)
        for each, held, _, _ in deaf
    ]
    for change in changed:
        _, shown, digest = change.view
        for each in map(viewer, change.rows):
            seq = each.head + 1 if change.is_heard else each.profile_seq
            rows.append((each.version + 1, shown, digest, seq, each.id, owner.key))
    tx.many(
        "UPDATE relation SET version = ?, shown = ?, digest = ?, profile_seq = ?"
        " WHERE owner_id = ? AND peer_key = ?",
        rows,
    )


def _write_alike(tx: Tx, owner: Owner, changed: Sequence[Changed], deaf: Sequence[Deaf]) -> None:
    """Do the same with a statement for each new view, which costs half as much for each viewer."""
    written: dict[tuple[bool, int, int], list[int]] = {}
    for change in changed:
        ids = written.setdefault((change.is_heard, *change.view[1:]), [])
        ids += [row[ID] for row in change.rows]
    for each in deaf:
        written.setdefault((each.is_heard, *each.view[1:]), []).append(each.viewer.id)
    same = tx.among("owner_id", sorted(each.viewer.id for each in deaf) or NOBODY)
    for (is_heard, shown, digest), ids in written.items():
        heard = "(SELECT head FROM account WHERE id = owner_id)" if is_heard else "profile_seq"
        tx.run(
            f"UPDATE relation SET version = CASE WHEN {same} THEN version ELSE version + 1 END,"
            f" shown = CASE WHEN {same} THEN shown ELSE ? END,"
            f" digest = CASE WHEN {same} THEN digest ELSE ? END,"
            f" profile_seq = CASE WHEN {same} THEN profile_seq ELSE {heard} END"
            f" WHERE peer_key = ? AND {tx.among('owner_id', sorted(ids))}",
            shown,
            digest,
            owner.key,
        )


def _advance(tx: Tx, account_ids: Collection[int], still: Collection[int]) -> None:
    """Move feeds; those in `still` only cost what the others cost."""
    if account_ids:
        wanted = sorted(account_ids)
        tx.lock("account", "id", wanted)
        tx.run(_advancing(tx, wanted, still))


def _advancing(tx: Tx, wanted: Sequence[int], still: Collection[int]) -> str:
    return (
        f"UPDATE account SET head = CASE WHEN {tx.among('id', [*still] or NOBODY)}"
        " THEN head ELSE head + 1 END,"
        " base = CASE WHEN incarnation = (SELECT MAX(id) FROM incarnation) THEN base ELSE head END,"
        " incarnation = (SELECT MAX(id) FROM incarnation)"
        f" WHERE {tx.among('id', wanted)}"
    )


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
