"""The frame: the rail, the list, and the page at the right; commands find their way from here."""

from collections.abc import Callable, Sequence
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Final, Protocol

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QCloseEvent,
    QCursor,
    QDragEnterEvent,
    QDropEvent,
    QKeySequence,
    QResizeEvent,
)
from PySide6.QtWidgets import QMainWindow

from app.domain import ContactId, State
from app.errors import HostFailed, KithError
from app.session import Session, Status
from ui import icons, shortcuts, theme, wording
from ui.command_palette import CommandPalette
from ui.contact_list import ContactList
from ui.contact_model import ContactModel
from ui.dialogs import Dialogs
from ui.icons import Icon
from ui.impact_view import ImpactView
from ui.joined_toasts import JoinedToasts
from ui.later import import_later
from ui.lookalike_watch import LookalikeWatch
from ui.looks import Looks
from ui.notifications import Notifications
from ui.page_list import INNER, PAGES
from ui.panes import Panes
from ui.people_actions import PeopleActions
from ui.pictures import DECODING, Pictures
from ui.rail import Rail
from ui.service_banner import ServiceBanner
from ui.shelf import Shelf
from ui.shortcuts import ShortcutSheet
from ui.stage import Place, Stage
from ui.sync_indicator import SyncIndicator
from ui.tasks import Tasks
from ui.theme import Scheme, Theme
from ui.toast import Toast
from ui.undo_toasts import UndoToasts
from ui.visibility_card import PREVIEW
from ui.window_state import GEOMETRY, SPLIT, WindowState
from ui.wording import tr

SIZE: Final = (1200, 780)
SMALLEST: Final = (480, 360)
ON_PEOPLE: Final = ("favorite", "subscribe", "contact", "block", "remove")


class Closing(Protocol):
    """What hears of changes until it is closed."""

    def close(self) -> object:
        """Hear no more."""


