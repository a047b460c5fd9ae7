"""The top of a person's page: face, the name I gave, what they call themselves."""

import time
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from app.domain import Fields, State
from app.session import Person
from ui import parts, relation_words, theme, wording
from ui.avatar import Avatar
from ui.icons import Icon
from ui.parts import IconButton
from ui.plain import isolated, one_line
from ui.profile_view import presence_words
from ui.theme import Size
from ui.wording import tr

NARROW: Final = 400
"""Below this width the buttons go under what is said of the person."""
AT_TOP: Final = Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeading


class ContactHeader(QWidget):
    """Shows who this is. The name is edited in its place."""

    renamed = Signal(str)
    favorite_switched = Signal(bool)
    more_wanted = Signal()
    message_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._name = ""
        self.face = Avatar(88)
        self.name = parts.label("", Size.DISPLAY, bold=True, wrap=True)
        self.name.setObjectName("contact_name")
        self.field = parts.text_field(
            tr("Name"), tr("Name of this contact"), name="rename", limit=200
        )
        self.field.returnPressed.connect(self._keep)
        self.names = QStackedWidget()
        self.names.addWidget(self.name)
        self.names.addWidget(self.field)
        self.field.installEventFilter(self)
        self.published = parts.label("", tone="muted", wrap=True)
        self.published.setObjectName("published_name")
        self.since = parts.label("", tone="muted", wrap=True)
        self.pills = [parts.pill() for _ in range(4)]
        self.star = IconButton(Icon.STAR, "", self._switch_favorite, name="favorite")
        self.rename = IconButton(Icon.EDIT, tr("Rename (F2)"), self.edit_name, name="rename_button")
        self.more = IconButton(
            Icon.MORE, tr("More to do with this contact"), self.more_wanted.emit, name="more"
        )
        self.message = IconButton(
            Icon.MESSAGE, tr("Messages"), self.message_wanted.emit, name="message"
        )
        self._buttons = QWidget()
        self._buttons.setLayout(
            parts.row(self.message, self.star, self.rename, self.more, spacing=2)
        )
        self._title = parts.row(self.names, self._buttons, spacing=8)
        self._title.setStretch(0, 1)
        self._title.setAlignment(self._buttons, AT_TOP)
        self._words = words = parts.column(
            self._title,
            self.published,
            self.since,
            4,
            parts.row(*self.pills, None, spacing=6),
            spacing=2,
        )
        line = parts.row(self.face, words, spacing=20)
        line.setStretch(1, 1)
        line.setAlignment(self.face, Qt.AlignmentFlag.AlignTop)
        self.setLayout(line)

    def show_person(self, person: Person, picture: bytes | None) -> None:
        """Show this person."""
        row = person.row
        now = time.time()
        self._name = row.name
        self.name.setText(one_line(row.name) or row.detail)
        self.face.show_face(row.name, str(row.id), online=row.online and not row.blocked)
        self.face.show_picture(picture)
        theirs = one_line(row.published_name or "")
        differs = bool(theirs) and theirs != one_line(row.name)
        self.published.setText(
            tr("Calls themselves %1").replace("%1", isolated(theirs)) if differs else ""
        )
        self.published.setVisible(differs)
        parts_of_line = [relation_words.since(person, now), presence_words(_fields(person), now)]
        self.since.setText(" · ".join(part for part in parts_of_line if part))
        self._on = row.favorite
        self.star.show_icon(
            Icon.STAR_FULL if row.favorite else Icon.STAR, "warning" if row.favorite else "muted"
        )
        words = tr("No favorite any more (Ctrl+D)") if row.favorite else tr("Favorite (Ctrl+D)")
        self.star.set_words(words)
        self.message.show_icon(Icon.MESSAGE, "accent" if row.unread else "muted")
        self.message.set_words(tr("Messages: unread") if row.unread else tr("Messages"))
        self._show_pills(person)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        place = self._words if self.width() < theme.px(NARROW) else self._title
        if place.indexOf(self._buttons) < 0:
            place.addWidget(self._buttons, 0, AT_TOP)

    def edit_name(self) -> None:
        """Let the name be edited in its place."""
        self.field.setText(self._name)
        self.names.setCurrentWidget(self.field)
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.field.selectAll()

    def stop_editing(self) -> None:
        """Leave the name as it was."""
        self.field.setText(self._name)
        self.names.setCurrentWidget(self.name)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Escape leaves the name as it was; leaving the field keeps what was typed."""
        if watched is self.field and self.names.currentWidget() is self.field:
            if isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
                self.stop_editing()
                return True
            if event.type() == QEvent.Type.FocusOut:
                self._keep()
        return super().eventFilter(watched, event)

    def _keep(self) -> None:
        name = self.field.text().strip()
        if self.names.currentWidget() is not self.field:
            return
        self.stop_editing()
        if name and name != self._name:
            self.renamed.emit(name)

    def _switch_favorite(self) -> None:
        self.favorite_switched.emit(not self._on)

    def _show_pills(self, person: Person) -> None:
        row = person.row
        words: list[tuple[str, str]] = []
        if row.blocked:
            words.append((wording.blocks(row.blocked), "danger"))
        if row.state is State.MATCHED:
            words.append((tr("Matched"), "success"))
        elif row.state is State.PENDING:
            words.append((tr("Pending"), "muted"))
        elif row.address is not None:
            words.append((tr("Withdrawn"), "muted"))
        if any(entry.relation.paired for entry in person.entries):
            words.append((tr("Paired"), "accent"))
        for each in self.pills:
            each.hide()
        for each, (text, tone) in zip(self.pills, words, strict=False):
            each.setText(text)
            parts.set_property(each, "pill", tone)
            each.show()


def _fields(person: Person) -> Fields:
    """Return what the shown one of their addresses publishes."""
    shown = next((each for each in person.entries if each.address == person.row.address), None)
    return shown.profile.fields if shown else Fields()
