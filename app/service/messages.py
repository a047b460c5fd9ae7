"""Messages, and the automatic sync that receiving one makes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from app.domain import Address, Message, Origin, Reach
from app.service import feed, relations
from app.service.accounts import Owner, find_owner, rfc3339
from app.service.budget import spend_one
from app.service.directory import Directory, load_record, peer_view, with_view
from app.service.feed import Touched, may_discover
from app.service.items import Item
from app.service.problems import ProblemError
from app.service.relations import BLOCKS_MESSAGES, ORIGINS, QUIET, Record, record_standing
from app.service.store import Tx
from app.service.texts import Texts

AUTO: Final = ORIGINS.index(Origin.AUTO)


@dataclass(frozen=True, slots=True)
class Draft:
    """A message as its sender hands it in."""

    id: str
    to: Address
    text: str


def send(tx: Tx, directory: Directory, me: Owner, draft: Draft, now: float) -> Touched:
    """Take a message; one that cannot arrive is taken just the same, and nothing comes of it."""
    touched = Touched()
    key = directory.key(draft.to)
    record = load_record(tx, me.id, key)
    if record is not None and record.blocked & BLOCKS_MESSAGES:
        raise ProblemError("you-block-them", "Unblock this address to write to it.")
    if tx.one("SELECT 1 FROM message WHERE sender_id = ? AND id = ?", me.id, draft.id):
        return touched
    if record is None:
        spend_one(tx, me.id, directory.allowance, now)
        directory.texts.save(tx, {key: draft.to})
        record = relations.empty(me.id, key)
        relations.save(tx, [record])
    receiver = _receiver(tx, me, key, record)
    theirs = None if receiver is None else load_record(tx, receiver.id, me.key)
    _check_reach(tx, me, record)
    if receiver is not None:
        _check_reach(tx, receiver, theirs or relations.empty(receiver.id, me.key))
    if theirs is not None and theirs.blocked & BLOCKS_MESSAGES:
        receiver = None
    _keep(tx, directory, me, receiver, draft, key, now, touched)
    if receiver is not None:
        _subscribe(tx, receiver, me, theirs, touched)
    return touched


def add_items(
    tx: Tx, texts: Texts, start: str, items: dict[int, list[Item]], unheard: set[int]
) -> None:
    """Add the messages that accounts have to hear to their items."""
    columns = (
        "known.id, s.sender_id, s.id, s.sender_key, s.recipient_key, s.sealed, s.sent_at, s.status,"
    )
    for side in ("sender", "recipient"):
        extra = " OR s.recipient_id = known.id AND s.status = 'sent'" if side == "recipient" else ""
        rows = tx.all(
            f"{start}SELECT {columns} s.{side}_seq, known.seq FROM known"
            f" CROSS JOIN message s ON s.{side}_id = known.id"
            f" AND (s.{side}_seq > known.seq{extra})"
        )
        addresses = texts.read(tx, [key for row in rows for key in row[3:5]])
        for row in rows:
            account_id, seq, known = row[0], row[8], row[9]
            if seq <= known and account_id not in unheard:
                continue
            # Whoever receives a message has it; only to the sender may it still be on its way.
            status = "delivered" if side == "recipient" else row[7]
            data = _message_json(texts, addresses, row, status)
            waits = (row[1], row[2]) if side == "recipient" and row[7] == "sent" else None
            items[account_id].append(Item(seq, "message", data, waits))


def delivered(tx: Tx, messages: Iterable[tuple[int, str]]) -> Touched:
    """Note that messages have reached a stream of their receiver, and let the senders hear."""
    touched = Touched()
    fresh = [
        (sender, ident)
        for sender, ident in messages
        if tx.run(
            "UPDATE message SET status = 'delivered'"
            " WHERE sender_id = ? AND id = ? AND status = 'sent'",
            sender,
            ident,
        )
    ]
    heads = feed.advance(tx, {sender for sender, _ in fresh})
    tx.many(
        "UPDATE message SET sender_seq = ? WHERE sender_id = ? AND id = ?",
        [(heads[sender], sender, ident) for sender, ident in fresh],
    )
    touched.wake |= heads.keys()
    return touched


def _receiver(tx: Tx, me: Owner, key: int, record: Record) -> Owner | None:
    """Return the account that gets the message: one I have matched, or may discover."""
    receiver = find_owner(tx, key)
    if receiver is None or (record.kept and record.peer_id is not None):
        return receiver
    theirs = load_record(tx, receiver.id, me.key)
    return receiver if may_discover(receiver, record_standing(theirs)) else None


def _check_reach(tx: Tx, owner: Owner, record: Record) -> None:
    row = tx.one("SELECT reach FROM account WHERE id = ?", owner.id)
    assert row is not None
    within = {
        Reach.EVERYONE: True,
        Reach.PAIRED: bool(record.paired),
        Reach.CONTACTS: bool(record.contact),
        Reach.FAVORITES: bool(record.favorite),
    }
    if not within[Reach(row[0])]:
        raise ProblemError("out-of-reach", "You and this address cannot exchange messages.")


def _keep(  # noqa: PLR0913, PLR0917
    tx: Tx,
    directory: Directory,
    me: Owner,
    receiver: Owner | None,
    draft: Draft,
    key: int,
    now: float,
    touched: Touched,
) -> None:
    accounts = {me.id} if receiver is None else {me.id, receiver.id}
    heads = feed.advance(tx, accounts)
    tx.run(
        "INSERT INTO message (sender_id, id, recipient_id, sender_key, recipient_key, sealed,"
        " sent_at, status, sender_seq, recipient_seq) VALUES (?, ?, ?, ?, ?, ?, ?, 'sent', ?, ?)",
        me.id,
        draft.id,
        None if receiver is None else receiver.id,
        me.key,
        key,
        directory.texts.keys.seal(draft.text),
        rfc3339(now),
        heads[me.id],
        0 if receiver is None else heads[receiver.id],
    )
    touched.wake |= accounts


def _subscribe(
    tx: Tx, receiver: Owner, sender: Owner, record: Record | None, touched: Touched
) -> None:
    """Make the receiver hear of the sender from now on, unless they do or have switched it off."""
    row = tx.one("SELECT auto_sync FROM account WHERE id = ?", receiver.id)
    if row is None or not row[0] or (record is not None and record.subscribed):
        return
    before = record or relations.empty(receiver.id, sender.key)
    origin = before.origin if before.kept else AUTO
    after = before._replace(kept=1, subscribed=1, origin=origin, peer_id=sender.id, cause=QUIET)
    after = with_view(after, peer_view(tx, receiver, after))
    seq = feed.advance(tx, [receiver.id])[receiver.id]
    after = after._replace(relation_seq=seq, profile_seq=seq if after.shown else 0)
    relations.save(tx, [after])
    touched.wake.add(receiver.id)


def _message_json(
    texts: Texts, addresses: dict[int, Address], row: Sequence[Any], status: str
) -> bytes:
    _, _, ident, sender_key, recipient_key, sealed, sent_at, _ = row[:8]
    message = Message(
        ident,
        addresses[sender_key],
        addresses[recipient_key],
        texts.keys.unseal(sealed),
        sent_at,
        status,
    )
    return msgspec.json.encode(message)
