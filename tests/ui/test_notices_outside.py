"""What the desktop is told while another window is looked at, and one window for one home."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QSystemTrayIcon, QWidget

from app.changes import Change, Kind
from tests.ui.by_hand import click, find, texts
from tests.ui.conftest import OpenWindow, Run, until
from tests.ui.living import ADA, ME, living
from tests.wait import PATIENCE_S
from ui.controls import Switch
from ui.main_window import MainWindow
from ui.single_instance import SingleInstance
from ui.theme import Theme
from ui.window_state import WindowState

offscreen_raises_nothing = pytest.mark.qt_log_ignore("This plugin does not support raise")


@asynccontextmanager
async def another_window(window: MainWindow) -> AsyncIterator[None]:
    """Let the person look at something else."""
    other = QWidget()
    other.show()
    other.activateWindow()
    await until(lambda: other.isActiveWindow() and not window.isActiveWindow())
    try:
        yield
    finally:
        other.deleteLater()


@offscreen_raises_nothing
def test_who_has_joined_is_told_outside_and_a_press_leads_there(
    run: Run, open_window: OpenWindow
) -> None:
    async def story() -> None:
        async with open_window(4) as (window, session):
            told: list[str] = []
            window.notifications.told.connect(told.append)
            who = window.model.row(2)
            joined = Change(Kind.CONTACTS, frozenset({who.id}), frozenset({who.id}))
            session.changes.publish(joined)
            assert told == []  # it is looked at: the toast is enough
            assert f"{who.name} has joined" in texts(window.toast)
            async with another_window(window):
                session.changes.publish(joined)
                assert told == [f"{who.name} has joined"]
                window.notifications.tray.messageClicked.emit()
                await until(window.isActiveWindow)
                assert window.stage.place == who.id

    run(story())


def test_many_who_join_at_once_are_one_notice(run: Run, open_window: OpenWindow) -> None:
    async def story() -> None:
        async with open_window(4) as (window, session):
            told: list[str] = []
            window.notifications.told.connect(told.append)
            everyone = frozenset(row.id for row in window.model.rows())
            async with another_window(window):
                session.changes.publish(Change(Kind.CONTACTS, everyone, everyone))
            assert told == ["4 of your people have joined"]

    run(story())


def test_a_message_is_told_without_its_text_until_that_is_switched_off(
    run: Run, dress: Theme, tmp_path: Path
) -> None:
    async def story() -> None:
        async with living(tmp_path) as here:
            window = MainWindow(here.session, dress, WindowState(tmp_path / "window.ini"))
            window.show()
            told: list[str] = []
            window.notifications.told.connect(told.append)
            heard: list[str] = []
            here.session.hear(lambda kind, _happening: heard.append(kind))

            async def write() -> None:
                message = {"id": str(uuid.uuid4()), "to": ME, "text": "The secret"}
                before = heard.count("message")
                await here.act(ADA, "POST", "/v1/messages", message)
                await until(lambda: heard.count("message") > before)

            async with another_window(window):
                await write()
                assert told == [f"{ADA} has written"]
                window.run_command("page_settings")
                click(find(window.stage, Switch, "notify_messages"))
                await write()
                assert len(told) == 1
            assert not WindowState(tmp_path / "window.ini").notify_messages
            await window.close_window()

    run(story())


def test_joining_is_told_no_more_once_that_is_switched_off(
    run: Run, open_window: OpenWindow
) -> None:
    async def story() -> None:
        async with open_window(2) as (window, session):
            told: list[str] = []
            window.notifications.told.connect(told.append)
            window.run_command("page_settings")
            click(find(window.stage, Switch, "notify_joined"))
            everyone = frozenset(row.id for row in window.model.rows())
            async with another_window(window):
                session.changes.publish(Change(Kind.CONTACTS, everyone, everyone))
            assert told == []

    run(story())


@offscreen_raises_nothing
def test_the_tray_shows_the_window_and_quits(run: Run, open_window: OpenWindow) -> None:
    async def story() -> None:
        async with open_window(1) as (window, _session):
            tray = window.notifications.tray
            menu = {action.objectName(): action for action in tray.contextMenu().actions()}
            assert [type(each) for each in menu.values()] == [QAction, QAction]
            asked: list[None] = []
            window.closing.connect(lambda: asked.append(None))
            for raise_it in (
                menu["tray_show"].trigger,
                lambda: tray.activated.emit(QSystemTrayIcon.ActivationReason.Trigger),
            ):
                window.showMinimized()
                async with another_window(window):
                    raise_it()
                    await until(window.isActiveWindow)
                    assert not window.isMinimized()
            menu["tray_quit"].trigger()
            assert asked

    run(story())


def test_a_second_start_calls_the_first(run: Run, tmp_path: Path) -> None:
    async def story() -> None:
        first = SingleInstance(tmp_path)
        called = asyncio.Event()
        first.called = called.set
        second = SingleInstance(tmp_path)
        assert (first.is_first, second.is_first) == (True, False)
        async with asyncio.timeout(PATIENCE_S):
            await called.wait()
        first.close()
        assert SingleInstance(tmp_path).is_first

    run(story())


def test_another_home_has_a_window_of_its_own(run: Run, tmp_path: Path) -> None:
    async def story() -> None:
        one, other = SingleInstance(tmp_path), SingleInstance(tmp_path / "another")
        assert one.is_first
        assert other.is_first
        one.close()
        other.close()

    run(story())
