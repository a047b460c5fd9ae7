"""The foot of "Who can see this?": what a button would do, before it is pressed."""

from pathlib import Path

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QApplication

from tests.ui.conftest import Run, until
from tests.ui.living import ADA, BO, living
from tests.ui.test_pages import audience_of_status, click, groups, texts
from ui.main_window import MainWindow
from ui.pending_page import PendingPage
from ui.theme import Theme
from ui.window_state import WindowState


def test_what_hiding_would_do_is_said_while_the_button_is_looked_at(
    run: Run, dress: Theme, tmp_path: Path
) -> None:
    async def story() -> None:
        async with living(tmp_path) as here:
            page = await audience_of_status(here)
            page.table.choose([here.people[ADA], here.people[BO]])
            page.hide_it.setFocus(Qt.FocusReason.TabFocusReason)
            said = "Ada Okafor and Bo will no longer see your status."
            await until(lambda: said in texts(page.impact))
            page.search.setFocus()
            await until(page.impact.isHidden)
            page.close_page()

    run(story())


def test_the_keyboard_stays_on_the_button_that_was_pressed(
    run: Run, dress: Theme, tmp_path: Path
) -> None:
    async def story() -> None:
        async with living(tmp_path) as here:
            page = await audience_of_status(here)
            page.table.choose([here.people[ADA], here.people[BO]])
            page.hide_it.setFocus()
            click(page.hide_it)
            await until(lambda: "Do not see it: you chose Custom for them" in groups(page))
            assert QApplication.focusWidget() is page.hide_it
            assert page.chosen.text() == "2 chosen"
            page.close_page()

    run(story())


def test_a_toast_covers_nothing_at_the_foot_of_a_page(
    run: Run, dress: Theme, tmp_path: Path
) -> None:
    async def story() -> None:
        async with living(tmp_path) as here:
            window = MainWindow(here.session, dress, WindowState(tmp_path / "window.ini"))
            window.show()
            await until(lambda: hasattr(window, "ways"))
            try:
                window.run_command("page_pending")
                page = window.stage.page("pending")
                assert isinstance(page, PendingPage)
                await until(page.table.people.rowCount)
                page.table.selectAll()
                window.toast.say("Visibility for 3 people", "Undo")
                foot = page.foot

                def covered() -> bool:
                    place = QRect(foot.mapTo(window, QPoint()), foot.size())
                    return place.intersects(window.toast.geometry())

                await until(lambda: foot.isVisible() and not covered())
            finally:
                await window.close_window()

    run(story())
