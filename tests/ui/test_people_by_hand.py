"""What is done with people in the window, by clicks and keys."""

from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit, QPushButton

from app.domain import Block, ContactId, Field, Visibility
from app.session import Session
from tests.ui.by_hand import CTRL, SHIFT, Key, click, click_row, find, press, texts
from tests.ui.conftest import OpenWindow, Run, until
from ui.add_dialog import AddDialog
from ui.plain import one_line
from ui.shelf import Shelf


def test_a_person_is_added_by_keys_alone(run: Run, open_window: OpenWindow) -> None:
    async def story() -> None:
        async with open_window(3) as (window, session):
            press(window, Key.Key_N, CTRL)
            dialog = window.findChild(AddDialog)
            assert dialog is not None
            QTest.keyClicks(find(dialog, QLineEdit, "add_name"), "Zora")
            address = find(dialog, QLineEdit, "add_address")
            QTest.keyClicks(address, "12")
            press(address, Key.Key_Return)
            assert find(dialog, QLabel, "add_trouble").text()
            address.clear()
            QTest.keyClicks(address, "+1 202 555 0199")
            press(address, Key.Key_Return)
            assert [row.name for row in session.rows()][-1] == "Zora"
            assert "Zora" in texts(window.stage)

    run(story())


@pytest.mark.parametrize(
    ("key", "part"),
    [(Key.Key_D, "favorite"), (Key.Key_U, "subscribed"), (Key.Key_B, "blocked")],
)
def test_a_key_changes_the_chosen_person_and_undo_takes_it_back(
    run: Run, open_window: OpenWindow, key: Key, part: str
) -> None:
    async def story() -> None:
        async with open_window(4) as (window, session):
            click_row(window, 1)
            contact = window.model.row(1).id

            def value() -> bool:
                return bool(getattr(session.rows_of([contact])[contact], part))

            before = value()
            press(window, key, CTRL)
            assert value() is not before
            assert window.toast.isVisible()
            press(window, Key.Key_Z, CTRL)
            assert value() is before
            press(window, Key.Key_Z, CTRL | SHIFT)
            assert value() is not before
            click(find(window.toast, QPushButton, "toast_way"))
            assert value() is before

    run(story())


@pytest.mark.parametrize("key", [Key.Key_D, Key.Key_U, Key.Key_B, Key.Key_H])
def test_a_key_for_somebody_without_an_address_says_what_to_do(
    run: Run, open_window: OpenWindow, key: Key
) -> None:
    async def story() -> None:
        async with open_window(1) as (window, session):
            card = session.folder / "half.vcf"
            card.write_text("BEGIN:VCARD\nVERSION:3.0\nFN:Half\nTEL:555-01\nEND:VCARD\n")
            await session.books.run(await session.books.plan([card], "US"), lambda _n, _all: None)
            window.model.show_changes()
            half = next(row for row in session.rows() if row.address is None)
            window.show_contact(half.id)
            press(window, key, CTRL)
            said = "Half has no number or handle that can be used. Mend or add one first."
            assert said in texts(window.toast)
            assert session.rows_of([half.id])[half.id] == half

    run(story())


def test_several_people_are_changed_in_one_step(run: Run, open_window: OpenWindow) -> None:
    async def story() -> None:
        async with open_window(6) as (window, session):
            window.list.table.setFocus()
            click_row(window, 0)
            press(window.list.table, Key.Key_A, CTRL)
            assert "6 chosen" in texts(window.list)
            click(find(window.list, QAbstractButton, "bulk_favorite"))
            assert all(row.favorite for row in session.rows())
            press(window, Key.Key_Z, CTRL)
            assert not any(row.favorite for row in session.rows())

    run(story())


def fields_for(session: Session, contact: ContactId) -> object:
    person = session.person(contact)
    return person.entries[0].relation.fields if person else None


def test_visibility_is_chosen_with_the_mouse(run: Run, open_window: OpenWindow) -> None:
    async def story() -> None:
        async with open_window(3) as (window, session):
            click_row(window, 1)
            contact = window.model.row(1).id
            page = window.stage.contact_page
            click(find(page, QPushButton, "visibility_4"))
            await until(lambda: session.rows_of([contact])[contact].visibility == Visibility.CUSTOM)
            switch = find(page, QAbstractButton, "show_picture")
            await until(switch.isVisible)
            page.ensureWidgetVisible(switch)
            click(switch)
            await until(lambda: fields_for(session, contact) == (Field.NAME, Field.PICTURE))

    run(story())


def test_arrows_look_at_a_visibility_and_enter_chooses_it(
    run: Run, open_window: OpenWindow
) -> None:
    async def story() -> None:
        async with open_window(3) as (window, session):
            click_row(window, 1)
            contact = window.model.row(1).id
            press(window, Key.Key_H, CTRL)
            focus = window.focusWidget()
            assert focus is not None
            assert focus.objectName() == "visibility_0"
            press(focus, Key.Key_Right)
            card = window.stage.contact_page.visibility
            assert one_line(card.explained.text()) == "Only what everyone may see."
            public, contact_s = (card.choice.segment(int(each)) for each in (1, 2))
            steps = session.steps()
            press(public, Key.Key_Right)
            assert contact_s.hasFocus()
            assert session.steps() == steps  # on the way to a third nothing is done
            press(contact_s, Key.Key_Tab)
            focus = window.focusWidget()
            assert focus is not None
            assert window.stage.isAncestorOf(focus)  # Tab goes on from where one looks
            assert not card.choice.isAncestorOf(focus)
            press(focus, Key.Key_Backtab)
            assert window.focusWidget() is card.choice.segment(0)
            press(card.choice.segment(0), Key.Key_Right)
            press(public, Key.Key_Return)
            await until(lambda: session.rows_of([contact])[contact].visibility == Visibility.PUBLIC)

    run(story())


