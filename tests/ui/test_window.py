"""The whole window on a real session, driven by clicks and keys and read by what it shows."""

import re
from pathlib import Path
from typing import TypeVar

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLabel, QLineEdit, QPushButton, QWidget

from app.domain import Block, ContactId, Field, Visibility
from app.session import Session
from tests.ui.conftest import OpenWindow, Run, until
from ui.add_dialog import AddDialog
from ui.main_window import MainWindow
from ui.shelf import Shelf
from ui.shortcuts import COMMANDS, ShortcutSheet

Key = Qt.Key
Kind = TypeVar("Kind", bound=QWidget)
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


def press(
    widget: QWidget, key: Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> None:
    QTest.keyClick(widget, key, modifier)


def click(widget: QWidget) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


def click_row(window: MainWindow, line: int) -> None:
    table = window.list.table
    place = table.visualRect(window.model.index(line, 0)).center()
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)


def find(where: QWidget, kind: type[Kind], name: str) -> Kind:
    found = [each for each in where.findChildren(kind, name) if not each.isHidden()]
    assert found, name
    return found[-1]


def texts(widget: QWidget) -> str:
    """Everything a person can read there."""
    labels = [each.text() for each in widget.findChildren(QLabel) if each.isVisible()]
    buttons = [each.text() for each in widget.findChildren(QPushButton) if each.isVisible()]
    return re.sub("[\u2068\u2069]", "", "\n".join([*labels, *buttons]))


def test_a_click_on_a_row_shows_that_person(run: Run, open_window: OpenWindow) -> None:
    async def story() -> None:
        async with open_window(20) as (window, _session):
            click_row(window, 3)
            row = window.model.row(3)
            await until(lambda: row.detail in texts(window.stage))
            assert row.name in texts(window.stage)
            assert f"What {row.name} sees of me" in texts(window.stage)

    run(story())


def test_a_click_on_the_current_row_brings_its_page_back(run: Run, open_window: OpenWindow) -> None:
    async def story() -> None:
        async with open_window(20) as (window, _session):
            click_row(window, 3)
            wanted = window.stage.place
            window.run_command("page_profile")
            assert window.stage.place == "profile"
            click_row(window, 3)
            assert window.stage.place == wanted

    run(story())


def test_letters_typed_on_the_list_search_and_escape_clears(
    run: Run, open_window: OpenWindow
) -> None:
    async def story() -> None:
        async with open_window(40) as (window, _session):
            QTest.keyClicks(window.list.table, "a")
            QTest.keyClicks(window.list.search, "da")
            assert window.list.search.text() == "ada"
            assert 0 < window.model.rowCount() < 40
            assert f"{window.model.rowCount()} of 40" in texts(window.list)
            press(window.list.search, Key.Key_Escape)
            assert window.model.rowCount() == 40

    run(story())


def test_no_hits_offer_ways_out(run: Run, open_window: OpenWindow) -> None:
    async def story() -> None:
        async with open_window(5) as (window, _session):
            QTest.keyClicks(window.list.search, "Zebedee")
            assert "No one matches “Zebedee”" in texts(window.list)
            click(find(window.list, QPushButton, "add_searched"))
            dialog = window.findChild(AddDialog)
            assert dialog is not None
            assert find(dialog, QLineEdit, "add_name").text() == "Zebedee"
            dialog.close()
            click(find(window.list, QPushButton, "clear_search"))
            assert window.model.rowCount() == 5

    run(story())


def test_an_empty_book_says_how_to_begin(run: Run, open_window: OpenWindow) -> None:
    async def story() -> None:
        async with open_window() as (window, _session):
            assert "Bring your people" in texts(window.list)
            assert find(window.list, QPushButton, "empty_import").isVisible()
            click(find(window.list, QPushButton, "empty_add"))
            assert window.findChild(AddDialog) is not None

    run(story())


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


def test_visibility_is_chosen_with_arrows(run: Run, open_window: OpenWindow) -> None:
    async def story() -> None:
        async with open_window(3) as (window, session):
            click_row(window, 1)
            contact = window.model.row(1).id
            press(window, Key.Key_H, CTRL)
            focus = window.focusWidget()
            assert focus is not None
            assert focus.objectName() == "visibility_0"
            press(focus, Key.Key_Right)
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


def test_the_rail_changes_the_shelf_by_click_and_by_key(run: Run, open_window: OpenWindow) -> None:
    async def story() -> None:
        async with open_window(5) as (window, session):
            session.set_favorite([window.model.row(2).id], True)
            window.model.show_changes()
            click(window.rail.shelves[Shelf.FAVORITES])
            assert window.model.rowCount() == 1
            press(window, Key.Key_1, CTRL)
            assert window.model.rowCount() == 5
            press(window, Key.Key_5, CTRL)
            assert "You have blocked no one" in texts(window.list)

    run(story())


def test_the_palette_does_commands_and_finds_people(run: Run, open_window: OpenWindow) -> None:
    async def story() -> None:
        async with open_window(12) as (window, _session):
            press(window, Key.Key_K, CTRL)
            field = find(window, QLineEdit, "palette_field")
            QTest.keyClicks(field, "favorites")
            press(field, Key.Key_Return)
            assert window.list.shelf is Shelf.FAVORITES
            press(window, Key.Key_K, CTRL)
            wanted = window.model.rows()[7]
            QTest.keyClicks(field, wanted.detail)
            press(field, Key.Key_Return)
            assert window.stage.place == wanted.id
            assert not window.palette_box.isVisible()

    run(story())


