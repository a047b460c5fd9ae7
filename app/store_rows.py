"""Contacts as the list shows them: made again whenever one is touched, read in one go at the start.

Ready-made rows are a second copy, kept by one function at the end of every transaction. Joining
five tables at the start instead takes over a second at 100,000 contacts; this takes a fifth of it.
"""

import unicodedata
from collections.abc import Collection, Iterable
from itertools import groupby
from operator import itemgetter

import msgspec

from app.addresses import display
from app.bits import mask_to_blocks, mask_to_fields
from app.domain import Address, ContactId, Fields, Origin, Profile, Relation, State, Visibility
from app.errors import Trouble
from app.transaction import Record, Transaction, listed
from app.views import Entry, Person, Row, SyncReport, Unusable

_encode = msgspec.msgpack.Encoder().encode
_decode = msgspec.msgpack.Decoder(Row).decode
_decode_fields = msgspec.json.Decoder(Fields).decode
_NO_FIELDS = Fields()


class CardDetails(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a contact keeps of its card beside the name, the note and the addresses."""

    given: str = ""
    family: str = ""
    nickname: str = ""
    org: str = ""
    birthday: str = ""
    uid: str = ""
    emails: tuple[tuple[str, str], ...] = ()
    unusable: tuple[tuple[str, str, str], ...] = ()
    """Text, label and trouble of each number that cannot become an address."""
    rest: tuple[str, ...] = ()
    shared: tuple[tuple[str, str, str], ...] = ()
    """Text, label and address of each number that another person has as well, and keeps."""
    uids: tuple[str, ...] = ()
    """Those of the cards that were merged into this one, to know them when they come again."""


decode_card = msgspec.json.Decoder(CardDetails).decode


def read_rows(reading: Transaction) -> list[Row]:
    """Every row, in no particular order."""
    return [_decode(data) for (data,) in reading.each("SELECT data FROM row")]


def read_rows_of(reading: Transaction, ids: Collection[ContactId]) -> dict[ContactId, Row]:
    """Read the rows of these contacts; one that is gone is not in the answer."""
    records = reading.all(
        "SELECT contact_id, data FROM row WHERE contact_id IN (SELECT value FROM json_each(?))",
        listed(ids),
    )
    return {ContactId(contact_id): _decode(data) for contact_id, data in records}


def read_owners(reading: Transaction, addresses: Collection[Address]) -> dict[Address, ContactId]:
    """Say whose each address is; one that is nobody's is not in the answer."""
    return dict(
        reading.all(
            "SELECT a.address, a.contact_id FROM address a JOIN contact c ON c.id = a.contact_id "
            "WHERE NOT c.removed AND a.address IN (SELECT value FROM json_each(?))",
            listed(addresses),
        )
    )


def count_from(reading: Transaction, sources: Collection[str]) -> int:
    """Count the people whose card came from books of these names."""
    count: int = reading.value(
        "SELECT COUNT(*) FROM contact WHERE NOT removed"
        " AND source IN (SELECT value FROM json_each(?))",
        listed(sources),
    )
    return count


def read_addresses(reading: Transaction, ids: Collection[ContactId]) -> dict[Address, ContactId]:
    """Read every address of these people, with whose it is."""
    return dict(
        reading.all(
            "SELECT address, contact_id FROM address "
            "WHERE contact_id IN (SELECT value FROM json_each(?)) ORDER BY contact_id, position",
            listed(ids),
        )
    )


def refresh_rows(transaction: Transaction, ids: Collection[ContactId]) -> None:
    """Make the rows of the touched contacts again."""
    if not ids:
        return
    chosen = listed(ids)
    rows = [*_rows_with_address(transaction, chosen), *_rows_without(transaction, chosen)]
    if len(rows) < len(ids):
        transaction.run(
            "DELETE FROM row WHERE contact_id IN (SELECT value FROM json_each(?))", chosen
        )
    transaction.many(
        "INSERT INTO row (contact_id, data) VALUES (?, ?) "
        "ON CONFLICT (contact_id) DO UPDATE SET data = excluded.data",
        [(row.id, _encode(row)) for row in rows],
    )


def _rows_with_address(reading: Transaction, chosen: str) -> list[Row]:
    """Join and judge; a contact made only for a relation ends with it."""
    records = reading.all(_LINES, chosen)
    return [
        row
        for _, lines in groupby(records, itemgetter(0))
        if (row := _build_row(list(lines))) is not None
    ]


_LINES = """
    SELECT c.id, c.name, c.source, c.card, e.address, e.text, e.kept, e.contact, e.subscribed,
        e.favorite, e.blocked, e.visibility, e.matched, e.origin, e.joined_at, e.waiting, p.fields,
        EXISTS (SELECT 1 FROM message m WHERE m.peer = e.address AND m.unread)
    FROM json_each(?) chosen CROSS JOIN contact c ON c.id = chosen.value
        CROSS JOIN effective e ON e.contact_id = c.id
        LEFT JOIN profile p ON p.address = e.address
    WHERE NOT c.removed ORDER BY c.id, e.position
"""


def _rows_without(reading: Transaction, chosen: str) -> list[Row]:
    """Apart from the others: SQLite would copy the whole view for a left join to it."""
    records = reading.all(
        "SELECT c.id, c.name, c.card FROM json_each(?) chosen CROSS JOIN contact c "
        "ON c.id = chosen.value WHERE NOT c.removed AND c.source IS NOT NULL "
        "AND NOT EXISTS (SELECT 1 FROM address a WHERE a.contact_id = c.id)",
        chosen,
    )
    return [_row_without_address(*record) for record in records]


def _build_row(lines: list[Record]) -> Row | None:
    contact_id, name, source, card = lines[0][:4]
    first = next((line for line in lines if line[12]), lines[0])
    if source is None and not any(line[6] for line in lines):
        return None
    fields = _decode_fields(first[16]) if first[16] else _NO_FIELDS
    shown = name or fields.name or display(first[4])
    return Row(
        id=contact_id,
        name=shown,
        address=first[4],
        detail=display(first[4]),
        state=_state(lines, is_matched=bool(first[12])),
        contact=any(line[7] for line in lines),
        favorite=any(line[9] for line in lines),
        blocked=mask_to_blocks(_union(line[10] for line in lines)),
        visibility=first[11],
        subscribed=any(line[8] for line in lines),
        waiting=any(line[15] for line in lines),
        published_name=fields.name,
        status=fields.status,
        picture=fields.picture.hash if fields.picture else None,
        online=fields.presence is not None and fields.presence.online,
        joined_at=max((line[14] for line in lines if line[14]), default=None),
        origin=_origin(first[13], source),
        folded=_folded(shown, fields.name, lines, card),
        unread=any(line[17] for line in lines),
    )


def _state(lines: list[Record], *, is_matched: bool) -> State | None:
    if is_matched:
        return State.MATCHED
    return State.PENDING if any(line[6] for line in lines) else None


def _union(masks: Iterable[int]) -> int:
    together = 0
    for mask in masks:
        together |= mask
    return together


def _origin(origin: str | None, source: str | None) -> Origin:
    if origin:
        return Origin(origin)
    return Origin.IMPORT if source else Origin.MANUAL


def _row_without_address(contact_id: ContactId, name: str, card: str) -> Row:
    details = decode_card(card)
    numbers = (text for text, _, _ in (*details.unusable, *details.shared))
    texts = [*numbers, *(text for text, _ in details.emails)]
    return Row(
        id=contact_id,
        name=name or next(iter(texts), ""),
        address=None,
        detail=next(iter(texts), ""),
        state=None,
        contact=False,
        favorite=False,
        blocked=(),
        visibility=Visibility.DEFAULT,
        subscribed=False,
        waiting=False,
        published_name=None,
        status=None,
        picture=None,
        online=False,
        joined_at=None,
        origin=Origin.IMPORT,
        folded=fold("\n".join([name, *texts])),
    )


def _folded(shown: str, published: str | None, lines: list[Record], card: str) -> str:
    words = [shown]
    if published and published != shown:
        words.append(published)
    for line in lines:
        words.append(line[4])
        if line[5] != line[4]:
            words.append(line[5])
    if card != "{}":
        words += (text for text, _ in decode_card(card).emails)
    return fold("\n".join(words))


def fold(text: str) -> str:
    """Fold text for searching: no case, no accents."""
    if text.isascii():
        return text.casefold()
    flat = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in flat if not unicodedata.combining(letter)).casefold()


