"""My contacts as cards again, to be written into a book."""

from collections.abc import Collection

from app.addresses import is_phone
from app.domain import Address, ContactId
from app.importers import Card, Photo, Value
from app.store_rows import decode_card
from app.transaction import Record, Transaction, listed

_CONTACTS = """
    SELECT id, name, note, card, photo FROM contact
    WHERE NOT removed AND (?1 IS NULL OR id IN (SELECT value FROM json_each(?1))) ORDER BY name, id
"""
_ADDRESSES = """
    SELECT a.contact_id, a.address, a.text, a.label FROM address a
    WHERE ?1 IS NULL OR a.contact_id IN (SELECT value FROM json_each(?1))
    ORDER BY a.contact_id, a.position
"""
_PICTURES = {b"\x89PNG": "image/png", b"RIFF": "image/webp", b"GIF8": "image/gif"}


def read_cards(reading: Transaction, ids: Collection[ContactId] | None = None) -> list[Card]:
    """Read these contacts, or all, with everything that their own cards said."""
    chosen = None if ids is None else listed(ids)
    addresses: dict[int, list[Record]] = {}
    for contact_id, *rest in reading.all(_ADDRESSES, chosen):
        addresses.setdefault(contact_id, []).append(tuple(rest))
    return [
        _card(record[1:], addresses.get(record[0], [])) for record in reading.all(_CONTACTS, chosen)
    ]


def _card(record: Record, addresses: list[Record]) -> Card:
    name, note, data, photo = record
    details = decode_card(data)
    phones: list[Value] = []
    handles: list[Value] = []
    for address, text, label in addresses:
        kind = phones if is_phone(Address(address)) else handles
        kind.append(Value(text or f"+{address}", label))
    phones += [Value(text, label) for text, label, _trouble in details.unusable]
    return Card(
        source="",
        name=name or next((value.text for value in (*phones, *handles)), ""),
        given=details.given,
        family=details.family,
        nickname=details.nickname,
        phones=tuple(phones),
        emails=tuple(Value(text, label) for text, label in details.emails),
        handles=tuple(handles),
        note=note,
        org=details.org,
        birthday=details.birthday,
        photo=_photo(photo),
        uid=details.uid,
        rest=details.rest,
    )


def _photo(data: bytes | None) -> Photo | None:
    if not data:
        return None
    found = (kind for start, kind in _PICTURES.items() if data.startswith(start))
    return Photo(next(found, "image/jpeg"), data)
