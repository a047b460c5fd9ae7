"""Relations as records, and as the JSON in which their owner reads them."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final, NamedTuple

from app.domain import Address, Block, Origin, Visibility
from app.service.accounts import Owner
from app.service.decide import Standing, fields_of
from app.service.store import Tx

ORIGINS = (Origin.IMPORT, Origin.MANUAL, Origin.AUTO)
BLOCKS = (Block.MESSAGES, Block.PROFILE)
BLOCKS_MESSAGES, BLOCKS_PROFILE = 1, 2
QUIET, JOINED, LEFT = 0, 1, 2
"""Why a relation changed last: by its owner, or because the peer joined or left."""


class Record(NamedTuple):
    """One row of the table `relation`, in the order of `COLUMNS`."""

    owner_id: int
    peer_key: int
    peer_id: int | None
    kept: int
    contact: int
    subscribed: int
    favorite: int
    blocked: int
    visibility: int
    fields: int
    paired: int
    origin: int
    cause: int
    relation_seq: int
    profile_seq: int
    version: int
    shown: int
    digest: int
    sealed: bytes

    @property
    def parts(self) -> tuple[int, ...]:
        """The parts that the owner can change."""
        return self[4:10]

    def with_parts(self, parts: tuple[int, ...]) -> "Record":
        """Return a record with other such parts."""
        contact, subscribed, favorite, blocked, visibility, fields = parts
        return self._replace(
            contact=contact,
            subscribed=subscribed,
            favorite=favorite,
            blocked=blocked,
            visibility=visibility,
            fields=fields,
        )

    @property
    def stands(self) -> tuple[int, ...]:
        """What decides how the peer sees the owner, as `standing` takes it."""
        return (self.contact, self.favorite, self.blocked, self.visibility, self.fields)


NAMES = Record._fields
COLUMNS = ", ".join(f"r.{name}" for name in NAMES)
STANDING = "m.contact, m.favorite, m.blocked, m.visibility, m.fields"
"""Columns of an owner's relation `m` to a viewer, as `standing` takes them."""
NO_RELATION: Final = (None,) * 5
MINE: Final = "r.owner_id = ?"
MINE_BY_KEY: Final = "r.owner_id = ? + 0 * n.value"
"""The same where keys `n` are looked up: PostgreSQL then cannot begin with all of an owner.

It would wherever it takes a book for small, and look all keys through for each row of it.
"""


class Packing:
    """Some small columns of a relation in one number, as SQL makes it and Python reads it."""

    def __init__(self, *names: str) -> None:
        self.names = names
        self._bits = [(name, _BITS.get(name, 1)) for name in names]

    def sql(self, alias: str) -> str:
        """Return the number as an expression."""
        terms, shift = [], 0
        for name, bits in self._bits:
            column = f"{alias}.{name}"
            if shift + bits > INT_BITS:
                column = f"CAST({column} AS BIGINT)"
            terms.append(f"{column} * {1 << shift}" if shift else column)
            shift += bits
        return " + ".join(terms)

    def unpacked(self, number: int) -> tuple[int, ...]:
        """Return the columns of a number."""
        values = []
        for _, bits in self._bits:
            values.append(number & (1 << bits) - 1)
            number >>= bits
        return tuple(values)


INT_BITS = 31
"""Of what an INTEGER of PostgreSQL holds."""
_BITS = {"blocked": 2, "visibility": 31, "fields": 7, "origin": 2}
STANDS = Packing("contact", "favorite", "blocked", "visibility", "fields")
"""What `standing` takes."""
FLAGS = Packing(
    "kept",
    "contact",
    "subscribed",
    "favorite",
    "blocked",
    "fields",
    "paired",
    "origin",
    "visibility",
)
"""What the owner of a relation reads of it, but for the state."""

_TABLE = f"relation ({', '.join(NAMES)})"
_CHANGES = ", ".join(f"{name} = excluded.{name}" for name in NAMES[2:])
_CONFLICT = f"ON CONFLICT (owner_id, peer_key) DO UPDATE SET {_CHANGES}, removed_at = NULL"


@lru_cache(maxsize=4096)
def flagged(flags: int) -> Record:
    """Return a record with nothing but its packed flags."""
    values: dict[str, Any] = dict(zip(FLAGS.names, FLAGS.unpacked(flags), strict=True))
    return empty(0, 0)._replace(**values)


