"""The window of the testers' desk: the world on top, its identities side by side below."""

import asyncio
import itertools
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QComboBox, QFileDialog, QHBoxLayout, QStackedWidget, QWidget

from app.domain import Address, Field
from app.errors import KithError, Refused, Unreachable
from app.worlds.files import WORLDS
from app.worlds.timeline import Kind, Moment, Timeline
from app.worlds.weather import MEANS, Weather
from ui import parts, theme, wording
from ui.controls import Segmented
from ui.desk.identity import Arrival, Identity, Stale
from ui.desk.pane import Pane
from ui.desk.table import TablePage
from ui.desk.timeline import TimelinePage
from ui.desk.why import DeskWhy
from ui.desk.withheld import WithheldFields
from ui.icons import Icon
from ui.tasks import Tasks
from ui.theme import Size, Theme
from ui.wording import tr

if TYPE_CHECKING:
    from ui.desk.main import OpenDesk

OTHER_FILE: Final = ""
FRESH_S: Final = 60.0
"""What arrives later than this after a change was not caused by it."""
PEOPLE, TABLE, TIMELINE = "people", "table", "timeline"


class DeskWindow(QWidget):
    """Shows one open desk after the other; between two, it says what it waits for."""

    closing = Signal()

    def __init__(self, dress: Theme, world: Path) -> None:
        super().__init__()
        self.setObjectName("desk")
        self.setWindowTitle(tr("Kith: the testers' desk"))
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.world = world
        self.reset_wanted = asyncio.Event()
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
        self.resize(theme.px(1280), theme.px(800))
        self._say_waiting()

    # ---- building

    def _make_pages(self) -> None:
        self.trouble = parts.Banner("", "danger")
        self.trouble.hide()
        self.wait = parts.label("", Size.TITLE, tone="muted")
        self.wait.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._side_by_side = QWidget()
        self._row = QHBoxLayout()
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(theme.px(12))
        self._side_by_side.setLayout(self._row)
        self.why = DeskWhy(self, self.tasks)
        self.table = TablePage(self.tasks)
        self.table.why_wanted.connect(self.why.explain)
        self.timeline_page = TimelinePage(self.timeline)
        self._stack = QStackedWidget()
        for page in (self.wait, self._side_by_side, self.table, self.timeline_page):
            self._stack.addWidget(page)
        body = parts.column(
            self._bar, self.trouble, self._stack, spacing=12, margins=(16, 12, 16, 16)
        )
        body.setStretchFactor(self._stack, 1)
        self.setLayout(body)

    def _make_bar(self) -> None:
        self.worlds = QComboBox()
        self.worlds.setObjectName("worlds")
        self.worlds.setAccessibleName(tr("World"))
        for path in sorted(WORLDS.glob("*.json")):
            self.worlds.addItem(path.stem, str(path))
        self.worlds.addItem(tr("Another file…"), OTHER_FILE)
        self.worlds.activated.connect(self._choose_world)
        self._show_world()
        self.about = parts.ElidedLabel("", Size.CAPTION)
        self.views = Segmented(
            tr("What the desk shows"),
            [(PEOPLE, tr("People")), (TABLE, tr("Expectations")), (TIMELINE, tr("Timeline"))],
            name="views",
        )
        self.views.set_current(PEOPLE)
        self.views.chosen.connect(self._show_view)
        self.views.setFixedWidth(theme.px(262))
        self.play = parts.button(tr("Pause"), self._pause, icon=Icon.PAUSE, name="play")
        parts.set_tip(self.play, tr("Stop what happens in this world by itself, and go on"))
        self.reset = parts.button(tr("Reset"), self._reset, icon=Icon.UNDO, name="reset")
        parts.set_tip(self.reset, tr("The same world again, from its beginning"))
        self._bar = parts.row(self.worlds, self.reset, self.play, self.about, self.views, spacing=8)
        self._bar.setStretch(3, 1)

    def _show_world(self) -> None:
        at = self.worlds.findData(str(self.world))
        if at < 0:
            self.worlds.insertItem(0, self.world.stem, str(self.world))
            at = 0
        self.worlds.setCurrentIndex(at)

    # ---- one desk after the other

    def show_desk(self, desk: "OpenDesk") -> None:
        """Show the identities of a world, and hear what they do."""
        self._desk = desk
        self._names = {desk.people.address(each.id): each.id for each in desk.world.people}
        desk.people.told = self._hear_deed
        for place, identity in enumerate(desk.identities):
            pane = Pane(identity, place, self.tasks)
            pane.acted.connect(lambda words, i=identity: self._hear_deed(i.name, words))
            pane.arrived.connect(lambda arrival, pane=pane: self._arrive(pane, arrival))
            pane.came_late.connect(lambda stale, pane=pane: self._refuse(pane, stale))
            pane.published.connect(lambda fields, i=identity: self._publish(i, fields))
            pane.ruled.connect(lambda i=identity: self._look_for_withheld(i))
            pane.why_wanted.connect(lambda other, mine, p=pane: self.why.ask(p, other, mine=mine))
            pane.weather_changed.connect(lambda sort, i=identity: self._turn(i, sort))
            pane.keep_wanted.connect(lambda pane=pane: self._keep_others(pane))
            self.panes.append(pane)
            self._row.addWidget(pane, 1)
            self._look_for_withheld(identity)
        self._choose_one_another()
        self.about.show_text(desk.world.about)
        lively = bool(desk.world.happenings)
        self.play.setEnabled(lively)
        self.reset.setEnabled(True)
        self._show_playing()
        self.table.show_people(desk.people, desk.path)
        self.timeline_page.show_people([each.id for each in desk.world.people])
        self._show_view(self.views.current)

    async def drop_desk(self) -> None:
        """Take the identities away before their sessions end."""
        await self.tasks.close()
        self._desk = None
        self._say_waiting()
        self.table.drop_people()
        for pane in self.panes:
            pane.close_pane()
            self._row.removeWidget(pane)
            pane.setParent(None)
            pane.deleteLater()
        self.panes.clear()
        self._deeds.clear()
        self.withheld.clear()
        self.timeline.clear()

    async def close_window(self) -> None:
        """End everything that was started here."""
        await self.tasks.close()
        self._dress.changed.disconnect(self._redress)
        self.hide()
        self.deleteLater()

    def closeEvent(self, event: QCloseEvent) -> None:
        event.ignore()
        self.closing.emit()

    def show_error(self, error: Exception) -> None:
        """Say what went wrong."""
        words = str(error) if isinstance(error, KithError) else wording.error(error)
        self.trouble.show_text(words, "danger")

    def _say_waiting(self) -> None:
        self.wait.setText(tr("Making the world “%1”…").replace("%1", self.world.stem))
        self._stack.setCurrentWidget(self.wait)
        self.play.setEnabled(False)
        self.reset.setEnabled(False)

    def _choose_one_another(self) -> None:
        """Let the first look at the second, and everybody else at the first."""
        first, second, *_ = self.panes
        for pane in self.panes:
            seen = second if pane is first else first
            pane.choose(seen.identity.address)

    def _keep_others(self, pane: Pane) -> None:
        pane.keep([other.identity for other in self.panes if other is not pane])

    # ---- what the tester wants

    def _choose_world(self, at: int) -> None:
        path = self.worlds.itemData(at)
        if path == OTHER_FILE:
            dialog = QFileDialog(self, tr("A world"), "", tr("Worlds (*.json)"))
            dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            dialog.fileSelected.connect(lambda name: self.open_world(Path(name)))
            dialog.open()
            self._show_world()
        else:
            self.open_world(Path(path))

    def open_world(self, path: Path) -> None:
        """Close this world and make another."""
        self.world = path
        self._show_world()
        self._reset()

    def _reset(self) -> None:
        self.trouble.hide()
        self.reset_wanted.set()

    def _pause(self) -> None:
        if self._desk is not None:
            self._desk.pausing.pause(not self._desk.pausing.is_paused)
            self._show_playing()

    def _show_playing(self) -> None:
        paused = self._desk is not None and self._desk.pausing.is_paused
        words = tr("Play") if paused else tr("Pause")
        self.play.setText(words)
        self.play.setAccessibleName(words)

    def show_pane(self, name: str) -> Pane | None:
        """Bring somebody's pane into sight, if they are on the desk."""
        self.views.set_current(PEOPLE)
        self._show_view(PEOPLE)
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
        pages = {PEOPLE: self._side_by_side, TABLE: self.table, TIMELINE: self.timeline_page}
        self._stack.setCurrentWidget(pages[str(view)])

    def _redress(self) -> None:
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
        """Say that older news came after newer, and was not taken."""
        who = self.name_of(stale.profile.address)
        words = tr("not taken, version %1 is here").replace("%1", str(stale.known))
        version = stale.profile.version
        name = pane.identity.name
        self.timeline.add(Moment(time.time(), Kind.STALE, name, words, who, version))

    def _publish(self, identity: Identity, fields: tuple[Field, ...]) -> None:
        words = ", ".join(each.value for each in fields)
        self.timeline.add(Moment(time.time(), Kind.PUBLISHED, identity.name, words))
        self._look_for_withheld(identity, fields)

    def _look_for_withheld(self, owner: Identity, fields: tuple[Field, ...] = ()) -> None:
        # A name of its own: what one change withheld is not forgotten for the next.
        name = f"kept by {owner.name} {next(self._asked)}"
        self.tasks.start(self._tell_withheld(owner, fields), name=name)

    async def _tell_withheld(self, owner: Identity, fields: tuple[Field, ...]) -> None:
        others = [pane.identity for pane in self.panes if pane.identity is not owner]
        try:
            found = await self.withheld.ask(owner, others, fields)
        except (Unreachable, Refused):  # in bad weather nobody can be asked, and that is no fault
            return
        for each in found:
            words = f"{each.field.value} ({each.rule})"
            self.timeline.add(Moment(time.time(), Kind.WITHHELD, owner.name, words, each.other))


@dataclass(frozen=True, slots=True)
class Deed:
    """When somebody last did something, and which fields have been timed in whose panes."""

    at: float
    timed: set[tuple[str, Field]] = field(default_factory=set)


def _arrived_words(arrival: Arrival, which: Field) -> str:
    gone = getattr(arrival.profile.fields, which) is None
    return f"{which.value} gone" if gone else which.value
