"""Draws every widget in every state, to be looked at: `python -m tests.ui.gallery FOLDER`.

With `--pages FOLDER` it draws every page of the real window instead; see `gallery_pages`.

Light and dark; a larger font with QT_FONT_DPI=192, a sharper screen with QT_SCALE_FACTOR=2.
"""

import asyncio
import subprocess
import sys
import tempfile
import time
from collections.abc import Collection
from pathlib import Path
from typing import Final

from PySide6.QtCore import QLocale, Qt
from PySide6.QtWidgets import QApplication, QWidget

from app.domain import Block, ContactId, Origin, State
from app.paths import Paths
from app.session import Row, Session, SessionState, Status
from app.views import Notice, NoticeKind
from tests.ui.people import a_row, fill, name_of
from ui import notice_words, parts, theme
from ui.add_dialog import AddDialog
from ui.avatar import Avatar
from ui.contact_list import ContactList
from ui.contact_model import ContactModel
from ui.controls import Segmented, SwitchRow, chip
from ui.first_run import FirstRun
from ui.icons import Icon
from ui.loop import Loop
from ui.main_window import MainWindow
from ui.notices_page import NoticeLine
from ui.parts import Banner, CopyButton, EmptyState, IconButton
from ui.pictures import Pictures
from ui.rail import Rail
from ui.shortcuts import ShortcutSheet
from ui.sync_indicator import SyncIndicator
from ui.tasks import Tasks
from ui.theme import Scheme, Size, Theme
from ui.toast import Toast
from ui.tokens import Accent
from ui.window_state import WindowState

NOW: Final = 1_760_000_000.0
LONG: Final = (
    "Wolfeschlegelsteinhausenbergerdorff-Featherstonehaugh, Hubert Blaine the Elder of Penn"
)

ROWS: Final = [
    a_row(1, "Ada Okafor", favorite=True, status="At the lake, no signal", online=True),
    a_row(2, "Bo", status="☕ then the world"),
    a_row(3, LONG, favorite=True, status="A status that goes on and on and on and on and on, too"),
    a_row(4, "عمر عبد الرحمن", status="في الطريق"),
    a_row(5, "דנה כהן", favorite=True, status="חוזרת מחר"),
    a_row(6, "Hidden Hana", visibility=8),
    a_row(7, "Blocked Bill", blocked=tuple(Block), online=True),
    a_row(8, "Pending Petra", state=State.PENDING, published_name=None),
    a_row(9, "Waiting Wen", waiting=True),
    a_row(10, "No Number", address=None, state=None, detail="12"),
    a_row(11, "李小龍", status="永遠在學習"),
    a_row(12, "👩\u200d🚀 Sally", status="In orbit", origin=Origin.AUTO),
    a_row(13, "007"),
]

STATES: Final = [
    SessionState(Status.IDLE, last_synced=NOW - 20),
    SessionState(Status.IDLE),
    SessionState(Status.WORKING, 6200, 9812),
    SessionState(Status.OFFLINE, waiting=12, retry_at=NOW + 8),
    SessionState(Status.OFFLINE, waiting=12, retry_at=NOW + 8, untrusted=True),
    SessionState(Status.WAITING, waiting=1),
    SessionState(Status.PAUSED, waiting=3),
    SessionState(Status.SIGNED_OUT, waiting=2),
]


class Shown(Session):
    """A session that shows the rows it is given, for states that are hard to come by."""

    def __init__(self, home: Path, rows: list[Row]) -> None:
        super().__init__(None, Paths(home))
        self.given = {row.id: row for row in rows}

    def rows(self) -> list[Row]:
        return list(self.given.values())

    def rows_of(self, ids: Collection[ContactId]) -> dict[ContactId, Row]:
        return {each: self.given[each] for each in ids if each in self.given}


