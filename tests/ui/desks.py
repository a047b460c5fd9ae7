"""The testers' desk open on a world, for the tests."""

import argparse
import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from app.paths import Paths
from app.session import Status
from app.worlds.files import WORLDS
from app.worlds.weather import Weather
from tests.ui.conftest import until
from ui.desk.main import show
from ui.desk.opened import OpenDesk, look_through, open_world
from ui.desk.pane import Pane
from ui.desk.window import DeskWindow
from ui.theme import Theme

WORLD = WORLDS / "three-people.json"


@asynccontextmanager
async def open_desk(path: Path, names: tuple[str, ...]) -> AsyncIterator[OpenDesk]:
    """Make a world, and sign in as these people."""
    async with (
        open_world(path, names, lambda _making: None) as opened,
        look_through(opened, names) as seen,
    ):
        yield seen


@asynccontextmanager
async def desk(dress: Theme, names: tuple[str, ...]) -> AsyncIterator[DeskWindow]:
    """Show the desk of a few of the three people, up to date; no trouble was shown at its end."""
    async with open_desk(WORLD, names) as opened:
        window = DeskWindow(dress)
        window.show()
        await window.show_desk(opened, {})
        await until(lambda: all(is_idle(pane) for pane in window.panes))
        try:
            yield window
        finally:
            shown = window.trouble.isVisible()
            await window.drop_desk()
            await window.close_window()
            assert not shown


def is_idle(pane: Pane) -> bool:
    """Whether this identity is up to date, and its controls say so."""
    return pane.identity.session.state.status is Status.IDLE and pane.status.isEnabled()


@asynccontextmanager
async def shown(
    dress: Theme,
    home: Path,
    world: Path | None,
    people: tuple[str, ...] = (),
    weather: tuple[tuple[str, Weather], ...] = (),
) -> AsyncIterator[DeskWindow]:
    """Run the desk as the command line does; leaving this closes it."""
    ending = asyncio.Event()
    options = argparse.Namespace(world=world, people=people, weather=weather, screenshot=None)
    async with asyncio.TaskGroup() as group:
        group.create_task(show(options, Paths(home), dress, ending))
        await until(desk_windows)
        try:
            yield desk_windows()[0]
        finally:
            ending.set()


def desk_windows() -> list[DeskWindow]:
    """List the windows of the desk that are open."""
    every = QApplication.topLevelWidgets()
    return [each for each in every if isinstance(each, DeskWindow) and each.isVisible()]


async def side_by_side(window: DeskWindow, *names: str) -> None:
    """Wait until these people are on the desk, up to date."""
    await until(lambda: [pane.identity.name for pane in window.panes] == [*names])
    await until(lambda: all(map(is_idle, window.panes)))


def click(widget: QWidget) -> None:
    """Press the left button of the mouse on something that can be pressed."""
    assert widget.isVisible()
    assert widget.isEnabled()
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


def open_desk_of(window: DeskWindow) -> OpenDesk:
    """Return what is on a desk."""
    assert window._desk is not None
    return window._desk
