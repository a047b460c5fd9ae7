"""Who can see a field, whom I block, what was done, what was written: on a real service."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel, QPushButton, QWidget

from app.domain import Address, Block, ContactId, Field, Visibility
from app.paths import Paths
from app.session import Session, Status
from app.wire import Effect, Impact
from tests.ui.by_hand import find
from tests.ui.conftest import Run, until
from tests.ui.living import ADA, ADDRESSES, BO, CYD, DAN, ME, Living, living
from tests.ui.test_consequences import window_of
from ui.audience_page import AudiencePage, seen_fields, switched
from ui.blocked_page import BlockedPage
from ui.contact_page import ContactPage
from ui.conversation import Conversation, standing
from ui.people_lines import Group, Line
from ui.plain import one_line
from ui.steps_page import StepsPage
from ui.tasks import Tasks
from ui.theme import Theme

BOTH = (Block.MESSAGES, Block.PROFILE)


def click(widget: QWidget) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


def texts(widget: QWidget) -> str:
    labels = [each for each in widget.findChildren(QLabel) if each.isVisible()]
    return "\n".join(one_line(each.text()) for each in labels)


def groups(page: AudiencePage | BlockedPage) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    title = ""
    for item in page.table.people.items():
        if isinstance(item, Group):
            title = one_line(item.title)
        elif isinstance(item, Line):
            found.setdefault(title, set()).add(item.row.name)
    return found


async def shown(page: QWidget) -> None:
    page.resize(700, 700)
    page.show()
    page.activateWindow()
    await until(page.isActiveWindow)


# ---- who can see this


async def audience_of_status(here: Living) -> AudiencePage:
    page = AudiencePage(here.session, here.tasks)
    await shown(page)
    click(page.fields.segment(Field.STATUS))
    await until(page.table.people.rowCount)
    return page


def test_people_are_grouped_by_the_rule_that_decides(
    run: Run, dress: Theme, tmp_path: Path
) -> None:
    async def story() -> None:
        async with living(tmp_path) as here:
            here.session.set_visibility([here.people[BO]], Visibility.HIDDEN)
            here.session.set_blocked([here.people[CYD]], BOTH)
            await here.session.settled()
            page = await audience_of_status(here)
            await until(lambda: len(groups(page)) == 3)
            assert groups(page) == {
                "See it, as your contacts": {ADA, DAN},
                "Do not see it: you chose Hidden for them": {BO},
                "Do not see it: you block them": {CYD},
            }
            assert "1 person you keep sees your status, 1 more will on joining." in texts(page)
            page.close_page()

    run(story())


def test_nothing_of_one_field_stays_under_the_name_of_the_next(
    run: Run, dress: Theme, tmp_path: Path
) -> None:
    async def story() -> None:
        async with living(tmp_path) as here:
            page = AudiencePage(here.session, here.tasks)
            await shown(page)
            await until(page.table.people.rowCount)
            click(page.fields.segment(Field.STATUS))
            assert groups(page) == {}
            assert "picture" not in texts(page)
            await until(lambda: "your status" in texts(page))
            page.close_page()

    run(story())


def test_hiding_from_the_chosen_keeps_everything_else_and_is_one_step(
    run: Run, dress: Theme, tmp_path: Path
) -> None:
    async def story() -> None:
        async with living(tmp_path) as here:
            page = await audience_of_status(here)
            steps = len(here.session.steps())
            page.table.choose([here.people[ADA], here.people[BO]])
            click(page.hide_it)
            title = "Do not see it: you chose Custom for them"
            await until(lambda: groups(page).get(title) == {ADA, BO})
            assert len(here.session.steps()) == steps + 1
            await here.session.settled()
            preview = await here.session.preview(viewer=ADDRESSES[ADA])
            assert preview.fields[Field.NAME].visible
            assert not preview.fields[Field.STATUS].visible
            here.session.undo()
            await until(lambda: title not in groups(page))
            page.close_page()

    run(story())


def test_who_is_removed_meanwhile_keeps_nothing_from_the_others(
    run: Run, dress: Theme, tmp_path: Path
) -> None:
    async def story() -> None:
        async with living(tmp_path) as here:
            page = await audience_of_status(here)
            page.table.choose([here.people[ADA], here.people[BO]])
            click(page.hide_it)
            here.session.remove([here.people[ADA]])
            title = "Do not see it: you chose Custom for them"
            await until(lambda: groups(page).get(title) == {BO})
            page.close_page()

    run(story())


def test_showing_to_the_chosen_asks_first(run: Run, dress: Theme, tmp_path: Path) -> None:
    async def story() -> None:
        async with living(tmp_path) as here:
            page = await audience_of_status(here)
            click(page.fields.segment(Field.EMAIL))
            await until(lambda: "Do not see it: nobody may" in groups(page))
            page.table.choose([here.people[ADA]])
            click(page.show_it)
            await until(lambda: page.impact.asking)
            yes = page.impact.findChild(QPushButton, "impact_yes")
            assert yes is not None
            click(yes)
            await until(lambda: groups(page).get("See it: you chose Custom for them") == {ADA})
            page.close_page()

    run(story())


def test_a_click_on_a_heading_chooses_its_people(run: Run, dress: Theme, tmp_path: Path) -> None:
    async def story() -> None:
        async with living(tmp_path) as here:
            page = await audience_of_status(here)
            heading = page.table.visualRect(page.table.people.index(0, 0)).center()
            QTest.mouseClick(page.table.viewport(), Qt.MouseButton.LeftButton, pos=heading)
            assert set(page.table.chosen()) == set(here.people.values())
            assert page.bar.isVisible()
            page.search.setText("okaf")
            assert groups(page) == {"See it, as your contacts": {ADA}}
            page.close_page()

    run(story())


def test_only_those_change_for_whom_something_changes() -> None:
    seen = {1: (Field.NAME, Field.STATUS), 2: (Field.NAME,)}
    assert switched(seen, [1, 2], Field.STATUS, on=False) == {1: (Field.NAME,)}  # type: ignore[arg-type, list-item]  # plain numbers as ids
    assert switched(seen, [2], Field.STATUS, on=True) == {2: (Field.NAME, Field.STATUS)}  # type: ignore[arg-type, list-item]  # plain numbers as ids


def test_what_people_see_is_what_they_would_lose() -> None:
    one, other, ann, bo = Address("1"), Address("2"), ContactId(1), ContactId(2)
    hidden = Impact([], [Effect(one, [Field.NAME]), Effect(other, [Field.ABOUT, Field.STATUS])])
    owners = {one: ann, other: ann, Address("3"): bo}
    assert seen_fields(hidden, owners) == {ann: (Field.NAME, Field.STATUS, Field.ABOUT), bo: ()}


# ---- a choice on one person's page


def test_a_choice_for_one_person_shows_what_it_does_and_asks_before_showing_more(
    run: Run, dress: Theme, tmp_path: Path
) -> None:
    async def story() -> None:
        async with living(tmp_path) as here:
            ada, session = here.people[ADA], here.session
            page = ContactPage(session, here.tasks)
            await shown(page)
            page.show_contact(ada)
            choice = page.visibility.choice
            choice.segment(int(Visibility.HIDDEN)).setFocus(Qt.FocusReason.TabFocusReason)
            await until(lambda: "Ada Okafor will no longer see your" in texts(page.visibility))
            click(choice.segment(int(Visibility.HIDDEN)))
            await until(lambda: session.rows_of([ada])[ada].visibility == Visibility.HIDDEN)
            await session.settled()
            click(choice.segment(int(Visibility.CONTACT)))
            await until(lambda: page.visibility.impact.asking)
            assert session.rows_of([ada])[ada].visibility == Visibility.HIDDEN
            yes = page.visibility.impact.findChild(QPushButton, "impact_yes")
            assert yes is not None
            click(yes)
            assert session.rows_of([ada])[ada].visibility == Visibility.CONTACT
            page.close_page()

    run(story())


# ---- whom I block


def test_blocked_people_are_found_and_unblocked_in_one_step(
    run: Run, dress: Theme, tmp_path: Path
) -> None:
    async def story() -> None:
        async with living(tmp_path) as here:
            here.session.set_blocked([here.people[ADA], here.people[BO]], BOTH)
            here.session.set_blocked([here.people[CYD]], (Block.MESSAGES,))
            await here.session.settled()
            page = BlockedPage(here.session, here.tasks)
            await shown(page)
            assert groups(page) == {
                "Blocked wholly": {ADA, BO},
                "Their messages do not reach me": {CYD},
            }
            page.table.setFocus()
            page.table.selectAll()
            assert page.unblock.text() == "Unblock 3 people"
            click(page.unblock)
            await until(lambda: page.impact.asking)
            yes = page.impact.findChild(QPushButton, "impact_yes")
            assert yes is not None
            click(yes)
            await until(lambda: page.stack.currentWidget() is page.none)
            here.session.undo()
            await until(lambda: len(groups(page)) == 2)
            page.search.setText("nobody has this name")
            assert page.stack.currentWidget() is page.not_found
            page.close_page()

    run(story())


# ---- what was done


def test_a_step_in_the_middle_is_undone_and_done_again(
    run: Run, dress: Theme, tmp_path: Path
) -> None:
    async def story() -> None:
        async with Session(None, Paths(tmp_path)) as session:
            tasks = Tasks(lambda _error: None)
            page = StepsPage(session, tasks)
            await shown(page)
            assert page.empty.isVisible()
            ada = session.add_contact("Ada", ["+12025550101"], "US")
            session.set_favorite([ada], True)
            session.set_note(ada, "Likes tea")
            await until(lambda: len(page.findChildren(QPushButton, "step_undo")) == 3)
            undo = next(
                each
                for each in page.findChildren(QPushButton, "step_undo")
                if "Favorite" in each.accessibleName()
            )
            click(undo)
            await until(lambda: "Undone" in texts(page))
            assert not session.rows_of([ada])[ada].favorite
            person = session.person(ada)
            assert person is not None
            assert person.note == "Likes tea"
            click(page.redo)
            await until(lambda: session.rows_of([ada])[ada].favorite)
            page.close_page()
            page.hide()
            page.deleteLater()
            await tasks.close()

    run(story())


# ---- what was written


def test_messages_go_both_ways_and_stay_plain(run: Run, dress: Theme, tmp_path: Path) -> None:
    async def story() -> None:
        async with living(tmp_path) as here:
            page = Conversation(here.session, here.tasks)
            await shown(page)
            page.show_contact(here.people[ADA])
            await until(lambda: "No messages yet." in texts(page))
            QTest.keyClicks(page.edit, "Hello Ada")
            QTest.keyClick(page.edit, Qt.Key.Key_Return)
            await until(lambda: "· Sent" in texts(page))
            message = {"id": "7c8a2f0e-6f0b-4c36-9d53-0d0d2e6f1a11", "to": ME, "text": "<b>Hi</b>"}
            await here.act(ADA, "POST", "/v1/messages", message)
            await until(lambda: "<b>Hi</b>" in texts(page))
            assert page.edit.toPlainText() == ""
            page.close_page()

    run(story())


def test_what_was_refused_is_sent_again_where_it_may_arrive(
    run: Run, dress: Theme, tmp_path: Path
) -> None:
    async def story() -> None:
        async with living(tmp_path) as here:
            page = Conversation(here.session, here.tasks)
            await shown(page)
            page.show_contact(here.people[ADA])
            await here.set_reach(ADA, "paired")
            QTest.keyClicks(page.edit, "Hello Ada")
            click(page.send)
            await until(lambda: "you two may not write" in texts(page))
            await until(find(page, QPushButton, "message_again").isVisible)
            await here.set_reach(ADA, "everyone")
            click(find(page, QPushButton, "message_again"))
            await until(lambda: "· Sent" in texts(page))
            assert len(here.session.messages(ADDRESSES[ADA])) == 1
            page.close_page()

    run(story())


def test_the_way_to_the_messages_puts_the_keyboard_where_one_writes(
    run: Run, dress: Theme, tmp_path: Path
) -> None:
    async def story() -> None:
        async with living(tmp_path) as here:
            window = await window_of(here, dress, tmp_path)
            await until(lambda: hasattr(window, "ways"))
            for who, where in ((ADA, "message_text"), (DAN, "message_back")):
                window.show_contact(here.people[who])
                click(find(window.stage.contact_page, QAbstractButton, "message"))
                await until(lambda: window.stage.place == "messages")
                focus = window.focusWidget()
                assert focus is not None
                assert focus.objectName() == where
            await window.close_window()
            window.deleteLater()

    run(story())


def test_there_is_no_composer_where_nothing_can_arrive(
    run: Run, dress: Theme, tmp_path: Path
) -> None:
    async def story() -> None:
        async with living(tmp_path) as here:
            page = Conversation(here.session, here.tasks)
            await shown(page)
            page.show_contact(here.people[DAN])
            assert not page.composer.isVisible()
            assert "Dan is not here yet." in texts(page)
            page.show_contact(here.people[ADA])
            assert page.composer.isVisible()
            here.session.set_blocked([here.people[ADA]], BOTH)
            await until(lambda: not page.composer.isVisible())
            assert "You block Ada Okafor" in texts(page)
            page.close_page()

    run(story())


def test_what_is_typed_stays_with_its_person(run: Run, dress: Theme, tmp_path: Path) -> None:
    async def story() -> None:
        async with living(tmp_path) as here:
            page = Conversation(here.session, here.tasks)
            await shown(page)
            page.show_contact(here.people[ADA])
            QTest.keyClicks(page.edit, "half a thought")
            page.show_contact(here.people[BO])
            assert page.edit.toPlainText() == ""
            page.show_contact(here.people[ADA])
            assert page.edit.toPlainText() == "half a thought"
            page.close_page()

    run(story())


@pytest.mark.parametrize(
    ("status", "can_write"),
    [(Status.IDLE, True), (Status.OFFLINE, True), (Status.SIGNED_OUT, False)],
)
def test_without_connection_writing_waits(
    run: Run, tmp_path: Path, status: Status, can_write: bool
) -> None:
    async def story() -> None:
        async with living(tmp_path) as here:
            person = here.session.person(here.people[ADA])
            assert person is not None
            judged = standing(person, status)
            assert judged.can_write is can_write
            assert bool(judged.words) is (status is not Status.IDLE)

    run(story())
