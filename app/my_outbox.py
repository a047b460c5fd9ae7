"""My own account: what the service says of it, under what I changed and it has not acknowledged.

Parts are `field:<name>`, `auto_sync`, `privacy` and `picture`; each holds the last value wanted.
"""

from hashlib import sha256
from typing import Any, Final

import msgspec

from app.changes import Kind
from app.domain import Address, Field, Fields, Privacy
from app.transaction import Transaction
from app.views import Refusal
from app.wire import Me

FIELD: Final = "field:"
AUTO_SYNC: Final = "auto_sync"
PRIVACY: Final = "privacy"
PICTURE: Final = "picture"

_decode_me = msgspec.json.Decoder(Me).decode


class Draft(msgspec.Struct, frozen=True):
    """One part on its way; `value` is JSON, or the bytes of the picture."""

    part: str
    value: bytes | None
    revision: int
    base: bytes | None = None
    """JSON of what the service had when this was wanted; `None` where that is not known."""
    sent: bytes | None = None
    """JSON of what was sent before, and may have arrived though no answer came."""


def load_me(reading: Transaction) -> Me | None:
    """My account as the service last said it."""
    value = reading.value("SELECT value FROM meta WHERE key = 'me'")
    return _decode_me(value) if value else None


def save_me(transaction: Transaction, me: Me) -> None:
    """Take over what the service says."""
    transaction.kinds |= Kind.ME
    _save_meta(transaction, "me", msgspec.json.encode(me))
    named = _load_named(transaction)
    if named is not None and not named.hash and me.fields.picture is not None:
        _save_named(transaction, Named(named.name, me.fields.picture.hash))


def shown_me(reading: Transaction, address: Address | None) -> Me | None:
    """My account as the screen shows it: with what is still on its way."""
    me = load_me(reading)
    if me is None:
        if address is None:
            return None
        me = Me(address, Fields(), Privacy(), auto_sync=True)
    for draft in drafts(reading):
        me = _over(me, draft)
    return me


def _over(me: Me, draft: Draft) -> Me:
    if draft.part.startswith(FIELD):
        name = draft.part.removeprefix(FIELD)
        fields = msgspec.structs.replace(me.fields, **{name: _read(draft)})
        return msgspec.structs.replace(me, fields=fields)
    if draft.part == PRIVACY:
        privacy = msgspec.convert(_read(draft), Privacy)
        return msgspec.structs.replace(me, privacy=privacy)
    if draft.part == AUTO_SYNC:
        return msgspec.structs.replace(me, auto_sync=_read(draft))
    if draft.part == PICTURE and draft.value is None:
        return msgspec.structs.replace(me, fields=msgspec.structs.replace(me.fields, picture=None))
    return me


def _read(draft: Draft) -> Any:
    return None if draft.value is None else msgspec.json.decode(draft.value)


def drafts(reading: Transaction) -> list[Draft]:
    """Read what is on its way, and not what waits for a decision of mine."""
    records = reading.all(
        "SELECT part, value, revision, base, sent FROM my_outbox "
        "WHERE failure IS NULL AND NOT overtaken"
    )
    return [Draft(*record) for record in records]


def draft_picture(reading: Transaction) -> Draft | None:
    """Read the picture that is on its way, which may be none at all."""
    return next((draft for draft in drafts(reading) if draft.part == PICTURE), None)


def read_my_part(reading: Transaction, part: str) -> Any:
    """One part as the screen shows it, as JSON values; of the picture, its name."""
    if part == PICTURE:
        return _picture_name(reading)
    me = shown_me(reading, Address(""))
    if me is None:
        return None
    if part == PRIVACY:
        return privacy_value(me.privacy)
    if part == AUTO_SYNC:
        return me.auto_sync
    return getattr(me.fields, Field(part.removeprefix(FIELD)))


def privacy_value(privacy: Privacy) -> Any:
    """Write rules as JSON values: lists as they come back from the disk, so that they compare."""
    return msgspec.json.decode(msgspec.json.encode(privacy))


def want_my_part(transaction: Transaction, part: str, value: Any) -> None:
    """Ask for a new value; `None` removes a field. A picture is asked for by its name."""
    if part == PICTURE:
        _want_my_picture(transaction, value)
    else:
        _want(transaction, part, None if value is None else msgspec.json.encode(value))


# ---- my picture, by a name of my own: the service makes another file of it, with another hash


class Named(msgspec.Struct, frozen=True):
    """A picture that the service has from me; no hash until it has said which it made of it."""

    name: str
    hash: str = ""


def name_of_picture(data: bytes) -> str:
    """Name a picture by what is in it."""
    return sha256(data).hexdigest()


def keep_picture(transaction: Transaction, data: bytes) -> str:
    """Keep a picture for as long as a step can bring it back; the answer is its name."""
    name = name_of_picture(data)
    transaction.run("INSERT OR IGNORE INTO my_picture (name, data) VALUES (?, ?)", name, data)
    return name


def keep_shown_picture(transaction: Transaction, data: bytes) -> None:
    """Keep the one that is shown now, before another takes its place."""
    name = keep_picture(transaction, data)
    me = load_me(transaction)
    if draft_picture(transaction) is None and me is not None and me.fields.picture is not None:
        _save_named(transaction, Named(name, me.fields.picture.hash))


