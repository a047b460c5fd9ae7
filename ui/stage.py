"""The right side of the window: one person, or one of the pages; it remembers the way back."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from app.domain import ContactId
from app.session import Session
from ui import parts
from ui.contact_page import ContactPage
from ui.icons import Icon
from ui.tasks import Tasks
from ui.wording import tr

REMEMBERED: Final = 50
Place = ContactId | str | None
"""A person, a page by its name, or nothing."""

AnyPage = parts.Page | parts.Sheet
PageMaker = Callable[[Session, Tasks], AnyPage]


class Stage(QStackedWidget):
    """Shows a place. Pages are made when they are first wanted, and kept."""

    moved = Signal(object)
    """The place that is shown now."""
    made = Signal(object)
    """A page that was just made."""

    def __init__(self, session: Session, tasks: Tasks, makers: dict[str, PageMaker]) -> None:
        super().__init__()
        self.setObjectName("stage")
        self._session, self._tasks, self._makers = session, tasks, makers
        self._pages: dict[str, AnyPage] = {}
        self._past: list[Place] = []
        self.place: Place = None
        self.contact_page = ContactPage(session, tasks)
        self.contact_page.gone.connect(lambda: self.show_place(None))
        self._nobody = self._placeholder()
        self.addWidget(self._nobody)
        self.addWidget(self.contact_page)

    def show_place(self, place: Place) -> None:
        """Show a person, a page or nothing."""
        if place != self.place and self.place is not None:
            self._past = [*self._past[-REMEMBERED:], self.place]
        self._go(place)

    def go_back(self) -> bool:
        """Show the place before this one; False if there is none."""
        if not self._past:
            return False
        self._go(self._past.pop())
        return True

    def page(self, name: str) -> AnyPage:
        """Return a page, made now if it was never shown."""
        if name not in self._pages:
            self._pages[name] = self._makers[name](self._session, self._tasks)
            self.addWidget(self._pages[name])
            self.made.emit(self._pages[name])
        return self._pages[name]

    def pages(self) -> list[AnyPage]:
        """List the pages that were made so far."""
        return [*self._pages.values()]

    def close_pages(self) -> None:
        """Let every page hear no more of changes."""
        for page in (self.contact_page, *self._pages.values()):
            page.close_page()

    def focus_page(self) -> None:
        """Put the keyboard on the first control of what is shown."""
        shown = self.currentWidget() or self
        for child in shown.findChildren(QWidget):
            if child.focusPolicy() & Qt.FocusPolicy.TabFocus and child.isVisible():
                child.setFocus(Qt.FocusReason.TabFocusReason)
                return

    def _go(self, place: Place) -> None:
        self.place = place
        if place is None:
            self.setCurrentWidget(self._nobody)
        elif isinstance(place, str):
            self.setCurrentWidget(self.page(place))
        else:
            self.setCurrentWidget(self.contact_page)
            self.contact_page.show_contact(place)
        self.moved.emit(self.place)

    def _placeholder(self) -> QWidget:
        return parts.EmptyState(
            Icon.PERSON,
            tr("Nobody is chosen"),
            tr(
                "Choose somebody in the list. Ctrl+F searches, Ctrl+K does anything, "
                "F1 shows all keys."
            ),
        )
