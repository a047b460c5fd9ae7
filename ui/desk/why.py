"""The way from a field that is not as expected to the rule, and to the control that changes it."""

from typing import TYPE_CHECKING, Final

from app.domain import Address, Field
from ui import viewers
from ui.desk.pane import Pane
from ui.tasks import Tasks
from ui.viewers import Viewer
from ui.why import Goal, Way
from ui.why_list import WhyDialog
from ui.wording import tr

if TYPE_CHECKING:
    from ui.desk.window import DeskWindow

KINDS: Final = {each.asked: each for each in viewers.kinds()}


class DeskWhy:
    """Opens the "Why?" of whoever owns the field, and leads into their pane."""

    def __init__(self, window: "DeskWindow", tasks: Tasks) -> None:
        self._window, self._tasks = window, tasks

    def ask(self, pane: Pane, other: Address, *, mine: bool) -> None:
        """Explain what another sees of this pane's identity, or this identity of the other."""
        here, there = pane.identity.name, self._window.name_of(other)
        if mine:
            self.explain(here, there, None)
        else:
            self.explain(there, here, None)

    def explain(self, owner: str, viewer: str, field: Field | None) -> None:
        """Explain by the owner's own session, which only those on the desk have."""
        pane = self._window.pane(owner)
        if pane is None:
            self._window.say(_not_here().replace("%1", owner))
            return
        seen = self._viewer(pane, viewer)
        dialog = WhyDialog(pane.identity.session, self._tasks, seen, self._window, field)
        title = tr("What %1 sees of %2, and why").replace("%1", viewer).replace("%2", owner)
        dialog.setWindowTitle(title)
        dialog.way_wanted.connect(lambda way: self._follow(owner, seen, way))
        dialog.open()

    def _viewer(self, pane: Pane, viewer: str) -> Viewer:
        if viewer in KINDS and self._window.address_of(viewer) is None:
            return KINDS[viewer]
        address = self._window.address_of(viewer)
        if address is None:
            return Viewer(viewer, viewer, contact=True)
        kept = pane.identity.session.owners([address]).get(address)
        return Viewer(address, viewer, address=address, contact_id=kept)

    def _follow(self, owner: str, viewer: Viewer, way: Way) -> None:
        """Put the keyboard on the control that changes this rule."""
        pane = self._window.show_pane(owner)
        if pane is None:
            return
        if way.goal is Goal.AUDIENCE or viewer.address is None:
            pane.show_field(way.field)
            pane.audience.setFocus()
            return
        pane.choose(viewer.address)
        card = pane.card
        control = {Goal.BLOCK: card.block, Goal.CONTACT: card.contact}.get(way.goal)
        (control or card.visibility).setFocus()


def _not_here() -> str:
    return tr("%1 is not on this desk. Open the desk with --people %1,… to change their rules.")
