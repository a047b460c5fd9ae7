"""Messages with one person, small and honest: what can be sent, what arrived, and why not."""

import time
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QPlainTextEdit, QSizePolicy, QWidget

from app.changes import Kind
from app.domain import Address, Block, ContactId, Message, State
from app.session import Person, Session, Status
from ui import parts, theme, wording
from ui.follow import Follow
from ui.icons import Icon
from ui.plain import isolated
from ui.tasks import Tasks
from ui.theme import Size
from ui.wording import tr

SHOWN: Final = 200
LIMIT: Final = 16 * 1024

STATUSES: Final = {
    "waiting": "Waiting to be sent",
    "sent": "Sent",
    "delivered": "Delivered",
}
REFUSALS: Final = {
    "out-of-reach": "Not sent: you two may not write to each other here",
    "you-block-them": "Not sent: you block them",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether I can write to somebody, and what has to be said about it."""

    can_write: bool
    words: str
    tone: str = ""


def standing(person: Person, status: Status) -> Standing:
    """Judge what holds between the two of us."""
    if words := obstacle(person):
        tone = "danger" if Block.MESSAGES in person.row.blocked else "warning"
        return Standing(False, words.replace("%1", isolated(person.row.name)), tone)
    if status is Status.SIGNED_OUT:
        return Standing(False, tr("You are signed out."), "warning")
    if status in (Status.OFFLINE, Status.PAUSED):
        return Standing(
            True, tr("Not connected: what you write is kept and sent later."), "warning"
        )
    return Standing(True, "")


def obstacle(person: Person) -> str:
    """Say what keeps me from writing to this person; nothing where nothing does."""
    if person.row.address is None:
        return tr("There is no number or handle to write to.")
    if Block.MESSAGES in person.row.blocked:
        return tr("You block %1: what they write does not reach you, and you cannot write.")
    if person.row.state is not State.MATCHED:
        return tr("%1 is not here yet. You can write once they join.")
    return ""


def honest_words(person: Person, *, auto_sync: bool) -> str:
    """Say what writing does beside being read."""
    text = tr("Sent is not read: if %1 blocks you, you are not told, and nothing arrives.")
    if auto_sync:
        text += " " + tr("Automatic sync is on: if they write, you follow their profile.")
    return text.replace("%1", isolated(person.row.name))


def status_words(message: Message) -> str:
    """Say what became of a message of mine."""
    if message.status in STATUSES:
        return tr(STATUSES[message.status])
    slug = message.status.removeprefix("refused: ")
    return tr(REFUSALS[slug]) if slug in REFUSALS else tr("Not sent: the service refused it")


class Conversation(parts.Sheet):
    """Enter sends, Shift+Enter begins a line. What is typed stays while one looks elsewhere."""

    back_wanted = Signal()

    def __init__(self, session: Session, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("conversation")
        self._session = session
        self._person: Person | None = None
        self._shown: list[Message] | None = None
        self._drafts: dict[ContactId, str] = {}
        self.title = parts.ElidedLabel("", Size.TITLE, bold=True)
        self.banner = parts.Banner("", "warning")
        self.banner.hide()
        self.list = parts.Page()
        self.list.setAccessibleName(tr("Messages"))
        self.list.body.setSpacing(theme.px(8))
        self.list.verticalScrollBar().rangeChanged.connect(self._scroll_down)
        self.note = parts.label("", Size.CAPTION, tone="muted", wrap=True)
        self.edit = QPlainTextEdit()
        self.edit.setObjectName("message_text")
        self.edit.setTabChangesFocus(True)
        self.edit.setFixedHeight(theme.px(64))
        self.edit.installEventFilter(self)
        self.edit.textChanged.connect(self._judge)
        self.send = parts.button(tr("Send"), self._send, kind="primary", name="message_send")
        self._lay_out()
        kinds = Kind.MESSAGES | Kind.CONTACTS | Kind.STATE | Kind.ME
        self._follow = Follow(self, session, kinds, self._show)

    def close_page(self) -> None:
        """Hear no more of changes."""
        self._follow.close()

    def show_contact(self, contact: ContactId) -> None:
        """Show the messages with this person."""
        if self._person is not None:
            self._drafts[self._person.row.id] = self.edit.toPlainText()
        self._person = self._session.person(contact)
        self._shown = None
        parts.clear(self.list.body)
        self.edit.setPlainText(self._drafts.get(contact, ""))
        self._show()

    def focus_composer(self) -> None:
        """Put the keyboard where one writes, or on the way back where one cannot."""
        where = self.edit if self.composer.isVisible() else self.back
        where.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _lay_out(self) -> None:
        self.back = parts.IconButton(
            Icon.BACK, tr("Back to the person"), self.back_wanted.emit, name="message_back"
        )
        head = parts.row(self.back, self.title, spacing=8, margins=(16, 20, 24, 0))
        head.setStretch(1, 1)
        self.composer = QWidget()
        line = parts.row(self.edit, self.send)
        line.setStretch(0, 1)
        self.composer.setLayout(line)
        body = parts.column(
            self.banner,
            self.list,
            self.note,
            self.composer,
            spacing=10,
            margins=(24, 10, 24, 16),
        )
        body.setStretch(1, 1)
        layout = parts.column(head, body, spacing=0)
        layout.setStretch(1, 1)
        self.setLayout(layout)

    # ---- showing

    def _show(self) -> None:
        if self._person is None:
            return
        person = self._session.person(self._person.row.id)
        if person is None:
            self.back_wanted.emit()
            return
        self._person = person
        name = isolated(person.row.name)
        self.title.show_text(person.row.name)
        self.edit.setPlaceholderText(tr("Write to %1").replace("%1", name))
        self.edit.setAccessibleName(tr("Write to %1").replace("%1", name))
        now = standing(person, self._session.state.status)
        self.banner.show_text(now.words, now.tone)
        self.composer.setVisible(now.can_write)
        me = self._session.me()
        self.note.setText(honest_words(person, auto_sync=bool(me and me.auto_sync)))
        self.note.setVisible(now.can_write)
        self._judge()
        self._show_messages(person)
        self._mark_read()

    def _show_messages(self, person: Person) -> None:
        messages = [each for entry in person.entries for each in self._messages(entry.address)]
        messages = sorted(messages, key=lambda each: each.sent_at)[-SHOWN:]
        if messages == self._shown:
            return
        self._shown = messages
        parts.clear(self.list.body)
        if not messages:
            words = tr("No messages yet.")
            empty = parts.label(words, tone="muted", wrap=True)
            empty.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            self.list.add(empty)
        self.list.finish()
        addresses = {entry.address for entry in person.entries}
        for each in messages:
            bubble = Bubble(each, is_mine=each.sender not in addresses)
            bubble.again_wanted.connect(self._session.send_again)
            self.list.add(bubble)

    def _messages(self, address: Address) -> list[Message]:
        return self._session.messages(address)

    def _scroll_down(self, _least: int, most: int) -> None:
        self.list.verticalScrollBar().setValue(most)

    def changeEvent(self, event: QEvent) -> None:
        """Take as read what came meanwhile, once the window is looked at again."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange:
            self._mark_read()

    def _mark_read(self) -> None:
        if self._person is None or not (self.isVisible() and self.isActiveWindow()):
            return
        contact = self._person.row.id
        if any(row.unread for row in self._session.rows_of([contact]).values()):
            self._session.see_messages(contact)

    # ---- writing

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Send at Enter."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            if enter and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
                self._send()
                return True
        return False

    def _text(self) -> str:
        return self.edit.toPlainText().strip()

    def _judge(self) -> None:
        size = len(self._text().encode())
        self.send.setEnabled(0 < size <= LIMIT)
        parts.set_tip(self.send, tr("A message has room for 16 KiB.") if size > LIMIT else "")

    def _send(self) -> None:
        if self._person is None or self._person.row.address is None or not self.send.isEnabled():
            return
        self._session.send_message(self._person.row.address, self._text())
        self.edit.clear()  # not before it is kept: a full disk must not take what was written


class Bubble(QWidget):
    """One message: mine at the end of the line, theirs at its beginning."""

    again_wanted = Signal(str)
    """The id of one that was refused."""

    def __init__(self, message: Message, *, is_mine: bool) -> None:
        super().__init__()
        words = parts.label(message.text, wrap=True)
        words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        words.setAlignment(Qt.AlignmentFlag.AlignLeft)  # of each text: where its letters begin
        when = wording.moment(_seconds(message.sent_at), time.time())
        below = f"{when} · {status_words(message)}" if is_mine else when
        refused = is_mine and message.status not in STATUSES
        stamp = parts.label(below, Size.CAPTION, tone="danger" if refused else "muted")
        box = QFrame()
        box.setProperty("kind", "banner" if is_mine else "tray")
        box.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        box.setMinimumWidth(
            min(words.fontMetrics().horizontalAdvance(message.text) + theme.px(28), theme.px(340))
        )
        inside = parts.column(words, stamp, spacing=2, margins=(12, 8, 12, 8))
        if refused:
            again = partial(self.again_wanted.emit, message.id)
            inside.addWidget(parts.button(tr("Try again"), again, name="message_again"))
        box.setLayout(inside)
        pieces: list[parts.Piece] = [None, box] if is_mine else [box, None]
        line = parts.row(*pieces, spacing=0)
        line.setStretch(0 if is_mine else 1, 1)
        self.setLayout(line)
        self.setAccessibleName(
            (tr("I wrote: %1") if is_mine else tr("They wrote: %1")).replace("%1", message.text)
        )


def _seconds(rfc3339: str) -> float:
    return datetime.fromisoformat(rfc3339).timestamp()