class Gallery:
    """Draws into a folder, every picture in both themes."""

    def __init__(self, folder: Path, dress: Theme) -> None:
        self._folder, self._dress = folder, dress
        self._scheme = Scheme.LIGHT
        folder.mkdir(parents=True, exist_ok=True)

    async def draw(self) -> None:
        """Draw everything, once light and once dark."""
        for self._scheme in (Scheme.LIGHT, Scheme.DARK):
            self._dress.choose(self._scheme, Accent.IRIS)
            with tempfile.TemporaryDirectory() as home:
                await self._draw_all(Path(home))

    async def _draw_all(self, home: Path) -> None:
        await self._keep("controls", _controls(), 720)
        await self._keep("messages", _messages(), 720)
        await self._keep("notices", _notices(), 720)
        await self._keep("first_run", FirstRun(), 840, 600)
        connecting = FirstRun(people=812)
        connecting.pages.setCurrentIndex(1)
        connecting.url.setText("https://kith.example.org")
        connecting.show_trouble("The service does not know this token any more. Sign in again.")
        await self._keep("first_run_trouble", connecting, 840, 600)
        async with Shown(home, ROWS) as session:
            await self._draw_lists(session)
            await self._keep("sync", _sync_states(session), 230)
            await self._keep("rail", Rail({}, SyncIndicator(session)), 208, 500)
        async with Shown(home / "many", [a_row(n, name_of(n)) for n in range(10_000)]) as session:
            await self._keep("list_10000", _list_of(session), 340, 640)
        for people in (0, 1, 60):
            await self._draw_window(home / str(people), people)

    async def _draw_lists(self, session: Session) -> None:
        tasks = Tasks(_raise)
        model = ContactModel(session)
        pictures = Pictures(session, tasks)
        made = ContactList(model, pictures)
        await self._keep("list", made, 340, 900)
        made.table.selectAll()
        await self._keep("list_selected", made, 340, 900)
        made.table.clearSelection()
        made.set_compact(True)
        await self._keep("list_compact", made, 340, 640)
        made.set_compact(False)
        made.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        await self._keep("list_mirrored", made, 340, 900)
        made.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        made.search.setText("o")
        await self._keep("list_found", made, 340, 640)
        made.search.setText("nobody of that name")
        await self._keep("list_nothing_found", made, 340, 640)
        model.close()
        pictures.close()

    async def _draw_window(self, home: Path, people: int) -> None:
        async with Session(None, Paths(home)) as session:
            fill(session, people)
            window = MainWindow(session, self._dress, WindowState(home / "window.ini"))
            window.show()
            if people:
                window.show_contact(window.model.row(0).id)
            await self._keep(f"window_{people}", window, 1040, 720)
            if people == 60:
                window.run_command("block")
                window.stage.contact_page.verticalScrollBar().setValue(10_000)
                await self._keep("window_blocked", window, 1040, 720)
                await self._keep("keys", ShortcutSheet(window), 800, 720)
                await self._keep("add", AddDialog(session, "US", "12", window), 420)
                window.run_command("palette")
                await self._keep("window_palette", window, 1040, 720)
                await self._keep("window_small", window, 720, 480)
                await self._keep("window_single", window, 560, 420)
                window.run_command("page_settings")
                await self._keep("window_settings", window, 560, 640)
            await window.close_window()

    async def _keep(self, name: str, widget: QWidget, width: int, height: int = 0) -> None:
        widget.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        widget.setAutoFillBackground(True)
        widget.resize(theme.px(width), theme.px(height) if height else widget.sizeHint().height())
        widget.show()
        await asyncio.sleep(0.15)
        widget.grab().save(str(self._folder / f"{name}_{self._scheme}.png"))


def _list_of(session: Session) -> ContactList:
    tasks = Tasks(_raise)
    return ContactList(ContactModel(session), Pictures(session, tasks))


