"""The parts of the window in little room: one at a time, and nothing cut off."""

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QScrollArea

from tests.ui.by_hand import click, click_row, find, press
from tests.ui.conftest import OpenWindow, Run, until
from ui.main_window import MainWindow
from ui.shelf import Shelf

Key = Qt.Key
ALT = Qt.KeyboardModifier.AltModifier
LAPTOP = (683, 384)
"""A screen of 1366 x 768 at 200 %."""


def in_front(window: MainWindow) -> str:
    shown = [pane.objectName() for pane in (window.list, window.stage) if pane.isVisible()]
    assert len(shown) == 1
    return shown[0]


def test_in_little_room_a_click_shows_the_person_and_back_the_list(
    run: Run, open_window: OpenWindow
) -> None:
    async def story() -> None:
        async with open_window(20) as (window, _session):
            window.resize(*LAPTOP)
            assert (window.width(), window.height()) == LAPTOP
            assert in_front(window) == "contact_list"
            click_row(window, 2)
            assert in_front(window) == "stage"
            assert window.stage.place == window.model.row(2).id
            back = find(window, QPushButton, "back_to_list")
            assert back.text() == "All contacts"
            click(back)
            assert in_front(window) == "contact_list"
            assert window.list.table.hasFocus()
            assert window.list.table.current() == window.model.row(2).id

    run(story())


def test_in_little_room_keys_go_there_and_back(run: Run, open_window: OpenWindow) -> None:
    async def story() -> None:
        async with open_window(20) as (window, _session):
            window.resize(*LAPTOP)
            press(window.list.table, Key.Key_Down)
            assert in_front(window) == "contact_list"
            press(window.list.table, Key.Key_Return)
            assert in_front(window) == "stage"
            focus = window.focusWidget()
            assert focus is not None
            press(focus, Key.Key_Escape)
            assert in_front(window) == "contact_list"
            press(window, Key.Key_F6)
            assert in_front(window) == "stage"
            press(window, Key.Key_Left, ALT)
            assert in_front(window) == "contact_list"

    run(story())


def test_in_little_room_the_rail_leads_to_pages_and_shelves(
    run: Run, open_window: OpenWindow
) -> None:
    async def story() -> None:
        async with open_window(5) as (window, _session):
            window.resize(*LAPTOP)
            click(window.rail.pages["settings"])
            assert in_front(window) == "stage"
            click(window.rail.shelves[Shelf.FAVORITES])
            assert in_front(window) == "contact_list"
            assert window.list.shelf is Shelf.FAVORITES

    run(story())


def test_with_room_again_both_are_there(run: Run, open_window: OpenWindow) -> None:
    async def story() -> None:
        async with open_window(5) as (window, _session):
            window.resize(*LAPTOP)
            click_row(window, 1)
            window.resize(1000, 600)
            assert window.list.isVisible()
            assert window.stage.isVisible()
            assert not window.panes.back.isVisible()

    run(story())


def test_a_low_window_scrolls_its_rail_to_where_the_keyboard_is(
    run: Run, open_window: OpenWindow
) -> None:
    async def story() -> None:
        async with open_window(5) as (window, _session):
            window.resize(*LAPTOP)
            last = window.rail.pages["settings"]
            scroll = find(window, QScrollArea, "rail_scroll")
            assert last.visibleRegion().isEmpty()
            window.rail.pages["steps"].setFocus()
            QTest.keyClick(window.rail.pages["steps"], Key.Key_Down)
            assert last.hasFocus()
            await until(lambda: scroll.verticalScrollBar().value() > 0)
            assert not last.visibleRegion().isEmpty()

    run(story())


def test_nothing_on_a_persons_page_is_cut_off(run: Run, open_window: OpenWindow) -> None:
    async def story() -> None:
        async with open_window(2) as (window, session):
            session.rename(window.model.row(0).id, "Wolfeschlegelsteinhausenbergerdorff" * 3)
            window.model.show_changes()
            page = window.stage.contact_page
            click_row(window, 1)
            for width in (700, 720, 1000, *LAPTOP[:1]):
                window.resize(width, 480)
                window.show_contact(window.model.row(1).id)
                await until(lambda: page.content.width() <= page.viewport().width())

    run(story())
