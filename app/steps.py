"""The history of what a person did: every step can be undone and done again."""

from collections.abc import Iterable
from typing import Final

from app.cells import RELATION, Value, decode_value, encode_value, read_cell, write_cell
from app.changes import Kind
from app.outbox import allow_bulk
from app.transaction import Record, Transaction, listed
from app.views import Step

KEPT: Final = 50
"""Steps kept; with the one that falls off, what it removed goes for good."""


UNREAD: Final = object()


class StepWriter:
    """Writes values and notes for each what it was before."""

    def __init__(self, transaction: Transaction, step_id: int, position: int = 0) -> None:
        self._transaction = transaction
        self.id = step_id
        self.position = position

    def write(self, part: str, key: object, value: Value, before: Value = UNREAD) -> None:
        """Change one value; `before` saves a reading where it was just read."""
        if before is UNREAD:
            before = read_cell(self._transaction, part, str(key))
        if before != value:
            write_cell(self._transaction, part, str(key), value, before)
            self.note([(part, str(key), encode_value(before), encode_value(value))])

    def note(self, cells: Iterable[Record]) -> None:
        """Note values that were changed in bulk: part, key, before, after."""
        numbered = [
            (self.id, position, *cell) for position, cell in enumerate(cells, self.position)
        ]
        self.position += len(numbered)
        self._transaction.many("INSERT INTO cell VALUES (?, ?, ?, ?, ?, ?)", numbered)


def begin_step(
    transaction: Transaction, name: str, now: float, *, is_open: bool = False
) -> StepWriter:
    """Start a step; what was undone before cannot be redone after it."""
    transaction.kinds |= Kind.STEPS
    step_id = _next_id(transaction)
    transaction.run(f"DELETE FROM step WHERE undone AND {_FINISHED}")
    transaction.run(
        "INSERT INTO step (id, name, at, open) VALUES (?, ?, ?, ?)", step_id, name, now, is_open
    )
    _forget_old(transaction)
    return StepWriter(transaction, step_id)


def _next_id(transaction: Transaction) -> int:
    """Give a number that no step had: who offers to undo one must not undo another."""
    last = transaction.value(
        "SELECT MAX(IFNULL((SELECT value FROM meta WHERE key = 'last_step'), 0), "
        "IFNULL((SELECT MAX(id) FROM step), 0))"
    )
    transaction.run("INSERT OR REPLACE INTO meta VALUES ('last_step', ?)", last + 1)
    return int(last) + 1


_FINISHED: Final = "id NOT IN (SELECT step_id FROM unfinished)"


_UNKNOWN: Final = (
    "removed AND NOT EXISTS "
    "(SELECT 1 FROM cell WHERE part = 'removed' AND key = CAST(contact.id AS TEXT))"
)
"""No step can bring this contact back."""


def _forget_old(transaction: Transaction) -> None:
    transaction.run(
        "DELETE FROM step WHERE id <= (SELECT id FROM step ORDER BY id DESC LIMIT 1 OFFSET ?) "
        f"AND {_FINISHED}",
        KEPT,
    )
    transaction.run(f"DELETE FROM contact WHERE {_UNKNOWN}")
    transaction.run(
        "DELETE FROM my_picture WHERE NOT EXISTS (SELECT 1 FROM cell WHERE part = 'mine' "
        "AND key = 'picture' AND json_quote(my_picture.name) IN (before, after))"
    )


def drop_if_empty(transaction: Transaction, step: StepWriter) -> None:
    """Leave no step behind that changed nothing, unless some of it is still to do."""
    if step.position == 0:
        transaction.run(
            "DELETE FROM step WHERE id = ?1 "
            "AND NOT EXISTS (SELECT 1 FROM unfinished WHERE step_id = ?1)",
            step.id,
        )


def read_steps(reading: Transaction) -> list[Step]:
    """Read the history, the newest first."""
    records = reading.all("SELECT id, name, at, undone FROM step WHERE NOT open ORDER BY id DESC")
    return [Step(step_id, name, at, bool(undone)) for step_id, name, at, undone in records]


