"""The testers' desk: ordinary sessions side by side on a real service, seen in a real window."""

import asyncio
import time
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPushButton, QWidget

from app.domain import Field, Fields, Profile
from app.service.claim import read_note
from app.session import Status
from app.worlds.expectations import Expected, read_table
from app.worlds.timeline import Kind
from app.worlds.weather import Weather
from tests.ui.conftest import Run, until
from tests.ui.desks import desk, is_idle
from tests.wait import PATIENCE_S
from ui.desk.identity import Arrival
from ui.desk.table import TablePage
from ui.desk.window import Deed
from ui.theme import Theme
from ui.why_list import WhyDialog


@pytest.fixture(autouse=True)
def _dressed(dress: Theme) -> None:
    """Have colours to paint with."""


def test_a_change_on_the_left_arrives_on_the_right_with_its_time(run: Run, dress: Theme) -> None:
    async def work() -> None:
        async with desk(dress, ("bo", "ana")) as window:
            bo, ana = window.panes
            bo.keep([ana.identity])
            await until(lambda: bo.model.rowCount() == 1)
            bo.status.setText("At the lake")
            bo.status.editingFinished.emit()
            await until(lambda: "status" in ana.news.accessibleName())
            assert ana.news.accessibleName().startswith("bo: status, ")
            assert ana.news.accessibleName().endswith(" ms")
            ana.choose(bo.identity.address)
            await until(lambda: ana.card.theirs.status.text() == "At the lake")
            wanted = {Kind.CHANGED, Kind.ARRIVED, Kind.PUBLISHED}
            await until(lambda: wanted <= {each.kind for each in window.timeline.moments})

    run(work())


def test_who_may_see_a_field_is_changed_in_the_pane_and_taken_away_on_the_right(
    run: Run, dress: Theme
) -> None:
    async def work() -> None:
        async with desk(dress, ("cy", "ana")) as window:
            cy, ana = window.panes
            cy.keep([ana.identity])
            cy.status.setText("Here")
            cy.status.editingFinished.emit()
            ana.choose(cy.identity.address)
            await until(lambda: ana.card.theirs.status.text() == "Here")
            cy.audience.setCurrentIndex(cy.audience.findText("Nobody"))
            cy.audience.activated.emit(cy.audience.currentIndex())
            await until(lambda: not ana.card.theirs.status.text())
            await until(lambda: "status gone" in ana.news.accessibleName())
            cy.status.setText("Hidden now")
            cy.status.editingFinished.emit()
            await until(
                lambda: any(
                    moment.kind is Kind.WITHHELD and moment.other == "ana"
                    for moment in window.timeline.moments
                )
            )
            assert "withheld" in window.timeline_page.text.toPlainText()

    run(work())


def test_what_a_new_rule_withholds_is_told_with_the_rule(run: Run, dress: Theme) -> None:
    async def work() -> None:
        async with desk(dress, ("ana", "bo")) as window:
            ana, _bo = window.panes
            page = window.timeline_page
            await until(lambda: window.withheld.knows("ana", "bo"))
            ana.field.setCurrentIndex(ana.field.findText("About"))
            ana.field.activated.emit(ana.field.currentIndex())
            ana.audience.setCurrentIndex(ana.audience.findText("Nobody"))
            ana.audience.activated.emit(ana.audience.currentIndex())
            await until(lambda: "about (audience-nobody) from bo" in page.text.toPlainText())
            ana.card.block.click()
            await until(lambda: "status (blocked) from bo" in page.text.toPlainText())
            assert page.text.toPlainText().count("about (") == 1, "it was hidden before"

    run(work())


