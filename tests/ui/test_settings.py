"""The settings page: what is chosen holds at once, is remembered, and can follow the system."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPushButton

from tests.ui.by_hand import CTRL, SHIFT, Key, click, find, press
from tests.ui.conftest import OpenWindow, Run
from ui import theme
from ui.controls import Switch
from ui.main_window import MainWindow
from ui.theme import Scheme
from ui.tokens import ACCENTS, Accent
from ui.window_state import WindowState


def open_settings(window: MainWindow) -> None:
    press(window, Key.Key_Comma, CTRL)
    assert window.stage.place == "settings"


def test_colours_follow_the_system_until_they_are_pinned(
    run: Run, open_window: OpenWindow, qapp: QApplication
) -> None:
    async def story() -> None:
        async with open_window(1) as (window, _session):
            hints = qapp.styleHints()
            open_settings(window)
            click(find(window, QPushButton, "scheme_dark"))
            click(find(window, QPushButton, "scheme_system"))
            hints.colorSchemeChanged.emit(Qt.ColorScheme.Dark)
            assert theme.now().dark
            hints.colorSchemeChanged.emit(Qt.ColorScheme.Light)
            assert not theme.now().dark
            click(find(window, QPushButton, "scheme_dark"))
            assert theme.now().dark
            hints.colorSchemeChanged.emit(Qt.ColorScheme.Dark)
            hints.colorSchemeChanged.emit(Qt.ColorScheme.Light)
            assert theme.now().dark

    run(story())


def test_what_is_chosen_is_there_at_the_next_start(
    run: Run, open_window: OpenWindow, tmp_path: Path
) -> None:
    async def story() -> None:
        async with open_window(1) as (window, _session):
            open_settings(window)
            for name in ("scheme_dark", "accent_teal"):
                click(find(window, QPushButton, name))
            for name in ("compact", "notify_joined"):
                click(find(window, Switch, name))
            assert window.list.is_compact
            assert theme.now().colour("accent").name() == ACCENTS[Accent.TEAL].dark
        state = WindowState(tmp_path / "window.ini")
        assert (state.scheme, state.accent) == (Scheme.DARK, Accent.TEAL)
        assert (state.compact, state.notify_joined, state.notify_messages) == (True, False, True)

    run(story())


def test_what_a_key_changes_is_shown_on_the_page(run: Run, open_window: OpenWindow) -> None:
    async def story() -> None:
        async with open_window(1) as (window, _session):
            open_settings(window)
            compact = find(window, Switch, "compact")
            press(window, Key.Key_D, CTRL | SHIFT)
            assert compact.isChecked()
            press(window, Key.Key_A, CTRL | SHIFT)
            assert find(window, QPushButton, "accent_ocean").isChecked()

    run(story())
