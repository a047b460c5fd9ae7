"""Bulk synchronisation: a whole book matched, stored and answered at once.

Ten thousand addresses go through here in one call, so what is the same for many rows is made once,
and rows without an account behind them never become objects.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import msgspec

from app.domain import Cursor
from app.service import budget, cards, feed, relations
from app.service.accounts import Owner
from app.service.budget import Allowance
from app.service.directory import Directory, load_peers, load_records, match, with_view
from app.service.feed import Touched
from app.service.relations import BLOCKS_PROFILE, Record
from app.service.store import Tx
from app.service.wishes import Request, Wish


@dataclass(slots=True)
class Found:
    """What became of the keys of a request; one that is nowhere here is pending."""

    matched: dict[int, tuple[str, str, str]] = field(default_factory=dict)
    """The parts of the relation, the version and the view, each as JSON."""
    deferred: set[int] = field(default_factory=set)
    retry_after: int | None = None


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
        again.matched[key] = _matched(record, view[0])
    return again


def _matched(record: Record, view: bytes) -> tuple[str, str, str]:
    return _parts_of(record), str(record.version), view.decode()


def _parts_of(record: Record) -> str:
    return relations.parts_json(record, is_matched=True).decode()


def _new(me: Owner, wish: Wish) -> Record:
    return wish.applied(relations.new(me, 0, b""))


@lru_cache(maxsize=4096)
def _parts_as_wished(wish: Wish, flags: str) -> str:
    """Return the parts of a matched relation, or nothing where more than its view is to be done."""
    record = relations.flagged(flags)
    if record.blocked & BLOCKS_PROFILE or not wish.is_fulfilled(record):
        return ""
    return _parts_of(record)


@dataclass(slots=True)
class _Work:
    """One request under way in one transaction; the methods follow in the order of their calls.

    What is as it is wished already, and what is new, goes by column; the rest is few, and records.
    """

    tx: Tx
    me: Owner
    request: Request
    found: Found = field(default_factory=Found)
    touched: Touched = field(default_factory=Touched)
    differing: list[int] = field(default_factory=list)
    kept: dict[int, Record] = field(default_factory=dict)
    """The relations there are that are not as wished, and their keys."""
    fresh: list[int] = field(default_factory=list)
    """Keys that are new to the caller and within the budget, in the order of the request."""
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
        held = self._holds(2 * len(wishes))
        if not held:
            self.fresh = list(wishes)
            return
        rows, mine = "relation r", relations.MINE
        if held == 2 * len(wishes):
            keys = self.tx.numbers(sorted(wishes))
            rows = f"{keys} n CROSS JOIN relation r ON r.peer_key = n.value"
            mine = relations.MINE_BY_KEY
        known = {*self._look_at_matched(rows, mine), *self._look_at_pending(rows, mine)}
        self.fresh = [key for key in wishes if key not in known]
        if self.differing:
            self.kept = load_records(self.tx, self.me.id, self.differing)

    def _holds(self, most: int) -> int:
        """Count my relations, up to a number: a small book is read whole, a large one by key."""
        counted = self.tx.one(
            "SELECT COUNT(*) FROM (SELECT 1 FROM relation WHERE owner_id = ? LIMIT ?) held",
            self.me.id,
            most,
        )
        assert counted is not None
        return int(counted[0])

    def _look_at_matched(self, rows: str, mine: str) -> list[int]:
        """Return the keys that are matched; note the views of those that are as wished."""
        wanted = (relations.FLAGS.sql("r"), "r.version")
        read = cards.of_relations(self.tx, self.me, rows, mine, wanted)
        parts = self._judged(read.keys, [flags for flags, _ in read.more])
        for written in cards.written(self.tx, read):
            self.found.matched |= {
                key: (parts[key], version, text)
                for key, (_, version), text in zip(
                    written.cards.keys, written.cards.more, written.texts, strict=True
                )
                if key in parts
            }
        return read.keys

    def _look_at_pending(self, rows: str, mine: str) -> list[int]:
        """Return the keys that are not matched."""
        texts, flags = self.tx.columns(
            ("r.peer_key", relations.FLAGS.sql("r")),
            # Said like this, since for `IS NULL` PostgreSQL would read the index of all who wait.
            f"FROM {rows} WHERE {mine} AND COALESCE(r.peer_id, 0) = 0",
            self.me.id,
        )
        keys = list(map(int, texts))
        self._judged(keys, flags)
        return keys

    def _judged(self, keys: list[int], flags: list[str]) -> dict[int, str]:
        """Return the parts of the relations that are as wished; the others are to be changed."""
        wishes = self.request.wishes
        if len(self.request.kinds) > 1:
            parts = {
                key: _parts_as_wished(wishes[key], each)
                for key, each in zip(keys, flags, strict=True)
                if key in wishes
            }
        else:
            (wish,) = self.request.kinds
            known = {each: _parts_as_wished(wish, each) for each in set(flags)}
            parts = {
                key: known[each] for key, each in zip(keys, flags, strict=True) if key in wishes
            }
        differing = [key for key, text in parts.items() if not text]
        self.differing += differing
        for key in differing:
            del parts[key]
        return parts

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
        if self.kept:
            self.owners, self.mine = load_peers(self.tx, self.me, self.kept)
        if not self.fresh:
            return
        read = cards.at(self.tx, self.me, self.fresh)
        self.there = read.keys
        wishes = self.request.wishes
        parts = {wish: _parts_of(_new(self.me, wish)) for wish in self.request.kinds}
        none, first = str(self.me.floor), str(self.me.floor + 1)
        for written in cards.written(self.tx, cards.discovered(read)):
            keys, views = written.cards.keys, written.views()
            self.met |= {
                key: (int(ident), *view)
                for key, (ident,), view in zip(keys, written.cards.more, views, strict=True)
            }
            self.found.matched |= {
                key: (parts[wishes[key]], first if view[1] else none, text)
                for key, view, text in zip(keys, views, written.texts, strict=True)
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
            self._add_met(blank, sorted(self.met.keys() & keys))
            self._add_ghosts(blank, sorted(key for key in keys if key not in self.met))
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
    matched: list[str] = []
    pending: list[str] = []
    deferred: list[str] = []
    spelled = request.spelled
    for text, key in request.forms.items():
        if (entry := found.matched.get(key)) is not None:
            if text in spelled:
                sent = msgspec.json.encode(text).decode()
                matched.append(relations.matched_json(sent, spelled[text], *entry))
            else:
                matched.append(relations.matched_json(f'"{text}"', text, *entry))
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
    return b'{"matched":[%b],%b' % (",".join(matched).encode(), msgspec.json.encode(rest)[1:])
