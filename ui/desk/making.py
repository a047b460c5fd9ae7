"""What the desk shows while there is nothing on it: how far a world is, and the ways on."""

from pathlib import Path
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QProgressBar, QStackedWidget, QWidget

from app.worlds.making import Making, Part
from ui import parts, theme
from ui.icons import Icon
from ui.plain import isolated
from ui.theme import Size
from ui.wording import counted, number, tr

LONG_S: Final = 10.0
FINE: Final = 1000
"""The steps of the bar."""
PARTS: Final[dict[Part, str]] = {
    Part.PEOPLE: "People: %1 of %2",
    Part.RULES: "Rules and pictures: %1 of %2",
    Part.RELATIONS: "Relations: %1 of %2",
}


class MakingPage(QStackedWidget):
    """A world that is being made, that could not be made, or none."""

    cancelled = Signal()
    choose_wanted = Signal()
    again_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("making")
        self.title = parts.label("", Size.TITLE, bold=True, wrap=True)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(tr("Progress"))
        self.counts = {part: parts.label("", tone="muted") for part in Part}
        self.left = parts.label("", tone="muted")
        self.left.setObjectName("making_left")
        self.cancel = parts.button(tr("Cancel"), self.cancelled.emit, name="making_cancel")
        self._working = self._make_working()
        self.choose = parts.button(
            tr("Choose a world…"), self.choose_wanted.emit, kind="primary", name="making_choose"
        )
        self.again = parts.button(tr("Make it again"), self.again_wanted.emit, name="making_again")
        self.nothing = parts.EmptyState(Icon.SLIDERS, "", "", self.choose, self.again)
        self.addWidget(self._working)
        self.addWidget(self.nothing)
        self.show_nothing(made=False)

    def begin(self, world: Path) -> None:
        """Begin a world of which nothing is known yet but its name."""
        title = tr("Making the world “%1”…").replace("%1", isolated(world.stem))
        self.title.setText(title)
        self.bar.setRange(0, 0)
        for each in (*self.counts.values(), self.left):
            each.setText("")
        self.setCurrentWidget(self._working)
        self.cancel.setFocus()
        parts.announce(self, title)

    def show_progress(self, making: Making) -> None:
        """Show how far it is."""
        self.bar.setRange(0, FINE)
        self.bar.setValue(round(FINE * making.share))
        for part, label in self.counts.items():
            done, total = number(making.done[part]), number(making.total[part])
            label.setText(tr(PARTS[part]).replace("%1", done).replace("%2", total))
        left = making.left_s()
        words = ""
        if left is not None and left > LONG_S:
            words = counted(round(left), "%1 second left", "%1 seconds left")
        self.left.setText(words)

    def show_nothing(self, *, made: bool) -> None:
        """Show that no world is here; `made` tells whether one was begun."""
        text = tr("The testers' desk shows two to four people of a world side by side.")
        self._show_ways(tr("Nothing is on the desk"), text, again=made)

    def show_failure(self, world: Path, words: str) -> None:
        """Say why a world could not be made, and what to do."""
        title = tr("“%1” could not be made").replace("%1", isolated(world.stem))
        self._show_ways(title, words[:1].upper() + words[1:], again=True)

    def _show_ways(self, title: str, text: str, *, again: bool) -> None:
        self.nothing.title.setText(title)
        self.nothing.text.setText(text)
        self.again.setVisible(again)
        self.setCurrentWidget(self.nothing)
        self.choose.setFocus()
        parts.announce(self, f"{title}. {text}")

    def _make_working(self) -> QWidget:
        note = parts.label(tr("Cancelling leaves nothing behind."), Size.CAPTION, tone="muted")
        inside = QWidget()
        inside.setMaximumWidth(theme.px(520))
        inside.setLayout(
            parts.column(
                None,
                self.title,
                8,
                self.bar,
                *self.counts.values(),
                self.left,
                16,
                parts.row(self.cancel, note, None, spacing=12),
                None,
                spacing=8,
            )
        )
        made = QWidget()
        middle = parts.row(inside, margins=(24, 0, 24, 0))
        made.setLayout(middle)
        return made
