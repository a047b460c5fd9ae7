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


@dataclass(frozen=True, slots=True)
class Ends:
    """Who writes, to whom, and what the receiver keeps about the sender.

    A receiver who blocks messages is deaf. To write to one costs what it costs to write to any
    other, since the sender must not read from the time that they are blocked.
    """

    sender: Owner
    receiver: Owner | None
    theirs: Record | None

    @property
    def is_deaf(self) -> bool:
        """Whether the receiver blocks the sender's messages."""
        return self.theirs is not None and bool(self.theirs.blocked & BLOCKS_MESSAGES)

    @property
    def hearer(self) -> Owner | None:
        """The receiver, if the message reaches them."""
        return None if self.is_deaf else self.receiver


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
        record = relations.new(me, key, directory.texts.seal(draft.to))
        relations.save(tx, [record])
    receiver = _receiver(tx, me, key, record)
    theirs = None if receiver is None else load_record(tx, receiver.id, me.key)
    _check_reach(tx, me, record)
    if receiver is not None:
        _check_reach(tx, receiver, theirs or relations.empty(receiver.id, me.key))
    ends = Ends(me, receiver, theirs)
    touched.wake |= _keep(tx, directory.texts, ends, draft, now)
    _subscribe(tx, ends)
    return touched


def add_items(
    tx: Tx, texts: Texts, start: str, items: dict[int, list[Item]], unheard: set[int]
) -> None:
    """Add the messages that accounts have to hear to their items."""
    select = (
        f"{start}SELECT known.id, s.sender_id, s.id, s.sealed, s.sent_at, s.status, s.{{side}}_seq"
        " FROM known CROSS JOIN message s ON s.{side}_id = known.id"
    )
    for row in tx.all(select.format(side="sender") + " AND s.sender_seq > known.seq"):
        items[row[0]].append(Item(row[6], "message", _message_json(texts, row, row[5])))
    # Whoever receives a message has it; only to the sender may it still be on its way.
    rows = tx.all(select.format(side="recipient") + " AND s.recipient_seq > known.seq")
    if unheard:
        waiting = " AND s.recipient_seq <= known.seq AND s.status = 'sent'"
        rows += [
            row for row in tx.all(select.format(side="recipient") + waiting) if row[0] in unheard
        ]
    for row in rows:
        waits = (row[1], row[2]) if row[5] == "sent" else None
        data = _message_json(texts, row, "delivered")
        items[row[0]].append(Item(row[6], "message", data, waits))


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


def _keep(tx: Tx, texts: Texts, ends: Ends, draft: Draft, now: float) -> set[int]:
    """Store a message, and return whose streams to wake."""
    me, receiver = ends.sender, ends.hearer
    deaf = {ends.receiver.id} if ends.is_deaf and ends.receiver is not None else set[int]()
    heads = feed.advance(tx, {me.id} if receiver is None else {me.id, receiver.id}, deaf)
    content = (texts.read([me.sealed])[0], draft.to, draft.text)
    tx.run(
        "INSERT INTO message (sender_id, id, recipient_id, sealed, sent_at, status, sender_seq,"
        " recipient_seq) VALUES (?, ?, ?, ?, ?, 'sent', ?, ?)",
        me.id,
        draft.id,
        None if receiver is None else receiver.id,
        texts.keys.seal(msgspec.json.encode(content).decode()),
        rfc3339(now),
        heads[me.id],
        0 if receiver is None else heads[receiver.id],
    )
    return set(heads)


def _subscribe(tx: Tx, ends: Ends) -> None:
    """Make the receiver hear of the sender from now on, unless they do or have switched it off.

    Where nothing is to change, what is there is read and written all the same.
    """
    receiver, record = ends.receiver, ends.theirs
    if receiver is None:
        return
    row = tx.one("SELECT auto_sync FROM account WHERE id = ?", receiver.id)
    wanted = bool(row and row[0]) and not ends.is_deaf and not (record and record.subscribed)
    if record is None and not wanted:
        return
    before = record or relations.new(receiver, ends.sender.key, ends.sender.sealed)
    origin = before.origin if before.kept else AUTO
    after = before._replace(
        kept=1, subscribed=1, origin=origin, peer_id=ends.sender.id, cause=QUIET
    )
    after = with_view(after, peer_view(tx, receiver, after))
    changing = [receiver.id] if wanted else []
    seq = feed.advance(tx, changing, () if wanted else (receiver.id,))[receiver.id]
    after = after._replace(relation_seq=seq, profile_seq=seq if after.shown else 0)
    relations.save(tx, [after if wanted else before])


def _message_json(texts: Texts, row: Sequence[Any], status: str) -> bytes:
    _, _, ident, sealed, sent_at, *_ = row
    sender, to, text = _CONTENT.decode(texts.keys.unseal(sealed))
    return msgspec.json.encode(Message(ident, sender, to, text, sent_at, status))


_CONTENT = msgspec.json.Decoder(tuple[Address, Address, str])
