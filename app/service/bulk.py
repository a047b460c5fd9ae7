"""Bulk synchronisation: a whole book matched, stored and answered at once.

Ten thousand addresses go through here in one call, so what is the same for many rows is made once,
and rows without an account behind them never become objects.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec
from msgspec import UNSET

from app.addresses import canonical_many
from app.domain import Address, Cursor, Origin, Visibility
from app.errors import InvalidAddress
from app.service import budget, feed, relations
from app.service.accounts import Owner
from app.service.directory import Directory, load_peers, load_records, match, with_view
from app.service.feed import Touched
from app.service.keys import Keys
from app.service.patching import check_visibility
from app.service.problems import ProblemError
from app.service.relations import ORIGINS, Record
from app.service.store import Tx
from app.wire import SYNC_LIMIT, SyncEntry

IMPORT: Final = ORIGINS.index(Origin.IMPORT)


@dataclass(frozen=True, slots=True)
class Wish:
    """The flags that a synchronised address shall have; `visibility` None leaves it."""

    contact: int
    subscribed: int
    visibility: int | None

    def is_fulfilled(self, record: Record) -> bool:
        """Tell whether a relation is as wished already."""
        return (
            record.kept == 1
            and record.contact == self.contact
            and record.subscribed == self.subscribed
            and record.favorite <= self.contact
            and self.visibility in (None, record.visibility)
        )

    def applied(self, record: Record) -> Record:
        """Return a relation as wished."""
        return record._replace(
            kept=1,
            contact=self.contact,
            subscribed=self.subscribed,
            favorite=record.favorite & self.contact,
            visibility=record.visibility if self.visibility is None else self.visibility,
            fields=record.fields if self.visibility in (None, record.visibility) else 0,
            origin=record.origin if record.kept else IMPORT,
        )


@dataclass(slots=True)
class Request:
    """What was sent, sorted out."""

    forms: dict[str, int] = field(default_factory=dict)
    """The key of each text that can be an address, in the order in which they were sent."""
    addresses: dict[int, Address] = field(default_factory=dict)
    wishes: dict[int, Wish] = field(default_factory=dict)
    """One for each key; the last one that was sent counts."""
    rejected: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Found:
    """What became of the keys of a request; one that is nowhere here is pending."""

    matched: dict[int, tuple[Record, bytes]] = field(default_factory=dict)
    deferred: set[int] = field(default_factory=set)
    retry_after: int | None = None


def sort_out(keys: Keys, entries: Sequence[SyncEntry]) -> Request:
    """Bring every text to its address and key; raises 413 for too many."""
    if sum(len(entry.addresses) for entry in entries) > SYNC_LIMIT:
        raise ProblemError("too-many", f"At most {SYNC_LIMIT:,} addresses in one call.")
    request = Request()
    for entry in entries:
        texts = entry.addresses
        found = canonical_many(texts)
        good = [address for address in found if not isinstance(address, InvalidAddress)]
        if len(good) < len(found):
            _reject(request, texts, found)
            texts = [text for text in texts if text not in request.rejected]
        indices = keys.index_many(good)
        request.forms.update(zip(texts, indices, strict=True))
        request.addresses.update(zip(indices, good, strict=True))
        request.wishes.update(dict.fromkeys(indices, _wish(entry)))
    return request


def _wish(entry: SyncEntry) -> Wish:
    visibility = None if entry.visibility is UNSET else entry.visibility
    return Wish(int(entry.contact), int(entry.subscribe), visibility)


def _reject(request: Request, texts: list[str], found: list[Address | InvalidAddress]) -> None:
    request.rejected.update(
        (text, each.reason)
        for text, each in zip(texts, found, strict=True)
        if isinstance(each, InvalidAddress)
    )


def check(request: Request, me: Owner) -> None:
    """Refuse wishes that cannot be, and my own address."""
    for wish in set(request.wishes.values()):
        if wish.visibility is not None:
            check_visibility(wish.visibility, me.privacy)
            if wish.visibility == Visibility.CUSTOM:
                raise ProblemError("invalid", "CUSTOM needs fields: set it with PATCH, one by one.")
    if request.wishes.pop(me.key, None) is not None:
        mine = [text for text, key in request.forms.items() if key == me.key]
        for text in mine:
            del request.forms[text]
            request.rejected[text] = "self"


# ---- the work


def synchronise(
    tx: Tx, directory: Directory, me: Owner, request: Request, now: float
) -> tuple[Found, Touched]:
    """Give each address its flags, match what may be discovered, charge what is new."""
    found, touched = Found(), Touched()
    kept = _kept(tx, me, request.wishes)
    fresh = [key for key in request.wishes if key not in kept] if kept else list(request.wishes)
    granted = _charge(tx, directory, me, fresh, now, found)
    owners, mine = load_peers(tx, me, [*kept, *fresh[:granted]])
    changed = _fulfil_kept(request, kept, owners, mine, found)
    if not changed and not granted:
        return found, touched
    seq = feed.advance(tx, [me.id])[me.id]
    touched.wake.add(me.id)
    saved = [record._replace(relation_seq=seq) for record in changed]
    saved += _made(me, request, fresh[:granted], owners, mine, seq, found)
    ghosts = [key for key in fresh[:granted] if key not in owners]
    rows: list[Sequence[Any]] = [*saved, *_ghost_rows(directory, me, request, ghosts, seq)]
    rows.sort(key=_peer_key)
    relations.save(tx, rows)
    _tell(tx, me, kept, [record for record in saved if record.peer_key in owners], touched)
    return found, touched


def look_again(tx: Tx, me: Owner, found: Found) -> Found:
    """Read the views afresh, after something was taken away while the call was under way."""
    kept = load_records(tx, me.id, found.matched)
    owners, mine = load_peers(tx, me, list(kept))
    again = Found(deferred=found.deferred, retry_after=found.retry_after)
    for key, record in kept.items():
        view = feed.seen(record, owners.get(key), mine.get(key, relations.NO_RELATION))
        again.matched[key] = record, view[0]
    return again


def _kept(tx: Tx, me: Owner, keys: Iterable[int]) -> dict[int, Record]:
    if tx.one("SELECT 1 FROM relation WHERE owner_id = ? LIMIT 1", me.id) is None:
        return {}
    return load_records(tx, me.id, keys)


def _charge(  # noqa: PLR0913, PLR0917
    tx: Tx, directory: Directory, me: Owner, fresh: Sequence[int], now: float, found: Found
) -> int:
    """Return how many of the new addresses the budget allows; the rest is deferred."""
    if not fresh:
        return 0
    left = budget.look(tx, me.id, directory.allowance, now)
    granted = min(len(fresh), int(left.tokens))
    if granted:
        budget.spend(tx, me.id, left, granted, now)
    if granted < len(fresh):
        found.deferred = set(fresh[granted:])
        found.retry_after = left.retry_after
    return granted


def _fulfil_kept(
    request: Request,
    kept: dict[int, Record],
    owners: dict[int, Owner],
    mine: dict[int, tuple[Any, ...]],
    found: Found,
) -> list[Record]:
    """Return the relations there were that change, with the views of those that are matched."""
    changed: list[Record] = []
    for key, before in kept.items():
        wish = request.wishes[key]
        owner = owners.get(key)
        if owner is None or (before.peer_id is None and wish.is_fulfilled(before)):
            # Nobody there, or somebody who would have been matched when that became possible.
            if not wish.is_fulfilled(before):
                changed.append(wish.applied(before))
            continue
        record = before if wish.is_fulfilled(before) else wish.applied(before)
        if not before.kept or record.peer_id is None:
            record = match(record._replace(peer_id=None), owner, mine[key])
        if record.peer_id is not None:
            view = feed.seen(record, owner, mine[key])
            record = with_view(record, view)
            found.matched[key] = record, view[0]
        if record is not before and record != before:
            changed.append(record)
    return changed


def _made(  # noqa: PLR0913, PLR0917
    me: Owner,
    request: Request,
    fresh: Sequence[int],
    owners: dict[int, Owner],
    mine: dict[int, tuple[Any, ...]],
    seq: int,
    found: Found,
) -> list[Record]:
    """Return new relations to addresses where there is an account, discovered or not."""
    blank = {
        wish: wish.applied(relations.empty(me.id, 0))._replace(relation_seq=seq)
        for wish in set(request.wishes.values())
    }
    made: list[Record] = []
    for key in fresh:
        owner = owners.get(key)
        if owner is None:
            continue
        record = blank[request.wishes[key]]
        view = feed.BLANK
        peer_id = None
        if feed.may_discover(owner, relations.standing(mine[key], 0)):
            peer_id = owner.id
            view = feed.seen(record, owner, mine[key])
        text, shown, digest = view
        given = (int(digest != 0), shown, digest, owner.sealed)
        record = Record(me.id, key, peer_id, *record[3:15], *given)
        made.append(record)
        if peer_id is not None:
            found.matched[key] = record, text
    return made


def _ghost_rows(
    directory: Directory, me: Owner, request: Request, keys: Sequence[int], seq: int
) -> Iterable[Sequence[Any]]:
    """Return new relations to addresses where nobody is."""
    rest = {
        wish: wish.applied(relations.empty(me.id, 0))._replace(relation_seq=seq)[2:-1]
        for wish in set(request.wishes.values())
    }
    wishes, addresses = request.wishes, request.addresses
    sealed = directory.texts.keys.seal_addresses([addresses[key] for key in keys])
    return [(me.id, key, *rest[wishes[key]], text) for key, text in zip(keys, sealed, strict=True)]


def _peer_key(row: Sequence[Any]) -> int:
    key: int = row[1]
    return key


def _tell(
    tx: Tx, me: Owner, before: dict[int, Record], after: Sequence[Record], touched: Touched
) -> None:
    """Let a change of my relations reach those who hold me: what they see, and if they find me."""
    nothing = relations.empty(me.id, 0).stands
    keys = [
        record.peer_key
        for record in after
        if record.stands
        != (before[record.peer_key].stands if record.peer_key in before else nothing)
    ]
    feed.reconsider(tx, me, touched, keys)


# ---- the answer


def answer(request: Request, found: Found, cursor: Cursor) -> bytes:
    """Write the answer: every text in exactly one place, in the form in which it was sent."""
    matched: list[bytes] = []
    pending: list[str] = []
    deferred: list[str] = []
    addresses = request.addresses
    for text, key in request.forms.items():
        if (entry := found.matched.get(key)) is not None:
            address = addresses[key]
            sent = b"" if text == address else msgspec.json.encode(text)
            matched.append(relations.relation_json(entry[0], address, entry[1], sent=sent))
        elif key in found.deferred:
            deferred.append(text)
        else:
            pending.append(text)
    rest: dict[str, object] = {
        "pending": pending,
        "rejected": [
            {"address": text, "reason": reason} for text, reason in request.rejected.items()
        ],
        "deferred": deferred,
        "cursor": cursor,
    }
    if found.retry_after is not None:
        rest["retry_after"] = found.retry_after
    return b'{"matched":[%b],%b' % (b",".join(matched), msgspec.json.encode(rest)[1:])
