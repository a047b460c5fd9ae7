"""My own account: what the service says of it, under what I changed and it has not acknowledged.

Parts are `field:<name>`, `auto_sync`, `privacy` and `picture`; each holds the last value wanted.
"""

from typing import Any, Final

import msgspec

from app.changes import Kind
from app.domain import Address, Field, Fields, Privacy
from app.transaction import Transaction
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


def load_me(reading: Transaction) -> Me | None:
    """My account as the service last said it."""
    value = reading.value("SELECT value FROM meta WHERE key = 'me'")
    return _decode_me(value) if value else None


def save_me(transaction: Transaction, me: Me) -> None:
    """Take over what the service says."""
    transaction.kinds |= Kind.ME
    transaction.run(
        "INSERT INTO meta (key, value) VALUES ('me', ?) "
        "ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        msgspec.json.encode(me),
    )


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
    return me


def _read(draft: Draft) -> Any:
    return None if draft.value is None else msgspec.json.decode(draft.value)


def drafts(reading: Transaction) -> list[Draft]:
    """Read what is on its way, failures left out."""
    records = reading.all("SELECT part, value, revision FROM my_outbox WHERE failure IS NULL")
    return [Draft(*record) for record in records]


def draft_picture(reading: Transaction) -> Draft | None:
    """Read the picture that is on its way, which may be none at all."""
    return next((draft for draft in drafts(reading) if draft.part == PICTURE), None)


def read_my_part(reading: Transaction, part: str) -> Any:
    """One part as the screen shows it, as JSON values; of the picture, nothing."""
    me = shown_me(reading, Address(""))
    if me is None or part == PICTURE:
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
    """Ask for a new value; `None` removes a field."""
    _want(transaction, part, None if value is None else msgspec.json.encode(value))


def want_my_picture(transaction: Transaction, data: bytes | None) -> None:
    """Ask for a new picture, or for none."""
    _want(transaction, PICTURE, data)


def _want(transaction: Transaction, part: str, value: bytes | None) -> None:
    transaction.kinds |= Kind.ME | Kind.OUTBOX
    transaction.run(
        "INSERT INTO my_outbox (part, value, revision) VALUES (?, ?, 1) "
        "ON CONFLICT (part) DO UPDATE SET value = excluded.value, revision = revision + 1, "
        "failure = NULL",
        part,
        value,
    )


def take_over(transaction: Transaction, sent: list[Draft]) -> None:
    """Put what the service has accepted into what it is known to have."""
    me = load_me(transaction)
    if me is not None:
        for draft in sent:
            me = _over(me, draft)
        save_me(transaction, me)


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


def my_failures(reading: Transaction) -> dict[str, str]:
    """Read what the service refused, by part."""
    records = reading.all("SELECT part, failure FROM my_outbox WHERE failure IS NOT NULL")
    return dict(records)
