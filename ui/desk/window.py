"""The window of the testers' desk: the world on top, its identities side by side below."""

import asyncio
import itertools
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QStackedWidget, QWidget

from app.domain import Address, Field
from app.errors import KithError, Refused, Unreachable
from app.worlds.timeline import Kind, Moment, Timeline
from app.worlds.weather import MEANS, Weather
from ui import icons, parts, theme, wording
from ui.desk.bar import PEOPLE, TABLE, TIMELINE, DeskBar
from ui.desk.choose_world import ChooseWorld
from ui.desk.identity import Arrival, Identity, Stale
from ui.desk.making import MakingPage
from ui.desk.opened import OpenDesk
from ui.desk.pane import Pane
from ui.desk.table import TablePage
from ui.desk.timeline import TimelinePage
from ui.desk.why import DeskWhy
from ui.desk.wishes import Wish
from ui.desk.withheld import WithheldFields
from ui.tasks import Tasks
from ui.theme import Theme
from ui.wording import tr

FRESH_S: Final = 60.0
"""What arrives later than this after a change was not caused by it."""
FRAME: Final = 40
"""The height that a screen has to leave for the frame around the window."""


class DeskWindow(QWidget):
    """Shows one open desk after the other; between two, it says what it waits for."""

    closing = Signal()
    activated = Signal()
    wished = Signal(object)
    """A `Wish`; none gives up what is being made."""

    def __init__(self, dress: Theme) -> None:
        super().__init__()
        self.setObjectName("desk")
        self.setWindowTitle(tr("Kith: the testers' desk"))
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._last: Path | None = None
        """The world that is here, or was to be."""
        self.tasks = Tasks(self.show_error)
        self.timeline = Timeline()
        self.panes: list[Pane] = []
        self._desk: OpenDesk | None = None
        self._deeds: dict[Address, Deed] = {}
        self.withheld = WithheldFields()
        self._asked = itertools.count()
        self._names: dict[Address, str] = {}
        self._dress = dress
        dress.changed.connect(self._redress)
        self._make_bar()
        self._make_pages()
        room = self.screen().availableSize()
        self.resize(min(theme.px(1280), room.width()), min(theme.px(800), room.height() - FRAME))

    # ---- building

    def _make_pages(self) -> None:
        self.trouble = parts.Banner("", "danger")
        self.trouble.hide()
        self.making = MakingPage()
        self.making.cancelled.connect(lambda: self.wished.emit(None))
        self.making.choose_wanted.connect(self.choose)
        self.making.again_wanted.connect(self._make_again)
        self._row = parts.row(spacing=12)
        side_by_side = QWidget()
        side_by_side.setLayout(self._row)
        self.why = DeskWhy(self, self.tasks)
        self.table = TablePage(self.tasks)
        self.table.why_wanted.connect(self.why.explain)
        self.timeline.hear(self.table.hear)
        self.timeline_page = TimelinePage(self.timeline)
        self._pages = {
            PEOPLE: _movable(side_by_side),
            TABLE: _movable(self.table),
            TIMELINE: _movable(self.timeline_page),
        }
        self._stack = QStackedWidget()
        for page in (self.making, *self._pages.values()):
            self._stack.addWidget(page)
        body = parts.column(
            self.bar, self.trouble, self._stack, spacing=12, margins=(16, 12, 16, 16)
        )
        body.setStretchFactor(self._stack, 1)
        self.setLayout(body)

    def _make_bar(self) -> None:
        self.bar = DeskBar()
        self.bar.choose_wanted.connect(self.choose)
        self.bar.reset_wanted.connect(self._reset)
        self.bar.view_chosen.connect(self._show_view)
        self.views, self.reset, self.play = self.bar.views, self.bar.reset, self.bar.play

    # ---- one desk after the other

    def show_making(self, world: Path) -> None:
        """Show that a world is being made."""
        self._last = world
        self.trouble.hide()
        self.bar.show_world(world)
        self.making.begin(world)
        self._stack.setCurrentWidget(self.making)

    def show_nothing(self) -> None:
        """Show that no world is here, and how to get one."""
        self.bar.show_world(None)
        self.making.show_nothing(made=self._last is not None)

    def show_failure(self, world: Path, words: str) -> None:
        """Say why a world could not be made, and what to do."""
        self.bar.show_world(None)
        self.making.show_failure(world, words)

    async def show_desk(self, desk: OpenDesk, weather: Mapping[str, Weather]) -> None:
        """Show the identities of a world one after the other, and hear what they do."""
        if self._desk is None:
            self._show_world(desk)
        self._desk = desk
        for place, identity in enumerate(desk.identities):
            await asyncio.sleep(0)  # the window stays quick: each takes its time to be made
            pane = self._add_pane(identity, place)
            if sort := weather.get(identity.name):
                pane.change_weather(sort)
        for pane in self.panes:  # each against all the others
            self._look_for_withheld(pane.identity)
        self._choose_one_another()
        self._show_view(self.views.current)
        self.panes[0].setFocus()  # the next Tab is at its first control

    def _show_world(self, desk: OpenDesk) -> None:
        self._names = desk.names
        desk.people.told = self._hear_deed
        self.bar.show_world(desk.path, desk.world.about)
        self.bar.show_clock(desk.pausing if desk.world.happenings else None)
        self.reset.setEnabled(True)
        self.table.show_people(desk.people, desk.path)
        self.timeline_page.show_people([each.id for each in desk.world.people])

    def _add_pane(self, identity: Identity, place: int) -> Pane:
        pane = Pane(identity, place, self.tasks)
        pane.acted.connect(lambda words: self._hear_deed(identity.name, words))
        pane.arrived.connect(lambda arrival: self._arrive(pane, arrival))
        pane.came_late.connect(lambda stale: self._refuse(pane, stale))
        pane.published.connect(lambda fields: self._publish(identity, fields))
        pane.ruled.connect(lambda: self._look_for_withheld(identity))
        pane.why_wanted.connect(lambda other, mine: self.why.ask(pane, other, mine=mine))
        pane.weather_changed.connect(lambda sort: self._turn(identity, sort))
        pane.keep_wanted.connect(lambda: self._keep_others(pane))
        self.panes.append(pane)
        self._row.addWidget(pane, 1)
        return pane

    async def drop_panes(self) -> None:
        """Take the identities away before their sessions end; the world goes on."""
        await self.tasks.close()
        for pane in self.panes:
            pane.close_pane()
            self._row.removeWidget(pane)
            pane.setParent(None)
            pane.deleteLater()
        self.panes.clear()
        self._deeds.clear()
        self.withheld.clear()

    async def drop_desk(self) -> None:
        """Take everything of the world away before it ends."""
        await self.drop_panes()
        self._desk = None
        self.bar.show_clock(None)
        self.reset.setEnabled(False)
        self.table.drop_people()
        self.timeline.clear()
        self._stack.setCurrentWidget(self.making)

    async def close_window(self) -> None:
        """End everything that was started here."""
        await self.tasks.close()
        self._dress.changed.disconnect(self._redress)
        self.hide()
        self.deleteLater()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and self.isActiveWindow():
            self.activated.emit()

    def closeEvent(self, event: QCloseEvent) -> None:
        event.ignore()
        self.table.leave(self.closing.emit)

    def show_error(self, error: Exception) -> None:
        """Say what went wrong."""
        words = str(error) if isinstance(error, KithError) else wording.error(error)
        self.trouble.show_text(words, "danger")

    def _choose_one_another(self) -> None:
        """Let the first look at the second, and everybody else at the first."""
        first, *others = self.panes
        for pane in others:
            pane.choose(first.identity.address)
        if others:
            first.choose(others[0].identity.address)

    def _keep_others(self, pane: Pane) -> None:
        pane.keep([other.identity for other in self.panes if other is not pane])

    # ---- what the tester wants

    def choose(self) -> None:
        """Ask which world is wanted, and who of it side by side."""
        names = tuple(pane.identity.name for pane in self.panes)
        dialog = ChooseWorld(self, self._last, names)
        dialog.chosen.connect(self._take_chosen)
        dialog.open()

    def _take_chosen(self, path: Path, names: tuple[str, ...]) -> None:
        is_here = self._desk is not None and self._desk.path == path
        if is_here and names == tuple(pane.identity.name for pane in self.panes):
            return
        kept = {name: sort for name, sort in self._weather().items() if name in names}
        self.wished.emit(Wish(path, names, kept if is_here else {}, anew=not is_here))

    def _reset(self) -> None:
        self.trouble.hide()
        if self._desk is not None:
            names = tuple(pane.identity.name for pane in self.panes)
            self.wished.emit(Wish(self._desk.path, names, self._weather()))

    def _make_again(self) -> None:
        if self._last is not None:
            self.wished.emit(Wish(self._last))

    def _weather(self) -> dict[str, Weather]:
        """Return what is between whom and the service, where it is not clear."""
        sorts = {pane.identity.name: Weather(pane.weather.currentData()) for pane in self.panes}
        return {name: sort for name, sort in sorts.items() if sort is not Weather.CLEAR}

    def show_pane(self, name: str) -> Pane | None:
        """Bring somebody's pane into sight, if they are on the desk."""
        self.views.set_current(PEOPLE)
        self._show_view(PEOPLE)
        if pane := self.pane(name):
            self._pages[PEOPLE].ensureWidgetVisible(pane)
        return self.pane(name)

    def pane(self, name: str) -> Pane | None:
        """Find somebody's pane."""
        return next((pane for pane in self.panes if pane.identity.name == name), None)

    def address_of(self, name: str) -> Address | None:
        """Find the address of somebody in this world, by id."""
        return next((address for address, each in self._names.items() if each == name), None)

    def say(self, words: str) -> None:
        """Say something that is no fault."""
        self.trouble.show_text(words, "warning")

    def name_of(self, address: Address) -> str:
        """Find the id of whoever has an address in this world."""
        return self._names.get(address, str(address))

    def _show_view(self, view: object) -> None:
        if self._desk is None:
            return
        self._stack.setCurrentWidget(self._pages[str(view)])

    def _redress(self) -> None:
        icons.dress_again(self.findChildren(QWidget))
        for pane in self.panes:
            pane.dress()

    # ---- what happens

    def _hear_deed(self, name: str, words: str) -> None:
        if self._desk is not None:
            self._deeds[self._desk.people.address(name)] = Deed(time.monotonic())
            self.timeline.add(Moment(time.time(), Kind.CHANGED, name, words))

    def _turn(self, identity: Identity, sort: Weather) -> None:
        words = f"{sort.value}: {MEANS[sort]}"
        self.timeline.add(Moment(time.time(), Kind.WEATHER, identity.name, words))

    def _arrive(self, pane: Pane, arrival: Arrival) -> None:
        """Say what has come, and how long after the change that caused it."""
        address = arrival.profile.address
        took_ms = self._took_ms(pane, arrival)
        what = ", ".join(_arrived_words(arrival, each) for each in arrival.fields)
        what = tr("first sight of %1").replace("%1", what) if arrival.first else what
        who = self.name_of(address)
        took = "" if took_ms is None else f", {took_ms:.0f} ms"
        pane.flash(f"{who}: {what}{took}")
        self.timeline.add(
            Moment(
                time.time(),
                Kind.ARRIVED,
                pane.identity.name,
                what,
                who,
                arrival.profile.version,
                took_ms,
            )
        )

    def _took_ms(self, pane: Pane, arrival: Arrival) -> float | None:
        """Measure the first that a change made arrive; what was not heard live has no time."""
        deed = self._deeds.get(arrival.profile.address)
        if deed is None or arrival.since > deed.at:
            return None
        fresh = {(pane.identity.name, each) for each in arrival.fields} - deed.timed
        deed.timed.update(fresh)
        if not fresh:
            return None
        took_s = time.monotonic() - deed.at
        return 1000 * took_s if took_s < FRESH_S else None

    def _refuse(self, pane: Pane, stale: Stale) -> None:
        """Say that news came again, or older news after newer, and was not taken."""
        who, version = self.name_of(stale.profile.address), stale.profile.version
        if version == stale.known:
            kind, words = Kind.REPEATED, tr("told again, changes nothing")
        else:
            words = tr("not taken, version %1 is here").replace("%1", str(stale.known))
            kind = Kind.STALE
        name = pane.identity.name
        self.timeline.add(Moment(time.time(), kind, name, words, who, version))

    def _publish(self, identity: Identity, fields: tuple[Field, ...]) -> None:
        words = ", ".join(each.value for each in fields)
        self.timeline.add(Moment(time.time(), Kind.PUBLISHED, identity.name, words))
        self._look_for_withheld(identity, fields)

    def _look_for_withheld(self, owner: Identity, fields: tuple[Field, ...] = ()) -> None:
        # A name of its own: what one change withheld is not forgotten for the next.
        name = f"kept by {owner.name} {next(self._asked)}"
        self.tasks.start(self._tell_withheld(owner, fields), name=name)

    async def _tell_withheld(self, owner: Identity, fields: tuple[Field, ...]) -> None:
        if self._desk is None:
            return
        others = [pane.identity.name for pane in self.panes if pane.identity is not owner]
        try:
            found = await self.withheld.ask(self._desk.people, owner.name, others, fields)
        except (Unreachable, Refused):  # a service that was killed is asked at the next change
            return
        for each in found:
            words = f"{each.field.value} ({each.rule})"
            self.timeline.add(Moment(time.time(), Kind.WITHHELD, owner.name, words, each.other))


def _movable(page: QWidget) -> QScrollArea:
    """Let a page be moved sideways where the window is too narrow for it."""
    made = QScrollArea()
    made.setFrameShape(QFrame.Shape.NoFrame)
    made.setWidgetResizable(True)
    made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    made.setWidget(page)
    return made


@dataclass(frozen=True, slots=True)
class Deed:
    """When somebody last did something, and which fields have been timed in whose panes."""

    at: float
    timed: set[tuple[str, Field]] = field(default_factory=set)


def _arrived_words(arrival: Arrival, which: Field) -> str:
    gone = getattr(arrival.profile.fields, which) is None
    return f"{which.value} gone" if gone else which.value
