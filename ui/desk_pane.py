"""One identity of the testers' desk: its controls, whom it keeps, and what arrives, at once."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import msgspec
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QComboBox, QFrame, QSizePolicy, QWidget

from app.addresses import display
from app.changes import Kind
from app.domain import (
    Address,
    Audience,
    Block,
    ContactId,
    Field,
    Fields,
    Privacy,
    Profile,
    Relation,
    Visibility,
)
from app.happenings import Happening
from app.session import Session, SessionState, Status
from app.wire import Me
from app.worlds.timeline import differences
from app.worlds.weather import MEANS, Weather
from ui import parts, theme, wording
from ui.contact_delegate import ContactDelegate
from ui.contact_model import ContactModel
from ui.contact_table import ContactTable
from ui.controls import chip
from ui.flow import FlowLayout
from ui.follow import Follow
from ui.icons import Icon
from ui.pictures import Pictures
from ui.profile_view import ProfileView, Seen
from ui.tasks import Tasks
from ui.theme import Size
from ui.tokens import ACCENTS, Accent
from ui.wording import tr

FRAMES: Final = (Accent.OCEAN, Accent.CLAY, Accent.FOREST, Accent.PLUM)
"""The colour of each pane's frame, from left to right."""
FLASH_MS: Final = 4_000
LEARNED_AT_ONCE: Final = 500
EVERYTHING: Final = (Block.MESSAGES, Block.PROFILE)
RULES: Final = (Visibility.DEFAULT, Visibility.PUBLIC, Visibility.CONTACT, Visibility.HIDDEN)
WEATHERS: Final[dict[Weather, str]] = {
    Weather.CLEAR: "Clear",
    Weather.OFFLINE: "Offline",
    Weather.SLOW: "Slow",
    Weather.DUPLICATED: "Duplicated",
    Weather.REORDERED: "Reordered",
    Weather.LIMITED: "Rate-limited",
    Weather.RESTART: "Restarts",
}
STATUSES: Final[dict[Status, tuple[str, str]]] = {
    Status.OFFLINE: ("Offline", "warning"),
    Status.WORKING: ("Working", "accent"),
    Status.WAITING: ("Waiting", "warning"),
    Status.IDLE: ("Up to date", "success"),
    Status.SIGNED_OUT: ("Signed out", "danger"),
    Status.PAUSED: ("Paused", "warning"),
}


@dataclass(frozen=True, slots=True)
class Identity:
    """One of the people of the world, through whom a pane looks."""

    name: str
    """The id in the world."""
    address: Address
    session: Session
    change_weather: Callable[[Weather], None]


