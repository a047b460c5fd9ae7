"""What I changed of my account while another session of mine changed the same: neither is lost.

A field or a picture waits until I decide which holds; meanwhile the service's does. Rules are put
together: what only one of the two changed holds, and where both changed the same, the stricter, so
that nobody sees what one of them meant to hide. The contract has no condition on a write: what
another session writes between this look and the sending, some milliseconds later, is overwritten.
"""

import time
from collections.abc import Iterable, Mapping
from typing import Any, Final

import msgspec

from app import my_outbox
from app.cells import MINE, encode_value, read_cell
from app.changes import Kind
from app.domain import Audience
from app.my_outbox import PICTURE, PRIVACY, Draft, published
from app.notice_rows import note_overtaken, settle_about
from app.steps import begin_step
from app.transaction import Transaction
from app.views import Overtaken
from app.wire import Me

STRICTEST_FIRST: Final = (
    Audience.NOBODY,
    Audience.FAVORITES,
    Audience.CONTACTS,
    Audience.EVERYONE,
)

_decode = msgspec.json.decode


def look_before_sending(transaction: Transaction, me: Me) -> None:
    """Hold back what another session has changed since I did; note the rest as being sent."""
    my_outbox.save_me(transaction, me)
    for draft in my_outbox.drafts(transaction):
        there = published(me, draft.part)
        value = draft.value
        if _is_overtaken(draft, there):
            if draft.part != PRIVACY:
                _hold_back(transaction, draft)
                continue
            value = _put_together(transaction, draft, there)
        transaction.run(
            "UPDATE my_outbox SET base = ?, sent = ?, value = ? WHERE part = ? AND revision = ?",
            there,
            _wanted(msgspec.structs.replace(draft, value=value)),
            value,
            draft.part,
            draft.revision,
        )


def is_noted(draft: Draft) -> bool:
    """Tell whether this very value was noted as being sent."""
    return draft.sent == _wanted(draft)


def read_overtaken(reading: Transaction) -> list[Overtaken]:
    """Read what waits for my decision; what both have made the same needs none."""
    records = reading.all("SELECT part, value FROM my_outbox WHERE overtaken ORDER BY part")
    me = my_outbox.load_me(reading)
    if me is None:
        return []
    found = []
    for part, value in records:
        theirs = _decode(published(me, part))
        if part == PICTURE:
            found.append(Overtaken(part, None, None, value))
        elif (mine := _decode(value or b"null")) != theirs:
            found.append(Overtaken(part, mine, theirs, None))
    return found


def take_theirs(transaction: Transaction, part: str) -> None:
    """Let what the other session made of it hold: a step, whose undo publishes mine."""
    value = transaction.value("SELECT value FROM my_outbox WHERE part = ? AND overtaken", part)
    mine = _name_of(part, value)
    transaction.run("DELETE FROM my_outbox WHERE part = ? AND overtaken", part)
    transaction.kinds |= Kind.ME | Kind.OUTBOX
    step = begin_step(transaction, "My profile as another session made it", time.time())
    theirs = read_cell(transaction, MINE, part)
    step.note([(MINE, part, encode_value(mine), encode_value(theirs))])
    settle_about(transaction, part, "kept")


def _name_of(part: str, value: bytes | None) -> Any:
    draft = Draft(part, value, 0)
    return _decode(_wanted(draft))


def _is_overtaken(draft: Draft, there: bytes) -> bool:
    if draft.base is None or (draft.part == PICTURE and draft.sent is not None):
        return False  # of a picture that may have arrived the service has made another file
    expected = (draft.base, draft.sent or draft.base, _wanted(draft))
    return _decode(there) not in [_decode(each) for each in expected]


def _wanted(draft: Draft) -> bytes:
    """Write what I want as JSON; of a picture, its name."""
    if draft.part == PICTURE:
        return msgspec.json.encode(draft.value and my_outbox.name_of_picture(draft.value))
    return draft.value or b"null"


def _hold_back(transaction: Transaction, draft: Draft) -> None:
    transaction.kinds |= Kind.ME | Kind.OUTBOX
    transaction.run(
        "UPDATE my_outbox SET overtaken = 1 WHERE part = ? AND revision = ?",
        draft.part,
        draft.revision,
    )
    note_overtaken(transaction, draft.part, time.time())


# ---- rules


def _put_together(transaction: Transaction, draft: Draft, there: bytes) -> bytes:
    base, mine, theirs = (_decode(each or b"") for each in (draft.base, draft.value, there))
    together, is_contested = merge_rules(base, mine, theirs)
    if is_contested:
        note_overtaken(transaction, PRIVACY, time.time())
    transaction.kinds |= Kind.ME
    return msgspec.json.encode(together)


def merge_rules(base: Any, mine: Any, theirs: Any) -> tuple[dict[str, Any], bool]:
    """Put two changes of the same rules together; tell whether they touch the same rule."""
    contested: list[bool] = []

    def one(before: Any, here: Any, there: Any, stricter: Any) -> Any:
        if here in (before, there):
            return there
        if there == before:
            return here
        contested.append(True)
        return stricter(here, there)

    audiences = {
        field: one(base["audiences"].get(field), here, theirs["audiences"][field], _stricter)
        for field, here in mine["audiences"].items()
    }
    searchable = one(base["searchable"], mine["searchable"], theirs["searchable"], _stricter)
    before, here, there = (_by_id(each["sets"]) for each in (base, mine, theirs))
    merged = {
        each: one(before.get(each), here.get(each), there.get(each), _narrower)
        for each in sorted({*here, *there})
    }
    sets = [each for each in merged.values() if each is not None]
    return {"audiences": audiences, "searchable": searchable, "sets": sets}, bool(contested)


def _by_id(sets: Iterable[Mapping[str, Any]]) -> dict[int, Mapping[str, Any]]:
    return {each["id"]: each for each in sets}


def _stricter(here: str, there: str) -> str:
    return min(here, there, key=lambda each: STRICTEST_FIRST.index(Audience(each)))


def _narrower(here: Any, there: Any) -> Any:
    """Show what both sets show; one that only one session still has stays as it has it."""
    if here is None or there is None:
        return here or there
    return here | {"fields": [field for field in here["fields"] if field in there["fields"]]}
