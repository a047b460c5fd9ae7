"""The scenes of the page gallery: the window as somebody meets it, one state after another."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtWidgets import QApplication, QDialog, QMenu, QPushButton, QScrollArea, QWidget

from app import demo
from app.domain import Audience, Block, ContactId, Field, Privacy, State, Visibility, VisibilitySet
from app.paths import Paths
from app.service import host
from app.session import Session, Status
from tests.ui.conftest import until
from tests.ui.gallery import LONG, Shown
from tests.ui.people import a_row, name_of
from ui import viewers
from ui.duplicates.page import DuplicatesPage
from ui.first_run import FirstRun
from ui.importing.dialog import ImportDialog
from ui.main_window import MainWindow
from ui.privacy_page import PrivacyPage
from ui.profile_page import ProfilePage
from ui.shelf import Shelf
from ui.theme import Scheme, Theme
from ui.tokens import Accent
from ui.window_state import WindowState

CALM_S: Final = 0.3
"""What is asked of the service and painted late is there by then; a picture is no test."""
NAMES: Final = (LONG, "דנה כהן", "Ada\u202erafako", "Ada Okaf\u043er")
"""Long, right to left; the last two deceive: turned round, and with a Cyrillic letter."""
TABLE: Final = "Kunde;Ruf;Ort\nAda Okafor;+49 171 1234567;Köln\nBo Quist;12;Bonn\n"
TWICE: Final = "".join(
    f"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:{name}\r\nTEL:{number}\r\n"
    "EMAIL:grete@mueller.example\r\nEND:VCARD\r\n"
    for name, number in {"Grete Müller": "+4930123456", "Müller, Grete": "+4989123456"}.items()
)
FRESH: Final = "".join(
    f"BEGIN:VCARD\r\nVERSION:3.0\r\nFN:{name}\r\nTEL:{number}\r\nEND:VCARD\r\n"
    for name, number in {
        "Ife Bello": "+1 202 555 0119",
        "Rami Haddad": "+1 202 555 0199",
        "Ada Okafor": "+1 202 555 0117",
        "Half a number": "555-01",
        "Nobody's": "ask Tom",
    }.items()
)
SIZE: Final = (1200, 780)


@dataclass(frozen=True, slots=True)
class Camera:
    """Takes the window and all that stands over it, light and dark."""

    folder: Path
    dress: Theme

    async def take(self, name: str, window: QWidget) -> None:
        """Draw it as a person would see it."""
        for scheme in (Scheme.LIGHT, Scheme.DARK):
            self.dress.choose(scheme, Accent.IRIS)
            await asyncio.sleep(CALM_S)
            _drawn(window).save(str(self.folder / f"{name}_{scheme}.png"))


def _drawn(window: QWidget) -> QPixmap:
    drawn = window.grab()
    painter = QPainter(drawn)
    for each in QApplication.topLevelWidgets():
        if each is not window and each.isVisible():
            painter.drawPixmap(each.geometry().topLeft() - window.geometry().topLeft(), each.grab())
    painter.end()
    return drawn


@asynccontextmanager
async def _window(camera: Camera, session: Session, home: Path) -> AsyncIterator[MainWindow]:
    window = MainWindow(session, camera.dress, WindowState(home / "window.ini"))
    room = window.screen().availableSize()
    window.resize(min(SIZE[0], room.width()), min(SIZE[1], room.height()))
    window.show()
    await until(lambda: hasattr(window, "ways"))
    try:
        yield window
    finally:
        await window.close_window()


# ---- without a service


async def draw_first_run(camera: Camera) -> None:
    """Draw the questions of the first run."""
    first = FirstRun()
    first.show()
    await camera.take("first_run", first)
    first.pages.setCurrentIndex(1)
    await camera.take("sign_in", first)
    first.url.setText("https://kith.example.org")
    first.show_trouble("The service does not know this token any more. Sign in again.")
    await camera.take("sign_in_trouble", first)
    first.hide()


async def draw_nobody(camera: Camera, home: Path) -> None:
    """Draw every page where there is nobody and no account."""
    async with (
        Session(None, Paths(home)) as session,
        _window(camera, session, home) as window,
    ):
        await camera.take("nobody", window)
        for shelf in (Shelf.MATCHED, Shelf.PENDING, Shelf.FAVORITES, Shelf.BLOCKED, Shelf.NEW):
            window.run_command(f"shelf_{shelf}")
            await camera.take(f"nobody_{shelf}", window)
        for page in ("profile", "privacy", "blocked", "notices", "duplicates", "steps", "pending"):
            window.run_command(f"page_{page}")
            await camera.take(f"nobody_{page}", window)


async def draw_many(camera: Camera, home: Path) -> None:
    """Draw the list of 100,000 people."""
    rows = [a_row(number, name_of(number)) for number in range(100_000)]
    async with (
        Shown(home, rows) as session,
        _window(camera, session, home) as window,
    ):
        await camera.take("many", window)


# ---- on the demo's world


async def draw_world(camera: Camera, home: Path) -> None:
    """Draw the window on a small world and its service, and at last without that."""
    paths = Paths(home)
    async with AsyncExitStack() as service:
        running = await service.enter_async_context(host.service(paths.service_dir))
        world = await service.enter_async_context(
            demo.open_world(running.url, running.operator_key, paths)
        )
        async with Session(world.account, paths) as session:
            people = await _furnish(session)
            async with _window(camera, session, home) as window:
                scenes = Scenes(camera, session, window, people)
                await scenes.draw_lists()
                await scenes.draw_people()
                await scenes.draw_mine()
                await scenes.draw_pages()
                await scenes.draw_over(home)
                await scenes.draw_import(home)
                await scenes.draw_narrow()
                await service.aclose()
                await until(lambda: session.state.status is Status.OFFLINE)
                await scenes.draw_offline()


async def _furnish(session: Session) -> dict[str, ContactId]:
    """Bring the demo's book, names that are hard, and a rule of each kind."""
    await demo.bring_book(session)
    for number, name in enumerate(NAMES):
        session.add_contact(name, [f"+1202555{7000 + number}"], "US")
    await session.settled()
    people = {row.name: row.id for row in session.rows()}
    matched = [row.id for row in session.rows() if row.state is State.MATCHED]
    blocked, limited, hidden, custom = matched[3:7]
    work = VisibilitySet(16, "Work", (Field.NAME, Field.STATUS))
    session.save_privacy(Privacy(sets=(work,)))
    book = session.folder / "twice.vcf"
    book.write_text(TWICE, newline="")
    await session.books.run(await session.books.plan([book], "US"), lambda _done, _all: None)
    session.set_blocked([blocked], (Block.MESSAGES, Block.PROFILE))
    session.set_visibility([limited], work.id)
    session.set_visibility([hidden], Visibility.HIDDEN)
    session.set_fields({custom: (Field.NAME, Field.ABOUT)})
    await session.settled()
    await session.doubles.look(lambda _done, _total: None)
    return people | {"blocked": blocked, "hidden": hidden, "custom": custom, "limited": limited}


