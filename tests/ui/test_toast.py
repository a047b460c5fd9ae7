"""What the toast says, how large it is, and where it stands."""

import time
from pathlib import Path

from PySide6.QtCore import QEvent, QPoint
from PySide6.QtGui import QGuiApplication, QHelpEvent
from PySide6.QtWidgets import QApplication, QToolTip

from app.domain import Block
from app.paths import Paths
from app.session import Session
from app.steps import begin_step
from tests.ui.by_hand import CTRL, Key, click_row, press, texts
from tests.ui.conftest import OpenWindow, Run, until
from ui.main_window import MainWindow
from ui.plain import one_line
from ui.theme import Theme
from ui.window_state import WindowState


def test_a_long_toast_fills_two_lines_and_the_next_is_as_short_as_its_words(
    run: Run, open_window: OpenWindow
) -> None:
    async def story() -> None:
        async with open_window(1) as (window, _session):
            toast = window.toast
            toast.say("Undone")
            short = toast.size()
            toast.say("Somebody has taken a name. " * 4)
            assert toast.height() > short.height()
            assert toast.width() <= window.width()
            toast.say("Undone")
            assert toast.size() == short

    run(story())


def test_copying_says_what_was_copied(run: Run, open_window: OpenWindow) -> None:
    async def story() -> None:
        async with open_window(3) as (window, _session):
            click_row(window, 0)
            press(window.list.table, Key.Key_C, CTRL)
            assert f"Copied {window.model.row(0).detail}" in texts(window.toast)
            window.list.table.selectAll()
            press(window.list.table, Key.Key_C, CTRL)
            assert "3 numbers copied" in texts(window.toast)
            assert QGuiApplication.clipboard().text().count("\n") == 2

    run(story())


def test_the_toast_does_not_cover_what_is_asked_under_the_list(
    run: Run, open_window: OpenWindow
) -> None:
    async def story() -> None:
        async with open_window(5) as (window, _session):
            window.resize(window.minimumSize())
            window.list.table.selectAll()
            window.toast.say("Somebody has taken a name.")
            bar = window.list.bar

            def room() -> int:
                above: int = bar.mapTo(window, QPoint()).y()
                return above - int(window.toast.geometry().bottom())

            await until(lambda: bar.isVisible() and room() > 0)
            window.list.table.choose_current_only()
            low = window.height() - bar.height()
            await until(lambda: window.toast.geometry().bottom() > low)

    run(story())


def test_an_import_that_was_cut_short_is_told_at_the_next_start(
    run: Run, dress: Theme, tmp_path: Path
) -> None:
    async def story() -> None:
        async with Session(None, Paths(tmp_path)) as session:
            with session._store.writing() as transaction:
                begin_step(transaction, "Import family.vcf", time.time(), is_open=True)
        async with Session(None, Paths(tmp_path)) as session:
            window = MainWindow(session, dress, WindowState(tmp_path / "window.ini"))
            window.show()
            try:
                await until(window.toast.isVisible)
                assert "“Import family.vcf” was cut short" in texts(window.toast)
            finally:
                await window.close_window()

    run(story())


def test_no_tooltip_covers_what_is_said_above_the_bar(run: Run, open_window: OpenWindow) -> None:
    async def story() -> None:
        async with open_window(5) as (window, _session):
            screen = window.screen().availableGeometry()
            window.move(0, screen.bottom() + 1 - window.height())  # no room below the bar
            window.list.table.selectAll()
            star = window.list.bar.buttons["favorite"]
            await until(star.isVisible)
            middle = star.rect().center()
            wanted = QHelpEvent(QEvent.Type.ToolTip, middle, star.mapToGlobal(middle))
            QApplication.sendEvent(star, wanted)
            assert "Ctrl+D" in QToolTip.text()
            found = QApplication.topLevelWidgets()
            (tip,) = [each for each in found if each.inherits("QTipLabel") and each.isVisible()]
            assert tip.y() >= window.list.bar.mapToGlobal(QPoint()).y()
            QToolTip.hideText()

    run(story())


def test_a_deed_after_an_undone_one_is_not_called_done_again(
    run: Run, open_window: OpenWindow
) -> None:
    async def story() -> None:
        async with open_window(2) as (window, session):
            who = window.model.row(0)
            session.set_favorite([who.id], True)
            session.undo()
            session.set_blocked([who.id], tuple(Block))
            assert one_line(window.toast.words.text()) == f"Block {who.name}"

    run(story())
