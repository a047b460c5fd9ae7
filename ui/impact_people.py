"""What can be done with people, each with the question that tells what it would show to whom."""

from collections.abc import Callable, Collection, Iterable
from typing import Any, Final

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QWidget

from app.domain import Block, ContactId, Field, Visibility
from app.session import Session
from app.wire import Suppose, SupposedRelation
from ui.impact import MANY
from ui.impact_view import Choice, ImpactView

FAVORITE: Final[dict[bool, dict[str, Any]]] = {
    True: {"contact": True, "favorite": True},
    False: {"favorite": False},
}
CONTACT: Final[dict[bool, dict[str, Any]]] = {
    True: {"contact": True},
    False: {"contact": False, "favorite": False},
}
REMOVED: Final[dict[str, Any]] = {
    "contact": False,
    "favorite": False,
    "blocked": (),
    "visibility": int(Visibility.DEFAULT),
}
"""To somebody I do not keep, I look as to a stranger."""


def favorite(session: Session, people: Collection[ContactId], *, on: bool) -> Choice:
    """Ask about favorites made, or unmade."""
    return _choice(session, people, FAVORITE[on], narrows=not on)


def contact(session: Session, people: Collection[ContactId], *, on: bool) -> Choice:
    """Ask about a contact's rights given, or taken."""
    return _choice(session, people, CONTACT[on], narrows=not on)


def blocked(session: Session, people: Collection[ContactId], blocks: tuple[Block, ...]) -> Choice:
    """Ask about a block, or the end of one."""
    return _choice(session, people, {"blocked": blocks}, narrows=Block.PROFILE in blocks)


def visibility(
    session: Session,
    people: Collection[ContactId],
    value: int,
    fields: tuple[Field, ...] = (),
) -> Choice:
    """Ask about what they would see of me."""
    parts: dict[str, Any] = {"visibility": int(value)}
    if value == Visibility.CUSTOM:
        parts["fields"] = fields
    return _choice(session, people, parts, narrows=value == Visibility.HIDDEN)


def removed(session: Session, people: Collection[ContactId]) -> Choice:
    """Ask about people taken out of the book: blocks and rules of their own go with them."""
    rows = session.rows_of(people).values()
    plain = all(not row.blocked and row.visibility == Visibility.DEFAULT for row in rows)
    return _choice(session, people, REMOVED, narrows=plain)


def _choice(
    session: Session, people: Collection[ContactId], parts: dict[str, Any], *, narrows: bool
) -> Choice:
    owners = session.addresses(people)
    relations = [SupposedRelation(address=address, **parts) for address in owners]
    key = (frozenset(people), tuple(parts.items()))
    few = len(people) <= MANY
    return Choice(key, Suppose(relations=relations), narrows=narrows and few)


class Considering(QObject):
    """Shows what a control would do while pointer or keyboard are on it.

    Once shown it stays while either is still inside `around`, so that the names can be unfolded.
    """

    def __init__(self, view: ImpactView, around: QWidget) -> None:
        super().__init__(around)
        self._view, self._around = view, around
        self._looks: dict[QObject, Callable[[], object]] = {}
        around.installEventFilter(self)

    def watch(self, controls: Iterable[QWidget], choice: Callable[[], Choice | None]) -> None:
        """Ask for this choice when one of the controls is looked at."""
        self.watch_by(controls, lambda: self._consider(choice()))

    def watch_by(self, controls: Iterable[QWidget], look: Callable[[], object]) -> None:
        """Call this when one of the controls is looked at."""
        for control in controls:
            self._looks[control] = look
            control.installEventFilter(self)

    @property
    def is_looked_at(self) -> bool:
        """Whether pointer or keyboard are inside `around`."""
        focused = QApplication.focusWidget()
        inside = focused is not None and self._around.isAncestorOf(focused)
        return inside or self._around.underMouse()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Look on entering a control, look away on leaving everything around it."""
        kind = event.type()
        if watched in self._looks and kind in (QEvent.Type.Enter, QEvent.Type.FocusIn):
            self._looks[watched]()
        elif kind in (QEvent.Type.Leave, QEvent.Type.FocusOut) and not self.is_looked_at:
            self._view.leave()
        return False

    def _consider(self, choice: Choice | None) -> None:
        if choice is None:
            self._view.leave()
        else:
            self._view.consider(choice)
