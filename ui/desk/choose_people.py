"""Who is side by side on the desk: two to four people of a world, found among all of it."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QPushButton, QWidget

from app.worlds.watched import MOST
from app.worlds.world import World, WorldPerson
from ui import parts
from ui.desk.identity import SHAPES
from ui.desk.lines import Line, LinesTable
from ui.flow import FlowLayout
from ui.icons import Icon
from ui.plain import isolated, one_line
from ui.search_field import SearchField
from ui.theme import Size
from ui.wording import counted, tr

FEWEST = 2


def lines_of(world: World) -> list[Line]:
    """List the people of a world who are there when it begins; of many this takes a while."""
    there = [person for person in world.people if person.id not in world.late]
    return [_line(person) for person in there]


def _line(person: WorldPerson) -> Line:
    known = [each for each in (person.fields.name, person.address) if isinstance(each, str)]
    detail = " · ".join(isolated(one_line(each)) for each in known if each)
    return Line(person.id, one_line(person.id), detail, " ".join([person.id, *known]).casefold())


class _Search(SearchField):
    """Down goes to the list; Enter chooses the first that is found."""

    moved_down = Signal()
    entered = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Down:
            self.moved_down.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.entered.emit()
        elif event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        else:
            super().keyPressEvent(event)


class PeopleChoice(QWidget):
    """Shows whom one has chosen, in the order of the desk, and everybody else to choose from."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []
        self.chips: list[QPushButton] = []
        self._flow = FlowLayout(spacing=6)
        self._chips = QWidget()
        self._chips.setLayout(self._flow)
        self.words = parts.label("", Size.CAPTION, tone="muted", wrap=True)
        self.words.setObjectName("people_words")
        self.search = _Search(tr("Find people"), tr("Find people"), name="people_search")
        self.table = LinesTable(tr("People of this world"), name="people_lines")
        self.search.textChanged.connect(self._search)
        self.search.moved_down.connect(self.table.setFocus)
        self.search.entered.connect(self.table.press_current)
        self.table.pressed_line.connect(self.toggle)
        body = parts.column(
            parts.label(tr("Side by side"), bold=True),
            self._chips,
            self.words,
            self.search,
            self.table,
            spacing=6,
        )
        body.setStretchFactor(self.table, 1)
        self.setLayout(body)

    def is_right(self) -> bool:
        """Whether as many are chosen as fit side by side."""
        return min(FEWEST, self.table.lines.rowCount() or FEWEST) <= len(self.names) <= MOST

    def show_people(self, lines: Sequence[Line], names: Sequence[str]) -> None:
        """Offer these, of whom some are chosen."""
        self.search.clear()
        self.table.lines.show_lines(lines)
        self.names = [*names]
        self._show_chosen()

    def toggle(self, name: str) -> None:
        """Choose somebody, or no longer; a fifth does not fit."""
        if name in self.names:
            self.names.remove(name)
        elif len(self.names) < MOST:
            self.names.append(name)
        else:
            self._say(tr("Four fit side by side. Take one away first."), "warning")
            return
        self._show_chosen()

    def _take_away(self, name: str) -> None:
        """Take somebody away by what was pressed, which goes with them; so does the focus."""
        self.search.setFocus()
        self.toggle(name)

    def _search(self, text: str) -> None:
        self.table.lines.search(text)
        if not self.table.lines.rowCount():
            self._say(tr("Nobody here is called that."), "muted")
        else:
            self._show_count()

    def _show_chosen(self) -> None:
        parts.clear(self._flow)
        self.chips.clear()
        for place, name in enumerate(self.names):
            shape = SHAPES[place]
            chip = parts.button(
                f"{shape} {isolated(one_line(name))}",
                partial(self._take_away, name),
                icon=Icon.CLOSE,
                name=f"chosen_{place}",
            )
            chip.setAccessibleName(tr("Take %1 away").replace("%1", name))
            chip.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
            self.chips.append(chip)
            self._flow.addWidget(chip)
        self.table.lines.show_chosen(self.names)
        self._show_count()
        self.changed.emit()

    def _show_count(self) -> None:
        missing = FEWEST - len(self.names)
        if missing > 0:
            self._say(counted(missing, "Choose %1 more.", "Choose %1 people."), "muted")
        else:
            self._say(tr("Two to four people, each in a frame of their own."), "muted")

    def _say(self, words: str, tone: str) -> None:
        self.words.setText(words)
        parts.set_property(self.words, "tone", tone)
        if tone == "warning":
            parts.announce(self, words)
