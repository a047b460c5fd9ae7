"""Messages on this computer: what I wrote and what I was sent, by the one it is with."""

import time
from collections.abc import Collection
from datetime import UTC, datetime
from typing import Final
from uuid import uuid4

from app.changes import Kind
from app.domain import Address, ContactId, Message
from app.transaction import Transaction, listed

WAITING: Final = "waiting"
_FOR_EVER: Final = "9999"
"""After every moment, as moments are written."""
_COLUMNS: Final = "id, sender, recipient, text, sent_at, status"


def write(transaction: Transaction, me: Address, to: Address, text: str) -> Message:
    """Keep a message until it can be sent; its id makes a repeat the same message."""
    now = datetime.fromtimestamp(time.time(), UTC).isoformat(timespec="milliseconds")
    message = Message(str(uuid4()), me, to, text, now.replace("+00:00", "Z"), WAITING)
    apply_message(transaction, message, me)
    mark_read(transaction, [to])
    transaction.kinds |= Kind.OUTBOX
    return message


def apply_message(transaction: Transaction, message: Message, me: Address) -> None:
    """Take over a message, or what has become of it; what I answer to I have read."""
    is_mine = message.sender == me
    peer = message.to if is_mine else message.sender
    transaction.kinds |= Kind.MESSAGES
    transaction.run(
        "INSERT INTO message (id, sender, recipient, text, sent_at, status, peer, unread) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET "
        "sent_at = excluded.sent_at, status = excluded.status",
        message.id,
        message.sender,
        message.to,
        message.text,
        message.sent_at,
        message.status,
        peer,
        not is_mine,
    )
    if is_mine:
        mark_read(transaction, [peer], message.sent_at)
    else:
        _touch(transaction, [peer])


def mark_read(transaction: Transaction, peers: Collection[Address], until: str = _FOR_EVER) -> None:
    """Note that I have read what these wrote until then."""
    written = "unread AND peer IN (SELECT value FROM json_each(?)) AND sent_at <= ?"
    chosen = listed(peers)
    unread = transaction.all(f"SELECT DISTINCT peer FROM message WHERE {written}", chosen, until)
    if unread:
        transaction.run(f"UPDATE message SET unread = 0 WHERE {written}", chosen, until)
        _touch(transaction, [peer for (peer,) in unread])


def _touch(transaction: Transaction, peers: Collection[Address]) -> None:
    """Have the rows of these people made again: they show whether something is unread."""
    owners = transaction.all(
        "SELECT contact_id FROM address WHERE address IN (SELECT value FROM json_each(?))",
        listed(peers),
    )
    transaction.contacts.update(ContactId(contact) for (contact,) in owners)


def set_status(transaction: Transaction, message: Message, status: str) -> None:
    """Note what the service said, unless the live stream was quicker."""
    transaction.kinds |= Kind.MESSAGES | Kind.OUTBOX
    transaction.run(
        "UPDATE message SET status = ? WHERE id = ? AND status = ?", status, message.id, WAITING
    )


def want_again(transaction: Transaction, message_id: str) -> None:
    """Let one that was refused wait again; its id makes a repeat the same message."""
    transaction.kinds |= Kind.MESSAGES | Kind.OUTBOX
    transaction.run(
        "UPDATE message SET status = ? WHERE id = ? AND status LIKE 'refused: %'",
        WAITING,
        message_id,
    )


def read_messages(reading: Transaction, peer: Address) -> list[Message]:
    """Read the messages with one address, the oldest first."""
    records = reading.all(
        f"SELECT {_COLUMNS} FROM message WHERE peer = ? ORDER BY sent_at, id", peer
    )
    return [Message(*record) for record in records]


def read_waiting(reading: Transaction) -> list[Message]:
    """Read what has still to be sent, the oldest first."""
    records = reading.all(
        f"SELECT {_COLUMNS} FROM message WHERE status = ? ORDER BY sent_at LIMIT 100", WAITING
    )
    return [Message(*record) for record in records]