def last_done(reading: Transaction) -> int | None:
    """Find the step that undo takes back."""
    found: int | None = reading.value("SELECT MAX(id) FROM step WHERE NOT undone AND NOT open")
    return found


def last_undone(reading: Transaction) -> int | None:
    """Find the step that redo does again."""
    found: int | None = reading.value(
        "SELECT id FROM step WHERE undone ORDER BY undone DESC LIMIT 1"
    )
    return found


def mark_turned(transaction: Transaction, step_id: int, *, undo: bool) -> Step | None:
    """Show a step as taken back, or as done again; `None` if it is that already."""
    record = transaction.one(
        "SELECT name, at FROM step WHERE id = ? AND (undone = 0) = ? AND NOT open", step_id, undo
    )
    if record is None:
        return None
    transaction.kinds |= Kind.STEPS
    transaction.run(
        "UPDATE step SET undone = CASE WHEN ? "
        "THEN (SELECT MAX(undone) FROM step) + 1 ELSE 0 END WHERE id = ?",
        undo,
        step_id,
    )
    return Step(step_id, record[0], record[1], undo)


def turn_cells(
    transaction: Transaction, step_id: int, *, undo: bool, window: tuple[int, int]
) -> int:
    """Take back some values of a step, except where something newer has changed them since.

    The window is how many were done before and how many to do; the answer, how many were done.
    """
    cells = transaction.all(
        "SELECT part, key, before, after FROM cell WHERE step_id = ? "
        f"ORDER BY position {'DESC' if undo else 'ASC'} LIMIT ?3 OFFSET ?2",
        step_id,
        *window,
    )
    for part, key, before, after in cells:
        old, new = (after, before) if undo else (before, after)
        _turn_cell(transaction, (part, key), decode_value(old), decode_value(new))
    allow_bulk(transaction, [key for part, key, _, _ in cells if part == RELATION])
    return len(cells)


def _turn_cell(transaction: Transaction, cell: tuple[str, str], old: Value, new: Value) -> None:
    current = read_cell(transaction, *cell)
    if current == old:
        write_cell(transaction, *cell, new, current)
    elif all(isinstance(value, dict) for value in (current, old, new)):
        write_cell(transaction, *cell, _turned(current, old, new), current)


def _turned(current: Value, old: Value, new: Value) -> Value:
    """Change of a value, part by part, what is still as the step left it."""
    if all(isinstance(value, dict) for value in (current, old, new)):
        return {part: _turned(current[part], old[part], new[part]) for part in new}
    return new if current == old else current


def undo_open_steps(transaction: Transaction) -> list[str]:
    """At the start: an import that did not come to its end leaves nothing behind but its name."""
    cut_short = transaction.all("SELECT id, name FROM step WHERE open")
    for step_id, _name in cut_short:
        abandon_step(transaction, step_id)
    return [name for _step_id, name in cut_short]


def take_back_last(transaction: Transaction, step_id: int, most: int) -> bool:
    """Take back the last values of a step and forget them; tell whether there are more."""
    positions = transaction.all(
        "SELECT position FROM cell WHERE step_id = ? ORDER BY position DESC LIMIT ?", step_id, most
    )
    if not positions:
        return False
    turn_cells(transaction, step_id, undo=True, window=(0, most))
    last = (step_id, positions[-1][0])
    made = transaction.all(
        "SELECT key FROM cell WHERE step_id = ? AND position >= ? AND part = 'removed'", *last
    )
    transaction.run("DELETE FROM cell WHERE step_id = ? AND position >= ?", *last)
    transaction.run(
        f"DELETE FROM contact WHERE id IN (SELECT value FROM json_each(?)) AND {_UNKNOWN}",
        listed(int(key) for (key,) in made),
    )
    return len(positions) == most


def abandon_step(transaction: Transaction, step_id: int) -> None:
    """Take a step back and forget that it was."""
    transaction.kinds |= Kind.STEPS
    turn_cells(transaction, step_id, undo=True, window=(0, -1))
    transaction.run("DELETE FROM step WHERE id = ?", step_id)
    _forget_old(transaction)
