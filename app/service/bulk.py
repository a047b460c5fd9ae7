"""Bulk synchronisation: a whole book matched, stored and answered at once.

Ten thousand addresses go through here in one call, so what is the same for many rows is made once,
and rows without an account behind them never become objects.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final, cast

import msgspec

from app.domain import Cursor
from app.service import budget, cards, feed, relations
from app.service.accounts import Owner
from app.service.budget import Allowance
from app.service.cards import Cards, Written
from app.service.directory import Directory, load_peers, load_records, match, with_view
from app.service.feed import Touched
from app.service.known_views import KnownViews
from app.service.relations import Record
from app.service.store import Tx
from app.service.wishes import Request, Wish

Matched = tuple[str, int, str]
"""The parts of a relation, the version and the view; the first and the last as JSON."""

_HELD: Final = (
    "r.peer_key",
    relations.FLAGS.sql("r"),
    "CASE WHEN r.peer_id IS NOT NULL THEN r.version END",
    "r.digest",
)
"""What is read of each relation there is; of one that is pending, no version."""
HeldColumns = tuple[list[int], list[int], list[int | None], list[int]]


@dataclass(slots=True)
class Found:
    """What became of the keys of a request; one that is nowhere here is pending."""

    matched: dict[int, Matched] = field(default_factory=dict)
    deferred: set[int] = field(default_factory=set)
    retry_after: int | None = None


# ---- the work


def synchronise(
    tx: Tx, directory: Directory, me: Owner, request: Request, now: float
) -> tuple[Found, Touched]:
    """Give each address its flags, match what may be discovered, charge what is new."""
    work = _Work(tx, directory.views, me, request)
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
        again.matched[key] = _matched(record, view[0])
    return again


def _matched(record: Record, view: bytes) -> Matched:
    return _parts_of(record), record.version, view.decode()


def _parts_of(record: Record) -> str:
    return relations.parts_json(record, is_matched=True).decode()


def _new(me: Owner, wish: Wish) -> Record:
    return wish.applied(relations.new(me, 0, b""))


@lru_cache(maxsize=4096)
def _parts_as_wished(wish: Wish, flags: int) -> str:
    """Return the parts of a matched relation, or nothing where it is not as wished."""
    record = relations.flagged(flags)
    return _parts_of(record) if wish.is_fulfilled(record) else ""


@dataclass(slots=True)
class _Work:
    """One request under way in one transaction; the methods follow in the order of their calls.

    What is as it is wished already, and what is new, goes by column; the rest is few, and records.
    """

    tx: Tx
    views: KnownViews
    me: Owner
    request: Request
    found: Found = field(default_factory=Found)
    touched: Touched = field(default_factory=Touched)
    differing: list[int] = field(default_factory=list)
    kept: dict[int, Record] = field(default_factory=dict)
    """The relations there are that are not as wished, and their keys."""
    fresh: list[int] = field(default_factory=list)
    """Keys that are new to the caller and within the budget, in their order."""
    owners: dict[int, Owner] = field(default_factory=dict)
    mine: dict[int, tuple[Any, ...]] = field(default_factory=dict)
    """What the accounts at the keys in `kept` keep about the caller."""
    there: list[int] = field(default_factory=list)
    """The keys in `fresh` at which there are accounts, discovered or not."""
    met: dict[int, tuple[int, int, int]] = field(default_factory=dict)
    """Those of them that are discovered: the id, what of the view is there, and its digest."""

    def load(self) -> None:
        """Read the relations there are, and the views of those that are as wished."""
        wishes = self.request.wishes
        if not wishes or not self._holds_more_than(0):
            self.fresh = sorted(wishes)
            return
        rows, mine = "relation r", relations.MINE
        if self._holds_more_than(2 * len(wishes)):
            keys = self.tx.numbers(sorted(wishes))
            rows = f"{keys} n CROSS JOIN relation r ON r.peer_key = n.value"
            mine = relations.MINE_BY_KEY
        self.fresh = sorted(wishes.keys() - self._look_at(rows, mine))
        if self.differing:
            self.kept = load_records(self.tx, self.me.id, self.differing)

    def _holds_more_than(self, some: int) -> bool:
        """Tell how to read my relations: a small book is read whole, a large one by key."""
        one_more = "SELECT 1 FROM relation WHERE owner_id = ? LIMIT 1 OFFSET ?"
        return self.tx.one(one_more, self.me.id, some) is not None

    def _look_at(self, rows: str, mine: str) -> set[int]:
        """Return the keys there are; note the views of the matched ones that are as wished."""
        wishes = self.request.wishes
        read = self.tx.integers(_HELD, f"FROM {rows} WHERE {mine}", self.me.id)
        keys, flags, versions, digests = cast("HeldColumns", read)
        parts = self._judged(keys, flags)
        views = self.views.texts(digests)
        self.found.matched = {
            key: (text, version, view)
            for key, text, version, view in zip(keys, parts, versions, views, strict=True)
            if version is not None and text and view and key in wishes
        }
        if None in views:
            self._write_unknown(
                {
                    key: (text, version)
                    for key, text, version, view in zip(keys, parts, versions, views, strict=True)
                    if version is not None and text and view is None and key in wishes
                }
            )
        if not all(parts):
            self.differing = [
                key for key, text in zip(keys, parts, strict=True) if not text and key in wishes
            ]
        return {*keys}

    def _judged(self, keys: Sequence[int], flags: Sequence[int]) -> list[str]:
        """Return the parts of each relation that is as wished; the others are to be changed."""
        wishes = self.request.wishes
        if len(self.request.kinds) > 1:
            return [
                _parts_as_wished(wishes[key], each) if key in wishes else ""
                for key, each in zip(keys, flags, strict=True)
            ]
        (wish,) = self.request.kinds
        known = {each: _parts_as_wished(wish, each) for each in {*flags}}
        return [known[each] for each in flags]

    def _write_unknown(self, unknown: Mapping[int, tuple[str, int]]) -> None:
        """Note the views that nobody has been shown of late."""
        for written, _ in self._written(cards.at(self.tx, self.me, unknown)):
            self.found.matched |= {
                key: (*unknown[key], text)
                for key, text in zip(written.cards.keys, written.texts, strict=True)
            }

    def _written(self, read: Cards) -> Iterator[tuple[Written, list[int]]]:
        """Write views and remember them; with each part, the digests."""
        for written in cards.written(self.tx, read):
            digests = written.digests()
            self.views.note(dict(zip(digests, written.texts, strict=True)))
            yield written, digests

    def charge(self, allowance: Allowance, now: float) -> None:
        """Charge what is new, the first first; defer what the budget does not allow."""
        if not self.fresh:
            return
        left = budget.look(self.tx, self.me.id, allowance, now)
        granted = min(len(self.fresh), int(left.tokens))
        if granted:
            budget.spend(self.tx, self.me.id, left, granted, now)
        if granted < len(self.fresh):
            new = {*self.fresh}
            first = [key for key in self.request.wishes if key in new]
            self.found.deferred = {*first[granted:]}
            self.found.retry_after = left.retry_after
            self.fresh = sorted(first[:granted])

    def meet(self) -> None:
        """Read the accounts at the addresses."""
        if self.kept:
            self.owners, self.mine = load_peers(self.tx, self.me, self.kept)
        if not self.fresh:
            return
        read = cards.at(self.tx, self.me, self.fresh)
        self.there = read.keys
        wishes, floor = self.request.wishes, self.me.floor
        parts = {wish: _parts_of(_new(self.me, wish)) for wish in self.request.kinds}
        for written, digests in self._written(cards.discovered(read)):
            keys, idents = written.cards.keys, written.cards.idents
            self.met |= zip(keys, zip(idents, written.there(), digests, strict=True), strict=True)
            self.found.matched |= {
                key: (parts[wishes[key]], floor + (digest != 0), text)
                for key, digest, text in zip(keys, digests, written.texts, strict=True)
            }

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
            return with_view(after, feed.BLANK)
        view = feed.seen(after, owner, mine)
        after = with_view(after, view)
        self.found.matched[after.peer_key] = _matched(after, view[0])
        return after

    def save(self, changed: list[Record]) -> None:
        """Store what is new and what changed, and let it reach the others."""
        seq = feed.advance(self.tx, [self.me.id])[self.me.id]
        self.touched.wake.add(self.me.id)
        rows = sorted((record._replace(relation_seq=seq) for record in changed), key=_peer_key)
        relations.save(self.tx, rows)
        told = [
            record.peer_key
            for record in changed
            if record.peer_key in self.owners and record.stands != self.kept[record.peer_key].stands
        ]
        for wish, keys in self.request.by_wish(self.fresh).items() if self.fresh else ():
            blank = _new(self.me, wish)._replace(relation_seq=seq)
            self._add_met(blank, [key for key in keys if key in self.met])
            self._add_ghosts(blank, [key for key in keys if key not in self.met])
            if blank.stands != relations.empty(self.me.id, 0).stands:
                told += {*keys}.intersection(self.there)
        stands = {key: record.stands for key, record in self.kept.items()}
        feed.reconsider(self.tx, self.me, self.touched, told, stands)

    def _add_ghosts(self, blank: Record, keys: list[int]) -> None:
        """Store new relations to addresses where nobody is discovered; most of a book are such."""
        if keys:
            sealed = [self.request.sealed[key] for key in keys]
            self._fill(blank, {"peer_key": keys, "sealed": sealed})

    def _add_met(self, blank: Record, keys: list[int]) -> None:
        """Store new relations to people."""
        if not keys:
            return
        idents, shown, digests = zip(*[self.met[key] for key in keys], strict=True)
        each = {
            "peer_key": keys,
            "peer_id": idents,
            "version": [self.me.floor + (digest != 0) for digest in digests],
            "shown": shown,
            "digest": digests,
            "sealed": [self.request.sealed[key] for key in keys],
        }
        self._fill(blank, each)

    def _fill(self, blank: Record, each: Mapping[str, Sequence[int | bytes | None]]) -> None:
        same = {name: value for name, value in blank._asdict().items() if name not in each}
        self.tx.fill("relation", same, each)


def _peer_key(row: Sequence[Any]) -> int:
    key: int = row[1]
    return key


# ---- the answer


def answer(request: Request, found: Found, cursor: Cursor) -> bytes:
    """Write the answer: every text in exactly one place, in the form in which it was sent."""
    forms, spelled = request.forms, request.spelled
    entries = list(map(found.matched.get, forms.values()))
    written = {text: msgspec.json.encode(text).decode()[1:-1] for text in spelled}
    matched = [
        f'{{"address":"{written.get(text, text)}",{entry[0]},"profile":{{'
        f'"address":"{spelled.get(text, text)}","version":{entry[1]},"fields":{entry[2]}}}}}'
        for text, entry in zip(forms, entries, strict=True)
        if entry is not None
    ]
    pending = [text for text, entry in zip(forms, entries, strict=True) if entry is None]
    deferred: list[str] = []
    if found.deferred:
        deferred = [text for text in pending if forms[text] in found.deferred]
        pending = [text for text in pending if forms[text] not in found.deferred]
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
    return b"".join(
        (b'{"matched":[', ",".join(matched).encode(), b"],", msgspec.json.encode(rest)[1:])
    )
