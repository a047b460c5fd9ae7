"""Messages on this computer: which of them I have still to read."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app import messages
from app.changes import Changes
from app.domain import Address, Message
from app.store import Store

ME, BO = Address("18005550001"), Address("18005550002")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store(tmp_path / "client.db", Changes())
    yield store
    store.close()


def hear(store: Store, sender: Address, second: int, status: str = "sent") -> None:
    to = BO if sender == ME else ME
    sent_at = f"2026-11-23T10:00:{second:02}.000Z"
    with store.writing() as transaction:
        told = Message(f"{sender}-{second}", sender, to, "Hello", sent_at, status)
        messages.apply_message(transaction, told, ME)


def unread(store: Store) -> int:
    count: int = store.reading.value("SELECT COUNT(*) FROM message WHERE unread")
    return count


def test_an_answer_of_mine_reads_what_came_before(store: Store) -> None:
    hear(store, BO, 1)
    hear(store, BO, 2)
    hear(store, ME, 3)
    assert unread(store) == 0


def test_what_becomes_of_an_older_message_of_mine_reads_nothing_newer(store: Store) -> None:
    hear(store, ME, 1)
    hear(store, BO, 2)
    hear(store, ME, 1, status="delivered")
    assert unread(store) == 1


def test_who_writes_here_has_read_everything_whatever_the_clocks_say(store: Store) -> None:
    with store.writing() as transaction:
        ahead = Message("1", BO, ME, "Hello", "2999-01-01T00:00:00.000Z", "sent")
        messages.apply_message(transaction, ahead, ME)
        messages.write(transaction, ME, BO, "Hello yourself")
    assert unread(store) == 0
