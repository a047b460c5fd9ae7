"""My profile: typed, published, refused, and changed elsewhere at the same time."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QPushButton

from app.domain import Address, Audience, Field, Fields, Privacy
from app.wire import Me
from tests.ui.by_hand import click, texts
from tests.ui.conftest import Run, until
from tests.ui.living import ADA, ME, Living, living
from tests.ui.my_page import mine, open_page
from ui.profile_field import room_left
from ui.profile_page import ProfilePage
from ui.theme import Theme


def test_a_typed_field_is_published_at_enter_and_escape_gives_it_up(
    run: Run, dress: Theme, tmp_path: Path
) -> None:
    async def story() -> None:
        async with living(tmp_path) as here:
            page = await open_page(here)
            status = page.fields[Field.STATUS].edit
            assert isinstance(status, QLineEdit)
            status.setFocus()
            status.selectAll()
            QTest.keyClicks(status, "On the train")
            QTest.keyClick(status, Qt.Key.Key_Return)
            assert mine(here).fields.status == "On the train"
            QTest.keyClicks(status, " again")
            QTest.keyClick(status, Qt.Key.Key_Escape)
            assert status.text() == "On the train"
            await here.session.settled()
            answer = await here.act(ADA, "GET", "/v1/profiles/12025550199", None)
            assert answer.json()["fields"]["status"] == "On the train"
            page.close_page()

    run(story())


def test_leaving_a_field_publishes_it_and_undo_brings_it_back(
    run: Run, dress: Theme, tmp_path: Path
) -> None:
    async def story() -> None:
        async with living(tmp_path) as here:
            page = await open_page(here)
            about = page.fields[Field.ABOUT].edit
            assert isinstance(about, QPlainTextEdit)
            about.setFocus()
            QTest.keyClicks(about, "Bridges")
            QTest.keyClick(about, Qt.Key.Key_Tab)
            await until(lambda: mine(here).fields.about == "Bridges")
            here.session.undo()
            await until(lambda: about.toPlainText() == "")
            page.close_page()

    run(story())


def test_each_field_says_who_sees_it_and_leads_to_its_rule(
    run: Run, dress: Theme, tmp_path: Path
) -> None:
    async def story() -> None:
        async with living(tmp_path) as here:
            page = await open_page(here)
            wanted: list[Field] = []
            page.audience_wanted.connect(wanted.append)
            seen = page.fields[Field.EMAIL].seen
            assert seen.text() == "Nobody sees this"
            click(seen)
            assert wanted == [Field.EMAIL]
            page.close_page()

    run(story())


def test_the_room_that_is_left_counts_bytes_of_every_field() -> None:
    me = Me(
        Address("12025550199"),
        Fields(name="Zoë", status="At the lake"),
        Privacy(audiences=dict.fromkeys(Field, Audience.EVERYONE)),
        auto_sync=True,
    )
    assert room_left(me, Field.STATUS, "") == 16 * 1024 - 4
    assert room_left(me, Field.ABOUT, "x" * 16 * 1024) == -15


async def type_while_another_session_changes(here: Living, page: ProfilePage) -> QLineEdit:
    """Be in the middle of a word when the same field is published elsewhere."""
    field = page.fields[Field.STATUS]
    status = field.edit
    assert isinstance(status, QLineEdit)
    status.setFocus()
    status.selectAll()
    QTest.keyClicks(status, "At home")
    await here.act(ME, "PATCH", "/v1/me", {"fields": {"status": "In the mountains"}})
    await until(field.conflict.isVisible)
    assert "made this “In the mountains” meanwhile" in texts(field)
    assert status.text() == "At home"
    return status


def test_what_another_session_published_meanwhile_is_not_overwritten_unasked(
    run: Run, dress: Theme, tmp_path: Path
) -> None:
    async def story() -> None:
        async with living(tmp_path) as here:
            page = await open_page(here)
            status = await type_while_another_session_changes(here, page)
            steps = len(here.session.steps())
            page.fields[Field.NAME].edit.setFocus()
            assert len(here.session.steps()) == steps
            assert mine(here).fields.status == "In the mountains"
            field = page.fields[Field.STATUS]
            click(field.take_theirs)
            assert status.text() == "In the mountains"
            assert not field.conflict.isVisible()
            assert len(here.session.steps()) == steps
            page.close_page()

    run(story())


def test_what_i_typed_holds_where_i_choose_it(run: Run, dress: Theme, tmp_path: Path) -> None:
    async def story() -> None:
        async with living(tmp_path) as here:
            page = await open_page(here)
            await type_while_another_session_changes(here, page)
            click(page.fields[Field.STATUS].keep_mine)
            assert mine(here).fields.status == "At home"
            assert not page.fields[Field.STATUS].conflict.isVisible()
            page.close_page()

    run(story())


def test_what_the_service_refuses_is_shown_with_every_way_on(
    run: Run, dress: Theme, tmp_path: Path
) -> None:
    async def story() -> None:
        async with living(tmp_path) as here:
            page = await open_page(here)
            here.session.save_me({Field.ABOUT: "x" * 20_000})
            await until(page.refusals.isVisible)
            assert "did not take your about" in texts(page.refusals)
            edit = page.refusals.findChild(QPushButton, "refusal_edit")
            assert edit is not None
            await until(edit.isVisible)
            click(edit)
            about = page.fields[Field.ABOUT].edit
            assert isinstance(about, QPlainTextEdit)
            assert about.toPlainText() == "x" * 20_000
            await until(lambda: not page.refusals.isVisible())
            page.close_page()

    run(story())