def _picture_name(reading: Transaction) -> str | None:
    """Name the picture as it is or will be; one that I never had, by the service's hash."""
    draft = draft_picture(reading)
    if draft is not None:
        return name_of_picture(draft.value) if draft.value else None
    me, named = load_me(reading), _load_named(reading)
    if named is not None and not named.hash:
        return named.name
    if me is None or me.fields.picture is None:
        return None
    shown = me.fields.picture.hash
    return named.name if named is not None and named.hash == shown else shown


def _want_my_picture(transaction: Transaction, name: str | None) -> None:
    data = None
    if name is not None:
        data = transaction.value("SELECT data FROM my_picture WHERE name = ?", name)
        if data is None:
            return  # it was never here, so it cannot be brought back
    _want(transaction, PICTURE, data)


def _load_named(reading: Transaction) -> Named | None:
    value = reading.value("SELECT value FROM meta WHERE key = 'my_picture'")
    return msgspec.json.decode(value, type=Named) if value else None


def _save_named(transaction: Transaction, named: Named) -> None:
    _save_meta(transaction, "my_picture", msgspec.json.encode(named))


def _save_meta(transaction: Transaction, key: str, value: bytes) -> None:
    transaction.run("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", key, value)


# ---- sending


def _want(transaction: Transaction, part: str, value: bytes | None) -> None:
    transaction.kinds |= Kind.ME | Kind.OUTBOX
    transaction.run(
        "INSERT INTO my_outbox (part, value, revision, base) VALUES (?, ?, 1, ?) "
        "ON CONFLICT (part) DO UPDATE SET value = excluded.value, revision = revision + 1, "
        "base = CASE WHEN overtaken OR failure IS NOT NULL THEN excluded.base ELSE base END, "
        "sent = CASE WHEN overtaken OR failure IS NOT NULL THEN NULL ELSE sent END, "
        "failure = NULL, overtaken = 0",
        part,
        value,
        _base(transaction, part),
    )


def _base(reading: Transaction, part: str) -> bytes | None:
    """Write what the service has now, to see later whether another session has changed it."""
    me, named = load_me(reading), _load_named(reading)
    is_unknown = me is None or (part == PICTURE and named is not None and not named.hash)
    return None if me is None or is_unknown else published(me, part)


def published(me: Me, part: str) -> bytes:
    """Write a part of an account as JSON; of the picture, its hash."""
    if part == PRIVACY:
        return msgspec.json.encode(me.privacy)
    if part == AUTO_SYNC:
        return msgspec.json.encode(me.auto_sync)
    if part == PICTURE:
        return msgspec.json.encode(me.fields.picture and me.fields.picture.hash)
    return msgspec.json.encode(getattr(me.fields, part.removeprefix(FIELD)))


def take_over(transaction: Transaction, sent: list[Draft]) -> None:
    """Put what the service has accepted into what it is known to have."""
    me = load_me(transaction)
    if me is not None:
        for draft in sent:
            me = _over(me, draft)
            if draft.part == PICTURE and draft.value:
                _save_named(transaction, Named(name_of_picture(draft.value)))
        _save_meta(transaction, "me", msgspec.json.encode(me))


def acknowledge_mine(transaction: Transaction, sent: list[Draft]) -> None:
    """Forget what the service has; what was changed meanwhile stays."""
    transaction.kinds |= Kind.ME | Kind.OUTBOX
    transaction.many(
        "DELETE FROM my_outbox WHERE part = ? AND revision = ?",
        [(draft.part, draft.revision) for draft in sent],
    )


def reject_mine(transaction: Transaction, sent: list[Draft], failure: str) -> None:
    """Turn what the service will never take into failures to be seen."""
    transaction.kinds |= Kind.ME | Kind.OUTBOX
    transaction.many(
        "UPDATE my_outbox SET failure = ? WHERE part = ? AND revision = ?",
        [(failure, draft.part, draft.revision) for draft in sent],
    )


def read_refusals(reading: Transaction) -> list[Refusal]:
    """Read what the service refused, with what I wanted."""
    records = reading.all(
        "SELECT part, failure, CASE WHEN part = ? THEN NULL ELSE value END "
        "FROM my_outbox WHERE failure IS NOT NULL ORDER BY part",
        PICTURE,
    )
    return [
        Refusal(part, failure, None if value is None else msgspec.json.decode(value))
        for part, failure, value in records
    ]


def want_again(transaction: Transaction, part: str) -> None:
    """Ask once more for what was refused."""
    transaction.kinds |= Kind.ME | Kind.OUTBOX
    transaction.run(
        "UPDATE my_outbox SET failure = NULL, revision = revision + 1, base = ? "
        "WHERE part = ? AND failure IS NOT NULL",
        _base(transaction, part),
        part,
    )


def forget_refused(transaction: Transaction, part: str) -> None:
    """Give up what was refused: what the service has, holds."""
    transaction.kinds |= Kind.ME | Kind.OUTBOX
    transaction.run("DELETE FROM my_outbox WHERE part = ? AND failure IS NOT NULL", part)
