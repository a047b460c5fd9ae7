"""One event for one account, ready to send."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Item:
    """An event's number in the account's feed, its kind and its JSON."""

    seq: int
    kind: str
    data: bytes
    message: tuple[int, str] | None = None
    """Sender and id of a message that counts as delivered once this item has left."""
