"""The desk's table of expectations: checked, explained, given up."""

import asyncio
from pathlib import Path

import httpx
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.domain import Field
from app.worlds.expectations import read_table
from app.worlds.timeline import Kind, Moment
from tests.ui.conftest import Run, until
from tests.ui.desks import desk, is_idle, open_desk_of
from tests.ui.tables import button, cell, press
from tests.wait import PATIENCE_S
from ui.desk.table import TablePage
from ui.desk.window import DeskWindow
from ui.theme import Theme
from ui.why_list import WhyDialog


def test_what_was_done_before_and_after_a_check_is_told_until_the_next(
    run: Run, dress: Theme
) -> None:
    async def work() -> None:
        async with desk(dress, ("ana", "bo")) as window:
            page = window.table
            assert page.result.text() == "Not checked yet"
            window.timeline.add(_did("dee", "publishes status"))
            window.timeline.add(_did("somebody else", "about for nobody"))
            assert page.result.text() == "Not checked yet", "that changes nothing of what is seen"
            window.timeline.add(_did("ana", "about for nobody"))
            assert page.result.text().startswith("Not checked since 00:00:00")
            await page.check()
            assert "as expected" in page.result.text()
            assert _is_fresh(page)
            window.timeline.add(_did("bo", "blocked on for ana"))
            assert "bo\u2069 blocked on for ana" in page.result.text()
            assert not _is_fresh(page)
            await page.check()
            assert _is_fresh(page)

    run(work())


def _did(who: str, words: str) -> Moment:
    return Moment(0.0, Kind.CHANGED, who, words)


def test_somebody_who_cannot_be_asked_is_named_with_their_line(run: Run, dress: Theme) -> None:
    async def work() -> None:
        async with desk(dress, ("ana", "bo")) as window:
            page = window.table
            page.model.draft.add_viewer("zoe")
            page._show_cells()
            assert not await page.check()
            assert "line 11: there is nobody called zoe" in page.said.accessibleName()
            assert page.start.isEnabled()

    run(work())


def test_the_table_is_checked_painted_explained_and_saved(
    run: Run, dress: Theme, tmp_path: Path
) -> None:
    async def work() -> None:
        async with desk(dress, ("ana", "bo")) as window:
            window.views.segment("table").click()
            page = window.table
            assert page.isVisible()
            await page.check()
            assert page.result.property("tone") == "success"
            press(page, "dee", Field.STATUS)
            assert cell(page, "dee", Field.STATUS) == "✓ hide", "the first press explains"
            press(page, "dee", Field.STATUS)
            press(page, "dee", Field.STATUS)
            assert cell(page, "dee", Field.STATUS) == "show"
            await page.check()
            assert page.result.property("tone") == "danger"
            assert cell(page, "dee", Field.STATUS) == "✗ show: is hidden"
            assert "does not see the status of" in page.why_title.text()
            assert page.why.text().endswith("counts: contacts. This decides.")
            assert page.why.text().startswith("1. \u2068ana\u2069 does not block \u2068dee\u2069.")
            page.save(tmp_path / "table.txt")
            assert read_table(tmp_path / "table.txt").cells == page.table().cells
            page.save_report(tmp_path / "report.html")
            assert 'class="fail"' in (tmp_path / "report.html").read_text()

    run(work())


def test_what_is_now_can_be_taken_as_what_is_expected(run: Run, dress: Theme) -> None:
    async def work() -> None:
        async with desk(dress, ("ana", "bo")) as window:
            window.views.segment("table").click()
            page = window.table
            page.grid.go_to(("dee", Field.STATUS))
            QTest.keyClicks(page.grid, "s")
            QTest.mouseClick(button(page, "table_take"), Qt.MouseButton.LeftButton)
            await until(lambda: "as expected" in page.result.text() and page.start.isEnabled())
            await until(lambda: cell(page, "dee", Field.STATUS) == "✓ hide")

    run(work())


