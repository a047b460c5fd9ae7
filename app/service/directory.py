"""Who is registered, and who keeps whom: accounts, bulk matching and single relations."""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any, Final

from app.domain import Address, Origin, Reach
from app.service import feed, relations
from app.service.accounts import COLUMNS, WIDTH, Owner, find_owner, owner_of
from app.service.budget import Allowance, spend_one
from app.service.feed import BLANK, Touched, View
from app.service.known_views import KnownViews
from app.service.problems import ProblemError
from app.service.relations import LEFT, ORIGINS, QUIET, STANDING, Record, record_standing
from app.service.store import Tx
from app.service.texts import Texts

IMPORT: Final = ORIGINS.index(Origin.IMPORT)
MANUAL: Final = ORIGINS.index(Origin.MANUAL)
KEY_BITS: Final = 63
NEAR_BITS: Final = 24
RANDOM_BITS: Final = 38
"""An id has 62 bits, and is odd so that it is never 0."""


@dataclass(frozen=True, slots=True)
class Directory:
    """What every call on the directory needs: address texts, discovery allowance, known views."""

    texts: Texts
    allowance: Allowance
    views: KnownViews = field(default_factory=KnownViews)

    def key(self, address: Address) -> int:
        """Return the key under which an address is kept."""
        return self.texts.keys.index(address)


# ---- accounts


@dataclass(frozen=True, slots=True)
class NewAccount:
    """An account to make."""

    address: Address
    fields: str
    reach: Reach


def create_accounts(
    tx: Tx, directory: Directory, accounts: Sequence[NewAccount], now: float
) -> tuple[list[str], Touched]:
    """Make accounts, all or none, and match those who wait for them; return a token for each."""
    keys, sealed = directory.texts.keys.lock([account.address for account in accounts])
    by_key = dict(zip(keys, accounts, strict=True))
    if len(by_key) < len(accounts):
        raise ProblemError("invalid", "The same address stands in this call more than once.")
    taken = tx.one(
        f"SELECT a.address_key FROM {tx.numbers(sorted(by_key))} n"
        " CROSS JOIN account a ON a.address_key = n.value LIMIT 1"
    )
    if taken is not None:
        raise ProblemError("exists", f"There is an account {by_key[taken[0]].address} already.")
    idents = {key: new_ident(key) for key in by_key}
    burst = float(directory.allowance.burst)
    tx.many(
        "INSERT INTO account (id, address_key, sealed, fields, privacy, auto_sync, reach, head,"
        " me_seq, budget, budget_at, online, last_seen, incarnation, base)"
        " VALUES (?, ?, ?, ?, '', 1, ?, 0, 0, ?, ?, 0, NULL, 0, 0)",
        [
            (idents[key], key, text, account.fields, account.reach.value, burst, now)
            for (key, account), text in zip(by_key.items(), sealed, strict=True)
        ],
    )
    tokens = {key: new_token() for key in by_key}
    tx.many(
        "INSERT INTO token (hash, account_id) VALUES (?, ?)",
        [(token_hash(token), idents[key]) for key, token in tokens.items()],
    )
    touched = Touched()
    awaited = tx.all(
        f"SELECT DISTINCT r.peer_key FROM {tx.numbers(sorted(by_key))} n"
        " CROSS JOIN relation r ON r.peer_key = n.value AND r.peer_id IS NULL AND r.kept = 1"
    )
    for (key,) in awaited:
        owner = find_owner(tx, key)
        assert owner is not None
        feed.discover(tx, owner, touched)
    return [tokens[key] for key in keys], touched


def delete_account(tx: Tx, owner: Owner) -> Touched:
    """Erase an account with all it keeps; those who had matched it wait again."""
    touched = Touched()
    held = [
        Record(*row)
        for row in tx.all(
            f"SELECT {relations.COLUMNS} FROM relation r WHERE r.peer_id = ?", owner.id
        )
    ]
    hearing = {record.owner_id for record in held if record.kept or record.shown}
    heads = feed.advance(tx, hearing)
    relations.save(tx, [_left(record, heads) for record in held])
    touched.wake |= hearing
    touched.revoked |= {record.owner_id for record in held if record.shown}
    tx.run("UPDATE message SET recipient_id = NULL WHERE recipient_id = ?", owner.id)
    for table, column in (
        ("relation", "owner_id"),
        ("picture", "account_id"),
        ("presence", "account_id"),
        ("token", "account_id"),
        ("message", "sender_id"),
        ("account", "id"),
    ):
        tx.run(f"DELETE FROM {table} WHERE {column} = ?", owner.id)
    touched.wake.add(owner.id)
    return touched


