"""The desk's table of expectations: filled in, checked, explained, kept."""

import asyncio
from pathlib import Path

import pytest
from PySide6.QtWidgets import QPushButton, QWidget

from app.domain import Field
from app.worlds.expectations import Expected, read_table
from tests.ui.conftest import Run, until
from tests.ui.desks import desk, is_idle
from tests.wait import PATIENCE_S
from ui.desk.table import TablePage
from ui.theme import Theme
from ui.why_list import WhyDialog


@pytest.fixture(autouse=True)
def _dressed(dress: Theme) -> None:
    """Have colours to paint with."""


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
