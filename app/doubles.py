"""The same person twice, as the screen asks it: who, why, what one card would say, and the deed."""

import time
from collections.abc import Collection, Sequence
from functools import partial
from importlib import import_module
from itertools import combinations
from pathlib import Path
from typing import Final

from app.addresses import default_region
from app.beside import GoOn, Progress, work_beside
from app.cells import APART, CARD, NAME, OWNER, REMOVED
from app.changes import Kind
from app.domain import ContactId
from app.importers import Card
from app.long_deeds import catch_up, change_now, is_unfinished, plan_merges
from app.merging import Double, Merging, Strictest, propose, read_strictest
from app.one_card import Merge
from app.own_cards import read_cards_by_id
from app.steps import begin_step, drop_if_empty, read_steps
from app.store import Store
from app.store_rows import read_rows_of
from app.transaction import Transaction, listed

__all__ = ["Double", "Doubles", "Merge", "Merging", "Strictest"]

_TELLING: Final = (NAME, CARD, OWNER, REMOVED, APART)
"""What a step must have changed for the answer to be another one."""
_Turn = tuple[int, float, bool]
"""A step, when it was done, and whether it stands; a number alone may be given again."""


class Doubles:
    """Knows what the last search found; searching takes seconds in a large book."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._seen: set[_Turn] = set()
        self.found: tuple[Double, ...] = ()
        self.is_known = False
        """A search has come to its end since the start."""

    @property
    def count(self) -> int | None:
        """How many there are, by the last search, were it before the start; `None` without one."""
        if self.is_known:
            return len(self.found)
        kept: int | None = self._store.reading.value("SELECT value FROM meta WHERE key = 'doubles'")
        return kept

    # ---- finding

    def has_news(self) -> bool:
        """Tell whether something was done since the last search that may change the answer."""
        if not self.is_known:
            return True
        turns = _read_turns(self._store.reading)
        turned = {step for step, _, _ in turns ^ self._seen}
        telling: int = self._store.reading.value(
            "SELECT COUNT(*) FROM json_each(?) step WHERE EXISTS (SELECT 1 FROM cell "
            "WHERE step_id = step.value AND part IN (SELECT value FROM json_each(?)))",
            listed(turned),
            listed(_TELLING),
        )
        return telling > 0

    def is_busy(self) -> bool:
        """Tell whether a deed on many people is under way: the answer would be half true."""
        return is_unfinished(self._store.reading)

    async def look(self, progress: Progress | None = None) -> None:
        """Search the whole book beside the loop; cancelled, what was known stays."""
        seen = _read_turns(self._store.reading)
        with self._store.read_beside() as path:
            found = await work_beside(partial(_find, path), progress)
        self._seen = seen
        self.is_known = True
        self._keep(found or [])

    def _keep(self, found: Sequence[Double]) -> None:
        self.found = tuple(found)
        with self._store.writing() as transaction:
            transaction.run(
                "INSERT OR REPLACE INTO meta (key, value) VALUES ('doubles', ?)", len(found)
            )
            transaction.kinds |= Kind.DOUBLES

    # ---- looking closely

    def cards(self, ids: Collection[ContactId]) -> dict[ContactId, Card]:
        """Read what each of these people's own cards say."""
        return read_cards_by_id(self._store.reading, ids)

    def propose(self, merging: Merging) -> Merge:
        """Show the card that would come of it; nothing changes."""
        return propose(self._store.reading, merging, default_region())

    def strictest(self, ids: Sequence[ContactId]) -> Strictest:
        """Say what is blocked or hidden of these people, and whether for all their addresses."""
        return read_strictest(self._store.reading, ids)

    # ---- doing

    def merge(self, merges: Sequence[Merging]) -> None:
        """Make one of each; all of it is one step."""
        if not merges:
            return
        ids = [each for merging in merges for each in merging.ids]
        with self._store.writing() as transaction:
            name = f"Merge {_whom(transaction, [each.kept for each in merges])}"
            step = begin_step(transaction, name, time.time())
            is_next = not is_unfinished(transaction) or catch_up(transaction, ids)
            plan_merges(transaction, step.id, merges)
            if is_next:
                change_now(transaction, step.id)
        self._drop(ids)

    def merge_sure(self) -> int:
        """Merge everybody of whom nobody needs to be asked; the answer counts them."""
        sure = [Merging(each.ids[0], each.ids[1:]) for each in self.found if each.sure]
        self.merge(sure)
        return len(sure)

    def keep_apart(self, ids: Sequence[ContactId]) -> None:
        """Remember that no two of these are one person."""
        mark = import_module("app.find_doubles").read_mark
        with self._store.writing() as transaction:
            names = f"{_whom(transaction, ids[:1])} and {_whom(transaction, ids[1:])}"
            step = begin_step(transaction, f"Keep apart {names}", time.time())
            for pair in combinations(sorted(ids), 2):
                marks = " ".join(sorted(mark(transaction, each) for each in pair))
                step.write(APART, marks, list(pair))
            drop_if_empty(transaction, step)
        self._drop(ids)

    def _drop(self, ids: Collection[ContactId]) -> None:
        gone = set(ids)
        self._keep([each for each in self.found if gone.isdisjoint(each.ids)])


def _find(path: Path, go_on: GoOn) -> list[Double] | None:
    """Import here what the start of the window does without."""
    found: list[Double] | None = import_module("app.find_doubles").find_doubles(path, go_on)
    return found


def _read_turns(reading: Transaction) -> set[_Turn]:
    return {(step.id, step.at, step.undone) for step in read_steps(reading)}


def _whom(reading: Transaction, ids: Sequence[ContactId]) -> str:
    if len(ids) != 1:
        return f"{len(ids):,} people"
    return next((row.name for row in read_rows_of(reading, ids).values()), "somebody")
