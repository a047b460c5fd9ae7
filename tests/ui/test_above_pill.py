"""The list does not jump when people come into it; it says so, and leads to them."""

from app.domain import ContactId
from app.session import Session
from tests.ui.by_hand import click
from tests.ui.conftest import OpenWindow, Run
from ui.main_window import MainWindow


def add(window: MainWindow, session: Session, name: str, number: str) -> ContactId:
    made = session.add_contact(name, [number], "US")
    window.model.show_changes()
    return made


def scroll_to(window: MainWindow, line: int) -> None:
    table = window.list.table
    table.verticalScrollBar().setValue(line * table.verticalHeader().defaultSectionSize())


def test_who_comes_in_above_is_counted_and_found(run: Run, open_window: OpenWindow) -> None:
    async def story() -> None:
        async with open_window(200) as (window, session):
            table, pill = window.list.table, window.list.table.above
            scroll_to(window, 100)
            add(window, session, "Zoe", "+12025559001")
            assert pill.isHidden()
            add(window, session, "Aaa", "+12025559002")
            new = add(window, session, "Aab", "+12025559003")
            assert pill.isVisible()
            assert pill.text() == pill.accessibleName() == "2 changes above"
            click(pill)
            assert table.rowAt(0) == window.model.position(new)
            assert pill.text() == "1 change above"
            click(pill)
            assert table.rowAt(0) == 0
            assert pill.isHidden()

    run(story())


def test_what_was_scrolled_to_or_filtered_away_is_no_news(
    run: Run, open_window: OpenWindow
) -> None:
    async def story() -> None:
        async with open_window(200) as (window, session):
            pill = window.list.table.above
            scroll_to(window, 100)
            add(window, session, "Aaa", "+12025559002")
            assert pill.isVisible()
            scroll_to(window, 0)
            assert pill.isHidden()
            scroll_to(window, 100)
            add(window, session, "Aab", "+12025559003")
            window.list.search.setText("bo")
            assert pill.isHidden()

    run(story())
