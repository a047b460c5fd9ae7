"""The pending addresses: found, seen through, waited for, withdrawn."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QWidget

from app.domain import Address
from app.paths import Paths
from app.session import Session
from tests.ui.conftest import OpenWindow, Run, until
from tests.ui.living import ADDRESSES, DAN, living
from ui.pending_page import PendingPage
from ui.people_lines import Group
from ui.plain import one_line
from ui.tasks import Tasks
from ui.theme import Theme


def click(widget: QWidget) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


def texts(widget: QWidget) -> str:
    labels = [each for each in widget.findChildren(QLabel) if each.isVisible()]
    return "\n".join(one_line(each.text()) for each in labels)


async def shown(page: PendingPage) -> None:
    page.resize(700, 800)
    page.show()
    page.activateWindow()
    await until(page.isActiveWindow)


def test_one_is_chosen_seen_waited_for_withdrawn_and_brought_back(
    run: Run, dress: Theme, tmp_path: Path
) -> None:
    async def story() -> None:
        async with living(tmp_path) as here:
            page = PendingPage(here.session, here.tasks)
            await shown(page)
            await until(page.table.people.rowCount)
            titles = [each.title for each in page.table.people.items() if isinstance(each, Group)]
            assert titles == ["Typed here"]
            page.table.selectAll()
            sees = "When Dan joins, they see your name, status, picture, about and presence."
            await until(lambda: sees in texts(page))
            click(page.tell.switch)
            await until(lambda: page.tell.is_on() and page.table.chosen_lines()[0].tone == "accent")
            assert [each.awaited for each in here.session.pending.read()] == [True]
            page.table.setFocus()
            QTest.keyClick(page.table, Qt.Key.Key_Delete)
            await until(lambda: page.stack.currentWidget() is page.none)
            await here.session.settled()
            assert here.session.steps()[0].name == "Withdraw +1 202 555 0104"
            here.session.undo()
            await until(page.table.people.rowCount)
            assert [each.address for each in here.session.pending.read()] == [ADDRESSES[DAN]]
            page.close_page()

    run(story())


def test_many_are_searched_and_withdrawn_after_a_question(
    run: Run, dress: Theme, tmp_path: Path
) -> None:
    async def story() -> None:
        async with Session(None, Paths(tmp_path)) as session:
            book = tmp_path / "club.vcf"
            book.write_text(
                "".join(
                    f"BEGIN:VCARD\nVERSION:3.0\nFN:P{n}\nTEL:+1212555{n:04d}\nEND:VCARD\n"
                    for n in range(101)
                )
            )
            plan = await session.books.plan([book], "US")
            await session.books.run(plan, lambda done, total: None)
            tasks = Tasks(lambda problem: None)
            page = PendingPage(session, tasks)
            await shown(page)
            await until(lambda: page.table.people.rowCount() == 102)
            page.search.setText("P77")
            assert page.table.people.rowCount() == 2
            page.search.setText("nobody")
            assert page.stack.currentWidget() is page.not_found
            page.search.clear()
            click(page.everything)
            assert "Withdraw 101 addresses?" in texts(page)
            assert page.no.hasFocus()
            click(page.no)
            assert len(session.pending.read()) == 101
            click(page.everything)
            click(page.yes)
            await until(lambda: page.stack.currentWidget() is page.none)
            assert not page.question.isVisible()
            session.undo()
            await until(lambda: page.table.people.rowCount() == 102)
            page.close_page()
            await tasks.close()
            page.deleteLater()

    run(story())


def test_the_shelf_and_the_palette_lead_to_them(run: Run, open_window: OpenWindow) -> None:
    async def story() -> None:
        async with open_window(3) as (window, session):
            assert not window.list.pending_way.isVisible()
            window.run_command("shelf_pending")
            click(window.list.pending_way)
            assert window.stage.place == "pending"
            window.run_command("page_profile")
            window.run_command("page_pending")
            page = window.stage.currentWidget()
            assert isinstance(page, PendingPage)
            await until(page.table.people.rowCount)
            assert {each.address for each in session.pending.read()} == {
                Address(f"1202555{number:04d}") for number in range(3)
            }

    run(story())
