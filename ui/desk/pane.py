"""One identity of the testers' desk: its controls, whom it keeps, and what arrives, at once."""

import math
import time
from typing import Final

import msgspec
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from app.addresses import display
from app.changes import Kind
from app.domain import Address, Audience, ContactId, Field, Fields, Privacy, Profile
from app.happenings import Happening
from app.session import Status
from app.wire import KeptRelation, Me
from app.worlds.timeline import differences
from app.worlds.weather import Weather
from ui import parts, theme, wording
from ui.contact_delegate import ContactDelegate
from ui.contact_model import ContactModel
from ui.contact_table import ContactTable
from ui.desk.card import PersonCard
from ui.desk.head import PaneHead
from ui.desk.identity import Arrival, Identity, Stale, combo
from ui.desk.weather_banner import WeatherBanner
from ui.follow import Follow
from ui.icons import Icon
from ui.pictures import Pictures
from ui.plain import isolated
from ui.tasks import Tasks
from ui.theme import Size
from ui.wording import tr

FLASH_MS: Final = 4_000
LEARNED_AT_ONCE: Final = 500
NEVER: Final = math.inf
NARROWEST: Final = 296
LEAST_LIST: Final = 112
"""The height of three people."""


class Pane(QFrame):
    """An ordinary session of an ordinary account in a frame of its own colour."""

    acted = Signal(str)
    """In words, just before something of this identity's goes on its way."""
    arrived = Signal(object)
    """A profile that came live."""
    came_late = Signal(object)
    """A profile that is no newer than what is known, which is not taken."""
    published = Signal(object)
    """The fields of mine that have just become something else."""
    ruled = Signal()
    """The service has taken a rule of this identity's, or can be asked for all of them."""
    why_wanted = Signal(object, bool)
    weather_changed = Signal(object)
    keep_wanted = Signal()
    """This identity is to keep the others of the desk."""

    def __init__(self, identity: Identity, place: int, tasks: Tasks) -> None:
        super().__init__()
        self.identity, self._session = identity, identity.session
        self.setObjectName(f"pane_{identity.name}")
        self.setAccessibleName(identity.name)
        self._views: dict[Address, Fields] = {}
        self._versions: dict[Address, int] = {}
        self._heard: dict[Address, int] = {}
        """The versions that came live: what was read before does not come again."""
        self._mine: Me | None = None
        self._ready_at = NEVER
        self._chosen: ContactId | None = None
        self._wanted: Address | None = None
        """Whose card is to be shown as soon as the list has them."""
        self._pictures = Pictures(self._session, tasks, f"pictures of {identity.name}")
        self._make_list()
        self._make_head(place)
        self._make_news()
        self._make_own_controls()
        self.card = PersonCard(self._session)
        self.card.acted.connect(self.acted)
        self.card.why_wanted.connect(self.why_wanted)
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
        self.setStyleSheet(self.head.frame_style(self.objectName()))

    # ---- building

    def _make_list(self) -> None:
        name = self.identity.name
        self.model = ContactModel(self._session)
        self.table = ContactTable(self.model, self._delegate())
        self.table.setAccessibleName(tr("People of %1").replace("%1", name))
        self.table.current_moved.connect(self._choose)
        self._pictures.arrived.connect(self.table.viewport().update)
        self.model.modelReset.connect(self._choose_first)
        self._keep_button = parts.button(
            tr("Keep the others here"), self.keep_wanted.emit, name="keep", kind="primary"
        )
        self.nobody = parts.EmptyState(Icon.PEOPLE, "", "", self._keep_button)

    def _make_head(self, place: int) -> None:
        self.head = PaneHead(self.identity, place)
        self.head.weather_chosen.connect(self.change_weather)
        self.weather = self.head.weather
        self.banner = WeatherBanner()
        self.banner.cleared.connect(lambda: self.change_weather(Weather.CLEAR))

    def _delegate(self) -> ContactDelegate:
        made = ContactDelegate(self._pictures)
        made.compact = True
        return made

    def _make_news(self) -> None:
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
        self.field = combo(tr("Field"), "audience_field")
        for field in Field:
            self.field.addItem(tr(wording.FIELDS[field]), field)
        self.field.setCurrentIndex(self.field.findData(Field.STATUS))
        self.field.activated.connect(self._show_audience)
        self.audience = combo(tr("Who may see it"), "audience")
        for audience, words in wording.AUDIENCES.items():
            self.audience.addItem(tr(words), audience)
        self.audience.activated.connect(self._save_audience)

    def _lay_out(self) -> None:
        rules = parts.row(
            self.field, parts.label(tr("for"), tone="muted"), self.audience, spacing=4
        )
        rules.setStretch(0, 1)
        rules.setStretch(2, 1)
        self.table.setMinimumHeight(theme.px(LEAST_LIST))
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
        inside = QWidget()
        inside.setLayout(body)
        scroll = QScrollArea()
        scroll.setObjectName("pane_scroll")
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(inside)
        page = parts.column(self.head, scroll, spacing=0, margins=(2, 2, 2, 2))
        page.setStretchFactor(scroll, 1)
        self.setLayout(page)
        self.setMinimumWidth(theme.px(NARROWEST))

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
        self.head.show_weather(weather)
        self.banner.show_weather(weather)

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

    # ---- what is chosen

    def _choose_first(self) -> None:
        empty = not self.model.rowCount()
        self._show_nobody()
        self.table.setVisible(not empty)
        self.nobody.setVisible(empty)
        self.card.setVisible(not empty)
        if not empty and not self._go_to_wanted() and not self.table.currentIndex().isValid():
            wanted = self._wanted
            self.table.selectRow(0)
            self._wanted = wanted  # the first is shown meanwhile; nobody chose them

    def _show_nobody(self) -> None:
        """Say that nobody is kept, or that this is not known before the service has said so."""
        known = self._session.knows_me()
        words = (
            (tr("Keeps nobody yet"), tr("In this world %1 has no contacts."))
            if known
            else (tr("Not known yet"), tr("%1 has heard nothing from the service so far."))
        )
        self.nobody.title.setText(words[0])
        self.nobody.text.setText(words[1].replace("%1", isolated(self.identity.name)))
        self._keep_button.setVisible(known)

    def keep(self, others: list[Identity]) -> None:
        """Keep these people, as a contact each."""
        for other in others:
            self.acted.emit(f"keeps {other.name}")
            self._session.add_contact(other.name, [display(other.address)], "US")

    def choose(self, address: Address) -> None:
        """Show the card of whoever has this address, at once or when this identity keeps them."""
        self._wanted = address
        self._go_to_wanted()

    def _go_to_wanted(self) -> bool:
        """Go to who is wanted; the list shows what is in the store a frame later."""
        wanted = self._wanted
        owner = None if wanted is None else self._session.owners([wanted]).get(wanted)
        if owner is None or not self.table.go_to(owner):
            return False
        self._wanted = None
        return True

    def show_field(self, field: Field) -> None:
        """Bring the audience of one field of this identity's into sight."""
        self.field.setCurrentIndex(self.field.findData(field))
        self._show_audience()

    def _choose(self, contact: ContactId | None) -> None:
        if self._chosen is not None:  # the very first is chosen by nobody, but by the list
            self._wanted = None
        self._chosen = contact
        self._show_card()

    # ---- showing

    def _show(self) -> None:
        self._show_state()
        me = self._session.me()
        known = me is not None and self._session.knows_me()
        for control in (self.status, self.field, self.audience):
            control.setEnabled(known)  # until the service has said what is mine
        self._show_nobody()
        if me is not None and known:
            if self._mine is None:
                self._mine = me
            if not self.status.hasFocus():
                self.status.setText(me.fields.status or "")
            self._show_audience()
        self._show_card()
        if len(self.model.rows()) <= LEARNED_AT_ONCE:
            self._learn_views()

    def _show_state(self) -> None:
        state = self._session.state
        self.head.show_state(state)
        if state.status is Status.IDLE and self._ready_at is NEVER:
            self._ready_at = time.monotonic()
            self.ruled.emit()

    def _show_audience(self) -> None:
        me = self._session.me()
        if me is not None:
            audience = me.privacy.audiences[Field(self.field.currentData())]
            self.audience.setCurrentIndex(self.audience.findData(audience))

    def _show_card(self) -> None:
        person = self._session.person(self._chosen) if self._chosen is not None else None
        if person is None or not person.entries:
            return
        self.card.show_person(person)

    # ---- hearing

    def _hear(self, kind: str, happening: Happening) -> None:
        if kind == "ready":
            self._ready_at = time.monotonic()
            self._learn_views()
            self.ruled.emit()
        elif kind == "reset":
            self._versions.clear()
            self._heard.clear()
        elif isinstance(happening, Profile):
            self._hear_profile(happening)
        elif isinstance(happening, Me):
            self._hear_me(happening)
        elif isinstance(happening, KeptRelation):
            self.ruled.emit()

    def _hear_profile(self, profile: Profile) -> None:
        address, known = profile.address, self._versions.get(profile.address, 0)
        is_repeated = self._heard.get(address) == profile.version == known
        self._heard[address] = profile.version
        if profile.version < known or is_repeated:
            self.came_late.emit(Stale(profile, known))
            return
        first = address not in self._views
        old = self._views.get(address, Fields())
        self._views[address], self._versions[address] = profile.fields, profile.version
        if changed := differences(old, profile.fields):
            self.arrived.emit(Arrival(profile, tuple(changed), first, self._ready_at))

    def _hear_me(self, me: Me) -> None:
        old, self._mine = self._mine, me
        if old is None:
            return
        if changed := differences(old.fields, me.fields):
            self.published.emit(tuple(changed))
        if old.privacy != me.privacy:
            self.ruled.emit()

    def _learn_views(self) -> None:
        """Remember what is seen at the beginning, so that it is known what a change changes."""
        for row in self.model.rows():
            if row.address is not None:
                view = self._session.view(row.address)
                if view.version:
                    self._views.setdefault(row.address, view.fields)
                    self._versions.setdefault(row.address, view.version)

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


def _with_audience(privacy: Privacy, field: Field, audience: Audience) -> Privacy:
    return msgspec.structs.replace(privacy, audiences={**privacy.audiences, field: audience})
