"""The bar on top of the desk: which world, from its beginning, what happens in it, which page."""

from pathlib import Path
from typing import Final

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from app.worlds.pausing import Pausing
from ui import icons, parts, theme
from ui.controls import Segmented
from ui.icons import Icon
from ui.theme import Size
from ui.wording import tr

PEOPLE, TABLE, TIMELINE = "people", "table", "timeline"
LONGEST_NAME: Final = 24


class DeskBar(QWidget):
    """What can be done to a world as a whole."""

    choose_wanted = Signal()
    reset_wanted = Signal()
    view_chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._pausing: Pausing | None = None
        self.world = parts.button(
            "", self.choose_wanted.emit, icon=Icon.CHEVRON_DOWN, name="desk_world"
        )
        parts.set_tip(self.world, tr("Choose a world, and who is side by side"))
        self.about = parts.ElidedLabel("", Size.CAPTION)
        self.views = Segmented(
            tr("What the desk shows"),
            [(PEOPLE, tr("People")), (TABLE, tr("Expectations")), (TIMELINE, tr("Timeline"))],
            name="views",
        )
        self.views.set_current(PEOPLE)
        self.views.chosen.connect(self.view_chosen)
        self.views.setFixedWidth(theme.px(262))
        self.reset = parts.button(tr("Reset"), self.reset_wanted.emit, icon=Icon.UNDO, name="reset")
        parts.set_tip(self.reset, tr("The same world again, from its beginning"))
        self.play = parts.button(tr("Pause"), self._pause, icon=Icon.PAUSE, name="play")
        parts.set_tip(self.play, tr("Stop what happens in this world by itself, and go on"))
        self.step = parts.IconButton(
            Icon.STEP, tr("Let the next thing happen"), self._step, name="step"
        )
        self._first = parts.row(self.world, self.reset, self.play, self.step, self.about, spacing=8)
        self._first.setStretch(4, 1)
        self._lines = parts.column(self._first, spacing=8)
        self.setLayout(self._lines)
        self._first.addWidget(self.views)
        self._is_narrow = False
        self.show_world(None)
        self.show_clock(None)

    def show_world(self, world: Path | None, about: str = "") -> None:
        """Name the world that is on the desk, or on its way there."""
        name = tr("Choose a world…") if world is None else world.stem
        cut = name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1] + "…"
        self.world.setText(cut)
        self.world.setAccessibleName(name if world is None else tr("World: %1").replace("%1", name))
        self.about.show_text(about)
        self.reset.setEnabled(False)

    def show_clock(self, pausing: Pausing | None) -> None:
        """Have this clock to stop and start; without one nothing happens by itself."""
        self._pausing = pausing
        self.play.setEnabled(pausing is not None)
        self._show_playing()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the pages a line of their own where one is not enough for everything."""
        super().resizeEvent(event)
        wide = self.minimumSizeHint().width() + self.views.minimumWidth() + theme.px(2 * 8)
        is_narrow = event.size().width() < wide
        if is_narrow is not self._is_narrow:
            self._is_narrow = is_narrow
            into, out_of = (self._lines, self._first) if is_narrow else (self._first, self._lines)
            out_of.removeWidget(self.views)
            into.addWidget(self.views)

    def minimumSizeHint(self) -> QSize:
        """Fit where the pages have their own line."""
        wide = sum(each.sizeHint().width() for each in (self.world, self.reset, self.play))
        high = super().minimumSizeHint().height()
        return QSize(wide + self.step.sizeHint().width() + theme.px(3 * 8), high)

    def _pause(self) -> None:
        if self._pausing is not None:
            self._pausing.pause(not self._pausing.is_paused)
            self._show_playing()

    def _step(self) -> None:
        if self._pausing is not None:
            self._pausing.step()

    def _show_playing(self) -> None:
        paused = self._pausing is not None and self._pausing.is_paused
        words = tr("Play") if paused else tr("Pause")
        self.play.setText(words)
        self.play.setAccessibleName(words)
        icons.dress(self.play, Icon.PLAY if paused else Icon.PAUSE, "text", 18)
        self.step.setEnabled(paused)
