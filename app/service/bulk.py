"""Bulk synchronisation: a whole book matched, stored and answered at once.

Ten thousand addresses go through here in one call, so what is the same for many rows is made once,
and rows without an account behind them never become objects.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import msgspec
from msgspec import UNSET

from app.addresses import canonical_many
from app.domain import Address, Cursor, Origin, Visibility
from app.errors import InvalidAddress
from app.service import budget, feed, relations
from app.service.accounts import Owner
from app.service.budget import Allowance
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
    sealed: dict[int, bytes] = field(default_factory=dict)
    wishes: dict[int, Wish] = field(default_factory=dict)
    """One for each key; the last one that was sent counts."""
    rejected: dict[str, str] = field(default_factory=dict)
    visibilities: set[int] = field(default_factory=set)
    """All that were wished for, also where no address could be one."""


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
        if entry.visibility is not UNSET:
            request.visibilities.add(entry.visibility)
        texts = entry.addresses
        found = canonical_many(texts)
        good = [address for address in found if not isinstance(address, InvalidAddress)]
        if len(good) < len(found):
            _reject(request, texts, found)
            texts = [text for text in texts if text not in request.rejected]
        indices, sealed = keys.lock(good)
        request.forms.update(zip(texts, indices, strict=True))
        request.addresses.update(zip(indices, good, strict=True))
        request.sealed.update(zip(indices, sealed, strict=True))
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
    for visibility in request.visibilities:
        check_visibility(visibility, me.privacy)
        if visibility == Visibility.CUSTOM:
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
    work = _Work(tx, me, request)
    work.load()
    work.charge(directory.allowance, now)
    work.meet()
    changed = work.fulfil()
    if changed or work.fresh:
        work.save(changed)
    return work.found, work.touched


def look_again(tx: Tx, me: Owner, found: Found) -> Found:
    """Read the views afresh, after something was taken away while the call was under way."""
    kept = load_records(tx, me.id, found.matched)
    owners, mine = load_peers(tx, me, kept)
    again = Found(deferred=found.deferred, retry_after=found.retry_after)
    for key, record in kept.items():
        view = feed.seen(record, owners.get(key), mine.get(key, relations.NO_RELATION))
        again.matched[key] = record, view[0]
    return again


@dataclass(slots=True)
class _Work:
    """One request under way in one transaction; the methods follow in the order of their calls."""

    tx: Tx
    me: Owner
    request: Request
    found: Found = field(default_factory=Found)
    touched: Touched = field(default_factory=Touched)
    kept: dict[int, Record] = field(default_factory=dict)
    fresh: list[int] = field(default_factory=list)
    """Keys that are new to the caller and within the budget, in the order of the request."""
    owners: dict[int, Owner] = field(default_factory=dict)
    mine: dict[int, tuple[Any, ...]] = field(default_factory=dict)
    """What the accounts at the keys keep about the caller."""

    def load(self) -> None:
        """Read the relations there are."""
        any_row = "SELECT 1 FROM relation WHERE owner_id = ? LIMIT 1"
        if self.tx.one(any_row, self.me.id) is not None:
            self.kept = load_records(self.tx, self.me.id, self.request.wishes)
        self.fresh = [key for key in self.request.wishes if key not in self.kept]

    def charge(self, allowance: Allowance, now: float) -> None:
        """Charge what is new, the first first; defer what the budget does not allow."""
        if not self.fresh:
            return
        left = budget.look(self.tx, self.me.id, allowance, now)
        granted = min(len(self.fresh), int(left.tokens))
        if granted:
            budget.spend(self.tx, self.me.id, left, granted, now)
        if granted < len(self.fresh):
            self.found.deferred = set(self.fresh[granted:])
            self.found.retry_after = left.retry_after
            self.fresh = self.fresh[:granted]

    def meet(self) -> None:
        """Read the accounts at the addresses."""
        self.owners, self.mine = load_peers(self.tx, self.me, [*self.kept, *self.fresh])

    def fulfil(self) -> list[Record]:
        """Return the relations there were that change; note the views of those that match."""
        changed: list[Record] = []
        for key, before in self.kept.items():
            wish = self.request.wishes[key]
            after = before if wish.is_fulfilled(before) else wish.applied(before)
            if key in self.owners:
                after = self._seen(before, after, self.owners[key])
            if after is not before and after != before:
                changed.append(after)
        return changed

    def _seen(self, before: Record, after: Record, owner: Owner) -> Record:
        mine = self.mine[after.peer_key]
        if not before.kept or after.peer_id is None:
            after = match(after._replace(peer_id=None), owner, mine)
        if after.peer_id is None:
            return after
        view = feed.seen(after, owner, mine)
        after = with_view(after, view)
        self.found.matched[after.peer_key] = after, view[0]
        return after

    def save(self, changed: list[Record]) -> None:
        """Store what is new and what changed, and let it reach the others."""
        seq = feed.advance(self.tx, [self.me.id])[self.me.id]
        self.touched.wake.add(self.me.id)
        blank = {
            wish: wish.applied(relations.empty(self.me.id, 0))._replace(relation_seq=seq)
            for wish in set(self.request.wishes.values())
        }
        met = [record._replace(relation_seq=seq) for record in changed]
        met += self._made(blank)
        rows: list[Sequence[Any]] = [*met, *self._ghosts(blank)]
        rows.sort(key=_peer_key)
        relations.save(self.tx, rows)
        self._tell([record for record in met if record.peer_key in self.owners])

    def _made(self, blank: dict[Wish, Record]) -> list[Record]:
        """Return new relations to addresses where there is an account, discovered or not."""
        made: list[Record] = []
        wishes, owners, mine, matched = (
            self.request.wishes,
            self.owners,
            self.mine,
            self.found.matched,
        )
        for key in self.fresh:
            owner = owners.get(key)
            if owner is None:
                continue
            record = blank[wishes[key]]
            viewer = relations.standing(mine[key], 0)
            if feed.may_discover(owner, viewer):
                text, shown, digest = owner.view(feed.mask(owner.rules, viewer))
                seen = (int(digest != 0), shown, digest, owner.sealed)
                record = Record(self.me.id, key, owner.id, *record[3:15], *seen)
                matched[key] = record, text
            else:
                record = Record(self.me.id, key, None, *record[3:18], owner.sealed)
            made.append(record)
        return made

    def _ghosts(self, blank: dict[Wish, Record]) -> list[Sequence[Any]]:
        """Return new relations to addresses where nobody is; they are rows and no more."""
        rest = {wish: record[2:-1] for wish, record in blank.items()}
        me, wishes, sealed = self.me.id, self.request.wishes, self.request.sealed
        return [
            (me, key, *rest[wishes[key]], sealed[key])
            for key in self.fresh
            if key not in self.owners
        ]

    def _tell(self, after: Sequence[Record]) -> None:
        """Let those who hold me hear of my relations: what they see, and if they find me."""
        nothing = relations.empty(self.me.id, 0)
        keys = [
            record.peer_key
            for record in after
            if record.stands != self.kept.get(record.peer_key, nothing).stands
        ]
        feed.reconsider(self.tx, self.me, self.touched, keys)


def _peer_key(row: Sequence[Any]) -> int:
    key: int = row[1]
    return key


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
