"""Start everything in order, and end it in the reverse order.

The window shows the book at once; the embedded service starts meanwhile. The session, the window
on it and the service under it end in reverse, whatever happens.
"""

import argparse
import asyncio
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Final, Protocol

from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QApplication

from app.account import Account
from app.commands.words import trouble
from app.domain import Address
from app.errors import HostFailed, KithError, Unreachable
from app.paths import Paths, default_paths, make_private
from app.session import Session, Status
from ui import avatar, garbage, surprises, theme, wording
from ui.ended_by_signals import ended_by_signals
from ui.loop import Loop
from ui.main_window import MainWindow
from ui.single_instance import SingleInstance
from ui.tasks import Tasks
from ui.theme import Theme
from ui.window_state import WindowState

DONE, FAILED, WRONG_USAGE = 0, 1, 2
HERE: Final = Account("", Address("me"), "", embedded=True)
"""Me on the embedded service, before that runs."""
IN_THE_DEMO: Final = Account("", Address("12025550100"), "", embedded=True)

PICTURE_PATIENCE_S: Final = 60.0
"""How long a screenshot waits until the demo has come to life."""
AGAIN_S: Final = 0.5
"""After this the service that was just killed is asked again."""

HOST_AGAIN_S: Final = 5.0
FRAME_S: Final = 0.05
CALM_FRAMES: Final = 4
PICTURE_SIZE: Final = (1200, 800)


def run(options: argparse.Namespace) -> int:
    """Open the window that the command line asks for, and return its exit code."""
    if options.command not in {"window", "demo", "desk"}:
        sys.stderr.write("kith: python -m ui knows `window`, `demo` and `desk`\n")
        return WRONG_USAGE
    choose_screen()
    app = QApplication(sys.argv[:1])
    app.setApplicationName("Kith")
    app.setDesktopFileName("kith")
    app.setQuitOnLastWindowClosed(False)
    read_as_the_system(app)
    avatar.limit_decoding()
    garbage.GarbageCollection(app)
    dress = Theme(app)
    try:
        with asyncio.Runner(loop_factory=lambda: Loop(app)) as runner:
            return runner.run(_open(options, dress))
    except (KithError, TimeoutError) as error:
        sys.stderr.write(f"kith: {wording.error(error)}\n")
        return FAILED
    except OSError as error:
        sys.stderr.write(f"kith: {trouble(error)}\n")
        return FAILED


def read_as_the_system(app: QApplication) -> None:
    """Write numbers and dates as the reader does, and begin at the side where they begin."""
    if QLocale().language() is QLocale.Language.C:
        QLocale.setDefault(QLocale(QLocale.Language.English, QLocale.Country.UnitedStates))
    languages = QLocale.system().uiLanguages()  # these also heed LANGUAGE
    if languages:
        app.setLayoutDirection(QLocale(languages[0]).textDirection())


def choose_screen() -> None:
    """Draw offscreen where there is no display, and say so."""
    names = ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY")
    if sys.platform == "linux" and not any(os.environ.get(name) for name in names):
        sys.stderr.write("kith: No display here: the window is drawn offscreen\n")
        os.environ["QT_QPA_PLATFORM"] = "offscreen"


async def _open(options: argparse.Namespace, dress: Theme) -> int:
    ending = asyncio.Event()
    with ended_by_signals(ending.set):
        if options.command == "desk":
            desk = import_module("ui.desk.main")
            code: int = await desk.show(options, default_paths(), dress, ending)
            return code
        if options.command == "demo":
            return await _show_demo(options.screenshot, dress, ending)
        return await _show_mine(dress, ending)


class Running(Protocol):
    """What `app.service.host` says of a running service; that module is imported late."""

    url: str
    moved: Callable[[str], object]

    @property
    def operator_key(self) -> str:
        """The key of the operator's calls."""


# ---- the demo


async def _show_demo(screenshot: Path | None, dress: Theme, ending: asyncio.Event) -> int:
    paths = Paths(default_paths().home / "demo")
    ready = asyncio.Event()
    async with _opened(IN_THE_DEMO, paths, dress, ending) as opened:
        opened.below.start(_run_demo(opened, paths, ready), name="the demo")
        if screenshot is None:
            await ending.wait()
            return DONE
        return await _draw(opened, ready, screenshot, ending)


async def _run_demo(opened: "_Opened", paths: Paths, ready: asyncio.Event) -> None:
    """Let the demo's world live; when its service is started again, it lives on."""
    demo = await asyncio.to_thread(import_module, "app.demo")
    session = opened.session

    async def live(running: Running) -> None:
        while True:
            with suppress(Unreachable):
                async with demo.open_world(running.url, running.operator_key, paths) as world:
                    if not ready.is_set():
                        session.begin(world.account)
                        await demo.bring_book(session)
                        ready.set()
                        await session.settled()  # who is there, and how they look, is known then
                        opened.window.show_somebody()
                    await demo.live(world.people)
            await asyncio.sleep(AGAIN_S)

    await _serve(opened, paths, live)


