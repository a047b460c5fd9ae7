"""My profile on a real service: typed, seen through others' eyes, explained."""

from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, Qt
from PySide6.QtGui import QColor, QGuiApplication, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QPlainTextEdit, QPushButton, QWidget

from app.domain import Address, Audience, Field, Fields, Privacy, Visibility
from app.wire import Me
from tests.ui.conftest import Run, until
from tests.ui.living import ADA, BO, CYD, ME, Living, living
from ui import viewers
from ui.contact_page import ContactPage
from ui.parts import IconButton
from ui.picture_import import PictureTrouble, make_picture, read_picture
from ui.plain import one_line
from ui.profile_field import room_left
from ui.profile_page import ProfilePage
from ui.theme import Theme
from ui.viewers import Viewer
from ui.why import Goal, Way
from ui.why_list import WhyDialog


def click(widget: QWidget) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


def texts(widget: QWidget) -> str:
    labels = [each for each in widget.findChildren(QLabel) if each.isVisible()]
    return "\n".join(one_line(each.text()) for each in labels)


def mine(here: Living) -> Me:
    me = here.session.me()
    assert me is not None
    return me


def viewer(here: Living, name: str) -> Viewer:
    contact = here.people[name]
    found = viewers.person(here.session.rows_of([contact])[contact])
    assert found is not None
    return found


def checked(page: ProfilePage) -> int:
    chips = [each for each in page.see_as.findChildren(QPushButton) if each.isVisible()]
    return sum(each.isCheckable() and each.isChecked() for each in chips)


def card(page: ProfilePage, asked: str) -> QWidget:
    found = page.see_as.findChildren(QWidget, f"seen_{asked}")
    assert found
    return found[-1]


async def open_page(here: Living) -> ProfilePage:
    page = ProfilePage(here.session, here.tasks)
    page.resize(760, 1400)
    page.show()
    page.activateWindow()
    await until(page.isActiveWindow)
    await until(lambda: page.whole.isVisible() and page.whole.isEnabled())
    return page


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


# ---- my picture


def a_picture(width: int = 900, height: int = 600, form: str = "PNG") -> bytes:
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(QColor("teal"))
    made = QBuffer()
    made.open(QIODevice.OpenModeFlag.WriteOnly)
    assert image.save(made, form)  # type: ignore[call-overload]  # the stub forgets text formats
    return bytes(made.data().data())


def test_a_file_becomes_my_picture_and_the_old_one_can_come_back(
    run: Run, dress: Theme, tmp_path: Path
) -> None:
    async def story() -> None:
        async with living(tmp_path) as here:
            page = await open_page(here)
            path = tmp_path / "me.png"
            path.write_bytes(a_picture())
            page.picture.take_file(path)
            await until(lambda: mine(here).fields.picture is not None)
            await here.session.settled()
            await until(page.picture.remove.isVisible)
            click(page.picture.remove)
            await until(page.picture.back.isVisible)
            click(page.picture.back)
            await until(lambda: here.session.my_picture() is not None)
            page.close_page()

    run(story())


def test_a_file_that_is_no_picture_is_refused_in_words(
    run: Run, dress: Theme, tmp_path: Path
) -> None:
    async def story() -> None:
        async with living(tmp_path) as here:
            page = await open_page(here)
            path = tmp_path / "me.svg"
            path.write_text("<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>")
            page.picture.take_file(path)
            await until(lambda: "PNG, JPEG and WebP" in page.picture.words.text())
            assert here.session.my_picture() is None
            page.close_page()

    run(story())


def test_a_picture_is_made_square_and_small(dress: Theme) -> None:
    made = make_picture(a_picture(3000, 1000))
    assert isinstance(made, bytes)
    image = QImage.fromData(made)
    assert (image.width(), image.height()) == (640, 640)
    assert len(made) < 512 * 1024


def test_a_small_picture_is_not_blown_up(dress: Theme) -> None:
    made = make_picture(a_picture(40, 30))
    assert isinstance(made, bytes)
    assert QImage.fromData(made).width() == 30


def test_what_only_pretends_to_be_a_picture_is_refused(dress: Theme, tmp_path: Path) -> None:
    assert make_picture(b"\x89PNG\r\n\x1a\nrubbish") is PictureTrouble.NOT_A_PICTURE
    assert make_picture(b"<svg/>") is PictureTrouble.NOT_A_PICTURE
    assert read_picture(tmp_path / "gone.png") is PictureTrouble.UNREADABLE


def test_the_room_that_is_left_counts_bytes_of_every_field() -> None:
    me = Me(
        Address("12025550199"),
        Fields(name="Zoë", status="At the lake"),
        Privacy(audiences=dict.fromkeys(Field, Audience.EVERYONE)),
        auto_sync=True,
    )
    assert room_left(me, Field.STATUS, "") == 16 * 1024 - 4
    assert room_left(me, Field.ABOUT, "x" * 16 * 1024) == -15


# ---- somebody else was at it, or the service said no


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


# ---- why, from every field


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
