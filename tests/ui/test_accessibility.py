"""What a screen reader finds, and what the keyboard reaches, on every page."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QAbstractScrollArea, QWidget

from app.domain import Visibility
from tests.ui.by_hand import click, find
from tests.ui.conftest import OpenWindow, Run, until
from tests.ui.gallery import Shown
from tests.ui.living import ADA, living
from tests.ui.people import a_row, name_of
from ui.contact_delegate import ContactDelegate
from ui.contact_model import ContactModel
from ui.contact_table import ContactTable
from ui.main_window import MainWindow
from ui.page_list import PAGES
from ui.pictures import Pictures
from ui.tab_order import stops
from ui.tasks import Tasks
from ui.theme import Theme
from ui.window_state import WindowState

NAME = QAccessible.Text.Name
NO_ROLES = (QAccessible.Role.NoRole, QAccessible.Role.Client)
MESSAGES = "messages"
PLACES = (ADA, MESSAGES, *PAGES, "settings")


def fail(error: Exception) -> None:
    raise error


def seen_by_reader(widget: QWidget) -> QAccessibleInterface:
    found: QAccessibleInterface | None = QAccessible.queryAccessibleInterface(widget)
    assert found is not None, widget
    return found


def reachable_by_tab(window: MainWindow) -> list[QWidget]:
    """Press Tab until it comes round."""
    window.list.focus_search()
    seen: list[QWidget] = []
    while (focus := window.focusWidget()) not in seen:
        assert focus is not None
        seen.append(focus)
        QTest.keyClick(focus, Qt.Key.Key_Tab)
    return seen


def focusable(window: MainWindow) -> list[QWidget]:
    return [
        each
        for each in window.findChildren(QWidget)
        if each.isVisible() and each.isEnabled() and each.focusPolicy() & Qt.FocusPolicy.TabFocus
    ]


@pytest.mark.parametrize("place", PLACES)
def test_every_control_has_a_name_and_a_role_and_tab_reaches_it_in_reading_order(
    run: Run, dress: Theme, tmp_path: Path, place: str
) -> None:
    async def story() -> None:
        async with living(tmp_path) as here:
            window = MainWindow(here.session, dress, WindowState(tmp_path / "window.ini"))
            window.resize(1200, 800)
            window.show()
            window.activateWindow()
            await until(window.isActiveWindow)
            await until(lambda: hasattr(window, "ways"))
            window.show_contact(here.people[ADA])
            if place == MESSAGES:
                click(find(window.stage, QAbstractButton, "message"))
            elif place != ADA:
                window.run_command(f"page_{place}")
            await until(lambda: place in {ADA, window.stage.place})
            await until(window.tasks.is_idle)
            assert focusable(window)
            for each in focusable(window):
                seen = seen_by_reader(each)
                assert seen.text(NAME), each
                assert seen.role() not in NO_ROLES or isinstance(each, QAbstractScrollArea), each
            reached = reachable_by_tab(window)
            assert [each for each in focusable(window) if each not in reached] == []
            laid_out = [each for each in stops(window.panes) if each in reached]
            start = reached.index(laid_out[0])
            assert reached[start:] + reached[:start] == laid_out
            await window.close_window()

    run(story())


def test_a_row_says_who_it_is_how_they_stand_and_why_they_were_found(
    run: Run, open_window: OpenWindow
) -> None:
    async def story() -> None:
        async with open_window(3) as (window, session):
            who = window.model.row(1)
            session.set_favorite([who.id], True)
            session.set_visibility([who.id], Visibility.HIDDEN)
            window.model.show_changes()
            window.list.search.setText(who.detail.replace(" ", "")[-4:])
            assert window.model.rowCount() == 1
            table = seen_by_reader(window.list.table)
            said = [table.child(place).text(NAME) for place in range(table.childCount())]
            (row,) = filter(None, said)
            assert row.startswith(f"{who.name}, Pending, Favorite, Sees nothing of me")
            digits = "".join(each for each in who.detail if each.isdigit())
            assert row.endswith(f"+{digits}")

    run(story())


def test_all_of_a_hundred_thousand_rows_are_there_for_a_screen_reader(
    run: Run, tmp_path: Path
) -> None:
    async def story() -> None:
        rows = [a_row(number, name_of(number)) for number in range(100_000)]
        async with Shown(tmp_path, rows) as session:
            model = ContactModel(session)
            pictures = Pictures(session, Tasks(fail))
            made = ContactTable(model, ContactDelegate(pictures))
            table = seen_by_reader(made)
            assert table.childCount() > len(rows)
            last = table.child(table.childCount() - 1)
            assert last.role() is QAccessible.Role.Cell
            assert last.text(NAME).startswith(model.row(len(rows) - 1).name)
            model.close()
            pictures.close()
            made.deleteLater()

    run(story())
