"""Warns when somebody takes a name that can be taken for another person's."""

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Final

from app.domain import ContactId
from app.lookalikes import first_resembled
from ui.contact_model import ContactModel
from ui.plain import isolated
from ui.tasks import Tasks
from ui.toast import Toast
from ui.wording import tr

LOOKING: Final = "changed names that look alike"


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

    def is_calm(self) -> bool:
        """Whether every changed name was looked at."""
        return not self._looking

    def _note(self, contacts: frozenset[ContactId]) -> None:
        self._changed |= contacts
        if not self._looking:
            self._looking = True
            self._tasks.start(self._look(), name=LOOKING)

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
        text = text.replace("%1", isolated(name)).replace("%2", isolated(other))
        self._toast.say(text, tr("Show"), partial(self._show, contact))
