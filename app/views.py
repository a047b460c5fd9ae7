"""What the screen reads: rows of the list, one person in full, the session's state, the steps."""

from dataclasses import dataclass
from enum import StrEnum

import msgspec

from app.domain import Address, Block, ContactId, Origin, Profile, Relation, State
from app.errors import Trouble


class Row(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One line of the list, ready to filter and sort.

    A Struct, since 100,000 of them are read at the start: decoding is four times as quick.
    """

    id: ContactId
    name: str
    address: Address | None
    """The first matched one, else the first; `None` where no address can be used."""
    detail: str
    """Number or handle as people read it."""
    state: State | None
    """`None` where nothing is kept at the service: no address can be used, or it was withdrawn."""
    contact: bool
    favorite: bool
    blocked: tuple[Block, ...]
    visibility: int
    subscribed: bool
    waiting: bool
    published_name: str | None
    status: str | None
    picture: str | None
    """The hash of the published picture."""
    online: bool
    joined_at: float | None
    origin: Origin
    folded: str
    """Name, numbers, handles and mail for searching: no case, no accents."""
    unread: bool = False
    """Whether they have written what I have not looked at."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One address of a person: what I keep about it, and what is published there for me."""

    address: Address
    text: str
    label: str
    relation: Relation
    profile: Profile
    waiting: bool
    failure: str | None
    """The service's own words or slug for what it refused; `None` where it refused nothing."""
    deferred_until: float | None
    kept: bool = True
    """Whether the service keeps it for me, or will; not after it was withdrawn."""


@dataclass(frozen=True, slots=True)
class Unusable:
    """A number on a card that cannot become an address, and why."""

    text: str
    label: str
    trouble: Trouble


@dataclass(frozen=True, slots=True)
class Person:
    """My record of one person, in full."""

    row: Row
    entries: tuple[Entry, ...]
    unusable: tuple[Unusable, ...]
    emails: tuple[str, ...]
    note: str
    source: str
    added_at: float


class Status(StrEnum):
    """What the session is doing."""

    OFFLINE = "offline"
    WORKING = "working"
    WAITING = "waiting"
    IDLE = "idle"
    SIGNED_OUT = "signed-out"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class SessionState:
    """What the sync indicator shows; `waiting` counts the changes not yet acknowledged."""

    status: Status
    done: int = 0
    total: int = 0
    waiting: int = 0
    retry_at: float | None = None
    last_synced: float | None = None
    untrusted: bool = False
    """Whoever answers cannot prove to be the service; nothing was told to them."""


@dataclass(frozen=True, slots=True)
class SyncReport:
    """How many addresses are in which state after a synchronisation."""

    matched: int
    pending: int
    waiting: int
    rejected: int


class NoticeKind(StrEnum):
    """What can happen without me."""

    JOINED = "joined"
    LEFT = "left"
    FOLLOWED = "followed"
    """Somebody wrote to me, and automatic sync follows them."""
    PAIRED = "paired"
    UNPAIRED = "unpaired"
    ADDED = "added"
    """Another session of mine keeps somebody, changed what I keep, or keeps them no longer."""
    CHANGED = "changed"
    REMOVED = "removed"
    REFUSED = "refused"
    """The service did not take a change of my own account."""
    OVERTAKEN = "overtaken"
    """Another session of mine changed of my account what waited here to be sent."""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that happened without me: I keep it, or take it back."""

    id: int
    at: float
    kind: NoticeKind
    about: str
    """An address, or a part of my own account."""
    contact_id: ContactId | None
    before: dict[str, int] | None
    """My relation as it was, and as it became; `None` where there was none."""
    after: dict[str, int] | None
    detail: str
    awaited: bool
    """I asked to be told when they join."""
    seen: bool
    settled: str
    """`kept`, `undone`, or nothing yet."""


class PendingAddress(msgspec.Struct, frozen=True, gc=False):
    """An address that is kept for me, where nobody is yet; there may be thousands."""

    address: Address
    contact_id: ContactId
    since: float
    is_mine: bool
    """A card or a person made it here; otherwise another session of mine did."""
    waiting: bool
    awaited: bool
    """I want to be told when they join."""
    source: str
    """The book it came from; empty where it was typed here or came by another session."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """A change of my own account that the service did not take; it is kept until I decide."""

    part: str
    detail: str
    value: object
    """What I wanted, as JSON values; of a picture, nothing."""


@dataclass(frozen=True, slots=True)
class Overtaken:
    """A change of my own account that another session was quicker with; kept until I decide."""

    part: str
    mine: str | None
    theirs: str | None
    """Both as text; nothing for one that removes it, and for a picture."""
    picture: bytes | None
    """Mine, where it is about the picture."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing a person did, that can be undone: "Block Ada Okafor"."""

    id: int
    name: str
    at: float
    undone: bool
