"""The selection and the place in the list, while a thousand people change under them."""

import random
from collections.abc import AsyncIterator, Callable, Collection
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import QItemSelection, QItemSelectionModel, Qt
from PySide6.QtTest import QTest

from app.changes import Change, Kind
from app.domain import ContactId
from app.paths import Paths
from app.session import Row, Session
from tests.ui.conftest import Run, until
from tests.ui.people import a_row, name_of
from ui.contact_table import ContactTable
from ui.main_window import MainWindow
from ui.shelf import Filter, folded
from ui.theme import Theme
from ui.window_state import WindowState

PEOPLE = 2000
MIDDLE = PEOPLE // 2
SCATTERED = range(3, PEOPLE, 7)
INTO_A_ROW = 7
"""So many pixels of the topmost row are scrolled away."""


class Busy(Session):
    """A session whose people are changed from outside, many at a time."""

    given: dict[ContactId, Row]

    def rows(self) -> list[Row]:
        return [*self.given.values()]

    def rows_of(self, ids: Collection[ContactId]) -> dict[ContactId, Row]:
        return {each: self.given[each] for each in ids if each in self.given}

    def change(self, people: Collection[ContactId], made: Callable[[Row], Row]) -> None:
        """Change these people, as one frame shows it."""
        self.given |= {each: made(self.given[each]) for each in people}
        self.changes.publish(Change(Kind.CONTACTS, frozenset(people)))


Opened = Callable[[], AbstractAsyncContextManager[tuple[Busy, MainWindow, ContactTable]]]


@pytest.fixture
def busy(dress: Theme, tmp_path: Path) -> Opened:
    """Open the window on two thousand people, scrolled into the middle of a row of their middle."""

    @asynccontextmanager
    async def opened() -> AsyncIterator[tuple[Busy, MainWindow, ContactTable]]:
        session = Busy(None, Paths(tmp_path))
        rows = [a_row(number, f"{name_of(number)} {number}") for number in range(1, PEOPLE + 1)]
        session.given = {row.id: row for row in rows}
        async with session:
            window = MainWindow(session, dress, WindowState(tmp_path / "window.ini"))
            window.show()
            table = window.list.table
            await until(lambda: table.viewport().height() > 0)
            scroll(table, MIDDLE)
            try:
                yield session, window, table
            finally:
                await window.close_window()
                window.deleteLater()

    return opened


def scroll(table: ContactTable, line: int) -> None:
    height = table.verticalHeader().defaultSectionSize()
    table.verticalScrollBar().setValue(line * height + INTO_A_ROW)


def choose(table: ContactTable, lines: Collection[int]) -> None:
    """Select these lines, and put the keyboard on the last one."""
    selection = QItemSelection()
    places = [table.model().index(line, 0) for line in lines]
    for here in places:
        selection.select(here, here)
    model = table.selectionModel()
    model.setCurrentIndex(places[-1], QItemSelectionModel.SelectionFlag.NoUpdate)
    model.select(selection, QItemSelectionModel.SelectionFlag.ClearAndSelect)


def press(
    window: MainWindow,
    contact: ContactId,
    held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
) -> None:
    """Press the left button of the mouse on a contact who is in sight."""
    table = window.list.table
    line = window.model.position(contact)
    assert line is not None
    place = table.visualRect(table.model().index(line, 0)).center()
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, held, place)


def sight(window: MainWindow) -> list[tuple[ContactId, int]]:
    """Say who is in sight, and at which height."""
    table, model = window.list.table, window.model
    return [(model.row(line).id, table.rowViewportPosition(line)) for line in table.in_sight()]


def status(row: Row) -> Row:
    return msgspec.structs.replace(row, status=f"{row.status}!", online=not row.online)


def elsewhere(row: Row) -> Row:
    """Give another name, which is sorted far from those in the middle."""
    name = f"{random.Random(row.id).choice('bdnprtvx')}{row.name}"
    text = f"{folded(name)}\n{row.folded.partition(chr(10))[2]}"
    return msgspec.structs.replace(row, name=name, folded=text)


def test_a_thousand_who_change_in_their_place_move_nothing(run: Run, busy: Opened) -> None:
    async def work() -> None:
        async with busy() as (session, window, table):
            choose(table, SCATTERED)
            scroll(table, MIDDLE)
            chosen, before = table.chosen(), sight(window)
            for _ in range(3):
                session.change([row.id for row in window.model.rows()[::2]], status)
                window.model.show_changes()
            assert table.chosen() == chosen
            assert table.current() == chosen[-1]
            assert sight(window) == before

    run(work())