def test_f1_shows_every_key(run: Run, open_window: OpenWindow) -> None:
    async def story() -> None:
        async with open_window() as (window, _session):
            press(window, Key.Key_F1)
            sheet = window.findChild(ShortcutSheet)
            assert sheet is not None
            shown = texts(sheet)
            assert all(each.words in shown for each in COMMANDS if each.keys)
            press(sheet, Key.Key_Escape)
            assert not sheet.isVisible()

    run(story())


def test_f6_goes_round_the_panes(run: Run, open_window: OpenWindow) -> None:
    async def story() -> None:
        async with open_window(5) as (window, _session):
            click_row(window, 1)
            seen = []
            for _ in range(3):
                focus = window.focusWidget()
                assert focus is not None
                panes = (window.list, window.stage, window.rail)
                seen.append(next(pane for pane in panes if pane.isAncestorOf(focus)))
                press(window, Key.Key_F6)
            assert seen == [window.list, window.stage, window.rail]

    run(story())


def test_the_rail_shrinks_with_the_window(run: Run, open_window: OpenWindow) -> None:
    async def story() -> None:
        async with open_window(5) as (window, _session):
            window.resize(1100, 700)
            assert not window.rail.narrow
            window.resize(740, 600)
            assert window.rail.narrow

    run(story())


def test_the_window_comes_back_as_it_was(run: Run, open_window: OpenWindow) -> None:
    async def story() -> None:
        async with open_window(5) as (window, _session):
            window.resize(780, 610)
            press(window, Key.Key_D, CTRL | SHIFT)
        async with open_window() as (window, _session):
            assert (window.width(), window.height()) == (780, 610)
            assert window.list.is_compact

    run(story())


def test_the_selection_and_the_place_survive_a_reset(run: Run, open_window: OpenWindow) -> None:
    async def story() -> None:
        async with open_window(200) as (window, session):
            table = window.list.table
            window.list.table.go_to(window.model.row(120).id)
            table.verticalScrollBar().setValue(
                120 * table.verticalHeader().defaultSectionSize() - 37
            )
            chosen, top = table.chosen(), table.rowAt(0)
            at_top = window.model.row(top).id
            y = table.rowViewportPosition(top)
            session.add_contact("Aaa", ["+12025559999"], "US")
            window.model.show_changes()
            assert table.chosen() == chosen
            assert table.rowAt(0) == top + 1
            assert window.model.row(top + 1).id == at_top
            assert table.rowViewportPosition(top + 1) == y

    run(story())


def test_closing_asks_and_main_decides(run: Run, open_window: OpenWindow) -> None:
    async def story() -> None:
        async with open_window(1) as (window, _session):
            asked: list[None] = []
            window.closing.connect(lambda: asked.append(None))
            window.close()
            assert asked
            assert window.isVisible()

    run(story())


def test_every_text_is_plain_and_every_control_has_a_name(
    run: Run, open_window: OpenWindow
) -> None:
    async def story() -> None:
        async with open_window(5) as (window, session):
            session.rename(window.model.row(1).id, "<img src='file:///etc/passwd'><b>Bo</b>")
            window.model.show_changes()
            click_row(window, 0)
            press(window, Key.Key_F1)
            for label in window.findChildren(QLabel):
                assert label.textFormat() is Qt.TextFormat.PlainText, label.text()
            for control in window.findChildren(QWidget):
                if control.focusPolicy() & Qt.FocusPolicy.TabFocus and control.isVisible():
                    named = control.accessibleName() or control.objectName().startswith("qt_")
                    assert named or not isinstance(control, QAbstractButton | QLineEdit), control

    run(story())


def test_no_dialog_is_executed() -> None:
    for path in Path("ui").rglob("*.py"):
        assert ".exec(" not in path.read_text(encoding="utf-8"), path


def test_a_number_is_copied(run: Run, open_window: OpenWindow) -> None:
    async def story() -> None:
        async with open_window(5) as (window, _session):
            click_row(window, 1)
            copy = find(window.stage, QAbstractButton, "copy")
            assert window.rect().contains(copy.mapTo(window, QPoint(1, 1)))
            click(copy)
            assert QGuiApplication.clipboard().text() == window.model.row(1).detail

    run(story())


def test_a_long_toast_fills_two_lines_and_the_next_is_as_short_as_its_words(
    run: Run, open_window: OpenWindow
) -> None:
    async def story() -> None:
        async with open_window(1) as (window, _session):
            toast = window.toast
            toast.say("Undone")
            short = toast.size()
            toast.say("Somebody has taken a name. " * 4)
            assert toast.height() > short.height()
            assert toast.width() <= window.width()
            toast.say("Undone")
            assert toast.size() == short

    run(story())


def test_copying_says_what_was_copied(run: Run, open_window: OpenWindow) -> None:
    async def story() -> None:
        async with open_window(3) as (window, _session):
            click_row(window, 0)
            press(window.list.table, Key.Key_C, CTRL)
            assert f"Copied {window.model.row(0).detail}" in texts(window.toast)
            window.list.table.selectAll()
            press(window.list.table, Key.Key_C, CTRL)
            assert "3 numbers copied" in texts(window.toast)
            assert QGuiApplication.clipboard().text().count("\n") == 2

    run(story())