def test_the_parts_of_a_block_are_switched_apart(run: Run, open_window: OpenWindow) -> None:
    async def story() -> None:
        async with open_window(3) as (window, session):
            click_row(window, 1)
            contact = window.model.row(1).id
            page = window.stage.contact_page
            click(find(page, QAbstractButton, "block_messages"))
            assert session.rows_of([contact])[contact].blocked == (Block.MESSAGES,)
            click(find(page, QPushButton, "block"))
            assert session.rows_of([contact])[contact].blocked == ()
            click(find(page, QPushButton, "block"))
            assert set(session.rows_of([contact])[contact].blocked) == set(Block)
            assert window.rail.shelves[Shelf.BLOCKED].accessibleName() == "Blocked"
            window.model.show_changes()
            assert window.rail.shelves[Shelf.BLOCKED].accessibleName() == "Blocked, 1"

    run(story())


def test_a_name_is_edited_in_its_place(run: Run, open_window: OpenWindow) -> None:
    async def story() -> None:
        async with open_window(3) as (window, session):
            click_row(window, 0)
            contact = window.model.row(0).id
            press(window, Key.Key_F2)
            field = find(window.stage, QLineEdit, "rename")
            field.setText("Aaron")
            press(field, Key.Key_Escape)
            assert session.rows_of([contact])[contact].name != "Aaron"
            press(window, Key.Key_F2)
            field.setText("Aaron")
            press(field, Key.Key_Return)
            assert session.rows_of([contact])[contact].name == "Aaron"
            assert find(window.stage, QLabel, "contact_name").text() == "Aaron"

    run(story())


def test_a_note_is_kept_when_the_keyboard_leaves_it(run: Run, open_window: OpenWindow) -> None:
    async def story() -> None:
        async with open_window(3) as (window, session):
            click_row(window, 0)
            contact = window.model.row(0).id
            window.stage.contact_page.note.setPlainText("Met in Lisbon")
            click_row(window, 1)
            person = session.person(contact)
            assert person is not None
            assert person.note == "Met in Lisbon"
            assert window.stage.contact_page.note.toPlainText() == ""

    run(story())


def test_a_number_is_copied(run: Run, open_window: OpenWindow) -> None:
    async def story() -> None:
        async with open_window(5) as (window, _session):
            click_row(window, 1)
            copy = find(window.stage, QAbstractButton, "copy")
            assert window.rect().contains(copy.mapTo(window, QPoint(1, 1)))
            click(copy)
            assert QGuiApplication.clipboard().text() == window.model.row(1).detail

    run(story())


def test_a_bad_number_is_mended_on_the_page_of_its_person(
    run: Run, open_window: OpenWindow, tmp_path: Path
) -> None:
    book = tmp_path / "book.csv"
    book.write_text("Name,Phone\nAna,call me maybe\n", encoding="utf-8")

    async def story() -> None:
        async with open_window(2) as (window, session):
            plan = await session.books.plan([book], "US")
            report = await session.books.run(plan, lambda _done, _all: None)
            (ana,) = report.contacts
            window.show_contact(ana)
            page = window.stage.contact_page
            await until(lambda: "Fix one below" in texts(page))
            field = find(page, QLineEdit, "mend_field")
            await until(field.isVisible)
            other = next(row for row in session.rows() if row.id != ana)
            field.setText(other.detail)
            click(find(page, QPushButton, "mend_use"))
            assert "has it." in texts(page)
            field.selectAll()
            QTest.keyClicks(field, "+1 202 555 0177")
            press(field, Key.Key_Return)
            await until(lambda: "+1 202 555 0177" in texts(page))
            row = session.rows_of([ana])[ana]
            assert (row.address, row.contact) == ("12025550177", True)
            person = session.person(ana)
            assert person is not None
            assert person.unusable == ()
            session.undo()
            fields = partial(page.findChildren, QLineEdit, "mend_field")
            await until(lambda: "call me maybe" in [each.text() for each in fields()])
            assert session.rows_of([ana])[ana].address is None

    run(story())


def test_the_first_row_is_marked_where_the_keyboard_comes_to_the_list(
    run: Run, open_window: OpenWindow
) -> None:
    async def story() -> None:
        async with open_window(3) as (window, _session):
            window.activateWindow()
            await until(window.isActiveWindow)
            table = window.list.table
            table.selectionModel().clear()
            window.list.search.setFocus()
            press(window.list.search, Key.Key_Down)
            assert table.chosen() == [window.model.row(0).id]
            assert window.stage.place == window.model.row(0).id

    run(story())