# ---- one person


def read_person(reading: Transaction, contact_id: ContactId) -> Person | None:
    """Everything about one person."""
    row = read_rows_of(reading, [contact_id]).get(contact_id)
    record = reading.one(
        "SELECT card, note, source, added_at FROM contact WHERE id = ?", contact_id
    )
    if row is None or record is None:
        return None
    card, note, source, added_at = record
    details = decode_card(card)
    return Person(
        row=row,
        entries=tuple(read_entries(reading, contact_id)),
        unusable=(
            *(Unusable(text, label, Trouble(trouble)) for text, label, trouble in details.unusable),
            *(Unusable(text, label, Trouble.SHARED) for text, label, _ in details.shared),
        ),
        emails=tuple(text for text, _ in details.emails),
        note=note,
        source=source or "",
        added_at=added_at,
    )


def read_photo(reading: Transaction, contact_id: ContactId) -> bytes | None:
    """Read the picture that came with a card."""
    photo: bytes | None = reading.value("SELECT photo FROM contact WHERE id = ?", contact_id)
    return photo


def read_entries(reading: Transaction, contact_id: ContactId) -> list[Entry]:
    """Read the addresses of one contact, in their order."""
    return [
        _entry(record)
        for record in reading.all(_ENTRIES + "WHERE e.contact_id = ? ORDER BY position", contact_id)
    ]


