"""Start everything in order, and end it in the reverse order.

The embedded service, the session on it, the window on that: each is an `async with` inside the one
before, so what was started last ends first, whatever happens.
"""

import argparse
import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from PySide6.QtCore import QLocale, QSocketNotifier
from PySide6.QtWidgets import QApplication
from qasync import QEventLoop

from app import demo
from app.account import Account
from app.errors import KithError
from app.local_account import local_account
from app.paths import Paths, default_paths, make_private
from app.service import host
from app.session import Session, Status
from app.sign_in import sign_in
from ui import avatar, wording
from ui.first_run import FirstRun
from ui.main_window import MainWindow
from ui.tasks import Tasks
from ui.theme import Theme
from ui.window_state import WindowState

DONE, FAILED, WRONG_USAGE = 0, 1, 2
PICTURE_PATIENCE_S: Final = 20.0
"""How long a screenshot waits for the demo to have settled."""
PICTURE_PAUSE_S: Final = 0.4


def run(options: argparse.Namespace) -> int:
    """Open the window that the command line asks for, and return its exit code."""
    if options.command not in ("window", "demo"):
        sys.stderr.write("kith: python -m ui knows `window` and `demo`\n")
        return WRONG_USAGE
    choose_screen()
    app = QApplication(sys.argv[:1])
    app.setApplicationName("Kith")
    app.setDesktopFileName("kith")
    app.setQuitOnLastWindowClosed(False)
    if QLocale().language() is QLocale.Language.C:
        QLocale.setDefault(QLocale(QLocale.Language.English, QLocale.Country.UnitedStates))
    avatar.limit_decoding()
    dress = Theme(app)
    try:
        with asyncio.Runner(loop_factory=lambda: QEventLoop(app)) as runner:
            return runner.run(_open(options, dress))
    except KithError as error:
        sys.stderr.write(f"kith: {wording.error(error)}\n")
        return FAILED


def choose_screen() -> None:
    """Draw offscreen where there is no display, and say so."""
    names = ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY")
    if sys.platform == "linux" and not any(os.environ.get(name) for name in names):
        sys.stderr.write("kith: No display here: the window is drawn offscreen\n")
        os.environ["QT_QPA_PLATFORM"] = "offscreen"


async def _open(options: argparse.Namespace, dress: Theme) -> int:
    ending = asyncio.Event()
    with _ended_by_signals(ending.set):
        if options.command == "demo":
            return await _show_demo(options.screenshot, dress, ending)
        return await _show_mine(options, dress, ending)


# ---- the demo


async def _show_demo(screenshot: Path | None, dress: Theme, ending: asyncio.Event) -> int:
    paths = demo.demo_paths(default_paths())
    state = _remembered(paths, dress)
    async with (
        host.service(paths.service_dir) as running,
        demo.open_world(running.url, running.operator_key) as world,
        Session(world.account, paths) as session,
        _window(session, dress, state, ending) as window,
    ):
        await demo.bring_book(session)
        window.tasks.start(demo.live(world.people), name="the world lives")
        if screenshot is None:
            await ending.wait()
            return DONE
        return await _draw(window, session, screenshot)


async def _draw(window: MainWindow, session: Session, screenshot: Path) -> int:
    """Wait until the window shows what there is, and draw it into a file."""
    async with asyncio.timeout(PICTURE_PATIENCE_S):
        await session.settled()
        while session.state.status is not Status.IDLE:  # noqa: ASYNC110 - a state has no event
            await asyncio.sleep(0.05)
    window.show_best()
    for _ in range(3):  # pictures, the preview and the page come one after the other
        await asyncio.sleep(PICTURE_PAUSE_S)
    return DONE if window.grab().save(str(screenshot), "PNG") else FAILED


# ---- my own window


async def _show_mine(options: argparse.Namespace, dress: Theme, ending: asyncio.Event) -> int:
    paths = default_paths()
    state = _remembered(paths, dress)
    async with _account(options, paths, ending) as account:
        if account is None:
            return DONE
        async with (
            Session(account, paths) as session,
            _window(session, dress, state, ending),
        ):
            await ending.wait()
    return DONE


@asynccontextmanager
async def _account(
    options: argparse.Namespace, paths: Paths, ending: asyncio.Event
) -> AsyncIterator[Account | None]:
    """Find my account: named on the command line, embedded here already, or chosen now."""
    if options.service and options.token:
        yield await sign_in(options.service, options.token)
        return
    chosen = None if paths.service_dir.exists() else await _choose(ending)
    if ending.is_set():
        yield None
    elif chosen is not None:
        yield chosen
    else:
        async with host.service(paths.service_dir) as running:
            yield await local_account(running.url, running.operator_key)


async def _choose(ending: asyncio.Event) -> Account | None:
    """Ask where to go; `None` is this computer, or the window was closed."""
    first = FirstRun()
    tasks = Tasks(lambda error: first.show_trouble(wording.error(error)))
    chosen: asyncio.Future[Account | None] = asyncio.get_running_loop().create_future()

    async def connect(url: str, token: str) -> None:
        chosen.set_result(await sign_in(url.rstrip("/"), token))

    def settle() -> None:
        if not chosen.done():
            chosen.set_result(None)

    def leave() -> None:
        ending.set()
        settle()

    first.here_chosen.connect(settle)
    first.closed.connect(leave)
    first.service_chosen.connect(
        lambda url, token: tasks.start(connect(url, token), name="connect")
    )
    first.show()
    try:
        return await chosen
    finally:
        await tasks.close()
        first.closed.disconnect(leave)
        first.close()
        first.deleteLater()


# ---- what both share


def _remembered(paths: Paths, dress: Theme) -> WindowState:
    state = WindowState(make_private(paths.home) / "window.ini")
    dress.choose(state.scheme, state.accent)
    return state


@asynccontextmanager
async def _window(
    session: Session, dress: Theme, state: WindowState, ending: asyncio.Event
) -> AsyncIterator[MainWindow]:
    """Show the window for as long as this lasts."""
    window = MainWindow(session, dress, state)
    window.closing.connect(ending.set)
    window.tasks.start(session.ended(), name="the session's end")
    window.show()
    try:
        yield window
    finally:
        await window.close_window()


class _ended_by_signals:  # noqa: N801 - used like a function
    """While this lasts, an interrupt and a request to end close the window in order."""

    def __init__(self, end: Callable[[], object]) -> None:
        self._end = end
        self._reader, self._writer = os.pipe2(os.O_NONBLOCK) if hasattr(os, "pipe2") else os.pipe()
        os.set_blocking(self._writer, False)

    def __enter__(self) -> None:
        self._notifier = QSocketNotifier(self._reader, QSocketNotifier.Type.Read)
        self._notifier.activated.connect(self._wake)
        signal.set_wakeup_fd(self._writer)
        for each in (signal.SIGINT, signal.SIGTERM):
            signal.signal(each, _note)

    def __exit__(self, *_error: object) -> None:
        signal.set_wakeup_fd(-1)
        for each in (signal.SIGINT, signal.SIGTERM):
            signal.signal(each, signal.SIG_DFL)
        self._notifier.setEnabled(False)
        for end in (self._reader, self._writer):
            os.close(end)

    def _wake(self) -> None:
        os.read(self._reader, 64)
        self._end()


def _note(_number: int, _frame: object) -> None:
    """Leave it to the wake-up descriptor: Python's handlers run only between two bytecodes."""
