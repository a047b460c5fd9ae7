"""My card through the eyes of others, and why they see what they see."""

from pathlib import Path

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QWidget

from app.domain import Field, Visibility
from tests.ui.by_hand import click, find, texts
from tests.ui.conftest import Run, until
from tests.ui.living import ADA, BO, CYD, living
from tests.ui.my_page import open_page, viewer
from ui.contact_page import ContactPage
from ui.parts import IconButton
from ui.plain import one_line
from ui.profile_page import ProfilePage
from ui.theme import Theme
from ui.why import Goal, Way
from ui.why_list import WhyDialog


def checked(page: ProfilePage) -> int:
    chips = [each for each in page.see_as.findChildren(QPushButton) if each.isVisible()]
    return sum(each.isCheckable() and each.isChecked() for each in chips)


def card(page: ProfilePage, asked: str) -> QWidget:
    found = page.see_as.findChildren(QWidget, f"seen_{asked}")
    assert found
    return found[-1]


def test_the_card_is_drawn_as_each_viewer_gets_it_and_follows_a_change(
    run: Run, dress: Theme, tmp_path: Path
) -> None:
    async def story() -> None:
        async with living(tmp_path) as here:
            page = await open_page(here)
            await until(lambda: "At the lake" in texts(card(page, "contact")))
            assert "Status: Not shown" in texts(card(page, "everyone"))
            page.look_as(viewer(here, BO))
            bo = viewer(here, BO).asked
            await until(lambda: "At the lake" in texts(card(page, bo)))
            here.session.set_visibility([here.people[BO]], Visibility.HIDDEN)
            await until(lambda: "Status: Not shown" in texts(card(page, bo)))
            here.session.save_me({Field.STATUS: "Home again"})
            await until(lambda: "Home again" in texts(card(page, "contact")))
            page.close_page()

    run(story())


def test_no_more_than_four_look_at_once(run: Run, dress: Theme, tmp_path: Path) -> None:
    async def story() -> None:
        async with living(tmp_path) as here:
            page = await open_page(here)
            for name in (ADA, BO, CYD):
                page.look_as(viewer(here, name))
            await until(lambda: checked(page) == 4)
            page.close_page()

    run(story())


def test_a_person_is_found_by_a_few_letters(run: Run, dress: Theme, tmp_path: Path) -> None:
    async def story() -> None:
        async with living(tmp_path) as here:
            page = await open_page(here)
            page.see_as.search.field.setFocus()
            QTest.keyClicks(page.see_as.search.field, "okaf")
            QTest.keyClick(page.see_as.search.field, Qt.Key.Key_Return)
            await until(lambda: texts(card(page, viewer(here, ADA).asked)))
            assert page.see_as.search.field.text() == ""
            page.close_page()

    run(story())


def test_why_unfolds_the_rules_and_leads_to_the_place(
    run: Run, dress: Theme, tmp_path: Path
) -> None:
    async def story() -> None:
        async with living(tmp_path) as here:
            here.session.set_visibility([here.people[ADA]], Visibility.HIDDEN)
            await here.session.settled()
            parent = QWidget()
            dialog = WhyDialog(here.session, here.tasks, viewer(here, ADA), parent)
            wanted: list[Way] = []
            dialog.way_wanted.connect(wanted.append)
            dialog.show()
            await until(dialog.list.isVisible)
            row = dialog.list.rows[Field.STATUS]
            assert row.accessibleName().endswith("does not see your status.")
            QTest.keyClick(row.fold, Qt.Key.Key_Space)
            await until(lambda: "decides" in texts(row))
            click(dialog.list.copy)
            assert "(this decides)" in QGuiApplication.clipboard().text()
            click(row.findChildren(QPushButton, "why_visibility")[0])
            assert [(way.goal, way.contact) for way in wanted] == [
                (Goal.VISIBILITY, here.people[ADA])
            ]

    run(story())


def test_the_answer_to_why_comes_into_sight(run: Run, dress: Theme, tmp_path: Path) -> None:
    async def story() -> None:
        async with living(tmp_path) as here:
            page = await open_page(here)
            page.resize(700, 420)
            ask = find(card(page, "everyone"), QPushButton, "seen_why")
            await until(ask.isEnabled)
            ask.click()
            answer, bar = page.see_as.why.title, page.verticalScrollBar()
            await until(
                lambda: bar.value() and 0 < answer.mapTo(page, QPoint()).y() < page.height() // 2
            )
            page.close_page()

    run(story())


def test_every_field_of_a_viewer_leads_to_its_own_rules(
    run: Run, dress: Theme, tmp_path: Path
) -> None:
    async def story() -> None:
        async with living(tmp_path) as here:
            page = await open_page(here)
            asks = card(page, "everyone").findChildren(IconButton, "ask_why_email")
            await until(asks[0].isVisible)
            assert one_line(asks[0].accessibleName()) == "A stranger does not see your mail: why?"
            asks[0].setFocus()
            QTest.keyClick(asks[0], Qt.Key.Key_Return)
            await until(lambda: Field.EMAIL in page.see_as.why.rows)
            row = page.see_as.why.rows[Field.EMAIL]
            await until(row.rules.isVisible)
            assert "Your mail is for nobody." in texts(row)
            assert not page.see_as.why.rows[Field.NAME].rules.isVisible()
            page.close_page()

    run(story())


def test_on_a_persons_page_each_field_asks_for_itself(
    run: Run, dress: Theme, tmp_path: Path
) -> None:
    async def story() -> None:
        async with living(tmp_path) as here:
            page = ContactPage(here.session, here.tasks)
            page.resize(700, 900)
            page.show()
            page.show_contact(here.people[ADA])
            asked: list[Field] = []
            page.visibility.why_wanted.connect(lambda _person, field: asked.append(field))
            await until(page.visibility.whys.isVisible)
            for field in Field:
                page.visibility.whys.buttons[field].click()
            assert asked == [*Field]
            dialog = WhyDialog(here.session, here.tasks, viewer(here, ADA), page, Field.PICTURE)
            dialog.open()
            await until(dialog.list.isVisible)
            assert dialog.list.rows[Field.PICTURE].rules.isVisible()
            assert not dialog.list.rows[Field.NAME].rules.isVisible()
            dialog.close()
            page.close_page()

    run(story())