def test_older_news_after_newer_is_told_and_not_taken(run: Run, dress: Theme) -> None:
    async def work() -> None:
        async with desk(dress, ("ana", "bo")) as window:
            ana, bo = window.panes
            bo.keep([ana.identity])
            await until(lambda: ana.identity.session.view(bo.identity.address).version)
            ana.change_weather(Weather.REORDERED)
            people = window.table._people
            assert people is not None

            async def say(status: str) -> None:
                await people.act("bo", "PATCH", "/v1/me", {"fields": {"status": status}})

            async with asyncio.timeout(PATIENCE_S):
                while not window.timeline.chosen("ana", {Kind.STALE}):  # two have to come together
                    await asyncio.gather(*(say(str(turn)) for turn in range(4)))
            stale = window.timeline.chosen("ana", {Kind.STALE})[0]
            assert "not taken" in stale.words
            assert stale.other == "bo"
            ana.change_weather(Weather.CLEAR)
            await say("the last word")
            ana.choose(bo.identity.address)
            await until(lambda: ana.card.theirs.status.text() == "the last word")

    run(work())


def test_a_change_is_timed_once_where_it_was_heard_live(run: Run, dress: Theme) -> None:
    async def work() -> None:
        async with desk(dress, ("ana", "bo")) as window:
            ana, bo = window.panes
            heard = Profile(bo.identity.address, 7, Fields(status="Here"))
            window._deeds[bo.identity.address] = Deed(time.monotonic() - 1)
            window._arrive(ana, Arrival(heard, (Field.STATUS,), True, time.monotonic()))
            late = window.timeline.moments[-1]
            assert late.took_ms is None, "it was there before this pane heard anything"
            assert "first sight" in late.words
            window._deeds[bo.identity.address] = Deed(time.monotonic())
            for timed in (True, False):
                window._arrive(ana, Arrival(heard, (Field.STATUS,), False, 0))
                assert (window.timeline.moments[-1].took_ms is not None) is timed

    run(work())


def test_a_failed_cell_leads_to_the_rule_and_to_its_control(run: Run, dress: Theme) -> None:
    async def work() -> None:
        async with desk(dress, ("ana", "bo")) as window:
            window.views.segment("table").click()
            page = window.table
            line, column = page._viewers.index("bo"), list(Field).index(Field.EMAIL)
            page.grid.cellClicked.emit(line, column)
            page.grid.cellClicked.emit(line, column)
            await page.check()
            assert _cell(page, line, column) == "✗ show: is hidden"
            page.grid.cellClicked.emit(line, column)
            assert _cell(page, line, column) == "✗ show: is hidden", "it explains first"
            page.way.click()
            dialog = window.findChild(WhyDialog)
            assert dialog is not None
            await until(
                lambda: dialog.list.rows and dialog.list.rows[Field.EMAIL].rules.isVisible()
            )
            _button(dialog.list.rows[Field.EMAIL], "why_audience").click()
            ana = window.panes[0]
            await until(ana.audience.isVisible)
            assert ana.field.currentData() == Field.EMAIL
            ana.audience.setCurrentIndex(ana.audience.findText("Contacts"))
            ana.audience.activated.emit(ana.audience.currentIndex())
            await until(lambda: is_idle(ana) and not ana.identity.session.state.waiting)
            async with asyncio.timeout(PATIENCE_S):
                while _cell(page, line, column) != "✓ show":
                    await page.check()

    run(work())


def _cell(page: TablePage, line: int, column: int) -> str:
    item = page.grid.item(line, column)
    assert item is not None
    return item.text()


def _button(inside: QWidget, name: str) -> QPushButton:
    found = inside.findChild(QPushButton, name)
    assert isinstance(found, QPushButton)
    return found


def test_a_pane_tells_why_from_the_side_of_whoever_decides(run: Run, dress: Theme) -> None:
    async def work() -> None:
        async with desk(dress, ("ana", "bo")) as window:
            ana, bo = window.panes
            ana.choose(bo.identity.address)
            for button, title in ((ana.card.why, "What bo sees"), (ana.card.why_not, "What ana")):
                button.click()
                dialog = window.findChildren(WhyDialog)[-1]
                await until(dialog.list.isVisible)
                assert dialog.windowTitle().startswith(title)
                dialog.close()
            window.why.explain("dee", "ana", None)
            assert "not on this desk" in window.trouble.accessibleName()
            window.trouble.hide()

    run(work())


def test_a_block_in_one_pane_blanks_the_other(run: Run, dress: Theme) -> None:
    async def work() -> None:
        async with desk(dress, ("ana", "bo")) as window:
            ana, bo = window.panes
            bo.keep([ana.identity])
            await until(lambda: bo.card.theirs.status.text() == "On the hill")
            ana.choose(bo.identity.address)
            ana.card.block.click()
            await until(lambda: not bo.card.theirs.status.text())

    run(work())


