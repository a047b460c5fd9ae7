"""Read the people I have for a judgement, on a connection of its own: it runs beside the loop."""

import sqlite3
from contextlib import closing
from pathlib import Path

from app.domain import Address, ContactId
from app.importers.content import unescape
from app.one_card import SAID_ONCE, line_of
from app.people import KnownPeople, KnownPerson
from app.store_rows import decode_card


def load_known(path: Path) -> KnownPeople:
    """Read everybody as of now."""
    with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
        people = {
            person.id: person
            for person in map(
                _person,
                connection.execute(
                    "SELECT id, name, source, renamed, note, card, COALESCE(LENGTH(photo), 0)"
                    " FROM contact WHERE NOT removed"
                ),
            )
        }
        merged = connection.execute(
            "SELECT e.value, c.id FROM contact c, json_each(c.card, '$.uids') e "
            "WHERE NOT c.removed AND json_extract(c.card, '$.uids') IS NOT NULL"
        )
        uids = {uid: people[owner] for uid, owner in merged}
        addresses = connection.execute("SELECT address, contact_id FROM address")
        digests = connection.execute("SELECT digest, contact_id FROM known_card")
        return KnownPeople(
            {Address(text): people[owner] for text, owner in addresses if owner in people},
            uids | {person.uid: person for person in people.values() if person.uid},
            {digest: people[owner] for digest, owner in digests if owner in people},
            frozenset(
                Address(text)
                for (text,) in connection.execute("SELECT address FROM effective WHERE NOT kept")
            ),
        )


def _person(record: tuple[int, str, str | None, int, str, str, int]) -> KnownPerson:
    contact_id, name, source, renamed, note, card, photo_bytes = record
    details = decode_card(card)
    once = ((field, getattr(details, field)) for field in SAID_ONCE)
    beside = (line.partition(":")[2] for line in details.rest if line.startswith(_BESIDE))
    return KnownPerson(
        id=ContactId(contact_id),
        name=name,
        uid=details.uid,
        is_mine=source is not None,
        is_renamed=bool(renamed),
        note=note,
        emails=tuple(text for text, _ in details.emails),
        said=frozenset((*(text for _, text in once), *details.rest, *map(_written, beside))),
        photo_bytes=photo_bytes,
    )


def _written(value: str) -> str:
    return unescape(value, "3.0")


_BESIDE = tuple(line_of(field, "") for field in SAID_ONCE)
"""How a nickname, a company or a birthday begins that is kept beside the first."""
