"""Accounts as one viewer may see them, thousands at once and column by column.

No account becomes an object: what each kind of viewer may see is decided once, and all views with
the same fields are written in one call.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from operator import attrgetter
from typing import Any, Final, NamedTuple, get_type_hints

import msgspec

from app.domain import Field, Fields, Presence
from app.service import feed
from app.service.accounts import NOTHING, Owner, digest_of, parse_privacy, rfc3339
from app.service.decide import BIT, FIELDS, Standing, admits, fields_of
from app.service.directory import is_kept
from app.service.relations import NO_RELATION, STANDS, standing
from app.service.store import Tx

ONLINE: Final = "1"
SEEN: Final = "2"
_PRESENCE: Final = (
    f"CASE WHEN a.online <> 0 THEN {ONLINE} WHEN a.last_seen IS NULL THEN 0 ELSE {SEEN} END"
)
_FIELDS: Final = "CASE WHEN a.fields = '' THEN '{}' ELSE a.fields END"
_UNKNOWN: Final = "-1"
"""How an owner stands to a viewer about whom it keeps nothing."""


class Cards(NamedTuple):
    """What is read of some accounts, a column for each part of it."""

    keys: list[int]
    idents: list[int]
    kinds: list[tuple[str, str]]
    """The owner's rules and how it stands to the viewer: what decides what the viewer sees."""
    fields: list[str]
    presence: list[str]

    def taken(self, places: Sequence[int]) -> "Cards":
        """Return some of the accounts."""
        return Cards._make([column[place] for place in places] for column in self)


def at(tx: Tx, me: Owner, keys: Iterable[int]) -> Cards:
    """Read the accounts at some addresses."""
    rows = f"{tx.numbers(sorted(keys))} n CROSS JOIN account a ON a.address_key = n.value"
    stands, values = _UNKNOWN, []
    if is_kept(tx, me):
        rows += " LEFT JOIN relation m ON m.owner_id = a.id AND m.peer_key = ?"
        stands, values = f"COALESCE({STANDS.sql('m')}, {_UNKNOWN})", [me.key]
    wanted = ("a.address_key", "a.id", "a.privacy", stands, _FIELDS, _PRESENCE)
    found = tx.columns(wanted, f"FROM {rows}", *values)
    texts, idents, rules, stood, fields, presence = found
    kinds = list(zip(rules, stood, strict=True))
    return Cards(list(map(int, texts)), list(map(int, idents)), kinds, fields, presence)


def discovered(cards: Cards) -> Cards:
    """Return the accounts that the viewer may discover."""
    verdicts = {kind: _may_discover(*kind) for kind in set(cards.kinds)}
    if all(verdicts.values()):
        return cards
    return cards.taken([place for place, kind in enumerate(cards.kinds) if verdicts[kind]])


def written(tx: Tx, cards: Cards) -> Iterator["Written"]:
    """Write what the viewer sees of each account; those of whom the same fields show, together."""
    masks = {kind: _mask(*kind) for kind in set(cards.kinds)}
    shown = [masks[kind] for kind in cards.kinds]
    for each in set(shown):
        some = cards
        if len(set(shown)) > 1:
            some = cards.taken([place for place, one in enumerate(shown) if one == each])
        yield _write(tx, some, each)


class Written(NamedTuple):
    """What the viewer sees of some accounts: the JSON of the fields of each."""

    cards: Cards
    texts: list[str]
    rows: list[Any]
    mask: int

    def there(self) -> list[int]:
        """Return the mask of what is there of each account."""
        there = [0] * len(self.rows)
        for field in fields_of(self.mask):
            bit, value = BIT[field], attrgetter(field.value)
            there = [
                known | bit if value(row) is not None else known
                for known, row in zip(there, self.rows, strict=True)
            ]
        return there

    def digests(self) -> list[int]:
        """Return the digest of each view."""
        return [digest_of(text.encode()) if text != _BLANK else 0 for text in self.texts]


def _write(tx: Tx, cards: Cards, mask: int) -> Written:
    rows = _shape(mask).decode_lines("\n".join(cards.fields))
    if mask & BIT[Field.PRESENCE]:
        _add_presence(tx, cards, rows)
    lines = _ENCODER.encode_lines(rows).decode()
    return Written(cards, lines.split("\n")[:-1], rows, mask)


def _add_presence(tx: Tx, cards: Cards, rows: list[Any]) -> None:
    away = [key for key, seen in zip(cards.keys, cards.presence, strict=True) if seen == SEEN]
    moments = dict(
        tx.all(
            f"SELECT a.address_key, a.last_seen FROM {tx.numbers(away)} n"
            " CROSS JOIN account a ON a.address_key = n.value"
        )
        if away
        else ()
    )
    for key, seen, row in zip(cards.keys, cards.presence, rows, strict=True):
        if seen == ONLINE:
            row.presence = Presence(online=True)
        elif seen == SEEN:
            row.presence = Presence(online=False, last_seen=rfc3339(moments[key]))


@lru_cache(maxsize=1 << len(FIELDS))
def _shape(mask: int) -> msgspec.json.Decoder[Any]:
    """Return what reads just the fields of a mask out of stored ones."""
    kinds = get_type_hints(Fields)
    members = [(field.value, kinds[field.value], None) for field in fields_of(mask)]
    return msgspec.json.Decoder(msgspec.defstruct("Shown", members, omit_defaults=True))


@lru_cache(maxsize=65_536)
def _mask(rules: str, stood: str) -> int:
    return feed.mask(rules, _viewer(stood))


@lru_cache(maxsize=65_536)
def _may_discover(rules: str, stood: str) -> bool:
    return admits(parse_privacy(rules).searchable, _viewer(stood))


def _viewer(stood: str) -> Standing:
    """Return a viewer who does not block the owner."""
    return standing(NO_RELATION if stood == _UNKNOWN else STANDS.unpacked(int(stood)), 0)


_ENCODER: Final = msgspec.json.Encoder()
_BLANK: Final = NOTHING.decode()