class Pane(QFrame):
    """An ordinary session of an ordinary account in a frame of its own colour."""

    acted = Signal(str)
    """In words, just before something of this identity's goes on its way."""
    arrived = Signal(object)
    """A profile that came live."""
    published = Signal(object)
    """The fields of mine that have just become something else."""
    weather_changed = Signal(object)
    keep_wanted = Signal()
    """This identity is to keep the others of the desk."""

    def __init__(self, identity: Identity, place: int, tasks: Tasks) -> None:
        super().__init__()
        self.identity, self._session = identity, identity.session
        self._accent = FRAMES[place]
        self.setObjectName(f"pane_{identity.name}")
        self.setAccessibleName(identity.name)
        self._views: dict[Address, Fields] = {}
        self._mine: Fields | None = None
        self._offered: dict[int, str] = {}
        self._chosen: ContactId | None = None
        self._pictures = Pictures(self._session, tasks, f"pictures of {identity.name}")
        self.model = ContactModel(self._session)
        self.table = ContactTable(self.model, self._delegate())
        self.table.setAccessibleName(tr("People of %1").replace("%1", identity.name))
        self.table.current_moved.connect(self._choose)
        self._pictures.arrived.connect(self.table.viewport().update)
        self.model.modelReset.connect(self._choose_first)
        self.nobody = parts.EmptyState(
            Icon.PEOPLE,
            tr("Keeps nobody yet"),
            tr("In this world %1 has no contacts.").replace("%1", identity.name),
            parts.button(
                tr("Keep the others here"), self.keep_wanted.emit, name="keep", kind="primary"
            ),
        )
        self._make_head()
        self._make_own_controls()
        self._make_card()
        self._lay_out()
        self.dress()
        kinds = Kind.CONTACTS | Kind.ME | Kind.STATE | Kind.OUTBOX
        self._follow = Follow(self, self._session, kinds, self._show)
        self._unhear = self._session.hear(self._hear)
        self.show_weather(Weather.CLEAR)
        self._choose_first()

    def close_pane(self) -> None:
        """Hear no more."""
        self._unhear()
        self._follow.close()
        self._pictures.close()
        self.model.close()
        self._calm.stop()

    @property
    def fair(self) -> bool:
        """Whether the weather lets this identity come up to date."""
        return self.weather.currentData() in {Weather.CLEAR, Weather.SLOW}

    def dress(self) -> None:
        """Take the frame's colour from the scheme of the moment."""
        colours = ACCENTS[self._accent]
        strong, soft = (
            (colours.dark, colours.dark_soft)
            if theme.now().dark
            else (colours.light, colours.light_soft)
        )
        ink = theme.now().tokens.card
        wide, round_ = theme.px(2), theme.px(12)
        self.setStyleSheet(
            f"#{self.objectName()} {{ border: {wide}px solid {strong};"
            f" border-radius: {round_}px; background: {theme.now().tokens.surface}; }}"
            f"#pane_head {{ background: {soft}; border-top-left-radius: {round_ - wide}px;"
            f" border-top-right-radius: {round_ - wide}px; }}"
            f"#pane_name {{ background: {strong}; color: {ink}; border-radius: {theme.px(10)}px;"
            f" padding: {theme.px(2)}px {theme.px(10)}px; }}"
        )

    # ---- building

    def _delegate(self) -> ContactDelegate:
        made = ContactDelegate(self._pictures)
        made.compact = True
        return made

    def _make_head(self) -> None:
        self._name = parts.label(self.identity.name, bold=True)
        self._name.setObjectName("pane_name")
        self._address = parts.ElidedLabel(display(self.identity.address), Size.CAPTION)
        self.state = parts.pill()
        self.weather = _combo(tr("Weather of %1").replace("%1", self.identity.name), "weather")
        for weather, words in WEATHERS.items():
            self.weather.addItem(tr(words), weather)
            parts.set_tip(self.weather, tr("What is between this identity and the service"))
        self.weather.activated.connect(
            lambda at: self.change_weather(Weather(self.weather.itemData(at)))
        )
        self.banner = parts.Banner("", "warning")
        self.news = parts.ElidedLabel("", Size.CAPTION)
        self.news.setObjectName("news")
        self.news.setProperty("pill", "muted")
        self._be_calm()
        self._calm = QTimer(self)
        self._calm.setSingleShot(True)
        self._calm.timeout.connect(self._be_calm)

    def _make_own_controls(self) -> None:
        self.status = parts.text_field(tr("My status"), tr("My status"), name="my_status")
        self.status.editingFinished.connect(self._publish_status)
        self.field = _combo(tr("Field"), "audience_field")
        for field in Field:
            self.field.addItem(tr(wording.FIELDS[field]), field)
        self.field.setCurrentIndex(self.field.findData(Field.STATUS))
        self.field.activated.connect(self._show_audience)
        self.audience = _combo(tr("Who may see it"), "audience")
        for audience, words in wording.AUDIENCES.items():
            self.audience.addItem(tr(words), audience)
        self.audience.activated.connect(self._save_audience)

    def _make_card(self) -> None:
        self.theirs = ProfileView(44)
        self.unseen = parts.label("", Size.CAPTION, tone="muted", wrap=True)
        self.contact = chip(tr("Contact"), name="relation_contact")
        self.favorite = chip(tr("Favorite"), name="relation_favorite")
        self.followed = chip(tr("Live"), name="relation_subscribed")
        self.block = chip(tr("Blocked"), name="relation_block")
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
        self.visibility = _combo(tr("What they see of me"), "visibility")
        self.visibility.activated.connect(self._set_visibility)
        flow = FlowLayout(spacing=6)
        for each in (self.contact, self.favorite, self.followed, self.block):
            flow.addWidget(each)
        self._chips = QWidget()
        self._chips.setLayout(flow)
        sees = parts.row(
            parts.label(tr("What they see of me"), Size.CAPTION, tone="muted"),
            self.visibility,
            spacing=8,
        )
        sees.setStretch(1, 1)
        self.card = parts.Card(self.theirs, self.unseen, self._chips, sees, spacing=8, padding=12)

    def _lay_out(self) -> None:
        head = QFrame()
        head.setObjectName("pane_head")
        line = parts.row(
            self._name, self._address, self.state, self.weather, spacing=8, margins=(12, 8, 12, 8)
        )
        line.setStretch(1, 1)
        head.setLayout(line)
        rules = parts.row(
            parts.label(tr("My"), tone="muted"),
            self.field,
            parts.label(tr("is for"), tone="muted"),
            self.audience,
            spacing=8,
        )
        rules.setStretch(1, 1)
        rules.setStretch(3, 1)
        body = parts.column(
            self.banner,
            self.status,
            rules,
            self.news,
            self.table,
            self.nobody,
            self.card,
            spacing=8,
            margins=(12, 8, 12, 12),
        )
        body.setStretchFactor(self.table, 1)
        body.setStretchFactor(self.nobody, 1)
        self.setLayout(parts.column(head, body, spacing=0, margins=(2, 2, 2, 2)))

    # ---- what the tester does

    def change_weather(self, weather: Weather) -> None:
        """Let the weather between this identity and the service turn."""
        self.identity.change_weather(weather)
        self.show_weather(weather)
        self.weather_changed.emit(weather)
        if weather is Weather.CLEAR:
            self._session.sync_now()

    def show_weather(self, weather: Weather) -> None:
        """Say in words that no one can take for a fault what weather there is."""
        self.weather.setCurrentIndex(self.weather.findData(weather))
        words = tr("Weather for this test: %1. You switched it on.")
        clear = weather is Weather.CLEAR
        self.banner.show_text("" if clear else words.replace("%1", tr(MEANS[weather])), "warning")

    def _publish_status(self) -> None:
        me, text = self._session.me(), self.status.text().strip()
        if me is not None and self._session.knows_me() and text != (me.fields.status or ""):
            self.acted.emit("status")
            self._session.save_me({Field.STATUS: text or None})

    def _save_audience(self) -> None:
        me = self._session.me()
        if me is None:
            return
        field, audience = Field(self.field.currentData()), Audience(self.audience.currentData())
        if me.privacy.audiences[field] is not audience:
            self.acted.emit(f"{field.value} for {audience.value}")
            self._session.save_privacy(_with_audience(me.privacy, field, audience))

    def _relate(self, words: str, act: Callable[[list[ContactId], bool], None], on: bool) -> None:
        if self._chosen is not None:
            row = self.model.find(self._chosen)
            switched = "on" if on else "off"
            self.acted.emit(f"{words.lower()} {switched} for {row.name if row else '?'}")
            act([self._chosen], on)

    def _set_visibility(self) -> None:
        if self._chosen is not None:
            words = self.visibility.currentText()
            row = self.model.find(self._chosen)
            self.acted.emit(f"visibility {words.lower()} for {row.name if row else '?'}")
            self._session.set_visibility([self._chosen], self.visibility.currentData())

    # ---- what is chosen

    def _choose_first(self) -> None:
        empty = not self.model.rowCount()
        self.table.setVisible(not empty)
        self.nobody.setVisible(empty)
        self.card.setVisible(not empty)
        if not empty and not self.table.currentIndex().isValid():
            self.table.selectRow(0)

    def keep(self, others: list[Identity]) -> None:
        """Keep these people, as a contact each."""
        for other in others:
            self.acted.emit(f"keeps {other.name}")
            self._session.add_contact(other.name, [display(other.address)], "US")

    def choose(self, address: Address) -> None:
        """Show the card of whoever has this address, if this identity keeps them."""
        owner = self._session.owners([address]).get(address)
        if owner is not None:
            self.table.go_to(owner)

    def _choose(self, contact: ContactId | None) -> None:
        self._chosen = contact
        self._show_card()

    # ---- showing

    def _show(self) -> None:
        self._show_state(self._session.state)
        me = self._session.me()
        known = me is not None and self._session.knows_me()
        for control in (self.status, self.field, self.audience):
            control.setEnabled(known)  # until the service has said what is mine
        if me is not None and known:
            if self._mine is None:
                self._mine = me.fields
            if not self.status.hasFocus():
                self.status.setText(me.fields.status or "")
            self._show_audience()
        self._show_card()
        if len(self.model.rows()) <= LEARNED_AT_ONCE:
            self._learn_views()

    def _show_state(self, state: SessionState) -> None:
        words, tone = STATUSES[state.status]
        waiting = f" · {state.waiting}" if state.waiting else ""
        self.state.setText(tr(words) + waiting)
        parts.set_property(self.state, "pill", tone)

    def _show_audience(self) -> None:
        me = self._session.me()
        if me is not None:
            audience = me.privacy.audiences[Field(self.field.currentData())]
            self.audience.setCurrentIndex(self.audience.findData(audience))

    def _show_card(self) -> None:
        person = self._session.person(self._chosen) if self._chosen is not None else None
        if person is None or not person.entries:
            return
        entry = person.entries[0]
        fields = entry.profile.fields
        picture = self._session.picture(entry.address) if fields.picture else None
        shown = fields if fields.name else msgspec.structs.replace(fields, name=person.row.name)
        self.theirs.show_profile(Seen(entry.address, shown, frozenset(), picture), time.time())
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
        self.unseen.setText(words)
        self.unseen.setVisible(bool(missing))

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

    # ---- hearing

    def _hear(self, kind: str, happening: Happening) -> None:
        if kind == "ready":
            self._learn_views()
        elif isinstance(happening, Profile):
            old = self._views.get(happening.address, Fields())
            self._views[happening.address] = happening.fields
            if changed := differences(old, happening.fields):
                self.arrived.emit(Arrival(happening, tuple(changed)))
        elif isinstance(happening, Me):
            old_mine, self._mine = self._mine, happening.fields
            if old_mine is not None and (changed := differences(old_mine, happening.fields)):
                self.published.emit(tuple(changed))

    def _learn_views(self) -> None:
        """Remember what is seen at the beginning, so that it is known what a change changes."""
        for row in self.model.rows():
            if row.address is not None:
                self._views.setdefault(row.address, self._session.view(row.address).fields)

    def flash(self, words: str) -> None:
        """Show for a moment what has just arrived."""
        self.news.show_text(words)
        parts.set_property(self.news, "pill", "success")
        self._calm.start(FLASH_MS)

    def _be_calm(self) -> None:
        """Keep the last news in sight, quietly."""
        parts.set_property(self.news, "pill", "muted")
        if not self.news.accessibleName():
            self.news.show_text(tr("Nothing has arrived yet"))


@dataclass(frozen=True, slots=True)
class Arrival:
    """A profile that came live, and what is different in it."""

    profile: Profile
    fields: tuple[Field, ...]


def _with_audience(privacy: Privacy, field: Field, audience: Audience) -> Privacy:
    return msgspec.structs.replace(privacy, audiences={**privacy.audiences, field: audience})


def _combo(accessible: str, name: str) -> QComboBox:
    made = QComboBox()
    made.setAccessibleName(accessible)
    made.setObjectName(name)
    made.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    made.setMinimumContentsLength(3)
    made.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
    made.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    return made