def save(tx: Tx, records: Sequence[Sequence[Any]]) -> None:
    """Store whole records, new and changed."""
    tx.insert(_TABLE, records, _CONFLICT)


def new(owner: Owner, peer_key: int, sealed: bytes) -> Record:
    """Return the relation to somebody whom the owner has not met, or not for long."""
    return empty(owner.id, peer_key, sealed)._replace(version=owner.floor)


def empty(owner_id: int, peer_key: int, sealed: bytes = b"") -> Record:
    """Return the relation of two who have nothing to do with each other."""
    manual = ORIGINS.index(Origin.MANUAL)
    flags = (0, 0, 0, 0, 0, 0, 0, 0, manual, QUIET)
    return Record(owner_id, peer_key, None, *flags, 0, 0, 0, 0, 0, sealed)


@lru_cache(maxsize=4096)
def standing(columns: tuple[Any, ...], viewer_blocked: int) -> Standing:
    """Make a standing of an owner's relation and of the viewer's own block."""
    contact, favorite, blocked, visibility, fields = columns
    viewer_blocks = bool(viewer_blocked & BLOCKS_PROFILE)
    if contact is None:
        return Standing(viewer_blocks=viewer_blocks)
    return Standing(
        bool(contact),
        bool(favorite),
        bool(blocked & BLOCKS_PROFILE),
        visibility,
        fields,
        viewer_blocks,
    )


def record_standing(record: Record | None, viewer_blocked: int = 0) -> Standing:
    """Make a standing of a whole record."""
    if record is None:
        return standing(NO_RELATION, viewer_blocked)
    return standing(record.stands, viewer_blocked)


def relation_json(record: Record, address: Address, view: bytes, *, event: bool = False) -> bytes:
    """Write a relation with its profile; an event also says who joined, left or was removed."""
    quoted = quote(address)
    return b'{"address":%b,%b,"profile":{"address":%b,"version":%d,"fields":%b}%b}' % (
        quoted,
        parts_json(record, is_matched=record.peer_id is not None),
        quoted,
        record.version,
        view,
        _cause(record) if event else b"",
    )


def parts_json(record: Record, *, is_matched: bool) -> bytes:
    """Write the members of a relation that are neither address nor profile."""
    return _parts_json(record.parts, record.paired, record.origin, is_matched)


def profile_json(address: Address, version: int, view: bytes) -> bytes:
    """Write a profile as one viewer sees it."""
    begin, end = profile_around(address, view)
    return b"%b%d%b" % (begin, version, end)


def profile_around(address: Address, view: bytes) -> tuple[bytes, bytes]:
    """Write what stands before and behind the version, which each viewer counts for itself."""
    return b'{"address":%b,"version":' % quote(address), b',"fields":%b}' % view


def quote(address: Address) -> bytes:
    """Write an address as JSON; its alphabet has nothing to escape."""
    return b'"%b"' % address.encode()


def blocks_of(mask: int) -> tuple[Block, ...]:
    """Return the blocks of a mask."""
    return tuple(block for place, block in enumerate(BLOCKS) if mask >> place & 1)


def block_mask(blocks: Sequence[Block]) -> int:
    """Return the mask of some blocks."""
    return sum(1 << BLOCKS.index(block) for block in set(blocks))


@lru_cache(maxsize=4096)
def _parts_json(parts: tuple[int, ...], paired: int, origin: int, matched: bool) -> bytes:
    contact, subscribed, favorite, blocked, visibility, fields = parts
    chosen = ""
    if visibility == Visibility.CUSTOM:
        chosen = f',"fields":[{_names(fields_of(fields))}]'
    return (
        f'"contact":{_bool(contact)},"subscribed":{_bool(subscribed)},'
        f'"favorite":{_bool(favorite)},"blocked":[{_names(blocks_of(blocked))}],'
        f'"visibility":{visibility}{chosen},"paired":{_bool(paired)},'
        f'"state":"{"matched" if matched else "pending"}","origin":"{ORIGINS[origin].value}"'
    ).encode()


def _cause(record: Record) -> bytes:
    return _CAUSES[record.cause] if record.kept else b',"removed":true'


def _names(names: Sequence[str]) -> str:
    return ",".join(f'"{name}"' for name in names)


def _bool(number: int) -> str:
    return "true" if number else "false"


_CAUSES = (b"", b',"joined":true', b',"left":true')
