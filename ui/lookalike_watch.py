"""Warns when somebody takes another's name, and finds those whom the list has to tell apart."""

import asyncio
import time
from collections.abc import Callable
from functools import partial
from typing import Final

from PySide6.QtCore import QTimer

from app.domain import ContactId
from app.lookalikes import find_alike, first_resembled
from app.session import Row
from ui.contact_model import ContactModel
from ui.plain import isolated
from ui.tasks import Tasks
from ui.toast import Toast
from ui.wording import put_in, tr

LOOKING: Final = "changed names that look alike"
COMPARING: Final = "everybody compared with everybody"
SHARE: Final = 10
"""Comparing takes at most one part in so many of the time, however many people there are."""
LATER_MS: Final = 400
"""Everybody is compared when the list has come to rest, and not before it is shown."""


class LookalikeWatch:
    """Looks at names as they change, in a thread, one after the other."""

    def __init__(
        self,
        model: ContactModel,
        tasks: Tasks,
        toast: Toast,
        show: Callable[[ContactId], object],
    ) -> None:
        self._model, self._tasks, self._toast, self._show = model, tasks, toast, show
        self._changed: set[ContactId] = set()
        self._looking = False
        model.renamed.connect(self._note)
        self._later = QTimer(model)
        self._later.setSingleShot(True)
        self._later.setInterval(LATER_MS)
        self._later.timeout.connect(self._begin_to_compare)
        self._compared: list[Row] | None = None
        for moved in (model.renamed, model.placed):
            moved.connect(self._compare_later)
        model.modelReset.connect(self._compare_if_new)
        self._later.start()

    def close(self) -> None:
        """Compare no more."""
        self._later.stop()

    def is_calm(self) -> bool:
        """Whether every changed name was looked at."""
        return not self._looking

    def _note(self, contacts: frozenset[ContactId]) -> None:
        self._changed |= contacts
        if not self._looking:
            self._looking = True
            self._tasks.start(self._look(), name=LOOKING)

    def _compare_later(self) -> None:
        if not self._later.isActive():
            self._later.start()

    def _compare_if_new(self) -> None:
        """Compare where everybody was read again, and not where a search shows fewer of them."""
        if self._model.rows() is not self._compared:
            self._compare_later()

    def _begin_to_compare(self) -> None:
        self._tasks.start(self._compare(), name=COMPARING)

    async def _compare(self) -> None:
        self._compared = self._model.rows()
        people = [(row.id, row.name) for row in self._compared if row.name]
        began = time.monotonic()
        self._model.tell_apart(await asyncio.to_thread(find_alike, people))
        spent = time.monotonic() - began
        self._later.setInterval(LATER_MS + round(spent * SHARE * 1000))

    async def _look(self) -> None:
        while self._changed:
            row = self._model.find(self._changed.pop())
            if row is None or not row.published_name:
                continue
            others = [each.name for each in self._model.rows() if each.id != row.id]
            found = await asyncio.to_thread(first_resembled, row.published_name, others)
            if found is not None:
                self._warn(row.id, row.published_name, found)
        self._looking = False

    def _warn(self, contact: ContactId, name: str, other: str) -> None:
        text = tr("Somebody has taken the name %1, which looks like %2, whom you have")
        text = put_in(text, isolated(name), isolated(other))
        self._toast.say(text, tr("Show"), partial(self._show, contact))