def read_entry(reading: Transaction, address: Address) -> Entry | None:
    """One address, whoever it belongs to."""
    record = reading.one(_ENTRIES + "WHERE e.address = ?", address)
    return _entry(record) if record else None


_ENTRIES = """
    SELECT e.address, e.text, e.label, e.contact, e.subscribed, e.favorite, e.blocked,
        e.visibility, e.fields, e.paired, e.matched, e.origin, e.waiting,
        CASE WHEN e.deferred THEN e.not_before END, p.version, p.fields,
        (SELECT failure FROM outbox o WHERE o.address = e.address), e.kept
    FROM effective e LEFT JOIN profile p ON p.address = e.address
"""


def _entry(record: Record) -> Entry:
    (address, text, label, contact, subscribed, favorite, blocked, visibility, fields) = record[:9]
    (paired, matched, origin, waiting, deferred_until, version, published) = record[9:16]
    failure, kept = record[16:]
    return Entry(
        address=address,
        text=text,
        label=label,
        relation=Relation(
            address=address,
            contact=bool(contact),
            subscribed=bool(subscribed),
            favorite=bool(favorite),
            blocked=mask_to_blocks(blocked),
            visibility=visibility,
            paired=bool(paired),
            state=State.MATCHED if matched else State.PENDING,
            origin=Origin(origin or Origin.MANUAL),
            fields=mask_to_fields(fields) if visibility == Visibility.CUSTOM else msgspec.UNSET,
        ),
        profile=read_profile_record(address, version, published),
        waiting=bool(waiting),
        failure=failure,
        deferred_until=deferred_until,
        kept=bool(kept),
    )


def read_profile(reading: Transaction, address: Address) -> Profile:
    """Read what somebody publishes for me; blank if nothing."""
    record = reading.one("SELECT version, fields FROM profile WHERE address = ?", address)
    return read_profile_record(address, *(record or (None, None)))


def read_report(reading: Transaction) -> SyncReport:
    """Count the addresses by their state."""
    (record,) = reading.all(
        "SELECT (SELECT COUNT(*) FROM relation WHERE matched), "
        "(SELECT COUNT(*) FROM relation WHERE NOT matched), "
        "(SELECT COUNT(*) FROM outbox WHERE failure IS NULL), "
        "(SELECT COUNT(*) FROM outbox WHERE failure IS NOT NULL)"
    )
    return SyncReport(*record)


def read_profile_record(address: Address, version: int | None, fields: bytes | None) -> Profile:
    """Read a record of the table of profiles; blank without one."""
    if version is None or fields is None:
        return Profile(address)
    return Profile(address, version, _decode_fields(fields))
