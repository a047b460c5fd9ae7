"""A real session on a temporary store, a real window, and coroutines on Qt's own loop."""

import asyncio
import gc
import os
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QApplication

from app.paths import Paths
from app.session import Session
from tests.ui.people import fill
from tests.wait import PATIENCE_S
from ui.loop import Loop
from ui.main_window import MainWindow
from ui.theme import Scheme, Theme
from ui.tokens import Accent
from ui.window_state import WindowState

LONGEST_S = 100.0
"""A test on Qt's loop is ended from within: a signal is not heard while that loop waits."""
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
Run = Callable[..., None]
"""Takes a coroutine, and how many seconds it may take at most."""
OpenWindow = Callable[..., Any]


@pytest.fixture(autouse=True)
def _collect_on_this_thread() -> Iterator[None]:
    """Destroy widgets where Qt lives, as the program itself does."""
    gc.disable()
    yield
    gc.collect()
    gc.enable()


@pytest.fixture(autouse=True)
def _english() -> None:
    QLocale.setDefault(QLocale(QLocale.Language.English, QLocale.Country.UnitedStates))


@pytest.fixture
def dress(qapp: QApplication) -> Iterator[Theme]:
    made = Theme(qapp)
    made.choose(Scheme.LIGHT, Accent.IRIS)
    yield made
    qapp.removeEventFilter(made)
    made.deleteLater()


@pytest.fixture(autouse=True)
def _outlive_windows(qapp: QApplication) -> None:
    """A closed window is not the end of the tests, as it is not that of the program."""
    qapp.setQuitOnLastWindowClosed(False)


@pytest.fixture
def run(qapp: QApplication) -> Run:
    async def bounded(work: Coroutine[Any, Any, None], longest_s: float) -> None:
        async with asyncio.timeout(longest_s):
            await work

    def run_it(work: Coroutine[Any, Any, None], longest_s: float = LONGEST_S) -> None:
        with asyncio.Runner(loop_factory=lambda: Loop(qapp)) as runner:
            runner.run(bounded(work, longest_s))

    return run_it


@pytest.fixture
def open_window(dress: Theme, tmp_path: Path) -> OpenWindow:
    """Open the window on a book of so many people; leaving it closes everything."""

    @asynccontextmanager
    async def opened(people: int = 0) -> AsyncIterator[tuple[MainWindow, Session]]:
        async with Session(None, Paths(tmp_path)) as session:
            fill(session, people)
            window = MainWindow(session, dress, WindowState(tmp_path / "window.ini"))
            window.show()
            window.activateWindow()
            await until(window.isActiveWindow)
            try:
                yield window, session
            finally:
                await window.close_window()
                window.deleteLater()
                await asyncio.sleep(0)

    return opened


async def until(holds: Callable[[], object]) -> None:
    """Wait until it holds, or fail."""
    async with asyncio.timeout(PATIENCE_S):
        while not holds():  # noqa: ASYNC110 - Qt's events have no asyncio.Event to wait for
            await asyncio.sleep(0.005)
