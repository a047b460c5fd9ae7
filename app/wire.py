"""The JSON spoken between client and service, both directions.

Requests refuse unknown members, as the contract asks; answers are read leniently, so that an older
client survives a newer service.
"""

from typing import Annotated, Any, Final
from uuid import UUID

import msgspec
from msgspec import UNSET, Struct, UnsetType

from app.domain import (
    FIRST_SET,
    Address,
    Audience,
    Block,
    Cursor,
    Field,
    Fields,
    Privacy,
    Profile,
    Reach,
    Relation,
    State,
    Visibility,
    VisibilitySet,
)

PROBLEM_TYPE: Final = "urn:kith:problem:"
"""Every problem's `type` is this and a slug."""

SYNC_LIMIT: Final = 10_000
"""Addresses in one call of bulk synchronisation."""

MOST_INTEGER: Final = (1 << 31) - 1

PRESETS: Final = [int(preset) for preset in Visibility]

Text = Annotated[str, msgspec.Meta(max_length=16 * 1024)]

_HANDLE: Final = r"[A-Za-z0-9][A-Za-z0-9._@+-]{0,62}"
_NUMBER: Final = r"[ \t]*\+[ \t().\-/]*[1-9]([ \t().\-/]*[0-9]){6,14}[ \t().\-/]*"
WrittenAddress = Annotated[
    str,
    msgspec.Meta(extra_json_schema={"pattern": rf"^({_HANDLE}|{_NUMBER})$|[^\x00-\x7F]"}),
]
"""Described here, judged by `addresses.canonical`: letters beyond ASCII may fold to a handle."""

Audiences = Annotated[
    dict[Field, Audience],
    msgspec.Meta(extra_json_schema={"propertyNames": {"enum": list(Field)}}),
]

VisibilityNumber = Annotated[
    int,
    msgspec.Meta(
        ge=0,
        le=MOST_INTEGER,
        extra_json_schema={"anyOf": [{"enum": PRESETS}, {"minimum": FIRST_SET}]},
    ),
]
"""A preset, or the id of a set of the owner's."""


class Request(Struct, frozen=True, forbid_unknown_fields=True):
    """A body somebody sends: an unknown member is an error, not a thing to ignore."""


# ---- operator


class NewFields(Request, frozen=True):
    """What an operator may say of a new account."""

    name: Text | None = None
    status: Text | None = None
    about: Text | None = None
    email: Text | None = None
    birthday: Text | None = None


class NewUser(Request, frozen=True):
    """One account to make."""

    address: WrittenAddress
    fields: NewFields = NewFields()
    reach: Reach = Reach.EVERYONE


class NewUsers(Request, frozen=True):
    """Accounts to make, all or none."""

    users: list[NewUser]


class MadeUser(Struct, frozen=True):
    """An account that was made, with its first token."""

    address: Address
    token: str


class MadeUsers(Struct, frozen=True):
    """The accounts that were made, in the order they were asked for."""

    users: list[MadeUser]


class Token(Struct, frozen=True):
    """One more token of an account."""

    token: str


class PatchUser(Request, frozen=True):
    """What an operator may change of an account."""

    reach: Reach


class Pair(Struct, frozen=True):
    """Two addresses that the operator paired."""

    a: Address
    b: Address


class Pairs(Struct, frozen=True):
    """The pairs of one address."""

    pairs: list[Pair]


# ---- myself


class Me(Struct, frozen=True):
    """My own account."""

    address: Address
    fields: Fields
    privacy: Privacy
    auto_sync: bool


class PatchFields(Request, frozen=True, omit_defaults=True):
    """New values for my fields; `null` removes one, absent leaves it."""

    name: Text | UnsetType | None = UNSET
    status: Text | UnsetType | None = UNSET
    picture: UnsetType | None = UNSET
    about: Text | UnsetType | None = UNSET
    email: Text | UnsetType | None = UNSET
    birthday: Text | UnsetType | None = UNSET


class PatchMe(Request, frozen=True, omit_defaults=True):
    """A change of my account."""

    fields: PatchFields | UnsetType = UNSET
    auto_sync: bool | UnsetType = UNSET


class PutPrivacy(Request, frozen=True, omit_defaults=True):
    """My general rules; what is absent stays as it is, so that nothing opens by omission."""

    audiences: Audiences | UnsetType = UNSET
    searchable: Audience | UnsetType = UNSET
    sets: tuple[VisibilitySet, ...] | UnsetType = UNSET