class MainWindow(QMainWindow):
    """One session in one window. Closing it only asks to close: `main` ends things in order."""

    closing = Signal()
    sign_in_wanted = Signal()
    _late: Sequence[Closing] = ()
    """What was made after the first sight, and ends with the window."""

    def __init__(self, session: Session, dress: Theme, state: WindowState) -> None:
        super().__init__()
        self.setObjectName("main_window")
        self.setWindowTitle("Kith")
        self._session, self._state = session, state
        self.tasks = Tasks(self.show_error)
        self.actions_on_people = PeopleActions(session, self.tasks, self._page_of, self._say)
        self.model = ContactModel(session)
        self.pictures = Pictures(session, self.tasks)
        self.list = ContactList(self.model, self.pictures)
        self.looks = Looks(dress, state, self.list)
        self.stage = self._stage()
        self.sync = SyncIndicator(session)
        in_rail = {name: (icon, words) for name, (icon, words, _maker) in PAGES.items()}
        self.rail = Rail(in_rail | {"settings": (Icon.SETTINGS, "Settings")}, self.sync)
        self.panes = Panes(self.rail, self.list, self.stage, self.sync)
        self.setCentralWidget(self.panes)
        self.toast = Toast(self)
        self.toast.keep_clear_of(self.list.foot)
        self.notifications = Notifications(session, self, state)
        self.service_banner = ServiceBanner(session, self.panes.show_banner)
        self.undo_toasts = UndoToasts(session, self.toast)
        self.joined_toasts = JoinedToasts(
            session, self.toast, self.show_contact, partial(self._show_shelf, Shelf.NEW)
        )
        self.lookalikes = LookalikeWatch(self.model, self.tasks, self.toast, self.show_contact)
        self.palette_box = CommandPalette(self)
        self.dialogs = Dialogs(session, self.tasks, self, self.show_contact)
        self._commands = self._command_table()
        self._add_shortcuts()
        self._connect()
        self._restore()
        self.tasks.start(self._load_ways(), name="ways from page to page")

    async def _load_ways(self) -> None:
        """Bring in what nobody needs before the rows are painted."""
        await import_later()
        ways = import_module("ui.ways").Ways(
            self._session, self.tasks, self.stage, self.show_contact
        )
        ways.announce(self.list, self.rail, self._bring)
        self.ways: object = ways
        self.undo_toasts.say_cut_short()
        watch = import_module("ui.duplicates.watch").DuplicatesWatch
        self._late = (watch(self._session, self.tasks, self.rail.pages["duplicates"]),)

    # ---- ends

    def closeEvent(self, event: QCloseEvent) -> None:
        event.ignore()
        self.closing.emit()

    async def close_window(self) -> None:
        """Keep the state of the window, stop what runs for it, and go."""
        self._state.save_bytes(GEOMETRY, self.saveGeometry())
        self._state.save_bytes(SPLIT, self.panes.save())
        self._state.save()
        self.stage.close_pages()
        self.sync.close_indicator()
        hearers: list[Closing] = [
            self.lookalikes,
            self.undo_toasts,
            self.joined_toasts,
            self.service_banner,
        ]
        hearers += [self.notifications, self.looks, self.model, self.pictures, *self._late]
        for each in hearers:
            each.close()
        await self.tasks.close()
        self.hide()

    # ---- what others say through the window

    def show_error(self, error: Exception) -> None:
        """Say what went wrong, in the window and not over it."""
        if isinstance(error, HostFailed):
            self.service_banner.say(wording.error(error), "danger")
            return
        surprise = None if isinstance(error, KithError | TimeoutError) else error
        self.panes.show_banner(wording.error(error), "danger", surprise)

    def show_contact(self, contact: ContactId) -> None:
        """Bring this person into sight, in the list and at the right."""
        self.model.show_changes()
        self.list.reveal(contact)
        self._bring(contact)

    def show_somebody(self) -> None:
        """Show the best one, unless a person was quicker to choose."""
        self.model.show_changes()
        if self.stage.place is None:
            self.show_best()

    def is_calm(self) -> bool:
        """Whether nothing is on its way to the screen."""
        return not any(self.tasks.is_running(name) for name in (PREVIEW, DECODING))

    def show_best(self) -> None:
        """Bring somebody into sight who shows what Kith is about: a matched favorite."""
        rows = self.model.rows()
        matched = [row for row in rows if row.state is State.MATCHED and row.picture]
        best = next((row for row in matched if row.favorite), None) or next(iter(matched), None)
        if best is not None:
            self.list.reveal(best.id)
            self._show_place(best.id)

    # ---- building

    def _stage(self) -> Stage:
        makers = {name: maker for name, (_icon, _words, maker) in PAGES.items()}
        makers |= INNER | {"settings": self.looks.settings_page}
        stage = Stage(self._session, self.tasks, makers)
        stage.contact_page.lookalike.everyone = self.model.rows
        return stage

    def _restore(self) -> None:
        room = self.screen().availableSize()
        self.setMinimumSize(QSize(theme.px(SMALLEST[0]), theme.px(SMALLEST[1])).boundedTo(room))
        self.resize(QSize(theme.px(SIZE[0]), theme.px(SIZE[1])).boundedTo(room))
        self.restoreGeometry(self._state.read_bytes(GEOMETRY))
        self.panes.restore(self._state.read_bytes(SPLIT))
        self.panes.fit()
        self.rail.show_counts(self.model.counts)
        self.rail.show_shelf(self.list.shelf)
        self.list.focus_list()
        self.setAcceptDrops(True)

    def _connect(self) -> None:
        self.rail.shelf_wanted.connect(self._show_shelf)
        self.rail.page_wanted.connect(self._bring)
        self.model.counted.connect(lambda: self.rail.show_counts(self.model.counts))
        self.list.chosen.connect(self._follow_list)
        self.list.opened.connect(self._open)
        self.list.pressed.connect(self._press)
        self.list.table.copy_wanted.connect(self._copy_number)
        self.list.import_wanted.connect(self.import_books)
        self.list.add_wanted.connect(self.dialogs.add_person)
        self.list.menu_wanted.connect(self._show_people_menu)
        self.list.pending_wanted.connect(partial(self._bring, "pending"))
        self.list.bar.wanted.connect(self._run_for_selection)
        self.actions_on_people.show_in(self.list, self._people)
        self.stage.moved.connect(self._mark_place)
        self.stage.made.connect(self.toast.keep_clear_of_feet)
        self.stage.contact_page.more_wanted.connect(self._show_person_menu)
        self.sync.sign_in_wanted.connect(self.sign_in_wanted)
        self.palette_box.command_chosen.connect(self.run_command)
        self.palette_box.contact_chosen.connect(self.show_contact)
        self.stage.contact_page.lookalike.contact_wanted.connect(self.show_contact)
        self.notifications.contact_wanted.connect(self.show_contact)
        self.notifications.quit_wanted.connect(self.close)
        self.list.place_wanted.connect(lambda path: self.dialogs.import_books([path]))

    # ---- commands

    def _command_table(self) -> dict[str, Callable[[], object]]:
        table: dict[str, Callable[[], object]] = {
            "search": self.list.focus_search,
            "palette": lambda: self.palette_box.open_over(self.model.rows()),
            "visibility": self._choose_visibility,
            "copy": self._copy_number,
            "rename": self._rename,
            "new": lambda: self.dialogs.add_person(""),
            "import": self.import_books,
            "export": self.export_people,
            "undo": self.undo_toasts.undo,
            "redo": self.undo_toasts.redo,
            "sync": self._session.sync_now,
            "pause": lambda: self._session.pause(self._session.state.status is not Status.PAUSED),
            "next_pane": self.panes.go_on,
            "back": self._go_back,
            "compact": self.looks.switch_compact,
            "accent": self.looks.next_accent,
            "keys": lambda: ShortcutSheet(self).open(),
            "quit": self.close,
        }
        for name in ON_PEOPLE:
            table[name] = partial(self._run_on_people, name)
        for shelf in Shelf:
            table[f"shelf_{shelf}"] = partial(self._show_shelf, shelf)
        for page in (*PAGES, "pending", "settings"):
            table[f"page_{page}"] = partial(self._bring, page)
        for scheme in Scheme:
            table[f"theme_{scheme}"] = partial(self.looks.choose_scheme, scheme)
        return table

    def _add_shortcuts(self) -> None:
        for command in shortcuts.COMMANDS:
            if command.keys and command.name in self._commands:
                action = QAction(tr(command.words), self)
                action.setObjectName(f"command_{command.name}")
                action.setShortcuts([QKeySequence(keys) for keys in command.keys])
                action.triggered.connect(lambda _on, name=command.name: self.run_command(name))
                self.addAction(action)

    def run_command(self, name: str) -> None:
        """Do what a key, the palette or a menu asked for."""
        if name in self._commands:
            self._commands[name]()

    def _people(self) -> list[ContactId]:
        """Name those a command is about: the chosen ones, or the one whose page is shown."""
        chosen = self.list.table.chosen()
        shown = self.stage.place
        if isinstance(shown, int) and len(chosen) < 2:
            return [ContactId(shown)]
        return chosen

    def _run_on_people(self, name: str) -> None:
        if people := self._people():
            getattr(self.actions_on_people, name)(people)

    def _page_of(self, people: Sequence[ContactId]) -> ImpactView | None:
        """Ask on the page of a person what is done to that one alone."""
        is_shown = [*people] == [self.stage.place] and self.stage.isVisible()
        return self.stage.contact_page.impact if is_shown else None

    def _run_for_selection(self, name: str) -> None:
        if name in ("menu", "visibility"):
            self._show_people_menu(QCursor.pos())
        else:
            self._run_on_people(name)

    def _say(self, words: str) -> None:
        self.toast.say(words)

    def _copy_number(self) -> None:
        if words := self.actions_on_people.copy(self._people()):
            self.toast.say(words)

    def _rename(self) -> None:
        if people := self._people():
            self._bring(people[0])
            self.stage.contact_page.header.edit_name()

    def _choose_visibility(self) -> None:
        people = self._people()
        if len(people) > 1:
            self._show_people_menu(QCursor.pos())
        elif people and self.actions_on_people.reaches(people):
            self._bring(people[0])
            self.stage.contact_page.focus_visibility()

    # ---- going

    def _show_shelf(self, shelf: Shelf) -> None:
        self.list.show_shelf(shelf)
        self.rail.show_shelf(shelf)
        self.panes.show_list()
        if isinstance(self.stage.place, str):
            self._show_place(self.list.table.current())

    def _show_place(self, place: Place) -> None:
        self.stage.show_place(place)

    def _follow_list(self, contact: ContactId | None) -> None:
        if contact is not None or not isinstance(self.stage.place, str):
            self._show_place(contact)

    def _press(self) -> None:
        """Show whose row was clicked, also where it was the current one behind another page."""
        contact = self.list.table.current()
        if contact is not None and contact != self.stage.place:
            self._show_place(contact)
        self.panes.show_page()

    def _open(self, contact: ContactId | None) -> None:
        if contact is not None:
            self._bring(contact)
            self.stage.focus_page()

    def _bring(self, place: Place) -> None:
        """Show it, also where the list is in front of it."""
        self._show_place(place)
        self.panes.show_page()

    def _go_back(self) -> None:
        """Go from a person to the list where only one fits, otherwise to the place before."""
        if (self.panes.single and isinstance(self.stage.place, int)) or not self.stage.go_back():
            self.panes.show_list()

    def _mark_place(self, place: Place) -> None:
        self.rail.show_page(place if isinstance(place, str) else None)
        if place is None:
            self.panes.show_list()
        self.rail.show_shelf(self.list.shelf)

    # ---- menus, dialogs

    def _show_people_menu(self, at: QPoint) -> None:
        if people := self._people():
            menu = self.actions_on_people.menu(people, self)
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            export = QAction(icons.icon(Icon.EXPORT, "muted", 18), tr("Export…"), menu)
            export.setObjectName("menu_export")
            export.triggered.connect(lambda: self.dialogs.export(people))
            menu.insertAction(menu.actions()[-1], export)
            menu.popup(at)

    def _show_person_menu(self) -> None:
        more = self.stage.contact_page.header.more
        self._show_people_menu(more.mapToGlobal(more.rect().bottomLeft()))

    def import_books(self) -> None:
        """Ask which address books to import."""
        self.dialogs.import_books([])

    def export_people(self) -> None:
        """Write the chosen people into a book, or everybody where nobody or one is chosen."""
        chosen = self.list.table.chosen()
        self.dialogs.export(chosen if len(chosen) > 1 else None)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.palette_box.hide()

    # ---- files dropped on the window

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if event.mimeData().hasUrls() and all(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls()]
        event.acceptProposedAction()
        self.dialogs.import_books(paths)