class Scenes:
    """One state after another of one window."""

    def __init__(
        self, camera: Camera, session: Session, window: MainWindow, people: dict[str, ContactId]
    ) -> None:
        self._camera, self._session = camera, session
        self._window, self._people = window, people

    async def _take(self, name: str) -> None:
        await until(self._window.is_calm)
        await self._camera.take(name, self._window)

    def _show_best(self) -> None:
        """Bring the best one into sight, also where the list stands before the page."""
        self._window.show_best()
        place = self._window.stage.place
        assert isinstance(place, int)
        self._window.show_contact(ContactId(place))

    async def draw_lists(self) -> None:
        """Every shelf, a search, several people chosen."""
        window = self._window
        window.show_best()
        for shelf in Shelf:
            window.run_command(f"shelf_{shelf}")
            await self._take(f"list_{shelf}")
        window.run_command("shelf_all")
        window.list.search.setText("ada")
        await self._take("list_found")
        window.list.search.setText("nobody of that name")
        await self._take("list_not_found")
        window.list.search.setText("")
        window.list.table.selectAll()
        await self._take("list_chosen")
        window.list.table.clearSelection()

    async def draw_people(self) -> None:
        """A page for each way to stand to somebody, from its top to its foot."""
        pages = {name: self._people[name] for name in ("blocked", "hidden", "custom", "limited")}
        pending = next(row.id for row in self._session.rows() if row.state is State.PENDING)
        pages |= {"long": self._people[LONG], "deceiving": self._people[NAMES[3]]}
        pages |= {"right_to_left": self._people[NAMES[1]], "pending": pending}
        self._show_best()
        await self._take_whole("person_matched", self._window.stage.contact_page)
        for name, contact in pages.items():
            self._window.show_contact(contact)
            await self._take_whole(f"person_{name}", self._window.stage.contact_page)
        self._show_best()
        _press(self._window.stage.contact_page, "why")
        await self._take("why")
        _close_dialogs()

    async def draw_mine(self) -> None:
        """My profile, through one pair of eyes and through four; privacy; who can see it."""
        window = self._window
        window.run_command("page_profile")
        page = window.stage.page("profile")
        assert isinstance(page, ProfilePage)
        await self._take_whole("profile", page)
        for row in [row for row in self._session.rows() if row.state is State.MATCHED][:2]:
            if viewer := viewers.person(row):
                page.look_as(viewer)
        page.verticalScrollBar().setValue(10_000)
        await self._take("see_as_four")
        window.run_command("page_privacy")
        privacy = window.stage.page("privacy")
        assert isinstance(privacy, PrivacyPage)
        await self._take_whole("privacy", privacy)
        privacy.reveal(Field.PICTURE)
        privacy.rows[Field.PICTURE].choice.considered.emit(Audience.NOBODY)
        await self._take("privacy_consequences")
        privacy.rows[Field.ABOUT].choice.segment(Audience.EVERYONE).click()
        await self._take("privacy_question")
        privacy.reveal_sets()
        await self._take("privacy_sets")
        privacy.audience_wanted.emit(Field.PICTURE)
        await self._take("who_can_see")

    async def draw_pages(self) -> None:
        """The other pages, and two people who are one."""
        window = self._window
        for page in ("pending", "notices", "steps", "blocked", "settings", "duplicates"):
            window.run_command(f"page_{page}")
            await self._take(f"page_{page}")
        doubles = window.stage.page("duplicates")
        assert isinstance(doubles, DuplicatesPage)
        doubles.open_place(0)
        await self._take("merge")
        self._show_best()
        window.stage.contact_page.header.message_wanted.emit()
        await self._take("conversation")

    async def draw_over(self, home: Path) -> None:
        """What stands over the window."""
        window = self._window
        self._show_best()
        for name in ("palette", "keys", "new", "export"):
            window.run_command(name)
            await self._take(f"over_{name}")
            _close_dialogs()
            window.palette_box.hide()
        window.stage.contact_page.header.more_wanted.emit()
        await self._take("over_menu")
        _close_dialogs()
        window.run_command("favorite")
        await self._take("over_toast")

    async def draw_import(self, home: Path) -> None:
        """The import from its first page to its report."""
        table, empty, fresh = home / "kunden.csv", home / "empty.vcf", home / "fresh.vcf"
        table.write_text(TABLE)
        fresh.write_text(FRESH, newline="")
        empty.write_text("")
        self._window.import_books()
        dialog = next(each for each in QApplication.topLevelWidgets() if _is_import(each))
        assert isinstance(dialog, ImportDialog)
        await self._take("import_start")
        for name, path in {
            "mapping": table,
            "nothing": empty,
            "known": demo.BOOK,
            "preview": fresh,
        }.items():
            dialog.read([path])
            await asyncio.sleep(CALM_S)
            await self._take(f"import_{name}")
        dialog.preview.go.click()
        await until(lambda: dialog.stack.currentWidget() is dialog.report)
        await self._take("import_report")
        dialog.close()
        await asyncio.sleep(CALM_S)
        self._window.import_books()
        again = next(each for each in QApplication.topLevelWidgets() if _is_import(each))
        _press(again, "import_account")
        await self._take("import_account")
        again.close()

    async def draw_narrow(self) -> None:
        """The window where there is little room."""
        window = self._window
        self._show_best()
        for width, height in ((800, 560), (560, 420)):
            window.resize(width, height)
            await self._take(f"narrow_{width}")
        window.resize(*SIZE)

    async def draw_offline(self) -> None:
        """What is shown while the service is away."""
        self._show_best()
        await self._take("offline_person")
        for page in ("profile", "privacy", "pending"):
            self._window.run_command(f"page_{page}")
            await self._take(f"offline_{page}")

    async def _take_whole(self, name: str, page: QScrollArea) -> None:
        bar = page.verticalScrollBar()
        bar.setValue(0)
        await self._take(name)
        for screen in range(1, 4):
            if bar.value() == bar.maximum():
                return
            bar.setValue(bar.value() + bar.pageStep())
            await self._take(f"{name}_{screen}")


def _press(where: QWidget, name: str) -> None:
    button = where.findChild(QPushButton, name)
    assert button is not None
    button.click()


def _is_import(widget: QWidget) -> bool:
    return isinstance(widget, ImportDialog) and widget.isVisible()


def _close_dialogs() -> None:
    for each in QApplication.topLevelWidgets():
        if isinstance(each, QDialog | QMenu):
            each.close()
