"""One person: who they are, what they show to me, what I show to them."""

import time
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from app.addresses import default_region, parse_address
from app.changes import Change, Kind
from app.domain import Block, ContactId, Fields, State
from app.errors import Trouble
from app.session import Person, Row, Session
from ui import impact_people, parts, relation_words, theme, wording
from ui.address_card import AddressCard
from ui.contact_header import ContactHeader
from ui.controls import SwitchRow
from ui.icons import Icon
from ui.impact_people import Considering
from ui.impact_view import ImpactView
from ui.lookalike_banner import LookalikeBanner
from ui.mend_line import MendLine
from ui.plain import isolated, on_button
from ui.profile_view import ProfileView, Seen
from ui.tasks import Tasks
from ui.visibility_card import VisibilityCard
from ui.wording import tr

EVERYTHING: Final = (Block.MESSAGES, Block.PROFILE)


class NoteField(QPlainTextEdit):
    """A field for a note, which says when the keyboard leaves it."""

    left = Signal()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.left.emit()


class ContactPage(parts.Page):
    """Shows one contact as the session has it, and follows its changes."""

    gone = Signal()
    """The contact that was shown is no more."""
    more_wanted = Signal()
    message_wanted = Signal(object)

    def __init__(self, session: Session, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("contact_page")
        self._session, self._tasks = session, tasks
        self.person: Person | None = None
        self.header = ContactHeader()
        self.lookalike = LookalikeBanner(tasks, session.rows)
        self.addresses = AddressCard()
        self.addresses.mended.connect(self._mend)
        self.theirs = ProfileView(48)
        self.their_words = parts.label("", wrap=True)
        self.visibility = VisibilityCard(session, tasks)
        self.contact = SwitchRow(tr("Contact"), icon=Icon.PERSON, name="contact")
        self.subscribed = SwitchRow(tr("Live updates"), icon=Icon.BELL, name="subscribed")
        self.note = self._note_field()
        self.blocked = self._block_switch(Block.PROFILE, tr("Block their view"))
        self.silenced = self._block_switch(Block.MESSAGES, tr("Block their messages"))
        self.block = parts.button(
            "", self.switch_block, kind="danger", icon=Icon.BLOCKED, name="block"
        )
        self.impact = ImpactView(session, tasks, "person")
        self.impact_between = ImpactView(session, tasks, "between")
        self.impact_blocking = ImpactView(session, tasks, "blocking")
        self._lay_out()
        self._connect()
        self._consider()
        self._unsubscribe = session.changes.subscribe(self._on_change)

    def close_page(self) -> None:
        """Hear no more of changes."""
        self._keep_note()
        self._unsubscribe()

    def show_contact(self, contact: ContactId) -> None:
        """Show this contact."""
        other = self.person is None or self.person.row.id != contact
        if other:
            self._keep_note()
            self.header.stop_editing()
            self.verticalScrollBar().setValue(0)
        self.person = self._session.person(contact)
        if self.person is None:
            self.gone.emit()
            return
        self._show(self.person, other=other)

    # ---- what a key of the window may also do

    def switch_block(self) -> None:
        """Block this person from everything, or lift every block."""
        if self.person is not None:
            self._block(() if self.person.row.blocked else EVERYTHING)

    def focus_on(self, row: SwitchRow) -> None:
        """Put the keyboard on one of the switches."""
        self.ensureWidgetVisible(row)
        row.switch.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def focus_visibility(self) -> None:
        """Put the keyboard on the choice of what they see."""
        self.ensureWidgetVisible(self.visibility)
        self.visibility.choice.focus_current()

    # ---- building

    def _note_field(self) -> NoteField:
        made = NoteField()
        made.left.connect(self._keep_note)
        made.setPlaceholderText(tr("Only for you: a note never leaves this computer"))
        made.setAccessibleName(tr("Note"))
        made.setObjectName("note")
        made.setTabChangesFocus(True)
        made.setFixedHeight(theme.px(88))
        return made

    def _block_switch(self, block: Block, words: str) -> SwitchRow:
        made = SwitchRow(words, name=f"block_{block}")
        made.switched.connect(lambda _on: self._set_block(block))
        return made

    def _lay_out(self) -> None:
        shown = parts.Card(self.theirs, self.their_words)
        self.between = parts.Card(self.contact, self.impact_between, parts.rule(), self.subscribed)
        block = parts.row(self.block, None)
        self.blocking = parts.Card(
            self.blocked, parts.rule(), self.silenced, self.impact_blocking, block
        )
        self.top = QWidget()
        self.top.setLayout(parts.column(self.header, self.impact, spacing=8))
        self.add(self.top, self.lookalike, self.addresses)
        self.add(parts.section(tr("What they show me"), shown))
        self.add(self.visibility)
        self.add(parts.section(tr("Between us"), self.between))
        self.add(parts.section(tr("Note"), self.note))
        self.add(parts.section(tr("Blocking"), self.blocking))
        self.finish()

    def _connect(self) -> None:
        self.header.renamed.connect(lambda name: self._session.rename(self._id(), name))
        self.header.favorite_switched.connect(self._favor)
        self.header.more_wanted.connect(self.more_wanted)
        self.header.message_wanted.connect(lambda: self.message_wanted.emit(self._id()))
        self.contact.switched.connect(self._make_contact)
        self.subscribed.switched.connect(lambda on: self._session.set_subscribed([self._id()], on))

        for view in self._impacts():
            view.settled.connect(self._show_what_holds)

    def _consider(self) -> None:
        """Say what a control would do while pointer or keyboard are on it."""
        session, one = self._session, self._one
        above = Considering(self.impact, self.top)
        above.watch(
            [self.header.star],
            lambda: impact_people.favorite(session, one(), on=not self._row().favorite),
        )
        between = Considering(self.impact_between, self.between)
        between.watch(
            [self.contact, self.contact.switch],
            lambda: impact_people.contact(session, one(), on=not self._row().contact),
        )
        around = Considering(self.impact_blocking, self.blocking)
        around.watch(
            [self.blocked, self.blocked.switch],
            lambda: impact_people.blocked(session, one(), self._turned(Block.PROFILE)),
        )
        around.watch(
            [self.block],
            lambda: impact_people.blocked(
                session, one(), () if self._row().blocked else EVERYTHING
            ),
        )

    def _impacts(self) -> tuple[ImpactView, ...]:
        return (self.impact, self.impact_between, self.impact_blocking)

    def _row(self) -> Row:
        assert self.person is not None
        return self.person.row

    def _one(self) -> list[ContactId]:
        return [self._id()]

    def _id(self) -> ContactId:
        assert self.person is not None
        return self.person.row.id

    # ---- showing

    def _on_change(self, change: Change) -> None:
        if self.person is None or not self.isVisible():
            return
        contact = self.person.row.id
        touched = change.contacts is None or contact in change.contacts
        if change.kinds & Kind.CONTACTS and touched:
            self.show_contact(contact)
        elif change.kinds & (Kind.ME | Kind.STATE):
            self.visibility.show_person(self.person)

    def _show(self, person: Person, *, other: bool) -> None:
        row = person.row
        picture = None if row.address is None else self._session.picture(row.address)
        fields = _published(person)
        self.header.show_person(person, picture if fields.picture else None)
        self.lookalike.show_person(person)
        self.addresses.show_person(person)
        self.theirs.setVisible(row.state is State.MATCHED and bool(relation_words.filled(fields)))
        self.theirs.show_profile(Seen(str(row.id), fields, picture=picture), time.time())
        self.their_words.setText(relation_words.what_i_see(person, fields))
        self.visibility.show_person(person)
        for view in self._impacts():
            if other:
                view.drop()
            view.forget()
        self._show_switches(person)
        if other or not self.note.hasFocus():
            self.note.setPlainText(person.note)

    def _show_switches(self, person: Person) -> None:
        row, name = person.row, isolated(person.row.name)
        here = row.address is not None
        self.contact.set_on(row.contact)
        self.contact.set_detail(
            tr("%1 has the rights of a contact over your profile.").replace("%1", name)
        )
        self.subscribed.set_on(row.subscribed)
        self.subscribed.set_detail(
            tr("Changes that %1 shows you arrive by themselves.").replace("%1", name)
        )
        self.blocked.set_on(Block.PROFILE in row.blocked)
        self.blocked.set_detail(
            tr("%1 sees nothing of you, and you nothing of them. They are not told.").replace(
                "%1", name
            )
        )
        self.silenced.set_on(Block.MESSAGES in row.blocked)
        self.silenced.set_detail(
            tr("What %1 writes does not reach you. They are not told.").replace("%1", name)
        )
        words = tr("Unblock %1") if row.blocked else tr("Block %1")
        self.block.setText(words.replace("%1", on_button(row.name or row.detail)))
        self.block.setAccessibleName(words.replace("%1", name))
        for each in (self.contact, self.subscribed, self.blocked, self.silenced, self.block):
            each.setEnabled(here)

    # ---- doing

    def _mend(self, line: MendLine, bad: str, text: str) -> None:
        """Give them a number; one that somebody else has stays theirs."""
        address = parse_address(text, default_region())
        me, owner = self._session.me(), self._session.owners([address]).get(address)
        if me is not None and me.address == address:
            line.say(wording.trouble(Trouble.SELF), "warning")
        elif owner is not None and owner in (rows := self._session.rows_of([owner])):
            line.say(tr("%1 has it.").replace("%1", isolated(rows[owner].name)), "warning")
        else:
            self._session.mend_number(self._row().id, bad, text, default_region())

    def _favor(self, on: bool) -> None:
        one = self._one()
        choice = impact_people.favorite(self._session, one, on=on)
        self.impact.choose(choice, lambda: self._session.set_favorite(one, on))

    def _make_contact(self, on: bool) -> None:
        one = self._one()
        choice = impact_people.contact(self._session, one, on=on)
        self.impact_between.choose(choice, lambda: self._session.set_contact(one, on))

    def _set_block(self, block: Block) -> None:
        if self.person is not None:
            self._block(self._turned(block))

    def _block(self, blocks: tuple[Block, ...]) -> None:
        one = self._one()
        choice = impact_people.blocked(self._session, one, blocks)
        self.impact_blocking.choose(choice, lambda: self._session.set_blocked(one, blocks))

    def _turned(self, block: Block) -> tuple[Block, ...]:
        """Return the blocks with this one switched on or off."""
        wanted = {*self._row().blocked} ^ {block}
        return tuple(each for each in Block if each in wanted)

    def _show_what_holds(self) -> None:
        if self.person is not None:
            self._show_switches(self.person)

    def _keep_note(self) -> None:
        if self.person is not None and self.note.toPlainText() != self.person.note:
            self._session.set_note(self.person.row.id, self.note.toPlainText())


def _published(person: Person) -> Fields:
    """Return what the shown one of their addresses publishes."""
    for entry in person.entries:
        if entry.address == person.row.address:
            return entry.profile.fields
    return Fields()
