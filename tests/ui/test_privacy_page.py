"""The privacy page on a real service: look, choose, be asked, undo."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton, QWidget

from app.domain import Audience, Field, Privacy, Visibility, VisibilitySet
from app.paths import Paths
from app.session import Session
from tests.ui.conftest import Run, until
from tests.ui.living import ADA, BO, CYD, Living, living
from tests.ui.people import a_row
from ui.audience_row import AudienceRow
from ui.plain import one_line
from ui.privacy_page import PrivacyPage
from ui.tasks import Tasks
from ui.theme import Theme
from ui.visibility_sets import next_set_id, without_set


def click(widget: QWidget) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


def read(widget: QWidget, name: str) -> list[str]:
    found = widget.findChildren(QLabel, name)
    return [one_line(each.text()) for each in found if each.isVisible()]


def button(widget: QWidget, name: str) -> QPushButton:
    return next(each for each in widget.findChildren(QPushButton, name) if each.isVisible())


def audience(here: Living, field: Field) -> Audience:
    me = here.session.me()
    assert me is not None
    return me.privacy.audiences[field]


async def open_page(here: Living) -> PrivacyPage:
    page = PrivacyPage(here.session, here.tasks)
    page.resize(760, 900)
    page.show()
    page.activateWindow()
    await until(page.isActiveWindow)
    await until(lambda: page.whole.isVisible() and page.whole.isEnabled())
    return page


def test_what_a_rule_is_about_is_read_whole(run: Run, dress: Theme, tmp_path: Path) -> None:
    async def story() -> None:
        async with living(tmp_path) as here:
            page = await open_page(here)
            page.resize(652, 900)  # beside the list, in a window as it first opens
            row = page.rows[Field.PRESENCE]
            await until(lambda: row.value.width() < 200)
            assert row.value.text() == "Whether you are here, and when you last were"
            await until(lambda: row.value.height() >= row.value.heightForWidth(row.value.width()))
            page.close_page()

    run(story())


async def consider(row: AudienceRow, option: Audience) -> None:
    """Put the keyboard on an option, which chooses nothing."""
    row.choice.segment(option).setFocus(Qt.FocusReason.TabFocusReason)
    await until(lambda: read(row, "consequence"))


def test_looking_at_a_choice_says_whom_it_touches_and_changes_nothing(
    run: Run, dress: Theme, tmp_path: Path
) -> None:
    async def story() -> None:
        async with living(tmp_path) as here:
            page = await open_page(here)
            row = page.rows[Field.STATUS]
            await consider(row, Audience.NOBODY)
            assert read(row, "consequence") == [
                "3 people will no longer see your status.",
                "Dan, not here yet, will not see your status on joining.",
            ]
            click(button(row, "consequence_who"))
            assert read(row, "consequence_names") == ["Ada Okafor, Bo, Cyd"]
            assert audience(here, Field.STATUS) is Audience.CONTACTS
            page.close_page()

    run(story())


def test_narrowing_holds_at_one_click_and_is_one_step_to_undo(
    run: Run, dress: Theme, tmp_path: Path
) -> None:
    async def story() -> None:
        async with living(tmp_path) as here:
            page = await open_page(here)
            steps = len(here.session.steps())
            click(page.rows[Field.STATUS].choice.segment(Audience.NOBODY))
            await until(lambda: audience(here, Field.STATUS) is Audience.NOBODY)
            assert len(here.session.steps()) == steps + 1
            here.session.undo()
            choice = page.rows[Field.STATUS].choice
            await until(lambda: choice.segment(Audience.CONTACTS).isChecked())
            page.close_page()

    run(story())


def test_showing_something_to_new_eyes_asks_first(run: Run, dress: Theme, tmp_path: Path) -> None:
    async def story() -> None:
        async with living(tmp_path) as here:
            page = await open_page(here)
            row = page.rows[Field.EMAIL]
            click(row.choice.segment(Audience.CONTACTS))
            await until(lambda: read(row, "impact_question"))
            assert "3 people?" in read(row, "impact_question")[0]
            assert [each for each in QApplication.topLevelWidgets() if each.isVisible()] == [page]
            assert button(row, "impact_no").hasFocus()
            assert audience(here, Field.EMAIL) is Audience.NOBODY
            click(button(row, "impact_no"))
            assert row.choice.segment(Audience.NOBODY).isChecked()
            click(row.choice.segment(Audience.CONTACTS))
            await until(lambda: read(row, "impact_question"))
            click(button(row, "impact_yes"))
            assert audience(here, Field.EMAIL) is Audience.CONTACTS
            page.close_page()

    run(story())


def test_opening_to_everyone_names_the_strangers(run: Run, dress: Theme, tmp_path: Path) -> None:
    async def story() -> None:
        async with living(tmp_path) as here:
            page = await open_page(here)
            row = page.rows[Field.STATUS]
            click(row.choice.segment(Audience.EVERYONE))
            await until(lambda: read(row, "impact_question"))
            assert "Everyone else on Kith will be able to see it too." in read(row, "consequence")
            page.close_page()

    run(story())


def test_what_is_asked_comes_into_sight(run: Run, dress: Theme, tmp_path: Path) -> None:
    async def story() -> None:
        async with living(tmp_path) as here:
            page = await open_page(here)
            page.resize(page.width(), 360)
            row = page.rows[Field.EMAIL]
            page.ensureWidgetVisible(row.choice, 0, 0)
            click(row.choice.segment(Audience.EVERYONE))
            await until(lambda: read(row, "impact_question"))
            no = button(row, "impact_no")
            ground = page.viewport()
            await until(lambda: ground.rect().contains(no.mapTo(ground, no.rect().bottomRight())))
            page.close_page()

    run(story())


def test_a_field_that_is_empty_is_chosen_without_a_question(
    run: Run, dress: Theme, tmp_path: Path
) -> None:
    async def story() -> None:
        async with living(tmp_path) as here:
            page = await open_page(here)
            click(page.rows[Field.BIRTHDAY].choice.segment(Audience.EVERYONE))
            assert audience(here, Field.BIRTHDAY) is Audience.EVERYONE
            page.close_page()

    run(story())


def test_arrows_move_and_enter_chooses(run: Run, dress: Theme, tmp_path: Path) -> None:
    async def story() -> None:
        async with living(tmp_path) as here:
            page = await open_page(here)
            page.reveal(Field.STATUS)
            choice = page.rows[Field.STATUS].choice
            QTest.keyClick(choice.segment(Audience.CONTACTS), Qt.Key.Key_Right)
            assert choice.segment(Audience.FAVORITES).hasFocus()
            assert audience(here, Field.STATUS) is Audience.CONTACTS
            QTest.keyClick(choice.segment(Audience.FAVORITES), Qt.Key.Key_Return)
            await until(lambda: audience(here, Field.STATUS) is Audience.FAVORITES)
            page.close_page()

    run(story())


def test_a_set_is_made_given_and_filled(run: Run, dress: Theme, tmp_path: Path) -> None:
    async def story() -> None:
        async with living(tmp_path) as here:
            page = await open_page(here)
            click(page.sets.add)
            name = page.sets.findChild(QWidget, "set_name")
            assert name is not None
            QTest.keyClicks(name, "Work")
            QTest.keyClick(name, Qt.Key.Key_Return)
            (made,) = privacy(here).sets
            assert (made.id, made.name, made.fields) == (16, "Work", (Field.NAME,))
            here.session.set_visibility([here.people[ADA]], made.id)
            await here.session.settled()
            await until(lambda: read(page.sets, "set_used") == ["1 person has it"])
            click(button(page.sets, "set_status"))
            await until(lambda: read(page, "impact_question"))
            click(button(page, "impact_yes"))
            assert privacy(here).sets[0].fields == (Field.NAME, Field.STATUS)
            page.close_page()

    run(story())


def privacy(here: Living) -> Privacy:
    me = here.session.me()
    assert me is not None
    return me.privacy


def test_deleting_a_set_says_who_loses_what(run: Run, dress: Theme, tmp_path: Path) -> None:
    async def story() -> None:
        async with living(tmp_path) as here:
            work = VisibilitySet(16, "Work", (Field.NAME, Field.STATUS))
            here.session.save_privacy(Privacy(sets=(work,)))
            here.session.set_visibility([here.people[ADA]], 16)
            await here.session.settled()
            page = await open_page(here)
            delete = page.sets.findChild(QWidget, "set_delete")
            assert delete is not None
            click(delete)
            await until(lambda: privacy(here).sets == ())
            here.session.undo()
            assert privacy(here).sets == (work,)
            page.close_page()

    run(story())


def test_people_with_their_own_rule_are_counted_and_given_back(
    run: Run, dress: Theme, tmp_path: Path
) -> None:
    async def story() -> None:
        async with living(tmp_path) as here:
            session = here.session
            session.set_visibility([here.people[BO], here.people[CYD]], Visibility.HIDDEN)
            page = await open_page(here)
            await until(lambda: read(page, "overrides_count")[0].startswith("2 people"))
            page.overrides.table.selectAll()
            click(page.overrides.back)
            rows = session.rows_of([here.people[BO], here.people[CYD]])
            assert [row.visibility for row in rows.values()] == [0, 0]
            await until(lambda: not page.overrides.table.isVisible())
            page.close_page()

    run(story())


def test_without_an_account_the_page_says_so(run: Run, dress: Theme, tmp_path: Path) -> None:
    async def story() -> None:
        async with Session(None, Paths(tmp_path)) as session:
            tasks = Tasks(lambda _error: None)
            page = PrivacyPage(session, tasks)
            page.show()
            assert page.no_account.isVisible()
            assert not page.whole.isVisible()
            page.close_page()
            await tasks.close()

    run(story())


def test_a_new_set_takes_no_number_that_anybody_still_has() -> None:
    rules = Privacy(sets=(VisibilitySet(17, "Work", ()),))
    assert next_set_id(Privacy(), []) == 16
    assert next_set_id(rules, []) == 18
    assert next_set_id(without_set(rules, 17), [a_row(visibility=30)]) == 31
