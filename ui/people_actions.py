"""What can be done with the chosen people: by a key, a menu or the bar under the list."""

from collections.abc import Sequence
from typing import Final

from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QMenu, QWidget

from app.domain import Block, ContactId, Visibility
from app.session import Row, Session
from ui import icons, shortcuts, wording
from ui.icons import Icon
from ui.wording import tr

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
    """Does things to several contacts at once; each is one step that can be undone."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def favorite(self, people: Sequence[ContactId]) -> None:
        """Make all of them favorites, or none if all are."""
        rows = self._rows(people)
        self._session.set_favorite(people, not all(row.favorite for row in rows))

    def subscribe(self, people: Sequence[ContactId]) -> None:
        """Receive the changes of all of them, or of none if of all."""
        rows = self._rows(people)
        self._session.set_subscribed(people, not all(row.subscribed for row in rows))

    def contact(self, people: Sequence[ContactId]) -> None:
        """Give all of them the rights of a contact, or take them from all who have them."""
        rows = self._rows(people)
        self._session.set_contact(people, not all(row.contact for row in rows))

    def block(self, people: Sequence[ContactId]) -> None:
        """Block all of them, or unblock them if all are blocked."""
        rows = self._rows(people)
        blocked = all(row.blocked for row in rows)
        self._session.set_blocked(people, () if blocked else EVERYTHING)

    def visibility(self, people: Sequence[ContactId], visibility: int) -> None:
        """Choose what all of them see of me."""
        self._session.set_visibility(people, visibility)

    def remove(self, people: Sequence[ContactId]) -> None:
        """Take them out of the book; the step can be undone."""
        self._session.remove(people)

    def copy(self, people: Sequence[ContactId]) -> str:
        """Copy their numbers, one a line."""
        text = "\n".join(row.detail for row in self._rows(people) if row.detail)
        if text:
            QGuiApplication.clipboard().setText(text)
        return text

    def _rows(self, people: Sequence[ContactId]) -> list[Row]:
        return list(self._session.rows_of(people).values())

    # ---- as a menu

    def menu(self, people: Sequence[ContactId], parent: QWidget) -> QMenu:
        """Make the menu for these people; block and remove stand far apart."""
        rows = self._rows(people)
        made = QMenu(parent)
        made.setObjectName("people_menu")
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


def _all(rows: list[Row], name: str) -> bool:
    return bool(rows) and all(getattr(row, name) for row in rows)