def _left(record: Record, heads: dict[int, int]) -> Record:
    seq = heads.get(record.owner_id, 0)
    return record._replace(
        peer_id=None,
        paired=0,
        cause=LEFT,
        relation_seq=seq if record.kept else record.relation_seq,
        profile_seq=seq if record.shown else record.profile_seq,
        version=record.version + (record.shown != 0),
        shown=0,
        digest=0,
    )


def new_ident(key: int) -> int:
    """Return an id nobody had, near those of the keys near: a book is looked up in their order.

    It begins as the key does; the rest is random, so that nobody inherits an id with an address.
    """
    return key >> KEY_BITS - NEAR_BITS << RANDOM_BITS | secrets.randbits(RANDOM_BITS) | 1


def new_token() -> str:
    """Return 256 random bits that a caller can carry."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> bytes:
    """Return what is kept of a token; its randomness makes a plain hash enough."""
    return sha256(token.encode()).digest()


# ---- relations


def with_view(record: Record, view: View) -> Record:
    """Return a record that remembers the view its owner was given."""
    _, shown, digest = view
    if digest == record.digest:
        return record
    return record._replace(version=record.version + 1, shown=shown, digest=digest)


def match(record: Record, owner: Owner, mine: tuple[Any, ...]) -> Record:
    """Return a record that is matched, if its owner may discover the account."""
    if feed.may_discover(owner, relations.standing(mine, record.blocked)):
        return record._replace(peer_id=owner.id, cause=QUIET)
    return record


def load_records(tx: Tx, owner_id: int, keys: Iterable[int]) -> dict[int, Record]:
    """Read an account's relations to some addresses."""
    rows = tx.all(
        f"SELECT {relations.COLUMNS} FROM {tx.numbers(list(keys))} n"
        f" CROSS JOIN relation r ON {relations.MINE_BY_KEY} AND r.peer_key = n.value",
        owner_id,
    )
    return {row[1]: Record(*row) for row in rows}


def load_peers(
    tx: Tx, me: Owner, keys: Iterable[int]
) -> tuple[dict[int, Owner], dict[int, tuple[Any, ...]]]:
    """Read the accounts at some addresses, and what each keeps about me."""
    there = f"FROM {tx.numbers(sorted(keys))} n CROSS JOIN account a ON a.address_key = n.value"
    if not is_kept(tx, me):
        rows = tx.all(f"SELECT {COLUMNS} {there}")
        return {row[1]: owner_of(row) for row in rows}, {
            row[1]: relations.NO_RELATION for row in rows
        }
    rows = tx.all(
        f"SELECT {COLUMNS}, {STANDING} {there}"
        " LEFT JOIN relation m ON m.owner_id = a.id AND m.peer_key = ?",
        me.key,
    )
    owners = {row[1]: owner_of(row[:WIDTH]) for row in rows}
    return owners, {row[1]: row[WIDTH:] for row in rows}


def is_kept(tx: Tx, me: Owner) -> bool:
    """Tell whether anybody keeps anything about an account."""
    matched = tx.one("SELECT 1 FROM relation WHERE peer_id = ? LIMIT 1", me.id)
    waiting = "SELECT 1 FROM relation WHERE peer_key = ? AND peer_id IS NULL LIMIT 1"
    return matched is not None or tx.one(waiting, me.key) is not None


def tell_peers(
    tx: Tx, me: Owner, before: dict[int, Record], after: Sequence[Record], touched: Touched
) -> None:
    """Let a change of my relations reach those who hold me: what they see, and if they find me."""
    keys = [
        record.peer_key
        for record in after
        if record_standing(before.get(record.peer_key)) != record_standing(record)
    ]
    stands = {key: record.stands for key, record in before.items()}
    feed.reconsider(tx, me, touched, keys, stands)


# ---- one relation


def load_record(tx: Tx, owner_id: int, key: int) -> Record | None:
    """Read one relation, kept or only remembered."""
    row = tx.one(
        f"SELECT {relations.COLUMNS} FROM relation r WHERE r.owner_id = ? AND r.peer_key = ?",
        owner_id,
        key,
    )
    return None if row is None else Record(*row)