def test_a_failed_cell_leads_to_the_rule_and_to_its_control(run: Run, dress: Theme) -> None:
    async def work() -> None:
        async with desk(dress, ("ana", "bo")) as window:
            window.views.segment("table").click()
            page = window.table
            page.grid.go_to(("bo", Field.EMAIL))
            QTest.keyClicks(page.grid, "s")
            await page.check()
            assert cell(page, "bo", Field.EMAIL) == "✗ show: is hidden"
            QTest.keyClick(page.grid, Qt.Key.Key_Return)
            dialog = window.findChild(WhyDialog)
            assert dialog is not None
            await until(
                lambda: dialog.list.rows and dialog.list.rows[Field.EMAIL].rules.isVisible()
            )
            button(dialog.list.rows[Field.EMAIL], "why_audience").click()
            ana = window.panes[0]
            await until(ana.audience.isVisible)
            assert ana.field.currentData() == Field.EMAIL
            ana.audience.setCurrentIndex(ana.audience.findText("Contacts"))
            ana.audience.activated.emit(ana.audience.currentIndex())
            await until(lambda: is_idle(ana) and not ana.identity.session.state.waiting)
            async with asyncio.timeout(PATIENCE_S):
                while cell(page, "bo", Field.EMAIL) != "✓ show":
                    await page.check()

    run(work())


def test_how_far_a_check_is_is_told_and_it_can_be_given_up_and_made_again(
    run: Run, dress: Theme
) -> None:
    async def work() -> None:
        async with desk(dress, ("ana", "bo")) as window:
            window.views.segment("table").click()
            page = window.table
            held = hold(window, but="as=contact")
            page.start.setFocus()
            QTest.keyClick(page.start, Qt.Key.Key_Space)
            total = len(page.model.draft.sheet.viewers)
            await until(lambda: page.result.text() == f"Checking… 1 of {total} viewers")
            assert not page.start.isEnabled()
            assert page.cancel.hasFocus()
            QTest.keyClick(page.cancel, Qt.Key.Key_Escape)
            await until(page.start.isEnabled)
            assert (page.result.text(), page.cancel.isVisible()) == ("Not checked", False)
            assert page.start.hasFocus()
            QTest.mouseClick(page.start, Qt.MouseButton.LeftButton)
            await until(lambda: page.result.text() == f"Checking… 1 of {total} viewers")
            QTest.mouseClick(page.cancel, Qt.MouseButton.LeftButton)
            await until(page.start.isEnabled)
            held.let_go()
            QTest.mouseClick(page.start, Qt.MouseButton.LeftButton)
            await until(lambda: "as expected" in page.result.text())
            assert page.result.property("tone") == "success"

    run(work())


def test_a_world_that_is_made_anew_ends_a_check_without_a_fault(run: Run, dress: Theme) -> None:
    async def work() -> None:
        async with desk(dress, ("ana", "bo")) as window:
            window.views.segment("table").click()
            held = hold(window)
            window.table.start_check()
            await until(lambda: held.asked)
            await window.drop_desk()
            await until(lambda: window.table.result.text() == "Not checked")

    run(work())


def _is_fresh(page: TablePage) -> bool:
    return page.model.is_fresh


class Held:
    """Keeps the people of a desk from asking anything, but for what has this in its address."""

    def __init__(self, client: httpx.AsyncClient, but: str) -> None:
        self.asked = 0
        self._but = but
        self._open = asyncio.Event()
        client.event_hooks = {"request": [self._wait], "response": []}

    def let_go(self) -> None:
        """Let everything pass from now on."""
        self._open.set()

    async def _wait(self, request: httpx.Request) -> None:
        self.asked += 1
        if self._but not in str(request.url):
            await self._open.wait()


def hold(window: DeskWindow, but: str = "nothing") -> Held:
    return Held(open_desk_of(window).people.client, but)
