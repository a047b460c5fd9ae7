"""The values both sides speak of: addresses, profiles, relations, privacy.

The names and the string values are those of the wire, so one definition serves the rules, the store
and the JSON; nothing is translated on the way.
"""

from enum import IntEnum, StrEnum
from typing import Annotated, NewType

import msgspec

Address = NewType("Address", str)
"""Canonical: E.164 digits without `+`, or a case-folded handle; at most 63 characters."""

Cursor = NewType("Cursor", str)
"""How far a feed has been applied; opaque to the client."""

ContactId = NewType("ContactId", int)
"""My record of one person, in my own store."""


class Field(StrEnum):
    """A field of a profile, in the order in which it is shown."""

    NAME = "name"
    STATUS = "status"
    PICTURE = "picture"
    ABOUT = "about"
    EMAIL = "email"
    BIRTHDAY = "birthday"
    PRESENCE = "presence"


TEXT_FIELDS = (Field.NAME, Field.STATUS, Field.ABOUT, Field.EMAIL, Field.BIRTHDAY)
"""What a person types; the picture has its own call and presence is the service's to say."""

PROFILE_BYTES = 16 * 1024


class Audience(StrEnum):
    """The set of people a field is open to."""

    EVERYONE = "everyone"
    CONTACTS = "contacts"
    FAVORITES = "favorites"
    NOBODY = "nobody"


class Reach(StrEnum):
    """Whom an account can exchange messages with."""

    EVERYONE = "everyone"
    PAIRED = "paired"
    CONTACTS = "contacts"
    FAVORITES = "favorites"


class State(StrEnum):
    """Whether the owner of a relation has discovered its peer."""

    MATCHED = "matched"
    PENDING = "pending"


class Origin(StrEnum):
    """How a relation came to be."""

    IMPORT = "import"
    MANUAL = "manual"
    AUTO = "auto"


class Block(StrEnum):
    """What a blocked peer is kept from."""

    MESSAGES = "messages"
    PROFILE = "profile"


class Visibility(IntEnum):
    """The named rules for one peer; `FIRST_SET` and up are the owner's visibility sets."""

    DEFAULT = 0
    PUBLIC = 1
    CONTACT = 2
    CUSTOM = 4
    HIDDEN = 8


FIRST_SET = 16


class Picture(msgspec.Struct, frozen=True, gc=False):
    """What a profile says of its picture; the bytes have an address of their own."""

    hash: str
    type: str
    width: int
    height: int


class Presence(msgspec.Struct, frozen=True, gc=False):
    """Whether somebody is online; `last_seen` is RFC 3339 in UTC, absent while online."""

    online: bool
    last_seen: str | None = None


class Fields(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """The fields of a profile; `None` is a field that is not there."""

    name: str | None = None
    status: str | None = None
    picture: Picture | None = None
    about: str | None = None
    email: str | None = None
    birthday: str | None = None
    presence: Presence | None = None


class Profile(msgspec.Struct, frozen=True):
    """What one viewer sees of one address; `version` never goes back for that pair."""

    address: Address
    version: int = 0
    fields: Fields = Fields()


class VisibilitySet(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A named choice of fields that an owner gives to chosen peers."""

    id: Annotated[int, msgspec.Meta(ge=16, le=(1 << 31) - 1)]
    """`FIRST_SET` or more."""
    name: str
    fields: tuple[Field, ...]


DEFAULT_AUDIENCES: dict[Field, Audience] = {
    Field.NAME: Audience.EVERYONE,
    Field.STATUS: Audience.CONTACTS,
    Field.PICTURE: Audience.CONTACTS,
    Field.ABOUT: Audience.CONTACTS,
    Field.EMAIL: Audience.NOBODY,
    Field.BIRTHDAY: Audience.NOBODY,
    Field.PRESENCE: Audience.CONTACTS,
}


class Privacy(msgspec.Struct, frozen=True):
    """An account's general rules: every field has an audience."""

    audiences: dict[Field, Audience] = msgspec.field(
        default_factory=lambda: dict(DEFAULT_AUDIENCES)
    )
    searchable: Audience = Audience.EVERYONE
    sets: tuple[VisibilitySet, ...] = ()


class Relation(msgspec.Struct, frozen=True, omit_defaults=False):
    """What one account keeps about one address. Directed: mine about you says nothing of yours."""

    address: Address
    contact: bool = False
    subscribed: bool = False
    favorite: bool = False
    blocked: tuple[Block, ...] = ()
    visibility: int = Visibility.DEFAULT
    paired: bool = False
    state: State = State.PENDING
    origin: Origin = Origin.MANUAL
    fields: tuple[Field, ...] | msgspec.UnsetType = msgspec.UNSET
    """Only with `Visibility.CUSTOM`."""


class Message(msgspec.Struct, frozen=True):
    """One message; `sent_at` is RFC 3339 in UTC, `status` is `sent` or `delivered`."""

    id: str
    sender: Address = msgspec.field(name="from")
    to: Address
    text: str
    sent_at: str
    status: str