async def _draw(
    opened: "_Opened", ready: asyncio.Event, screenshot: Path, ending: asyncio.Event
) -> int:
    """Wait until the window shows what there is, and draw it into a file."""

    def is_alive() -> bool:
        session = opened.session
        me = session.me()
        has_face = me is not None and (
            me.fields.picture is None or session.my_picture() is not None
        )
        return ready.is_set() and has_face and session.state.status is Status.IDLE

    async def until(holds: Callable[[], bool]) -> None:
        while not (holds() or ending.is_set()):
            if opened.troubles:
                raise opened.troubles[0]
            await asyncio.sleep(FRAME_S)

    window = opened.window
    async with asyncio.timeout(PICTURE_PATIENCE_S):
        await until(is_alive)
        window.resize(theme.px(PICTURE_SIZE[0]), theme.px(PICTURE_SIZE[1]))
        window.show_best()
        for _ in range(CALM_FRAMES):  # the page asks for its preview, and that for a picture
            await asyncio.sleep(FRAME_S)
            await until(window.is_calm)
    if ending.is_set():
        return FAILED
    return DONE if window.grab().save(str(screenshot), "PNG") else FAILED


# ---- my own window


async def _show_mine(dress: Theme, ending: asyncio.Event) -> int:
    paths = default_paths()
    instance = SingleInstance(make_private(paths.home))
    if not instance.is_first:
        sys.stderr.write("kith: Kith is open already; its window is shown\n")
        return DONE
    account = await _find_account(paths, dress, ending)
    if account is None:
        return DONE
    while account is not None:
        account = await _live_as(account, paths, dress, ending, instance)
    return DONE


async def _live_as(
    account: Account, paths: Paths, dress: Theme, ending: asyncio.Event, instance: SingleInstance
) -> Account | None:
    """Show the window until it is closed, or until somebody wants to sign in anew."""
    again = asyncio.Event()
    async with _opened(account, paths, dress, ending) as opened:
        instance.called = opened.window.notifications.raise_window
        opened.window.sign_in_wanted.connect(again.set)
        opened.window.sign_in_wanted.connect(ending.set)
        if account.embedded:
            opened.below.start(_run_service(opened, paths), name="the service")
        await ending.wait()
    if not again.is_set():
        return None
    ending.clear()
    return await _ask_account(paths, ending)


async def _find_account(paths: Paths, dress: Theme, ending: asyncio.Event) -> Account | None:
    """Find out who I am: remembered, here already, or asked now."""
    if paths.account_file.exists():
        saved = await asyncio.to_thread(import_module, "app.saved_account")
        found: Account | None = await saved.load_account(paths)
        if found is not None:
            return found
        # Its token is asked for: whoever is signed in elsewhere is not the one here.
    elif paths.service_dir.exists():
        return HERE
    _remembered(paths, dress)
    return await _ask_account(paths, ending)


async def _ask_account(paths: Paths, ending: asyncio.Event) -> Account | None:
    choosing = import_module("ui.choosing")
    chosen: Account | None = await choosing.choose_account(paths, HERE, ending)
    return chosen


async def _run_service(opened: "_Opened", paths: Paths) -> None:
    """Run the embedded service, and sign in there, until this is cancelled."""
    local = await asyncio.to_thread(import_module, "app.local_account")
    session = opened.session

    async def sign_in(running: Running) -> None:
        while not (session.account and session.account.token):
            with suppress(Unreachable):
                session.begin(await local.local_account(running.url, running.operator_key))
            await asyncio.sleep(AGAIN_S)
        await asyncio.Event().wait()

    await _serve(opened, paths, sign_in)


# ---- what both share


@dataclass(frozen=True, slots=True)
class _Opened:
    """A window on a session, and the tasks below both: they end last."""

    session: Session
    window: MainWindow
    below: Tasks
    troubles: list[Exception]

    def report(self, trouble: Exception) -> None:
        """Show what went wrong below the window."""
        self.troubles.append(trouble)
        self.window.show_error(trouble)


@asynccontextmanager
async def _opened(
    account: Account, paths: Paths, dress: Theme, ending: asyncio.Event
) -> AsyncIterator[_Opened]:
    """Show the window for as long as this lasts."""
    state = _remembered(paths, dress)
    troubles: list[Exception] = []
    below = Tasks(troubles.append)
    try:
        async with Session(account, paths) as session:
            window = MainWindow(session, dress, state)
            window.closing.connect(ending.set)
            opened = _Opened(session, window, below, troubles)
            below.report = opened.report
            window.tasks.start(_tell_surprises(opened), name="surprises of the session")
            window.show()
            with garbage.passed_by(), surprises.told(window.show_error):
                try:
                    yield opened
                finally:
                    await window.close_window()
    finally:
        await below.close()


async def _tell_surprises(opened: _Opened) -> None:
    """Show what ends the session's loops; they begin again when somebody wants to go on."""
    while True:
        try:
            await opened.session.ended()
        except Exception as surprise:
            opened.window.show_error(surprise)


async def _serve(opened: _Opened, paths: Paths, use: Callable[[Running], Awaitable[None]]) -> None:
    """Use the embedded service; where it does not start, say so and try again."""
    host = await asyncio.to_thread(import_module, "app.service.host")
    while True:
        try:
            async with host.service(paths.service_dir) as running:
                opened.session.move(running.url)
                running.moved = opened.session.move
                await use(running)
        except HostFailed as trouble:
            opened.report(trouble)
            await asyncio.sleep(HOST_AGAIN_S)


def _remembered(paths: Paths, dress: Theme) -> WindowState:
    state = WindowState(make_private(paths.home) / "window.ini")
    dress.choose(state.scheme, state.accent)
    return state
