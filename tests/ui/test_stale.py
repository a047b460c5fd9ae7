"""Nothing of what was asked before stands under what is chosen now."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from app.domain import Audience, Field, Visibility
from tests.ui.conftest import Run, until
from tests.ui.living import ADA, Living, living
from ui.audience_page import CHOICE, AudiencePage
from ui.contact_page import ContactPage
from ui.plain import one_line
from ui.privacy_page import PrivacyPage
from ui.profile_page import ProfilePage
from ui.theme import Theme


def click(widget: QWidget) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


def texts(widget: QWidget) -> str:
    labels = [each for each in widget.findChildren(QLabel) if each.isVisible()]
    return "\n".join(one_line(each.text()) for each in labels)


async def shown(page: QWidget) -> None:
    page.resize(760, 1400)
    page.show()
    page.activateWindow()
    await until(page.isActiveWindow)


def test_a_choice_about_one_field_is_dropped_with_its_field(
    run: Run, dress: Theme, tmp_path: Path
) -> None:
    async def story() -> None:
        async with living(tmp_path) as here:
            page = AudiencePage(here.session, here.tasks)
            await shown(page)
            page.show_field(Field.STATUS)
            await until(page.table.people.rowCount)
            steps = here.session.steps()
            page.table.choose([here.people[ADA]])
            click(page.hide_it)
            click(page.fields.segment(Field.NAME))
            await until(lambda: "your name" in texts(page))
            await until(lambda: not here.tasks.is_running(CHOICE))
            assert here.session.steps() == steps
            page.close_page()

    run(story())


def test_a_question_about_one_field_is_not_asked_under_the_name_of_the_next(
    run: Run, dress: Theme, tmp_path: Path
) -> None:
    async def story() -> None:
        async with living(tmp_path) as here:
            page = AudiencePage(here.session, here.tasks)
            await shown(page)
            page.show_field(Field.EMAIL)
            await until(page.table.people.rowCount)
            page.table.choose([here.people[ADA]])
            click(page.show_it)
            await until(lambda: page.impact.asking)
            click(page.fields.segment(Field.NAME))
            assert not page.impact.asking
            assert page.impact.isHidden()
            page.close_page()

    run(story())


def test_a_preview_from_before_a_choice_is_faded_until_the_new_one_is_there(
    run: Run, dress: Theme, tmp_path: Path
) -> None:
    async def story() -> None:
        async with living(tmp_path) as here:
            ada = here.people[ADA]
            page = ContactPage(here.session, here.tasks)
            await shown(page)
            page.show_contact(ada)
            preview = page.visibility
            await until(preview.frame.isVisible)
            seen, was_stale = preview.words.text(), preview.is_stale
            here.session.set_visibility([ada], Visibility.HIDDEN)
            assert (was_stale, preview.is_stale, preview.words.text()) == (False, True, seen)
            await until(lambda: not preview.is_stale)
            assert preview.words.text() != seen
            page.close_page()

    run(story())


def test_the_reasons_of_one_viewer_do_not_stand_below_the_card_of_the_next(
    run: Run, dress: Theme, tmp_path: Path
) -> None:
    async def story() -> None:
        async with living(tmp_path) as here:
            page = ProfilePage(here.session, here.tasks)
            await shown(page)
            await until(lambda: page.whole.isVisible() and page.whole.isEnabled())
            see_as = page.see_as
            await until(lambda: all(each.isEnabled() for each in whys(see_as)))
            for button, viewer in zip(whys(see_as), ("A stranger", "A contact"), strict=True):
                click(button)
                assert see_as.why_card.isHidden()
                await until(lambda: not see_as.why_card.isHidden())
                assert viewer.lower() in texts(see_as.why_card).lower()
            page.close_page()

    run(story())


def whys(widget: QWidget) -> list[QPushButton]:
    return widget.findChildren(QPushButton, "seen_why")


def test_what_is_chosen_is_shown_as_chosen_at_once(run: Run, dress: Theme, tmp_path: Path) -> None:
    async def story() -> None:
        async with living(tmp_path) as here:
            page = PrivacyPage(here.session, here.tasks)
            await shown(page)
            await until(lambda: page.whole.isVisible() and page.whole.isEnabled())
            row = page.rows[Field.STATUS]
            click(row.choice.segment(Audience.NOBODY))
            await until(lambda: audience(here) is Audience.NOBODY)
            assert row.choice.current is Audience.NOBODY
            page.close_page()

    run(story())


def audience(here: Living) -> Audience:
    me = here.session.me()
    assert me is not None
    return me.privacy.audiences[Field.STATUS]
