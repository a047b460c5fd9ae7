"""What happened without me: read it, keep it, or take it back as a step of its own."""

import time
from collections.abc import Collection, Iterable
from typing import Final

from app.addresses import display
from app.cells import RELATION, REMOVED
from app.domain import Address, ContactId
from app.notice_rows import REVIVED, count_unseen, mark_seen, read_awaited, read_notices, settle
from app.steps import begin_step, drop_if_empty
from app.store import Store
from app.views import Notice, NoticeKind

RULES: Final = "privacy"
"""The part of my account of which two changes are put together, and told."""

UNDOABLE: Final = {
    NoticeKind.FOLLOWED,
    NoticeKind.JOINED,
    NoticeKind.ADDED,
    NoticeKind.CHANGED,
    NoticeKind.REMOVED,
}
"""Pairing is the operator's, leaving is theirs, and a refusal has ways of its own."""


class Notices:
    """The notices of one session. They are on disk: a restart loses none."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def read(self) -> list[Notice]:
        """Read the newest of them, the newest first."""
        return read_notices(self._store.reading)

    def unseen(self) -> int:
        """Count those that nobody has looked at."""
        return count_unseen(self._store.reading)

    def awaited(self, contacts: Iterable[ContactId]) -> set[ContactId]:
        """Choose those who have just joined and were waited for."""
        return read_awaited(self._store.reading, contacts)

    def mark_seen(self) -> None:
        """Count none as new any more."""
        with self._store.writing() as transaction:
            mark_seen(transaction)

    def keep(self, ids: Collection[int]) -> None:
        """Let them be."""
        with self._store.writing() as transaction:
            settle(transaction, ids, "kept")

    def undo(self, ids: Collection[int]) -> None:
        """Make my relations what they were before; whom I follow or who joined, I keep no more."""
        with self._store.writing() as transaction:
            found = [each for each in read_notices(transaction, ids) if can_undo(each)]
            if not found:
                return
            step = begin_step(transaction, _step_name(found), time.time())
            for each in found:
                step.write(RELATION, each.about, each.before)
                if each.detail == REVIVED and each.contact_id is not None:
                    step.write(REMOVED, each.contact_id, 1)
            settle(transaction, (each.id for each in found), "undone")
            drop_if_empty(transaction, step)


def can_undo(notice: Notice) -> bool:
    """Tell whether it is mine to take back."""
    return notice.kind in UNDOABLE and not notice.settled


def is_of_mine(notice: Notice) -> bool:
    """Tell whether it is about a part of my own account."""
    return notice.kind in (NoticeKind.REFUSED, NoticeKind.OVERTAKEN)


def can_keep(notice: Notice) -> bool:
    """Tell whether nothing more than a nod is needed; otherwise a page asks for a decision."""
    return not notice.settled and (not is_of_mine(notice) or notice.about == RULES)


def _step_name(found: Iterable[Notice]) -> str:
    first, *more = found
    if more:
        return f"Undo {len(more) + 1:,} automatic changes"
    verb = {
        NoticeKind.FOLLOWED: "Stop following",
        NoticeKind.JOINED: "Withdraw",
        NoticeKind.ADDED: "Withdraw",
        NoticeKind.REMOVED: "Keep again",
    }.get(first.kind, "Change back")
    return f"{verb} {display(Address(first.about))}"
