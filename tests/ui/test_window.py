"""The whole window on a real session, driven by clicks and keys and read by what it shows."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QWidget,
)

from tests.ui.by_hand import CTRL, SHIFT, Key, click, click_row, find, press, texts
from tests.ui.conftest import OpenWindow, Run, until
from ui.add_dialog import AddDialog
from ui.rail import RailItem
from ui.shelf import Shelf
from ui.shortcuts import COMMANDS, ShortcutSheet


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


def test_the_rail_marks_one_place_and_keeps_the_shelf_quietly(
    run: Run, open_window: OpenWindow
) -> None:
    def ground(item: RailItem) -> str:
        return item.grab().toImage().pixelColor(item.width() // 2, 3).name()

    async def story() -> None:
        async with open_window(1) as (window, _session):
            shelf, other = window.rail.shelves[Shelf.ALL], window.rail.shelves[Shelf.BLOCKED]
            page = window.rail.pages["privacy"]
            marked = ground(shelf)
            assert marked != ground(other)
            click(page)
            assert (ground(page), ground(shelf)) == (marked, ground(other))
            assert shelf.isChecked()  # the list still shows it, in bold
            click(shelf)
            assert (ground(page), ground(shelf)) == (ground(other), marked)

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


def test_the_sheet_of_keys_scrolls_where_the_screen_is_low(
    run: Run, open_window: OpenWindow
) -> None:
    async def story() -> None:
        async with open_window() as (window, _session):
            press(window, Key.Key_F1)
            sheet = window.findChild(ShortcutSheet)
            assert sheet is not None
            sheet.resize(800, 400)
            page = sheet.findChild(QScrollArea)
            assert page is not None
            await until(lambda: page.verticalScrollBar().maximum() > 0)
            lines = sheet.findChildren(QLabel)
            assert [each for each in lines if each.height() < each.minimumSizeHint().height()] == []

    run(story())


def test_the_keyboard_is_where_one_looks_first_in_an_empty_book_and_in_a_full_one(
    run: Run, open_window: OpenWindow
) -> None:
    async def story() -> None:
        async with open_window() as (window, session):
            window.activateWindow()
            await until(window.isActiveWindow)
            assert window.focusWidget() is find(window.list, QPushButton, "empty_import")
            session.add_contact("Ada", ["+12025550101"], "US")
            window.model.show_changes()
            assert window.focusWidget() is window.list.table

    run(story())


def test_choosing_nobody_leaves_only_the_current_one_though_ctrl_is_held(
    run: Run, open_window: OpenWindow
) -> None:
    async def story() -> None:
        async with open_window(5) as (window, _session):
            click_row(window, 1)
            press(window.list.table, Key.Key_A, CTRL)
            assert len(window.list.table.chosen()) == 5
            window.list.bar.cleared.emit()
            assert window.list.table.chosen() == [window.model.row(1).id]
            assert window.list.bar.isHidden()

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
