"""Warns when somebody's name can be taken for another person's."""

import asyncio
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.domain import ContactId
from app.lookalikes import first_resembled, has_mixed_scripts
from app.session import Person, Row
from ui import parts
from ui.plain import isolated
from ui.tasks import Tasks
from ui.wording import put_in, tr

CHECK: Final = "names that look alike"


class LookalikeBanner(parts.Banner):
    """Looks through everybody's names in a thread; says nothing while it does not know."""

    contact_wanted = Signal(object)

    def __init__(self, tasks: Tasks, everyone: Callable[[], list[Row]]) -> None:
        super().__init__("", "warning")
        self.setObjectName("lookalike")
        self._tasks, self.everyone = tasks, everyone
        self._names: tuple[str, str | None] = ("", None)
        self._other: ContactId | None = None
        self.way: QWidget = parts.button(
            tr("Show the other"), self._show_other, kind="quiet", name="show_lookalike"
        )
        self.add_way(self.way)
        self.hide()

    def show_person(self, person: Person) -> None:
        """Check this person's names, if they are news."""
        names = (person.row.name, person.row.published_name)
        if names != self._names:
            self._names = names
            self.hide()
            self._tasks.start(self._check(person), name=CHECK, of=self)

    async def _check(self, person: Person) -> None:
        row = person.row
        others = [each for each in self.everyone() if each.id != row.id]
        for name in dict.fromkeys(name for name in (row.published_name, row.name) if name):
            if await self._resembles(name, others):
                return
            if has_mixed_scripts(name):
                self._other = None
                self.way.hide()
                text = tr("The name %1 mixes letters of several alphabets that look alike.")
                self.show_text(text.replace("%1", isolated(name)), "warning")

    async def _resembles(self, name: str, others: list[Row]) -> bool:
        names = [each.name for each in others]
        found = await asyncio.to_thread(first_resembled, name, names)
        if found is None:
            return False
        self._other = others[names.index(found)].id
        self.way.show()
        text = tr("%1 looks like %2, whom you also have, but is written with other letters.")
        self.show_text(put_in(text, isolated(name), isolated(found)), "warning")
        return True

    def _show_other(self) -> None:
        self.contact_wanted.emit(self._other)