def test_weather_has_a_banner_and_clears(run: Run, dress: Theme) -> None:
    async def work() -> None:
        async with desk(dress, ("ana", "bo")) as window:
            ana, bo = window.panes
            ana.change_weather(Weather.OFFLINE)
            assert ana.banner.isVisible()
            assert "You switched it on" in ana.banner.accessibleName()
            assert not bo.banner.isVisible()
            await until(lambda: ana.identity.session.state.status is Status.OFFLINE)
            ana.status.setText("From the dark")
            ana.status.editingFinished.emit()
            ana.change_weather(Weather.CLEAR)
            assert not ana.banner.isVisible()
            await until(lambda: is_idle(ana))
            assert ana.identity.session.state.waiting == 0

    run(work())


def test_a_restart_kills_the_service_and_nothing_is_lost(run: Run, dress: Theme) -> None:
    async def work() -> None:
        async with desk(dress, ("ana", "bo")) as window:
            ana, bo = window.panes
            bo.keep([ana.identity])
            await until(lambda: bo.identity.session.view(ana.identity.address).version)
            assert window._desk is not None
            folder = window._desk.service
            before = read_note(folder)
            ana.change_weather(Weather.RESTART)
            assert "killed" in ana.banner.accessibleName()
            async with asyncio.timeout(PATIENCE_S):
                turn = 0
                while read_note(folder) == before:
                    turn += 1
                    ana.status.setText(str(turn))
                    ana.status.editingFinished.emit()
                    await asyncio.sleep(0.02)
            ana.change_weather(Weather.CLEAR)
            told = bo.identity.session
            await until(lambda: told.view(ana.identity.address).fields.status == str(turn))

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
            assert "20 of 20" not in page.result.text()
            assert page.result.property("tone") == "success"
            line = page._viewers.index("dee")
            column = list(Field).index(Field.STATUS)
            page.grid.cellClicked.emit(line, column)  # explains
            page.grid.cellClicked.emit(line, column)
            page.grid.cellClicked.emit(line, column)
            assert page.table().cells[line * len(Field) + column].expected is Expected.SHOW
            await page.check()
            assert page.result.property("tone") == "danger"
            assert "dee does not see the status of ana" in page.why_title.text()
            assert page.why.text().endswith("counts: contacts. This decides.")
            assert page.why.text().startswith("1. ana does not block dee.")
            page.save(tmp_path / "table.txt")
            assert read_table(tmp_path / "table.txt").cells == page.table().cells
            page.save_report(tmp_path / "report.html")
            assert 'class="fail"' in (tmp_path / "report.html").read_text()

    run(work())


def test_the_timeline_is_filtered_copied_and_saved(run: Run, dress: Theme, tmp_path: Path) -> None:
    async def work() -> None:
        async with desk(dress, ("ana", "bo")) as window:
            page = window.timeline_page
            window.panes[0].change_weather(Weather.SLOW)
            window.panes[1].acted.emit("status")
            assert len(page.text.toPlainText().splitlines()) == 2
            page.chips[Kind.WEATHER].click()
            assert "slow" not in page.text.toPlainText()
            page.who.setCurrentText("ana")
            page.refresh()
            assert page.text.toPlainText() == ""
            page.who.setCurrentIndex(0)
            page.refresh()
            page.copy()
            assert QApplication.clipboard().text() == page.text.toPlainText()
            page.save(tmp_path / "timeline.txt")
            assert "bo " in (tmp_path / "timeline.txt").read_text()

    run(work())


def test_the_controls_can_be_reached_and_have_names(run: Run, dress: Theme) -> None:
    async def work() -> None:
        async with desk(dress, ("ana", "bo")) as window:
            for pane in window.panes:
                for control in (
                    pane.status,
                    pane.field,
                    pane.audience,
                    pane.weather,
                    pane.card.block,
                ):
                    assert control.accessibleName()
                    assert control.focusPolicy() & Qt.FocusPolicy.TabFocus

    run(work())