def test_a_thousand_who_are_sorted_elsewhere_leave_the_others_where_they_are(
    run: Run, busy: Opened
) -> None:
    async def work() -> None:
        async with busy() as (session, window, table):
            choose(table, SCATTERED)
            scroll(table, MIDDLE)
            chosen, current, before = set(table.chosen()), table.current(), sight(window)
            seen = {contact for contact, _height in before}
            others = [row.id for row in window.model.rows() if row.id not in seen]
            gone = (before[0], before[-2])
            session.change([*(each for each, _height in gone), *others[::2]], elsewhere)
            window.model.show_changes()
            assert set(table.chosen()) == chosen
            assert table.current() == current
            stay = [each for each in before if each not in gone]
            assert {*sight(window)} >= {*stay[:-1]}

    run(work())


def test_the_top_of_the_list_stays_the_top_though_the_keyboard_is_far_below(
    run: Run, busy: Opened
) -> None:
    async def work() -> None:
        async with busy() as (session, window, table):
            choose(table, [MIDDLE])
            table.scrollToTop()
            session.change([row.id for row in window.model.rows()[::2]], elsewhere)
            window.model.show_changes()
            assert table.verticalScrollBar().value() == 0
            assert len(table.chosen()) == 1

    run(work())


def test_the_keyboard_goes_on_from_where_it_is_while_people_change(run: Run, busy: Opened) -> None:
    async def work() -> None:
        async with busy() as (session, window, table):
            choose(table, [MIDDLE])
            people = [row.id for row in window.model.rows()]
            for step in range(1, 13):
                session.change(
                    people[step % 2 : MIDDLE - 40 : 2], elsewhere if step % 3 else status
                )
                window.model.show_changes()
                QTest.keyClick(table, Qt.Key.Key_Down)
                assert table.chosen() == [people[MIDDLE + step]]
            assert table.currentIndex().row() in table.in_sight()

    run(work())


def test_shift_makes_the_selection_longer_and_shorter_while_people_change(
    run: Run, busy: Opened
) -> None:
    async def work() -> None:
        async with busy() as (session, window, table):
            people = [row.id for row in window.model.rows()]
            for begin in (window.list.reveal, lambda each: press(window, each)):
                begin(people[MIDDLE])
                counts: list[int] = []
                for key in (Qt.Key.Key_Down,) * 4 + (Qt.Key.Key_Up,) * 2:
                    session.change(people[len(counts) % 2 : MIDDLE - 40 : 2], elsewhere)
                    window.model.show_changes()
                    QTest.keyClick(table, key, Qt.KeyboardModifier.ShiftModifier)
                    counts.append(len(table.chosen()))
                assert counts == [2, 3, 4, 5, 4, 3]
                assert table.chosen() == people[MIDDLE : MIDDLE + 3]

    run(work())


def test_a_click_with_shift_extends_from_the_anchor_after_the_list_is_sorted_anew(
    run: Run, busy: Opened
) -> None:
    async def work() -> None:
        async with busy() as (session, window, table):
            people = [row.id for row in window.model.rows()]
            press(window, people[MIDDLE])
            ends = (MIDDLE + 4, MIDDLE + 2, MIDDLE + 3)
            for turn, end in enumerate(ends):
                session.change(people[turn % 2 : MIDDLE - 40 : 2], elsewhere)
                window.model.show_changes()
                press(window, people[end], Qt.KeyboardModifier.ShiftModifier)
                assert table.chosen() == people[MIDDLE : end + 1]

    run(work())


def test_everybody_who_is_chosen_stays_so(run: Run, busy: Opened) -> None:
    async def work() -> None:
        async with busy() as (session, window, table):
            table.selectAll()
            session.change([row.id for row in window.model.rows()[::2]], elsewhere)
            window.model.show_changes()
            assert len(table.chosen()) == PEOPLE
            assert len(table.selectionModel().selection().toList()) == 1, "in one piece"

    run(work())


def test_who_is_found_and_chosen_stays_so_while_others_come_and_go(run: Run, busy: Opened) -> None:
    async def work() -> None:
        async with busy() as (session, window, table):
            window.model.show(Filter(text="ada"))
            lines = range(0, window.model.rowCount(), 3)
            choose(table, lines)
            scroll(table, 40)
            chosen, before = set(table.chosen()), sight(window)
            for _ in range(3):
                session.change([row.id for row in window.model.rows()[::2]], status)
                window.model.show_changes()
            assert (set(table.chosen()), sight(window)) == (chosen, before)
            seen = {contact for contact, _height in before}
            gone = sorted(chosen - seen)[::2]
            session.change(gone, lambda row: a_row(row.id, f"Zoe {row.id}"))
            window.model.show_changes()
            assert set(table.chosen()) == chosen - {*gone}
            assert sight(window) == before
            window.model.show(Filter())
            assert set(table.chosen()) == chosen - {*gone}

    run(work())