def _controls() -> QWidget:
    choice = Segmented("Choice", [(1, "Default"), (2, "Public"), (3, "Contact"), (4, "Custom")])
    choice.set_current(2)
    on, off = (
        SwitchRow("Live updates", "They arrive by themselves.", icon=Icon.BELL),
        SwitchRow("Off"),
    )
    on.set_on(True)
    gone = SwitchRow("Cannot be switched")
    gone.setEnabled(False)
    chips = [chip("Online"), chip("Hidden from")]
    chips[0].setChecked(True)
    faces = [Avatar(40), Avatar(56), Avatar(88)]
    for each, name in zip(faces, ("Ada Okafor", "עמר", ""), strict=True):
        each.show_face(name, name, online=True)
    buttons = [
        parts.button(kind or "plain", _nothing, kind=kind)
        for kind in ("", "primary", "danger", "quiet")
    ]
    pills = [parts.pill(tone, tone) for tone in ("muted", "accent", "success", "warning", "danger")]
    field = parts.text_field("A placeholder", "Field")
    bad = parts.text_field("", "Field")
    bad.setText("wrong")
    parts.set_property(bad, "bad", True)
    sizes = [parts.label(f"{size} Ada 0123", size, bold=size is not Size.BODY) for size in Size]
    icons = [IconButton(which, which.value) for which in list(Icon)[:16]]
    made = QWidget()
    made.setLayout(
        parts.column(
            parts.row(*sizes, None),
            parts.row(*buttons, None),
            parts.row(*chips, *pills, None),
            choice,
            parts.Card(on, parts.rule(), off, gone),
            parts.row(field, bad),
            parts.row(*faces, None),
            parts.row(*icons, CopyButton("x", "Copy"), None, spacing=0),
            spacing=16,
            margins=(24, 24, 24, 24),
        )
    )
    return made


def _messages() -> QWidget:
    banners = [
        Banner(f"A {tone or 'plain'} banner says what is wrong.", tone) for tone in Banner.TONES
    ]
    made = QWidget()
    made.setMinimumHeight(520)
    toast = Toast(made)
    made.setLayout(
        parts.column(
            *banners,
            EmptyState(Icon.PEOPLE, "Nobody", "A sentence.", parts.button("Way", _nothing)),
            margins=(24, 24, 24, 80),
        )
    )
    toast.say("Block Ada Okafor", "Undo", _nothing)
    return made


def _notices() -> QWidget:
    """Draw every kind of notice, new and decided, under a short and a long name."""
    made = QWidget()
    lines = []
    for number, kind in enumerate(NoticeKind):
        settled = ("", "kept", "undone")[number % 3]
        about = "field:about" if kind is NoticeKind.REFUSED else "12025550101"
        notice = Notice(
            number,
            NOW,
            kind,
            about,
            None,
            {},
            {"favorite": 1, "visibility": 8},
            "Too large.",
            awaited=kind is NoticeKind.JOINED,
            seen=False,
            settled=settled,
        )
        text = notice_words.sentence(notice, LONG if number % 2 else "عمر عبد الرحمن")
        lines.append(NoticeLine(notice, text, is_new=not settled))
        if not settled:
            lines[-1].add_way("Keep", "notice_keep", _nothing, text)
            lines[-1].add_way("Undo", "notice_undo", _nothing, text)
    made.setLayout(parts.column(parts.Card(*lines, spacing=0), margins=(24, 24, 24, 24)))
    return made


def _sync_states(session: Session) -> QWidget:
    made = QWidget()
    states = []
    for state in STATES:
        session.state = state
        states.append(SyncIndicator(session, lambda: NOW))
        states[-1].close_indicator()
    made.setLayout(parts.column(*states, spacing=12, margins=(8, 8, 8, 8)))
    return made


def _nothing() -> None:
    pass


def _raise(error: Exception) -> None:
    raise error


def main() -> None:
    """Draw into the folder that is named."""
    if sys.argv[1] == "--pages":
        command = [sys.executable, "-m", "tests.ui.gallery_pages", *sys.argv[2:]]
        raise SystemExit(subprocess.run(command, check=False).returncode)
    QLocale.setDefault(QLocale(QLocale.Language.English, QLocale.Country.UnitedStates))
    app = QApplication(sys.argv[:1])
    gallery = Gallery(Path(sys.argv[1]), Theme(app))
    start = time.monotonic()
    with asyncio.Runner(loop_factory=lambda: Loop(app)) as runner:
        runner.run(gallery.draw())
    sys.stdout.write(f"drawn in {time.monotonic() - start:.0f} s\n")


if __name__ == "__main__":
    main()
