"""Judge the cards of a book against the people I have: each one has its fate, with a reason."""

from enum import StrEnum

import msgspec

from app.domain import Address, ContactId


class Fate(StrEnum):
    """What becomes of one card."""

    NEW = "new"
    """A person I do not have."""
    KNOWN = "known"
    """Nothing on it is news."""
    SAME = "same"
    """Another card of these books is the same person: their addresses come together."""
    CHANGED = "changed"
    """A person I have: the card adds to them."""
    NO_ADDRESS = "no-address"
    """Kept, though nothing on it can be an address."""


class Written(msgspec.Struct, frozen=True, gc=False):
    """An address as the card has it."""

    address: Address
    text: str
    label: str


class Rejected(msgspec.Struct, frozen=True, gc=False):
    """A value that cannot be an address, or a line that cannot be read."""

    source: str
    line: int
    value: str
    reason: str
    """A Trouble of an address, or one of `importers.REASONS`."""


class PlannedCard(msgspec.Struct, frozen=True):
    """One card and its fate, with the words for the screen."""

    fate: Fate
    name: str
    source: str
    line: int
    written: tuple[Written, ...]
    rejected: tuple[Rejected, ...]
    reason: str
    """Why, in one sentence."""
    contact_id: ContactId | None = None
    """Whom I have already."""
    same_as: int | None = None
    """The number of the earlier card in this plan that is the same person."""


class ImportPlan(msgspec.Struct, frozen=True):
    """What an import would do; nothing has happened yet."""

    cards: tuple[PlannedCard, ...]
    unreadable: tuple[Rejected, ...]
    region: str
    sources: tuple[str, ...]


class ImportReport(msgspec.Struct, frozen=True):
    """What an import did."""

    step_id: int | None
    read: int
    added: int
    changed: int
    known: int
    duplicates: int
    addresses: tuple[Address, ...]
    rejected: tuple[Rejected, ...]
