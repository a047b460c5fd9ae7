"""The page of those who are there twice: why, the one card, the deed, and the way back."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget

from app.changes import Change, Kind
from app.domain import Block, Visibility
from app.paths import Paths
from app.session import Session
from tests.ui.conftest import OpenWindow, Run, until
from ui.duplicates.page import DuplicatesPage
from ui.duplicates.watch import DuplicatesWatch
from ui.main_window import MainWindow
from ui.plain import one_line
from ui.tasks import Tasks
from ui.theme import Theme
from ui.window_state import WindowState

ADA = "FN:Ada Okafor\r\nTEL:+1 212 555 0101\r\nEMAIL:ada@a.example\r\nORG:Acme"
ADA_TOO = "FN:Okafor\\, Ada\r\nTEL:+1 212 555 0102\r\nEMAIL:ada@a.example\r\nORG:Beta"
ANN = "FN:Ann\r\nTEL:+1 212 555 0103\r\nEMAIL:home@a.example"
BOB = "FN:Bob\r\nTEL:+1 212 555 0104\r\nEMAIL:home@a.example"
CY = "FN:Cy\r\nTEL:+1 212 555 0105\r\nEMAIL:home@a.example"


async def fill(session: Session, folder: Path, *cards: str) -> None:
    path = folder / "book.vcf"
    text = "".join(f"BEGIN:VCARD\r\nVERSION:3.0\r\n{card}\r\nEND:VCARD\r\n" for card in cards)
    path.write_text(text, newline="")
    plan = await session.books.plan([path], "US")
    await session.books.run(plan, lambda done, total: None)


def refuse(problem: Exception) -> None:
    raise problem


@asynccontextmanager
async def opened(folder: Path, *cards: str) -> AsyncIterator[tuple[DuplicatesPage, Session]]:
    """Show the page on a book of these cards, when the search has come to its end."""
    async with Session(None, Paths(folder / "home")) as session:
        await fill(session, folder, *cards)
        tasks = Tasks(refuse)
        page = DuplicatesPage(session, tasks)
        page.resize(700, 700)
        page.show()
        await until(lambda: session.doubles.is_known and page.table.isVisible())
        try:
            yield page, session
        finally:
            page.close_page()
            await tasks.close()
            page.hide()
            page.deleteLater()


def click(widget: QWidget) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


def texts(widget: QWidget) -> str:
    labels = [each for each in widget.findChildren(QLabel) if each.isVisible()]
    return "\n".join(one_line(each.accessibleName() or each.text()) for each in labels)


def listed(page: DuplicatesPage) -> list[str]:
    model = page.table.doubles
    return [one_line(str(model.index(row, 0).data())) for row in range(model.rowCount())]


def test_they_are_listed_with_their_reasons_and_become_one(
    dress: Theme, tmp_path: Path, run: Run
) -> None:
    async def story() -> None:
        async with opened(tmp_path, ADA, ADA_TOO, ANN, BOB) as (page, session):
            assert listed(page) == [
                "Ada Okafor · Okafor, Ada, Same mail ada@a.example, same name",
                "Ann · Bob, Same mail home@a.example",
            ]
            page.table.setCurrentIndex(page.table.doubles.index(0, 0))
            QTest.keyClick(page.table, Qt.Key.Key_Return)
            view = page.view
            assert view.isVisible()
            numbers = "+1 212 555 0101\n+1 212 555 0102\nada@a.example"
            await until(lambda: numbers in texts(view.card))
            name = view.findChild(QWidget, "merge_name_1")
            assert isinstance(name, QWidget)
            click(name)
            await until(lambda: texts(view.card).startswith("Okafor, Ada"))
            click(view.merge)
            assert {row.name for row in session.rows()} == {"Okafor, Ada", "Ann", "Bob"}
            await until(lambda: view.position.text() == "1 of 1")
            session.undo()
            await until(lambda: len(page.doubles()) == 2)
            assert len(session.rows()) == 4

    run(story())


def test_not_the_same_person_is_not_asked_again(dress: Theme, tmp_path: Path, run: Run) -> None:
    async def story() -> None:
        async with opened(tmp_path, ANN, BOB) as (page, session):
            searches: list[Change] = []
            session.changes.subscribe(
                lambda change: searches.append(change) if Kind.DOUBLES in change.kinds else None
            )
            page.open_place(0)
            click(page.view.apart)
            await until(page.none.isVisible)
            again = page.none.findChild(QWidget, "doubles_again")
            assert isinstance(again, QWidget)
            click(again)
            await until(lambda: len(searches) > 1)
            assert page.none.isVisible()
            assert len(session.rows()) == 2
            session.undo()
            await until(page.table.isVisible)

    run(story())


def test_all_sure_ones_are_merged_with_one_click(dress: Theme, tmp_path: Path, run: Run) -> None:
    async def story() -> None:
        async with opened(tmp_path, ADA, ADA_TOO, ANN, BOB) as (page, session):
            assert page.all_sure.text() == "Merge the sure one"
            click(page.all_sure)
            await until(lambda: not page.all_sure.isVisible())
            assert listed(page) == ["Ann · Bob, Same mail home@a.example"]
            assert session.steps()[0].name == "Merge Ada Okafor"

    run(story())


def test_a_block_holds_for_every_number_unless_chosen_otherwise(
    dress: Theme, tmp_path: Path, run: Run
) -> None:
    async def story() -> None:
        async with opened(tmp_path, ADA, ADA_TOO) as (page, session):
            ids = {row.name: row.id for row in session.rows()}
            session.set_blocked([ids["Okafor, Ada"]], tuple(Block))
            session.set_visibility([ids["Ada Okafor"]], Visibility.HIDDEN)
            page.open_place(0)
            view = page.view
            assert view.privacy.isVisible()
            strict = "blocked, sees nothing of me"
            await until(lambda: texts(view.card).count(strict) == 2)
            click(view.rule.segment(key=False))
            await until(lambda: texts(view.card).count("blocked") == 1)
            assert strict not in texts(view.card)
            click(view.rule.segment(key=True))
            click(view.merge)
            (row,) = session.rows()
            person = session.person(row.id)
            assert person is not None
            for entry in person.entries:
                assert entry.relation.blocked == tuple(Block)
                assert entry.relation.visibility == Visibility.HIDDEN

    run(story())


def test_of_three_one_can_be_left_out(dress: Theme, tmp_path: Path, run: Run) -> None:
    async def story() -> None:
        async with opened(tmp_path, ANN, BOB, CY) as (page, session):
            page.open_place(0)
            ids = {row.name: row.id for row in session.rows()}
            switch = page.view.findChild(QWidget, f"merge_part_{ids['Bob']}")
            assert isinstance(switch, QWidget)
            await until(lambda: switch.isVisible() and switch.height() > 0)
            click(switch)
            assert len(page.view.ids()) == 2
            click(page.view.merge)
            assert {row.name for row in session.rows()} == {"Ann", "Bob"}
            await until(lambda: listed(page) == ["Ann · Bob, Same mail home@a.example"])

    run(story())


def test_a_search_can_be_stopped(dress: Theme, tmp_path: Path, run: Run) -> None:
    async def story() -> None:
        async with opened(tmp_path, ANN, BOB) as (page, _session):
            page.look()
            await asyncio.sleep(0)
            page.stop.click()
            await until(page.progress.isHidden)
            assert len(page.doubles()) == 1

    run(story())


def test_the_rail_counts_them_and_the_palette_leads_there(
    open_window: OpenWindow, tmp_path: Path, run: Run
) -> None:
    async def story() -> None:
        async with open_window() as (window, session):
            await until(lambda: hasattr(window, "ways"))
            await fill(session, tmp_path, ADA, ADA_TOO)
            await until(lambda: window.rail.pages["duplicates"].findChild(DuplicatesWatch))
            watch = window.rail.pages["duplicates"].findChild(DuplicatesWatch)
            watch.look()
            await until(
                lambda: window.rail.pages["duplicates"].accessibleName() == "There twice, 1"
            )
            window.run_command("page_duplicates")
            page = window.stage.page("duplicates")
            assert page.isVisible()
            await until(lambda: len(page.doubles()) == 1)

    run(story())


def test_nothing_is_looked_for_when_the_window_is_closed(
    dress: Theme, tmp_path: Path, run: Run
) -> None:
    async def story() -> None:
        async with Session(None, Paths(tmp_path)) as session:
            window = MainWindow(session, dress, WindowState(tmp_path / "window.ini"))
            window.show()
            item = window.rail.pages["duplicates"]
            await until(lambda: item.findChild(DuplicatesWatch))
            watch = item.findChild(DuplicatesWatch)
            timer = watch and watch.findChild(QTimer)
            assert timer
            session.add_contact("Ada", ["+12025550101"], "US")
            assert timer.isActive()
            await window.close_window()
            assert not timer.isActive()
            session.undo()
            assert not timer.isActive()
            window.deleteLater()

    run(story())


@pytest.mark.parametrize("size", [(330, 500), (900, 700)])
def test_nothing_is_cut_off(dress: Theme, tmp_path: Path, run: Run, size: tuple[int, int]) -> None:
    async def story() -> None:
        async with opened(tmp_path, ADA, ADA_TOO) as (page, _session):
            page.resize(*size)
            page.open_place(0)
            await until(lambda: page.view.merge.width() >= page.view.merge.sizeHint().width())
            for button in (page.view.merge, page.view.apart):
                assert button.width() >= button.sizeHint().width()
                corner = button.mapTo(page, button.rect().bottomRight())
                assert page.rect().contains(corner)

    run(story())
