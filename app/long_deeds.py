"""Deeds on thousands of people: some at once, the rest in turns of the loop, none lost by a crash.

What is left to do is in the store from the first transaction on, and is gone on with at the start.
"""

from collections.abc import Collection, Iterable
from itertools import groupby
from operator import itemgetter
from typing import Final

import msgspec

from app.addresses import default_region
from app.cells import RELATION, REMOVED, decode_value, read_cell
from app.changes import Kind
from app.domain import Address, ContactId
from app.merging import Merging, merge
from app.outbox import PARTS
from app.own_cards import addresses_of
from app.steps import StepWriter, drop_if_empty, turn_cells
from app.transaction import Record, Transaction, listed

PEOPLE: Final = 100
"""People in one transaction, merges, and values to take back: about twenty milliseconds."""
MERGES: Final = 15
VALUES: Final = 300

NOTHING_KEPT: Final[dict[str, int]] = dict.fromkeys(PARTS, 0)

_PLANNED: Final = "SELECT id, step_id, contact_id, address, parts, merging FROM unfinished"
_decode_merging = msgspec.json.Decoder(Merging).decode

Wanted = dict[str, int] | None
"""Parts of the relation to every address of a person; `None` removes the person."""


def plan_changes(
    transaction: Transaction, step_id: int, changes: Iterable[tuple[ContactId, Wanted]]
) -> None:
    """Note what to change; nothing has happened yet."""
    transaction.many(
        "INSERT INTO unfinished (step_id, contact_id, parts) VALUES (?, ?, ?)",
        (
            (step_id, contact_id, None if parts is None else msgspec.json.encode(parts).decode())
            for contact_id, parts in changes
        ),
    )


def plan_withdrawals(
    transaction: Transaction, step_id: int, addresses: Iterable[tuple[ContactId, Address]]
) -> None:
    """Note addresses to be kept no longer; the people stay."""
    transaction.many(
        "INSERT INTO unfinished (step_id, contact_id, address) VALUES (?, ?, ?)",
        ((step_id, contact_id, address) for contact_id, address in addresses),
    )


def plan_merges(transaction: Transaction, step_id: int, merges: Iterable[Merging]) -> None:
    """Note who is to become one."""
    transaction.many(
        "INSERT INTO unfinished (step_id, contact_id, merging) VALUES (?, ?, ?)",
        ((step_id, each.kept, msgspec.json.encode(each).decode()) for each in merges),
    )


def plan_turn(transaction: Transaction, step_id: int, *, undo: bool) -> None:
    """Note that a step is to be taken back, or done again."""
    transaction.run("INSERT INTO unfinished (step_id, is_undo) VALUES (?, ?)", step_id, int(undo))


def catch_up(transaction: Transaction, ids: Collection[ContactId]) -> bool:
    """Do what is left for these people, so that what comes next may be done at once.

    `False` if it must wait its turn: they are many, or a step is being taken back.
    """
    if len(ids) > PEOPLE or transaction.one("SELECT 1 FROM unfinished WHERE is_undo IS NOT NULL"):
        return False
    records = transaction.all(
        f"{_PLANNED} WHERE contact_id IN (SELECT value FROM json_each(?1)) OR merging IS NOT NULL "
        "AND EXISTS (SELECT 1 FROM json_each(merging, '$.others') "
        "WHERE value IN (SELECT value FROM json_each(?1))) ORDER BY id",
        listed(ids),
    )
    _change(transaction, records)
    return True


def change_now(transaction: Transaction, step_id: int) -> None:
    """Do the first of what was planned for a step."""
    records = transaction.all(
        f"{_PLANNED} WHERE step_id = ? AND contact_id IS NOT NULL ORDER BY id LIMIT ?",
        step_id,
        PEOPLE,
    )
    is_merge = bool(records) and records[0][-1] is not None
    _change(transaction, records[:MERGES] if is_merge else records)


def go_on(transaction: Transaction) -> bool:
    """Do some of what is left; tell whether there is more."""
    record = transaction.one(
        "SELECT id, step_id, is_undo, done FROM unfinished ORDER BY id LIMIT 1"
    )
    if record is None:
        return False
    number, step_id, is_undo, done = record
    if is_undo is None:
        change_now(transaction, step_id)
    else:
        _turn_some(transaction, number, (step_id, bool(is_undo)), done)
    is_more = is_unfinished(transaction)
    if not is_more:
        transaction.kinds |= Kind.OUTBOX  # what it held back can be sent now
    return is_more


def is_unfinished(reading: Transaction) -> bool:
    """Tell whether anything is left."""
    return reading.one("SELECT 1 FROM unfinished") is not None


def _change(transaction: Transaction, records: list[Record]) -> None:
    for step_id, some in groupby(records, itemgetter(1)):
        last = transaction.value("SELECT MAX(position) FROM cell WHERE step_id = ?", step_id)
        step = StepWriter(transaction, step_id, 0 if last is None else last + 1)
        for number, _, contact_id, address, parts, merging in some:
            if merging is not None:
                merge(transaction, step, _decode_merging(merging), default_region())
            elif address is None:
                _change_one(transaction, step, contact_id, decode_value(parts))
            else:
                step.write(RELATION, address, None)
            transaction.run("DELETE FROM unfinished WHERE id = ?", number)
        drop_if_empty(transaction, step)


def _change_one(
    transaction: Transaction, step: StepWriter, contact_id: ContactId, wanted: Wanted
) -> None:
    for address in addresses_of(transaction, contact_id):
        kept = read_cell(transaction, RELATION, address)
        value = None if wanted is None else (kept or NOTHING_KEPT) | wanted
        step.write(RELATION, address, value, before=kept)
    if wanted is None:
        step.write(REMOVED, contact_id, 1)


def _turn_some(transaction: Transaction, number: int, turn: tuple[int, bool], done: int) -> None:
    step_id, undo = turn
    count = turn_cells(transaction, step_id, undo=undo, window=(done, VALUES))
    if count < VALUES:
        transaction.run("DELETE FROM unfinished WHERE id = ?", number)
    else:
        transaction.run("UPDATE unfinished SET done = ? WHERE id = ?", done + count, number)
