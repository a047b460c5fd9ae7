"""The card of one person in a pane: what is seen of them, and how this identity keeps them."""

import time
from collections.abc import Callable
from typing import Final

import msgspec
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.domain import Address, Block, ContactId, Field, Profile, Relation, Visibility
from app.session import Person, Session
from ui import parts, wording
from ui.controls import chip
from ui.desk.identity import combo
from ui.flow import FlowLayout
from ui.icons import Icon
from ui.profile_view import ProfileView, Seen
from ui.theme import Size
from ui.wording import tr

EVERYTHING: Final = (Block.MESSAGES, Block.PROFILE)
RULES: Final = (Visibility.DEFAULT, Visibility.PUBLIC, Visibility.CONTACT, Visibility.HIDDEN)


class PersonCard(parts.Card):
    """Shows one person, and changes the relation to them."""

    acted = Signal(str)
    """In words, just before something goes on its way."""
    why_wanted = Signal(object, bool)
    """Of an address: why they see what they see of me (True), or I of them (False)."""

    def __init__(self, session: Session) -> None:
        self.theirs = ProfileView(44)
        self.unseen = parts.label("", Size.CAPTION, tone="muted", wrap=True)
        self.contact = chip(tr("Contact"), name="relation_contact")
        self.favorite = chip(tr("Favorite"), name="relation_favorite")
        self.followed = chip(tr("Live"), name="relation_subscribed")
        self.block = chip(tr("Blocked"), name="relation_block")
        self.visibility = combo(tr("What they see of me"), "visibility")
        self.why_not = parts.IconButton(
            Icon.INFO, tr("Why is this seen or not?"), lambda: self._ask(mine=False), name="why_not"
        )
        self.why = parts.IconButton(
            Icon.INFO, tr("Why do they see this of me?"), lambda: self._ask(mine=True), name="why"
        )
        unseen = parts.row(self.unseen, self.why_not, spacing=4)
        unseen.setStretch(0, 1)
        sees = parts.row(self.visibility, self.why, spacing=4)
        sees.setStretch(0, 1)
        flow = FlowLayout(spacing=6)
        for each in (self.contact, self.favorite, self.followed, self.block):
            flow.addWidget(each)
        chips = QWidget()
        chips.setLayout(flow)
        words = parts.label(tr("What they see of me"), Size.CAPTION, tone="muted")
        super().__init__(self.theirs, unseen, chips, words, sees, spacing=6, padding=12)
        self._session = session
        self._chosen: ContactId | None = None
        self._address: Address | None = None
        self._name = "?"
        self._offered: dict[int, str] = {}
        self.visibility.activated.connect(self._set_visibility)
        self._connect_chips()

    def _connect_chips(self) -> None:
        acts: dict[QWidget, Callable[[list[ContactId], bool], None]] = {
            self.contact: self._session.set_contact,
            self.favorite: self._session.set_favorite,
            self.followed: self._session.set_subscribed,
            self.block: lambda ids, on: self._session.set_blocked(ids, EVERYTHING if on else ()),
        }
        for button in (self.contact, self.favorite, self.followed, self.block):
            button.clicked.connect(
                lambda on, button=button: self._relate(button.text(), acts[button], on)
            )

    # ---- what the tester does

    def _relate(self, words: str, act: Callable[[list[ContactId], bool], None], on: bool) -> None:
        if self._chosen is not None:
            switched = "on" if on else "off"
            self.acted.emit(f"{words.lower()} {switched} for {self._name}")
            act([self._chosen], on)

    def _set_visibility(self) -> None:
        if self._chosen is not None:
            words = self.visibility.currentText().lower()
            self.acted.emit(f"visibility {words} for {self._name}")
            self._session.set_visibility([self._chosen], self.visibility.currentData())

    def _ask(self, *, mine: bool) -> None:
        if self._address is not None:
            self.why_wanted.emit(self._address, mine)

    # ---- showing

    def show_person(self, person: Person) -> None:
        """Show somebody by their first address."""
        entry = person.entries[0]
        self._chosen, self._address, self._name = person.row.id, entry.address, person.row.name
        fields = entry.profile.fields
        picture = self._session.picture(entry.address) if fields.picture else None
        shown = fields if fields.name else msgspec.structs.replace(fields, name=person.row.name)
        own_colour = str(person.row.id)  # as in the list above
        self.theirs.show_profile(Seen(own_colour, shown, frozenset(), picture), time.time())
        self._show_unseen(entry.profile)
        self._show_relation(entry.relation)

    def _show_unseen(self, profile: Profile) -> None:
        """Name what is not seen; whether it is hidden or not filled in, nobody is told."""
        missing = [
            tr(wording.FIELDS[field]) for field in Field if getattr(profile.fields, field) is None
        ]
        words = tr("Not seen: %1").replace("%1", ", ".join(missing))
        if len(missing) == len(Field):
            words = tr("Nothing of them is seen.")
        self.unseen.setText(words if missing else tr("Everything is seen."))

    def _show_relation(self, relation: Relation) -> None:
        self.contact.setChecked(relation.contact)
        self.favorite.setChecked(relation.favorite)
        self.followed.setChecked(relation.subscribed)
        self.block.setChecked(bool(relation.blocked))
        self._offer_rules(relation.visibility)
        self.visibility.setCurrentIndex(self.visibility.findData(relation.visibility))

    def _offer_rules(self, one_more: int) -> None:
        me = self._session.me()
        sets = me.privacy.sets if me is not None else ()
        values = dict.fromkeys([*map(int, RULES), *(each.id for each in sets), one_more])
        offered = {value: wording.visibility(value, sets) for value in values}
        if offered != self._offered:
            self._offered = offered
            self.visibility.clear()
            for value, words in offered.items():
                self.visibility.addItem(words, value)
