"""My contacts as cards again, to be written into a book."""

from collections.abc import Collection

from msgspec import structs

from app.addresses import is_phone
from app.domain import Address, ContactId
from app.importers import Card, Photo, Value
from app.store_rows import CardDetails, decode_card
from app.transaction import Record, Transaction, listed

_CONTACTS = """
    SELECT id, name, note, card, photo FROM contact WHERE NOT removed {} ORDER BY name, id
"""
_ADDRESSES = """
    SELECT contact_id, address, text, label FROM address {} ORDER BY contact_id, position
"""
_THESE = "id IN (SELECT value FROM json_each(?))"
_PICTURES = {b"\x89PNG": "image/png", b"RIFF": "image/webp", b"GIF8": "image/gif"}


def read_cards(reading: Transaction, ids: Collection[ContactId] | None = None) -> list[Card]:
    """Read these contacts, or all, with everything that their own cards said."""
    return [_named(card) for card in read_cards_by_id(reading, ids).values()]


def read_order(reading: Transaction, ids: Collection[ContactId] | None = None) -> list[ContactId]:
    """List these contacts, or all, in the order of the names."""
    chosen = () if ids is None else (listed(ids),)
    these = "" if ids is None else f"AND {_THESE}"
    sql = f"SELECT id FROM contact WHERE NOT removed {these} ORDER BY name, id"
    return [ContactId(contact_id) for (contact_id,) in reading.all(sql, *chosen)]


def read_cards_by_id(
    reading: Transaction, ids: Collection[ContactId] | None = None
) -> dict[ContactId, Card]:
    """Read them as they are, perhaps without a name, in the order of the names."""
    chosen = () if ids is None else (listed(ids),)
    contacts = _CONTACTS.format("" if ids is None else f"AND {_THESE}")
    their_addresses = _ADDRESSES.format("" if ids is None else f"WHERE contact_{_THESE}")
    addresses: dict[int, list[Record]] = {}
    for contact_id, *rest in reading.all(their_addresses, *chosen):
        addresses.setdefault(contact_id, []).append(tuple(rest))
    return {
        ContactId(contact_id): _card(tuple(record), addresses.get(contact_id, []))
        for contact_id, *record in reading.all(contacts, *chosen)
    }


Lines = tuple[tuple[str, str, str], ...]


def details_of(
    card: Card, unusable: Lines, shared: Lines, uids: tuple[str, ...] = ()
) -> CardDetails:
    """Keep of a card what is not kept elsewhere; see `CardDetails` for what comes beside it."""
    return CardDetails(
        given=card.given,
        family=card.family,
        nickname=card.nickname,
        org=card.org,
        birthday=card.birthday,
        uid=card.uid,
        emails=tuple((value.text, value.label) for value in card.emails),
        unusable=unusable,
        rest=card.rest,
        shared=shared,
        uids=uids,
    )


def _named(card: Card) -> Card:
    if card.name:
        return card
    name = next((value.text for value in (*card.phones, *card.handles)), "")
    return structs.replace(card, name=name)


def _card(record: Record, addresses: list[Record]) -> Card:
    name, note, data, photo = record
    details = decode_card(data)
    phones: list[Value] = []
    handles: list[Value] = []
    for address, text, label in addresses:
        kind = phones if is_phone(Address(address)) else handles
        kind.append(Value(text or f"+{address}", label))
    for text, label, address in details.shared:
        kind = phones if is_phone(Address(address)) else handles
        kind.append(Value(text, label))
    phones += [Value(text, label) for text, label, _trouble in details.unusable]
    return Card(
        source="",
        name=name,
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


def addresses_of(reading: Transaction, contact_id: ContactId) -> list[Address]:
    """Read the addresses of one contact, in their order."""
    records: list[Record] = reading.all(
        "SELECT address FROM address WHERE contact_id = ? ORDER BY position", contact_id
    )
    return [address for (address,) in records]
