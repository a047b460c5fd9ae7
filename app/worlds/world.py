"""A world as a file: people, relations, rules and happenings.

The file is JSON. Every member but `about` and `people` may be left out; an unknown one is an error.

    {"about": "one sentence: what this world is for",
     "me": "ana",                                   the person a tester looks through
     "people": [{"id": "ana", "address": "+1 202 555 0101",
                 "fields": {"name": "Ana", "status": "…"},
                 "picture": {"motif": "dunes", "seed": 1},      see pictures.py
                 "privacy": {"audiences": {"status": "nobody"}, "searchable": "contacts",
                             "sets": [{"id": 16, "name": "Work", "fields": ["name"]}]},
                 "reach": "everyone", "auto_sync": true}],
     "relations": [{"from": "ana", "to": "bo", "contact": true, "subscribed": true,
                    "favorite": false, "blocked": ["messages"], "visibility": 4,
                    "fields": ["name"]}],
     "pairs": [["ana", "bo"]],
     "happenings": [{"after": 4, "every": 30, "who": "bo", "publish": [{"status": "…"}, …]},
                    {"after": 9, "every": 60, "who": "bo", "picture": [{"motif": …}, …]},
                    {"after": 20, "who": "bo", "privacy": {…}},
                    {"after": 30, "who": "bo", "relation": {"to": "ana", "favorite": true}},
                    {"after": 40, "who": "bo", "message": {"to": "ana", "text": "…"}},
                    {"after": 60, "who": "cy", "join": true},
                    {"after": 90, "who": "cy", "leave": true}]}

or a recipe, from which the same world is made every time (seeded.py):

    {"about": "…", "seed": 7, "count": 10000}

A recipe needs no file: `seed-7-10000` names the same world wherever a world file can be named.
`to` is a person's id, or any address. `after` and `every` are seconds; a list of values is gone
through in turn, over and over with `every`. Whoever has a `join` is not there at the beginning.
"""

from functools import cached_property
from typing import Final

import msgspec
from msgspec import UNSET, Struct, UnsetType

from app.domain import Reach
from app.wire import NewFields, PatchFields, PatchRelation, PutPrivacy

REGION: Final = "US"
"""In which numbers without a country are read."""
FEWEST, MOST = 3, 100_000
"""How many people a world has, at least when it is grown and at most in any case."""


class Drawing(Struct, frozen=True, forbid_unknown_fields=True):
    """A picture to be drawn: which motif, and one of its many variants."""

    motif: str
    seed: int = 0


class WorldPerson(Struct, frozen=True, forbid_unknown_fields=True, gc=False):
    """Somebody with an account, and their own rules."""

    id: str
    address: str
    fields: NewFields = NewFields()
    picture: Drawing | None = None
    privacy: PutPrivacy = PutPrivacy()
    reach: Reach = Reach.EVERYONE
    auto_sync: bool = True


class Tie(PatchRelation, frozen=True, kw_only=True, gc=False):
    """What one person keeps about another, who may not be there."""

    owner: str = msgspec.field(name="from", default="")
    to: str


class Note(Struct, frozen=True, forbid_unknown_fields=True):
    """A message to send."""

    to: str
    text: str


class Happening(Struct, frozen=True, forbid_unknown_fields=True):
    """Something one person does, once or again and again; exactly one deed is set."""

    after: float
    who: str
    every: float = 0
    publish: tuple[PatchFields, ...] = ()
    picture: tuple[Drawing | None, ...] = ()
    privacy: PutPrivacy | UnsetType = UNSET
    relation: Tie | UnsetType = UNSET
    message: Note | UnsetType = UNSET
    join: bool = False
    leave: bool = False


class World(Struct, frozen=True, forbid_unknown_fields=True, dict=True):
    """People and everything between them; the same file is the same world."""

    about: str
    people: tuple[WorldPerson, ...]
    me: str = ""
    relations: tuple[Tie, ...] = ()
    pairs: tuple[tuple[str, str], ...] = ()
    happenings: tuple[Happening, ...] = ()

    @cached_property
    def late(self) -> frozenset[str]:
        """The ids of those who join while the world is lived."""
        return frozenset(happening.who for happening in self.happenings if happening.join)


class Recipe(Struct, frozen=True, forbid_unknown_fields=True):
    """A world to be made from a seed."""

    about: str
    seed: int
    count: int
