"""What can be done with the chosen people: by a key, a menu or the bar under the list."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Final

from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QMenu, QWidget

from app.domain import Block, ContactId, Visibility
from app.session import Row, Session
from ui import icons, impact_people, shortcuts, wording
from ui.contact_list import ContactList
from ui.icons import Icon
from ui.impact_people import Considering
from ui.impact_view import Choice, ImpactView
from ui.plain import isolated
from ui.tasks import Tasks
from ui.wording import counted, put_in, tr

EVERYTHING: Final = (Block.MESSAGES, Block.PROFILE)
ICONS: Final = {
    "favorite": Icon.STAR,
    "subscribe": Icon.BELL,
    "contact": Icon.PERSON,
    "copy": Icon.COPY,
    "rename": Icon.EDIT,
    "block": Icon.BLOCKED,
    "remove": Icon.REMOVE,
}


class PeopleActions:
    """Does things to several contacts at once; each is one step that can be undone.

    What no undo could take back is asked first, in the `ImpactView` that belongs to these people.
    """

    def __init__(
        self,
        session: Session,
        tasks: Tasks,
        page_of: Callable[[Sequence[ContactId]], ImpactView | None],
        say: Callable[[str], object],
    ) -> None:
        self._session, self._page_of, self._say = session, page_of, say
        self.impact = ImpactView(session, tasks, "people")

    def show_in(self, people: ContactList, chosen: Callable[[], Sequence[ContactId]]) -> None:
        """Say under the list what a command would do to the chosen people, and ask there."""
        people.hold(self.impact)
        people.chosen.connect(lambda _contact: self.impact.drop())
        looking = Considering(self.impact, people.foot)
        for name, control in people.bar.buttons.items():
            looking.watch([control], partial(self._question_of, name, chosen))

    def favorite(self, people: Sequence[ContactId]) -> None:
        """Make all of them favorites, or none if all are."""
        if not self.reaches(people):
            return
        on = not _all(self._rows(people), "favorite")
        choice = impact_people.favorite(self._session, people, on=on)
        self._choose(people, choice, lambda: self._session.set_favorite(people, on))

    def subscribe(self, people: Sequence[ContactId]) -> None:
        """Receive the changes of all of them, or of none if of all."""
        if not self.reaches(people):
            return
        self._session.set_subscribed(people, not _all(self._rows(people), "subscribed"))

    def contact(self, people: Sequence[ContactId]) -> None:
        """Give all of them the rights of a contact, or take them from all who have them."""
        if not self.reaches(people):
            return
        on = not _all(self._rows(people), "contact")
        choice = impact_people.contact(self._session, people, on=on)
        self._choose(people, choice, lambda: self._session.set_contact(people, on))

    def block(self, people: Sequence[ContactId]) -> None:
        """Block all of them, or unblock them if all are blocked."""
        if not self.reaches(people):
            return
        blocks = () if _all(self._rows(people), "blocked") else EVERYTHING
        choice = impact_people.blocked(self._session, people, blocks)
        self._choose(people, choice, lambda: self._session.set_blocked(people, blocks))

    def visibility(self, people: Sequence[ContactId], visibility: int) -> None:
        """Choose what all of them see of me."""
        if not self.reaches(people):
            return
        choice = impact_people.visibility(self._session, people, visibility)
        self._choose(people, choice, lambda: self._session.set_visibility(people, visibility))

    def remove(self, people: Sequence[ContactId]) -> None:
        """Take them out of the book; the step can be undone."""
        choice = impact_people.removed(self._session, people)
        self._choose(people, choice, lambda: self._session.remove(people))

    def question(self, name: str, people: Sequence[ContactId]) -> Choice | None:
        """Ask what a command would do to them; `None` for one that shows nobody anything."""
        rows = self._rows(people)
        match name:
            case "favorite":
                on = not _all(rows, "favorite")
                return impact_people.favorite(self._session, people, on=on)
            case "contact":
                on = not _all(rows, "contact")
                return impact_people.contact(self._session, people, on=on)
            case "block":
                blocks = () if _all(rows, "blocked") else EVERYTHING
                return impact_people.blocked(self._session, people, blocks)
            case "remove":
                return impact_people.removed(self._session, people)
        return None

    def consider(self, name: str, people: Sequence[ContactId]) -> None:
        """Show what a command would do to them, while it is only looked at."""
        choice = self.question(name, people)
        if choice is None:
            self._view_of(people).leave()
        else:
            self._view_of(people).consider(choice)

    def _question_of(self, name: str, chosen: Callable[[], Sequence[ContactId]]) -> Choice | None:
        return self.question(name, chosen())

    def _view_of(self, people: Sequence[ContactId]) -> ImpactView:
        return self._page_of(people) or self.impact

    def _choose(
        self, people: Sequence[ContactId], choice: Choice, then: Callable[[], object]
    ) -> None:
        self._view_of(people).choose(choice, then)

    def copy(self, people: Sequence[ContactId]) -> str:
        """Copy their numbers, one a line, and say so; empty where there are none."""
        numbers = [row.detail for row in self._rows(people) if row.detail]
        if not numbers:
            return ""
        QGuiApplication.clipboard().setText("\n".join(numbers))
        if len(numbers) == 1:
            return tr("Copied %1").replace("%1", isolated(numbers[0]))
        return counted(len(numbers), "%1 number copied", "%1 numbers copied")

    def reaches(self, people: Sequence[ContactId]) -> bool:
        """Whether any of them has an address; where nobody has, say what to do."""
        rows = self._rows(people)
        if any(row.address is not None for row in rows):
            return True
        if len(rows) == 1:
            words = tr("%1 has no number or handle that can be used. Mend or add one first.")
            self._say(put_in(words, isolated(rows[0].name)))
        elif rows:
            self._say(tr("None of them has a number or handle that can be used."))
        return False

    def _rows(self, people: Sequence[ContactId]) -> list[Row]:
        return list(self._session.rows_of(people).values())

    # ---- as a menu

    def menu(self, people: Sequence[ContactId], parent: QWidget) -> QMenu:
        """Make the menu for these people; block and remove stand far apart."""
        rows = self._rows(people)
        made = QMenu(parent)
        made.setObjectName("people_menu")
        made.aboutToHide.connect(lambda: self._view_of(people).leave())
        words = {
            "favorite": tr("No favorite any more") if _all(rows, "favorite") else tr("Favorite"),
            "subscribe": tr("No live updates") if _all(rows, "subscribed") else tr("Live updates"),
            "contact": tr("Not a contact any more") if _all(rows, "contact") else tr("Contact"),
        }
        for name in ("favorite", "subscribe", "contact"):
            self._add(made, name, words[name], people)
        self._add_visibilities(made, people, rows)
        made.addSeparator()
        self._add(made, "copy", tr("Copy number"), people)
        self._add(made, "remove", tr("Remove from the book"), people)
        made.addSeparator()
        block = tr("Unblock") if _all(rows, "blocked") else tr("Block")
        self._add(made, "block", block, people)
        return made

    def _add(self, menu: QMenu, name: str, words: str, people: Sequence[ContactId]) -> None:
        action = QAction(icons.icon(ICONS[name], "muted", 18), words, menu)
        action.setObjectName(f"menu_{name}")
        keys = next((each.keys for each in shortcuts.COMMANDS if each.name == name), ())
        if keys:
            action.setShortcut(keys[0])
            action.setShortcutVisibleInContextMenu(True)
        action.triggered.connect(lambda: getattr(self, name)(people))
        action.hovered.connect(lambda: self.consider(name, people))
        menu.addAction(action)

    def _add_visibilities(self, menu: QMenu, people: Sequence[ContactId], rows: list[Row]) -> None:
        made = menu.addMenu(icons.icon(Icon.EYE, "muted", 18), tr("What they see of me"))
        me = self._session.me()
        sets = me.privacy.sets if me else ()
        values = [int(each) for each in wording.VISIBILITIES if each != Visibility.CUSTOM]
        for value in [*values, *(each.id for each in sets)]:
            action = made.addAction(wording.visibility(value, sets))
            action.setObjectName(f"menu_visibility_{value}")
            action.setCheckable(True)
            action.setChecked(all(row.visibility == value for row in rows))
            action.triggered.connect(lambda _on, value=value: self.visibility(people, value))
            action.hovered.connect(
                lambda value=value: self._view_of(people).consider(
                    impact_people.visibility(self._session, people, value)
                )
            )


def _all(rows: list[Row], name: str) -> bool:
    return bool(rows) and all(getattr(row, name) for row in rows)