def keep(tx: Tx, directory: Directory, me: Owner, address: Address, now: float) -> Record:
    """Return my relation to an address ready to be changed: charged, kept, matched if it may be."""
    key = directory.key(address)
    record = load_record(tx, me.id, key)
    if record is None:
        spend_one(tx, me.id, directory.allowance, now)
        record = relations.new(me, key, directory.texts.seal(address))
    if record.kept:
        return record
    record = record._replace(kept=1, peer_id=None, origin=MANUAL)
    owners, mine = load_peers(tx, me, [key])
    if key in owners:
        record = match(record, owners[key], mine[key])
    return record


def save(tx: Tx, me: Owner, before: Record | None, after: Record, touched: Touched) -> Record:
    """Store a changed relation of mine and let it reach both sides."""
    view = peer_view(tx, me, after)
    after = with_view(after, view)
    if before is not None and before == after:
        return after
    seq = feed.advance(tx, [me.id])[me.id]
    after = after._replace(relation_seq=seq, cause=QUIET)
    relations.save(tx, [after])
    touched.wake.add(me.id)
    if before is not None and before.shown & ~after.shown:
        touched.revoked.add(me.id)
    tell_peers(tx, me, {} if before is None else {before.peer_key: before}, [after], touched)
    return after


def peer_view(tx: Tx, me: Owner, record: Record) -> View:
    """Return what I see of the peer of a relation of mine."""
    if record.peer_id is None:
        return BLANK
    owners, mine = load_peers(tx, me, [record.peer_key])
    if record.peer_key not in owners:
        return BLANK
    return feed.seen(record, owners[record.peer_key], mine[record.peer_key])


def look(
    tx: Tx, directory: Directory, me: Owner, address: Address
) -> tuple[Record | None, Record, bytes]:
    """Return what I remember of an address, what I shall remember now, and my view of it."""
    key = directory.key(address)
    before = load_record(tx, me.id, key)
    record = before or relations.new(me, key, directory.texts.seal(address))
    owners, mine = load_peers(tx, me, [key])
    owner = owners.get(key)
    if not record.kept:
        record = record._replace(peer_id=None if owner is None else owner.id)
    if owner is None or record.peer_id is None:
        return before, with_view(record, BLANK), BLANK[0]
    view = feed.seen(record, owner, mine[key])
    return before, with_view(record, view), view[0]


def glance(
    tx: Tx, directory: Directory, me: Owner, address: Address, now: float
) -> tuple[Record, bytes]:
    """Look at an address: charges what is new, changes no relation that is kept."""
    before, after, view = look(tx, directory, me, address)
    if before is None:
        spend_one(tx, me.id, directory.allowance, now)
    if after != before:
        relations.save(tx, [after])
    return after, view


def remove(tx: Tx, me: Owner, records: Sequence[Record], now: float, touched: Touched) -> None:
    """Let go of relations; what stays is that the addresses are not new to me, and pairings."""
    if not records:
        return
    seq = feed.advance(tx, [me.id])[me.id]
    gone = [_gone(record, seq) for record in records]
    relations.save(tx, gone)
    tx.run(
        "UPDATE relation SET removed_at = ? WHERE owner_id = ? AND relation_seq = ?",
        now,
        me.id,
        seq,
    )
    touched.wake.add(me.id)
    tell_peers(tx, me, {record.peer_key: record for record in records}, gone, touched)


def withdraw(tx: Tx, me: Owner, now: float, touched: Touched) -> None:
    """Let go of every relation at once."""
    rows = tx.all(
        f"SELECT {relations.COLUMNS} FROM relation r WHERE r.owner_id = ? AND r.kept = 1", me.id
    )
    remove(tx, me, [Record(*row) for row in rows], now, touched)


def _gone(record: Record, seq: int) -> Record:
    return relations.empty(record.owner_id, record.peer_key, record.sealed)._replace(
        peer_id=record.peer_id,
        kept=record.paired,
        paired=record.paired,
        relation_seq=seq,
        version=record.version,
        shown=record.shown,
        digest=record.digest,
    )


def pair(tx: Tx, one: Owner, other: Owner, *, paired: bool) -> Touched:
    """Pair two accounts, or end it; both keep a relation to the other."""
    touched = Touched()
    for owner, peer in ((one, other), (other, one)):
        before = load_record(tx, owner.id, peer.key)
        if before is None and not paired:
            continue
        record = before or relations.new(owner, peer.key, peer.sealed)
        if bool(record.paired) == paired:
            continue
        if paired:
            record = record._replace(kept=1, peer_id=peer.id)
        save(tx, owner, before, record._replace(paired=int(paired)), touched)
    return touched
