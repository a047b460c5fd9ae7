"""The dialog that asks which world is wanted on the desk, and who of it side by side."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QIntValidator
from PySide6.QtWidgets import QDialog, QFileDialog, QLineEdit, QStackedWidget, QWidget

from app.errors import KithError
from app.worlds.files import WORLDS, WorldError, is_seeded, read, seeded_path
from app.worlds.watched import side_by_side
from app.worlds.world import FEWEST, MOST
from ui import parts, theme
from ui.controls import Segmented
from ui.desk.choose_people import PeopleChoice, lines_of
from ui.desk.lines import Line, LinesTable
from ui.icons import Icon
from ui.tasks import Tasks
from ui.theme import Size
from ui.wording import number, tr

SHIPPED, FILE, SEED = "shipped", "file", "seed"
SETTLE_S: Final = 0.2
"""Who types a number has not finished with the first digit."""
ORDINARY: Final = (7, 300)
"""The seed and the size that stand there at first."""
LARGEST_SEED: Final = 999_999_999
WIDTH, HEIGHT = 860, 560
LOOKING: Final = "look into a world"


@dataclass(frozen=True, slots=True)
class Look:
    """What is to be known of a world before it is made."""

    about: str
    lines: Sequence[Line]
    suggested: Sequence[str]


def look_into(path: Path) -> Look:
    """Read a world; raises `WorldError`. A large one takes a second or two."""
    world = read(path)
    return Look(world.about, lines_of(world), side_by_side(world))


def shipped() -> list[Line]:
    """List the worlds that come with Kith, each with its one line."""
    found = []
    for path in sorted(WORLDS.glob("*.json")):
        head = path.read_bytes()[:400].decode(errors="replace")
        found.append(Line(str(path), path.stem, head.partition('"about": "')[2].partition('"')[0]))
    return found


class ChooseWorld(QDialog):
    """Reads each world that is pointed at; nothing of it is kept."""

    chosen = Signal(object, object)
    """The path of a world, and the ids of whom to look through."""

    def __init__(self, parent: QWidget, path: Path | None, names: Sequence[str]) -> None:
        super().__init__(parent)
        self.setObjectName("choose_world")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("What is on the desk"))
        self._tasks = Tasks(self._show_trouble)
        self._given = (path, tuple(names))
        self._path: Path | None = None
        self._is_wanted = False
        """Whether it is opened as soon as it is read."""
        self.sources = Segmented(
            tr("Where the world comes from"),
            [(SHIPPED, tr("Comes with Kith")), (FILE, tr("A file")), (SEED, tr("A seed"))],
            name="world_source",
        )
        self.sources.chosen.connect(self._show_source)
        self._make_sources()
        self.about = parts.label("", Size.CAPTION, tone="muted", wrap=True)
        self.about.setObjectName("world_about")
        self.trouble = parts.Banner("", "danger")
        self.trouble.hide()
        self.people = PeopleChoice()
        self.people.changed.connect(self._show_ready)
        self.open_button = parts.button(tr("Open"), self._open, kind="primary", name="world_open")
        self.open_button.setDefault(True)
        self._lay_out()
        self._begin(path)

    def done(self, result: int) -> None:
        """Read no further once it is closed."""
        self._tasks.stop(LOOKING)
        super().done(result)

    # ---- building

    def _make_sources(self) -> None:
        self.worlds = LinesTable(tr("Worlds that come with Kith"), name="world_lines")
        self.worlds.lines.show_lines(shipped())
        self.worlds.current_moved.connect(lambda key: self.look(Path(key)))
        self.worlds.pressed_line.connect(lambda key: self.look(Path(key)))
        self.worlds.entered.connect(self._open_soon)
        self.file = parts.label(tr("No file is chosen yet."), tone="muted", wrap=True)
        self.browse = parts.button(
            tr("Choose a file…"), self._browse, icon=Icon.IMPORT, name="world_browse"
        )
        self.seed = _number(tr("Seed"), LARGEST_SEED, ORDINARY[0], "world_seed")
        self.count = _number(tr("People"), MOST, ORDINARY[1], "world_size")
        for each in (self.seed, self.count):
            each.textEdited.connect(self._look_at_seed)
        self._stack = QStackedWidget()
        for page in (self.worlds, self._file_page(), self._seed_page()):
            self._stack.addWidget(page)

    def _file_page(self) -> QWidget:
        page = QWidget()
        page.setLayout(parts.column(self.file, parts.row(self.browse, None), None, spacing=10))
        return page

    def _seed_page(self) -> QWidget:
        note = parts.label(
            tr("The same seed and size are the same world, every time and everywhere."),
            Size.CAPTION,
            tone="muted",
            wrap=True,
        )
        page = QWidget()
        page.setLayout(
            parts.column(
                parts.label(tr("Seed"), Size.CAPTION, tone="muted"),
                self.seed,
                parts.label(_size_words(), Size.CAPTION, tone="muted"),
                self.count,
                note,
                None,
                spacing=6,
            )
        )
        return page

    def _lay_out(self) -> None:
        left = parts.column(self.sources, self._stack, self.about, spacing=10)
        left.setStretchFactor(self._stack, 1)
        halves = parts.row(left, self.people, spacing=24)
        halves.setStretch(0, 1)
        halves.setStretch(1, 1)
        cancel = parts.button(tr("Cancel"), self.reject, name="world_cancel")
        body = parts.column(
            self.trouble,
            halves,
            parts.row(None, cancel, self.open_button),
            spacing=14,
            margins=(20, 20, 20, 16),
        )
        body.setStretch(1, 1)
        self.setLayout(body)
        room = self.screen().availableSize()
        self.resize(
            min(theme.px(WIDTH), room.width() * 9 // 10),
            min(theme.px(HEIGHT), room.height() * 9 // 10),
        )

    # ---- where the world comes from

    def _begin(self, path: Path | None) -> None:
        """Point at the world that is on the desk, or at the first there is."""
        if path is not None and is_seeded(path):
            seed, count = map(int, path.name.split("-")[1:])
            self.seed.setText(str(seed))
            self.count.setText(str(count))
            self._choose_source(SEED)
        elif path is not None and self.worlds.lines.place(str(path)) < 0:
            self._choose_source(FILE)
            self.look(path)
        else:
            self._choose_source(SHIPPED)
            self.worlds.go_to(str(path or WORLDS / "three-people.json"))
            self.worlds.setFocus()

    def _choose_source(self, source: str) -> None:
        self.sources.set_current(source)
        self._show_source(source)

    def _show_source(self, source: object) -> None:
        self._stack.setCurrentIndex((SHIPPED, FILE, SEED).index(str(source)))
        if source == SHIPPED and self.worlds.currentIndex().isValid():
            self.look(Path(self.worlds.lines.line(self.worlds.currentIndex().row()).key))
        elif source == SEED:
            self._look_at_seed()
        elif source == FILE:
            self._look_at_nothing()

    def _browse(self) -> None:
        dialog = QFileDialog(self, tr("A world"), "", tr("Worlds (*.json)"))
        dialog.setObjectName("world_file")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._look_at_file)
        dialog.open()

    def _look_at_file(self, name: str) -> None:
        self._path = None  # it may say something else than before
        self.look(Path(name))

    def _look_at_seed(self) -> None:
        if self.seed.text() and self.count.text():
            self.look(seeded_path(int(self.seed.text()), int(self.count.text())))
        else:
            self._look_at_nothing()

    def _look_at_nothing(self) -> None:
        self._tasks.stop(LOOKING)
        self._path = None
        self.file.setText(tr("No file is chosen yet."))
        self.about.setText("")
        self.trouble.hide()
        self.people.show_people([], [])

    # ---- what is in it

    def look(self, path: Path) -> None:
        """Read a world, and offer its people."""
        if self._path == path:
            return
        self._path = None
        self._is_wanted = False
        self.worlds.lines.show_chosen([str(path)])
        self._show_ready()
        self._tasks.start(self._look(path), name=LOOKING, of=self)

    async def _look(self, path: Path) -> None:
        self.about.setText(tr("Reading…"))
        if is_seeded(path):
            await asyncio.sleep(SETTLE_S)
        look = await asyncio.to_thread(look_into, path)
        given, names = self._given
        self.trouble.hide()
        self.about.setText(look.about)
        if self.sources.current == FILE:
            self.file.setText(path.name)
        self._path = path
        self.people.show_people(look.lines, names if given == path and names else look.suggested)
        if self._is_wanted:
            self._open()

    def _show_trouble(self, error: Exception) -> None:
        self.about.setText("")
        self.people.show_people([], [])
        words = str(error) if isinstance(error, WorldError) else tr("This cannot be a world.")
        assert isinstance(error, KithError), error
        self.trouble.show_text(words, "danger")

    def _show_ready(self) -> None:
        self.open_button.setEnabled(self._path is not None and self.people.is_right())

    def _open_soon(self) -> None:
        self._is_wanted = True
        self._open()

    def _open(self) -> None:
        if self._path is not None and self.people.is_right():
            path, names = self._path, tuple(self.people.names)
            self.accept()
            self.chosen.emit(path, names)


def _size_words() -> str:
    words = tr("People, %1 to %2")
    return words.replace("%1", number(FEWEST)).replace("%2", number(MOST))


def _number(accessible: str, most: int, value: int, name: str) -> QLineEdit:
    made = parts.text_field("", accessible, name=name)
    made.setValidator(QIntValidator(0, most, made))
    made.setText(str(value))
    return made
