"""What a click would change is said beside the control; only what cannot be undone is asked."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel, QPushButton, QWidget

from app.domain import Block, Field, Visibility
from app.paths import Paths
from app.session import Session
from tests.ui.conftest import Run, until
from tests.ui.living import ADA, BO, CYD, DAN, Living, living
from ui import impact_people
from ui.blocked_page import BlockedPage
from ui.contact_page import ContactPage
from ui.impact_view import ImpactView
from ui.importing.dialog import ImportDialog
from ui.main_window import MainWindow
from ui.plain import one_line
from ui.theme import Theme
from ui.window_state import WindowState

BOTH = (Block.MESSAGES, Block.PROFILE)
TAB = Qt.FocusReason.TabFocusReason


def click(widget: QWidget | None) -> None:
    assert widget is not None
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


def said(view: ImpactView) -> list[str]:
    found = view.findChildren(QLabel, "consequence")
    return [one_line(each.text()) for each in found if each.isVisible()]


async def page_of(here: Living, name: str) -> ContactPage:
    page = ContactPage(here.session, here.tasks)
    page.resize(700, 900)
    page.show()
    page.activateWindow()
    await until(page.isActiveWindow)
    page.show_contact(here.people[name])
    return page


async def window_of(here: Living, dress: Theme, home: Path) -> MainWindow:
    window = MainWindow(here.session, dress, WindowState(home / "window.ini"))
    window.show()
    window.activateWindow()
    await until(window.isActiveWindow)
    return window


def test_looking_at_block_says_what_they_lose_and_a_click_does_it_at_once(
    run: Run, dress: Theme, tmp_path: Path
) -> None:
    async def story() -> None:
        async with living(tmp_path) as here:
            page = await page_of(here, BO)
            page.block.setFocus(TAB)
            await until(lambda: said(page.impact_blocking))
            assert said(page.impact_blocking) == [
                "Bo will no longer see your name, status and presence."
            ]
            click(page.block)
            row = here.session.rows_of([here.people[BO]])[here.people[BO]]
            assert row.blocked == BOTH
            assert not page.impact_blocking.asking
            page.close_page()

    run(story())


def test_the_end_of_a_block_is_asked_since_they_see_more(
    run: Run, dress: Theme, tmp_path: Path
) -> None:
    async def story() -> None:
        async with living(tmp_path) as here:
            bo = here.people[BO]
            here.session.set_blocked([bo], BOTH)
            await here.session.settled()
            page = await page_of(here, BO)
            click(page.blocked.switch)
            await until(lambda: page.impact_blocking.asking)
            assert not page.blocked.is_on()
            click(page.findChild(QPushButton, "impact_no"))
            assert page.blocked.is_on()
            assert here.session.rows_of([bo])[bo].blocked == BOTH
            click(page.blocked.switch)
            await until(lambda: page.impact_blocking.asking)
            click(page.findChild(QPushButton, "impact_yes"))
            assert here.session.rows_of([bo])[bo].blocked == (Block.MESSAGES,)
            page.close_page()

    run(story())


def test_a_favorite_that_changes_nothing_for_them_is_made_without_a_question(
    run: Run, dress: Theme, tmp_path: Path
) -> None:
    async def story() -> None:
        async with living(tmp_path) as here:
            page = await page_of(here, ADA)
            page.header.star.setFocus(TAB)
            await until(lambda: said(page.impact))
            assert said(page.impact) == ["Nothing changes for anybody you keep."]
            click(page.header.star)
            ada = here.people[ADA]
            await until(lambda: here.session.rows_of([ada])[ada].favorite)
            page.close_page()

    run(story())


def test_several_are_unblocked_from_the_list_of_the_blocked_after_a_question(
    run: Run, dress: Theme, tmp_path: Path
) -> None:
    async def story() -> None:
        async with living(tmp_path) as here:
            two = [here.people[BO], here.people[CYD]]
            here.session.set_blocked(two, BOTH)
            await here.session.settled()
            page = BlockedPage(here.session, here.tasks)
            page.resize(700, 700)
            page.show()
            await until(page.table.people.rowCount)
            page.table.selectAll()
            click(page.unblock)
            await until(lambda: page.impact.asking)
            steps = len(here.session.steps())
            click(page.findChild(QPushButton, "impact_yes"))
            assert len(here.session.steps()) == steps + 1
            assert not any(row.blocked for row in here.session.rows_of(two).values())
            page.close_page()

    run(story())


def test_under_the_list_a_command_on_several_says_what_it_does_and_asks(
    run: Run, dress: Theme, tmp_path: Path
) -> None:
    async def story() -> None:
        async with living(tmp_path) as here:
            here.session.set_visibility([here.people[BO]], Visibility.HIDDEN)
            here.session.set_contact([here.people[ADA], here.people[DAN]], False)
            await here.session.settled()
            window = await window_of(here, dress, tmp_path)
            window.list.table.selectAll()
            actions = window.actions_on_people
            window.list.bar.buttons["favorite"].setFocus(TAB)
            await until(lambda: len(said(actions.impact)) == 2)
            gained = "see your status and presence"
            assert said(actions.impact) == [
                f"Ada Okafor will {gained}.",
                f"Dan, not here yet, will {gained} on joining.",
            ]
            click(window.list.findChild(QAbstractButton, "bulk_favorite"))
            await until(lambda: actions.impact.asking)
            assert not any(row.favorite for row in here.session.rows())
            click(window.list.findChild(QPushButton, "impact_yes"))
            assert all(row.favorite for row in here.session.rows())
            here.session.undo()
            assert not any(row.favorite for row in here.session.rows())
            await window.close_window()
            window.deleteLater()

    run(story())


def test_removing_somebody_hidden_is_asked_since_a_stranger_sees_more(
    run: Run, dress: Theme, tmp_path: Path
) -> None:
    async def story() -> None:
        async with living(tmp_path) as here:
            bo = here.people[BO]
            here.session.set_visibility([bo], Visibility.HIDDEN)
            await here.session.settled()
            window = await window_of(here, dress, tmp_path)
            window.show_contact(bo)
            window.run_command("remove")
            view = window.stage.contact_page.impact
            await until(lambda: view.asking)
            assert said(view) == ["Bo will see your name."]
            click(view.findChild(QPushButton, "impact_no"))
            assert bo in here.session.rows_of([bo])
            ada = here.people[ADA]
            window.show_contact(ada)
            window.run_command("remove")
            assert ada not in here.session.rows_of([ada])
            await window.close_window()
            window.deleteLater()

    run(story())


async def _offline(home: Path) -> None:
    async with Session(None, Paths(home)) as session:
        people = [session.add_contact("", [f"+1202555{n:04d}"], "US") for n in range(101)]
        assert impact_people.blocked(session, people[:100], BOTH).narrows
        assert not impact_people.blocked(session, people, BOTH).narrows
        assert not impact_people.blocked(session, people[:1], (Block.MESSAGES,)).narrows
        assert impact_people.removed(session, people[:1]).narrows
        session.set_visibility(people[:1], Visibility.CUSTOM, (Field.NAME,))
        assert not impact_people.removed(session, people[:1]).narrows


def test_only_what_narrows_for_a_few_is_never_asked(run: Run, tmp_path: Path) -> None:
    run(_offline(tmp_path))


def test_an_import_says_above_its_button_what_new_contacts_would_see(
    run: Run, dress: Theme, tmp_path: Path
) -> None:
    async def story() -> None:
        async with living(tmp_path) as here:
            book = tmp_path / "club.vcf"
            card = "BEGIN:VCARD\nVERSION:3.0\nFN:P{0}\nTEL:+1212555010{0}\nEND:VCARD\n"
            book.write_text(card.format(1) + card.format(2))
            parent = QWidget()
            dialog = ImportDialog(here.session, here.tasks, parent, [book])
            dialog.open()
            words = dialog.preview.impact.words
            await until(lambda: words.isVisible() and words.text())
            assert words.text().startswith("Importing lets 2 people see your status, picture")
            items = dialog.preview.table.items
            items.setData(
                items.index(0, 0), Qt.CheckState.Unchecked, Qt.ItemDataRole.CheckStateRole
            )
            assert words.text().startswith("Importing lets 1 person see")
            dialog.close()
            parent.deleteLater()

    run(story())