class Because(Struct, frozen=True):
    """One rule that was consulted, and whether it decided."""

    rule: str
    decided: bool


class FieldPreview(Struct, frozen=True, omit_defaults=True):
    """One field as a viewer gets it, and why; `value` is there only where visible and set."""

    visible: bool
    because: list[Because]
    value: Any = None


class Preview(Struct, frozen=True):
    """The view that `viewer` gets: an address, `everyone`, `contact`, `favorite` or a set id."""

    viewer: str
    fields: dict[Field, FieldPreview]


class Seer(Struct, frozen=True):
    """One peer that I keep, and the rule that decides for them."""

    address: Address
    rule: str
    state: State = State.MATCHED


class FieldAudience(Struct, frozen=True):
    """Who sees one of my fields now, of the peers I keep."""

    field: Field
    visible: list[Seer]
    hidden: list[Seer]


class PatchRelation(Request, frozen=True, omit_defaults=True):
    """A change of one relation; absent parts stay."""

    contact: bool | UnsetType = UNSET
    subscribed: bool | UnsetType = UNSET
    favorite: bool | UnsetType = UNSET
    blocked: tuple[Block, ...] | UnsetType = UNSET
    visibility: VisibilityNumber | UnsetType = UNSET
    fields: tuple[Field, ...] | UnsetType = UNSET
    paired: bool | UnsetType = UNSET


class SupposedRelation(PatchRelation, frozen=True, kw_only=True):
    """A relation as it would be, in a question about consequences."""

    address: WrittenAddress


class Suppose(Request, frozen=True, omit_defaults=True):
    """A question: what would happen if this were so."""

    privacy: PutPrivacy | UnsetType = UNSET
    relations: list[SupposedRelation] | UnsetType = UNSET


class Effect(Struct, frozen=True):
    """One peer that I keep and the fields that change for them."""

    address: Address
    fields: list[Field]
    state: State = State.MATCHED


class Impact(Struct, frozen=True):
    """Who would gain and who would lose which field."""

    gains: list[Effect]
    loses: list[Effect]


# ---- contacts


class SyncEntry(Request, frozen=True, omit_defaults=True):
    """Addresses and the flags they shall have; an absent visibility leaves the one there is."""

    addresses: list[str]
    contact: bool = True
    subscribe: bool = True
    visibility: VisibilityNumber | UnsetType = UNSET


class Sync(Request, frozen=True):
    """One call of bulk synchronisation."""

    entries: list[SyncEntry]


class KeptRelation(Relation, frozen=True, kw_only=True):
    """My relation together with the profile I may see."""

    profile: Profile
    joined: bool | UnsetType = UNSET
    """Only in an event: a pending address has just joined."""
    left: bool | UnsetType = UNSET
    """Only in an event: the account is gone, and the address pending again."""
    removed: bool | UnsetType = UNSET
    """Only in an event: another session of mine keeps it no longer."""


class Rejected(Struct, frozen=True):
    """An address that cannot be one; `reason` is `invalid`, `too-long` or `self`."""

    address: str
    reason: str


class Synced(Struct, frozen=True, omit_defaults=True):
    """Every address sent is in exactly one of the four, in the form it was sent in."""

    matched: list[KeptRelation]
    pending: list[str]
    rejected: list[Rejected]
    deferred: list[str]
    cursor: Cursor
    retry_after: int | UnsetType = UNSET


class ContactsPage(Struct, frozen=True, omit_defaults=True):
    """A page of my relations; while `next` is there, ask again with `page=<next>` alone."""

    relations: list[KeptRelation]
    removed: list[Address]
    cursor: Cursor
    next: str | UnsetType = UNSET


# ---- messages


class SendMessage(Request, frozen=True):
    """A message to send; the id is a UUID that the sender chose."""

    id: UUID
    to: WrittenAddress
    text: Annotated[str, msgspec.Meta(min_length=1, max_length=16 * 1024)]


class Accepted(Struct, frozen=True):
    """A message was taken."""

    id: str
    status: str


# ---- problems (RFC 9457)


class Problem(Struct, frozen=True, omit_defaults=True):
    """An error as `application/problem+json`."""

    type: str
    title: str
    status: int
    detail: str

    @property
    def slug(self) -> str:
        """The stable end of `type`."""
        return self.type.rsplit(":", 1)[-1].rsplit("/", 1)[-1]
