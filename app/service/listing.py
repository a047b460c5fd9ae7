"""The list of an account's relations: whole, in pages, or what changed; and its feed as events."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from app.domain import Address
from app.service import feed, messages, relations
from app.service.accounts import load_owners
from app.service.cursors import Page
from app.service.directory import Directory
from app.service.feed import View
from app.service.items import Item
from app.service.known_views import KnownViews
from app.service.myself import me_json
from app.service.relations import STANDING, Record
from app.service.store import Tx
from app.service.texts import Texts

_RECORD = len(relations.NAMES)


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of relations as JSON, the addresses removed, and where the next page starts."""

    relations: list[bytes]
    removed: list[Address]
    next: Page | None


def whole(tx: Tx, directory: Directory, page: Page) -> Listing:
    """Return a page of everything kept."""
    rows = tx.all(
        f"SELECT {relations.COLUMNS} FROM relation r WHERE r.owner_id = ? AND r.kept = 1"
        " AND r.peer_key > ? ORDER BY r.peer_key LIMIT ?",
        page.account_id,
        page.key,
        page.limit + 1,
    )
    return _listing(tx, directory, rows, page)


def changed(tx: Tx, directory: Directory, page: Page) -> Listing:
    """Return a page of what changed between two numbers of the feed."""
    moved = (page.account_id, page.since, page.until, page.key)
    rows = tx.all(_CHANGED, *moved, *moved, page.limit + 1, page.account_id)
    return _listing(tx, directory, rows, page)


def since(
    tx: Tx, texts: Texts, positions: Mapping[int, int], unheard: Iterable[int] = ()
) -> dict[int, list[Item]]:
    """Return what each account has to hear after a number, in the feed's order.

    Accounts in `unheard` are also given the messages that no stream of theirs has received.
    """
    items: dict[int, list[Item]] = {account: [] for account in positions}
    if not positions:
        return items
    known = ",".join(f"({account},{seq})" for account, seq in positions.items())
    start = f"WITH known(id, seq) AS (VALUES {known}) "
    _relation_items(tx, texts, start, items)
    _me_items(tx, texts, start, items)
    messages.add_items(tx, texts, start, items, set(unheard))
    for found in items.values():
        found.sort(key=lambda item: item.seq)
    return items


def relation_item(tx: Tx, texts: Texts, record: Record) -> bytes:
    """Return one relation as its owner reads it."""
    (address,) = texts.read([record.sealed])
    ((view, _, _),) = _seen(tx, [record]).values()
    return relations.relation_json(record, address, view)


_STANDS = (
    " JOIN account v ON v.id = r.owner_id"
    " LEFT JOIN relation m ON m.owner_id = r.peer_id AND m.peer_key = v.address_key"
)
_CHANGED = (
    "WITH moved(peer_key) AS (SELECT peer_key FROM relation"
    " WHERE owner_id = ? AND relation_seq > ? AND relation_seq <= ? AND +peer_key > ?"
    " UNION SELECT peer_key FROM relation"
    " WHERE owner_id = ? AND profile_seq > ? AND profile_seq <= ? AND profile_seq > 0"
    " AND +peer_key > ?), page(peer_key) AS"
    " (SELECT peer_key FROM moved ORDER BY +peer_key LIMIT ?)"
    f" SELECT {relations.COLUMNS} FROM page"
    " CROSS JOIN relation r ON r.owner_id = ? AND r.peer_key = page.peer_key ORDER BY r.peer_key"
)
"""By the feed's indexes, whatever the size of the book; a plus keeps planners from another one."""


def _listing(tx: Tx, directory: Directory, rows: list[tuple[Any, ...]], page: Page) -> Listing:
    rest = len(rows) > page.limit
    records = [Record(*row) for row in rows[: page.limit]]
    addresses = directory.texts.read([record.sealed for record in records])
    views = _views(tx, directory.views, records)
    kept: list[bytes] = []
    removed: list[Address] = []
    for record, address, view in zip(records, addresses, views, strict=True):
        if record.kept:
            kept.append(relations.relation_json(record, address, view))
        elif page.since < record.relation_seq <= page.until:
            removed.append(address)
    following = (
        Page(page.account_id, page.since, records[-1].peer_key, page.until, page.limit)
        if rest
        else None
    )
    return Listing(kept, removed, following)


def _views(tx: Tx, known: KnownViews, records: list[Record]) -> list[bytes]:
    """Return what is seen of each peer who is kept; read are only those whose view is not known."""
    views = known.texts(record.digest for record in records)
    unknown = [
        record for record, view in zip(records, views, strict=True) if view is None and record.kept
    ]
    seen = _seen(tx, unknown) if unknown else {}
    known.note({digest: view.decode() for view, _, digest in seen.values()})
    return [
        view.encode() if view else seen.get(record.peer_key, feed.BLANK)[0]
        for record, view in zip(records, views, strict=True)
    ]


def _seen(tx: Tx, records: list[Record]) -> dict[int, View]:
    """Return by key what an account sees of some of its peers."""
    keys = sorted(record.peer_key for record in records)
    rows = tx.all(
        f"SELECT r.peer_key, {STANDING} FROM {tx.numbers(keys)} n CROSS JOIN relation r"
        f" ON {relations.MINE_BY_KEY} AND r.peer_key = n.value{_STANDS}",
        records[0].owner_id,
    )
    stands = {row[0]: row[1:] for row in rows}
    owners = load_owners(tx, [record.peer_id for record in records if record.peer_id is not None])
    return {
        record.peer_key: feed.seen(record, owners.get(record.peer_id or 0), stands[record.peer_key])
        for record in records
    }


def _relation_items(tx: Tx, texts: Texts, start: str, items: dict[int, list[Item]]) -> None:
    select = (
        f"{start}SELECT known.seq, {relations.COLUMNS}, {STANDING} FROM known"
        " CROSS JOIN relation r ON r.owner_id = known.id AND r.{column} > known.seq"
        f"{_STANDS}"
    )
    found = tx.all(select.format(column="relation_seq"))
    # the index on profile_seq has only the rows of which something was heard
    heard = tx.all(select.format(column="profile_seq") + " WHERE r.profile_seq > 0")
    records = [Record(*row[1 : _RECORD + 1]) for row in (*found, *heard)]
    addresses = texts.read([record.sealed for record in records])
    owners = load_owners(tx, [record.peer_id for record in records if record.peer_id is not None])
    for place, (row, record) in enumerate(zip((*found, *heard), records, strict=True)):
        address = addresses[place]
        view, _, _ = feed.seen(record, owners.get(record.peer_id or 0), row[_RECORD + 1 :])
        if place < len(found):
            data = relations.relation_json(record, address, view, event=True)
            item = Item(record.relation_seq, "relation", data)
        else:
            data = relations.profile_json(address, record.version, view)
            item = Item(record.profile_seq, "profile", data)
        items[record.owner_id].append(item)


def _me_items(tx: Tx, texts: Texts, start: str, items: dict[int, list[Item]]) -> None:
    rows = tx.all(
        f"{start}SELECT a.id, a.me_seq FROM known CROSS JOIN account a"
        " ON a.id = known.id AND a.me_seq > known.seq"
    )
    for account_id, seq in rows:
        items[account_id].append(Item(seq, "me", me_json(tx, texts, account_id)))
