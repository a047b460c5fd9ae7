"""The desk's timeline: what arrived, when, what was withheld, and how it is looked through."""

import time
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QApplication, QFileDialog, QWidget
from pytestqt.modeltest import ModelTester
from pytestqt.qtbot import QtBot

from app.domain import Field, Fields, Profile
from app.worlds.timeline import Kind, Moment, Timeline, Wanted
from app.worlds.weather import Weather
from tests.ui.conftest import Run, until
from tests.ui.desks import WORLD, desk, shown
from ui.desk.identity import Arrival
from ui.desk.timeline import TimelinePage
from ui.desk.timeline_model import TimelineModel
from ui.desk.window import Deed
from ui.theme import Theme


@pytest.fixture(autouse=True)
def _dressed(dress: Theme) -> None:
    """Have colours to paint with."""


def test_a_change_on_the_left_arrives_on_the_right_with_its_time(run: Run, dress: Theme) -> None:
    async def work() -> None:
        async with desk(dress, ("bo", "ana")) as window:
            bo, ana = window.panes
            bo.keep([ana.identity])
            await until(lambda: bo.model.rowCount() == 1)
            bo.status.setText("At the lake")
            bo.status.editingFinished.emit()
            await until(lambda: "status" in ana.news.accessibleName())
            assert ana.news.accessibleName().startswith("bo: status, ")
            assert ana.news.accessibleName().endswith(" ms")
            ana.choose(bo.identity.address)
            await until(lambda: ana.card.theirs.status.text() == "At the lake")
            wanted = {Kind.CHANGED, Kind.ARRIVED, Kind.PUBLISHED}
            await until(lambda: wanted <= {each.kind for each in window.timeline.moments})

    run(work())


def test_who_may_see_a_field_is_changed_in_the_pane_and_taken_away_on_the_right(
    run: Run, dress: Theme
) -> None:
    async def work() -> None:
        async with desk(dress, ("cy", "ana")) as window:
            cy, ana = window.panes
            cy.keep([ana.identity])
            cy.status.setText("Here")
            cy.status.editingFinished.emit()
            ana.choose(cy.identity.address)
            await until(lambda: ana.card.theirs.status.text() == "Here")
            cy.audience.setCurrentIndex(cy.audience.findText("Nobody"))
            cy.audience.activated.emit(cy.audience.currentIndex())
            await until(lambda: not ana.card.theirs.status.text())
            await until(lambda: "status gone" in ana.news.accessibleName())
            cy.status.setText("Hidden now")
            cy.status.editingFinished.emit()
            await until(
                lambda: any(
                    moment.kind is Kind.WITHHELD and moment.other == "ana"
                    for moment in window.timeline.moments
                )
            )
            assert "withheld" in window.timeline_page.text()

    run(work())


def test_what_a_new_rule_withholds_is_told_with_the_rule(run: Run, dress: Theme) -> None:
    async def work() -> None:
        async with desk(dress, ("ana", "bo")) as window:
            ana, _bo = window.panes
            page = window.timeline_page
            await until(lambda: window.withheld.knows("ana", "bo"))
            ana.field.setCurrentIndex(ana.field.findText("About"))
            ana.field.activated.emit(ana.field.currentIndex())
            ana.audience.setCurrentIndex(ana.audience.findText("Nobody"))
            ana.audience.activated.emit(ana.audience.currentIndex())
            await until(lambda: "about (audience-nobody) from bo" in page.text())
            ana.card.block.click()
            await until(lambda: "status (blocked) from bo" in page.text())
            assert page.text().count("about (") == 1, "it was hidden before"

    run(work())


def test_what_was_hidden_before_is_known_in_any_weather(
    run: Run, dress: Theme, tmp_path: Path
) -> None:
    async def work() -> None:
        weather = (("ana", Weather.OFFLINE),)
        async with shown(dress, tmp_path, WORLD, ("ana", "bo"), weather) as window:
            await until(lambda: window.withheld.knows("ana", "bo"))
            assert window.panes[0].weather.currentData() == Weather.OFFLINE
            assert not window.timeline.chosen("ana", {Kind.WITHHELD}), "nothing is newly hidden"

    run(work())


def test_a_change_is_timed_once_where_it_was_heard_live(run: Run, dress: Theme) -> None:
    async def work() -> None:
        async with desk(dress, ("ana", "bo")) as window:
            ana, bo = window.panes
            heard = Profile(bo.identity.address, 7, Fields(status="Here"))
            window._deeds[bo.identity.address] = Deed(time.monotonic() - 1)
            window._arrive(ana, Arrival(heard, (Field.STATUS,), True, time.monotonic()))
            late = window.timeline.moments[-1]
            assert late.took_ms is None, "it was there before this pane heard anything"
            assert "first sight" in late.words
            window._deeds[bo.identity.address] = Deed(time.monotonic())
            for timed in (True, False):
                window._arrive(ana, Arrival(heard, (Field.STATUS,), False, 0))
                assert (window.timeline.moments[-1].took_ms is not None) is timed

    run(work())


def a_page(*moments: Moment) -> tuple[Timeline, TimelinePage]:
    """Show a timeline by itself, without a world."""
    timeline = Timeline()
    page = TimelinePage(timeline)
    page.resize(1100, 400)
    page.show_people(["ana", "bo", "cy"])
    page.show()
    QTest.qWaitForWindowExposed(page)
    for moment in moments:
        timeline.add(moment)
    page.model.catch_up()
    QApplication.processEvents()
    return timeline, page


def happened(who: str, kind: Kind = Kind.CHANGED, words: str = "status", other: str = "") -> Moment:
    return Moment(0.0, kind, who, words, other, 3)


def press(widget: QWidget) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


def test_what_is_shown_is_chosen_by_person_kind_and_text(qtbot: QtBot) -> None:
    _timeline, page = a_page(
        happened("ana", words="about"),
        happened("bo", Kind.ARRIVED, other="ana"),
        happened("cy", Kind.WEATHER, "slow"),
    )
    qtbot.addWidget(page)
    assert page.count.text() == "3 moments"
    press(page.chips[Kind.WEATHER])
    assert "slow" not in page.text()
    press(page.chips[Kind.WEATHER])
    page.who.line.selectAll()
    QTest.keyClicks(page.who.line, "an")
    QTest.keyClick(page.who.line, Qt.Key.Key_Return)
    assert page.who.name() == "ana"
    assert len(page.text().splitlines()) == 2, "what she did, and what came from her"
    QTest.keyClicks(page.search, "ABOUT")
    assert page.text().split() == ["00:00:00.000", "ana", "changed", "about", "(version", "3)"]
    QTest.keyClicks(page.search, "x")
    assert not page.table.isVisible()
    assert not page.newest.isVisible()
    assert "Choose everybody" in page.empty.text()
    page.who.line.clear()
    QTest.keyClick(page.who.line, Qt.Key.Key_Return)
    QTest.keyClick(page.search, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    QTest.keyClick(page.search, Qt.Key.Key_Delete)
    assert page.count.text() == "3 moments"
    assert page.who.line.text() == "Everybody"


def test_what_is_selected_stays_so_while_the_filter_takes_nothing_away(qtbot: QtBot) -> None:
    timeline, page = a_page(*(happened("ana", words=f"about {each}") for each in range(40)))
    qtbot.addWidget(page)
    page.table.selectRow(3)
    page.table.scrollToTop()
    QTest.keyClicks(page.search, "about")
    assert (page.table.chosen(), page.table.verticalScrollBar().value()) == ([3], 0)
    timeline.add(happened("ana", words="about 40"))
    timeline.add(happened("ana", words="name"))
    page.model.catch_up()
    assert page.count.text() == "41 moments"
    QTest.keyClicks(page.search, " 4")
    assert page.text().count("about 4") == page.model.rowCount() == 2


def test_a_name_that_nobody_has_changes_nothing(qtbot: QtBot) -> None:
    _timeline, page = a_page(happened("ana"))
    qtbot.addWidget(page)
    page.who.line.selectAll()
    QTest.keyClicks(page.who.line, "zoe")
    QTest.keyClick(page.who.line, Qt.Key.Key_Return)
    press(page.search)
    page.search.setFocus()
    assert page.who.name() == ""
    assert page.who.line.text() == "Everybody"


def test_a_hundred_thousand_names_are_found_by_typing(qtbot: QtBot) -> None:
    _timeline, page = a_page()
    qtbot.addWidget(page)
    page.show_people([f"p{number}" for number in range(100_000)])
    assert page.who.count() == 201, "a list that long is read by nobody"
    page.who.line.selectAll()
    QTest.keyClicks(page.who.line, "p99998")
    QTest.keyClick(page.who.line, Qt.Key.Key_Return)
    assert page.who.name() == "p99998"


def test_all_or_what_is_selected_is_copied(qtbot: QtBot) -> None:
    _timeline, page = a_page(happened("ana"), happened("bo"), happened("cy"))
    qtbot.addWidget(page)
    press(_named(page, "timeline_copy"))
    assert QApplication.clipboard().text() == page.text()
    second = page.table.visualRect(page.model.index(1, 3)).center()
    QTest.mouseClick(page.table.viewport(), Qt.MouseButton.LeftButton, pos=second)
    QTest.keyClick(page.table, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClick(page.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert [line.split()[1] for line in QApplication.clipboard().text().splitlines()] == [
        "bo",
        "cy",
    ]


def test_it_is_saved_where_it_can_be_and_says_where_it_cannot(qtbot: QtBot, tmp_path: Path) -> None:
    _timeline, page = a_page(happened("ana"))
    qtbot.addWidget(page)
    press(_named(page, "timeline_save"))
    dialog = page.findChild(QFileDialog, "desk_file")
    assert dialog is not None
    dialog.setDirectory(str(tmp_path))
    dialog.selectFile(str(tmp_path / "kept.txt"))
    dialog.accept()
    assert (tmp_path / "kept.txt").read_text() == page.text() + "\n"
    assert "kept.txt" in page.said.accessibleName()
    page.save(tmp_path / "missing" / "kept.txt")
    assert "cannot be written: No such file or directory" in page.said.accessibleName()


def test_names_that_deceive_hide_and_turn_nothing_round(qtbot: QtBot) -> None:
    _timeline, page = a_page(
        happened("Anna \u202etxt.exe"), happened("A\u200bna"), happened("one\ntwo"), happened("דד")
    )
    qtbot.addWidget(page)
    names = [page.model.index(line, 1).data() for line in range(4)]
    assert names == ["Anna \\u202etxt.exe", "A\\u200bna", "one\\ntwo", "\u2068דד\u2069"]
    assert len(page.text().splitlines()) == 4


def test_the_newest_stays_in_sight_unless_it_was_scrolled_away(qtbot: QtBot) -> None:
    timeline, page = a_page(*(happened("ana", words=str(turn)) for turn in range(100)))
    qtbot.addWidget(page)
    bar = page.table.verticalScrollBar()
    assert bar.value() == bar.maximum() > 0
    assert not page.newest.isVisible()
    QTest.keyClick(page.table, Qt.Key.Key_Home, Qt.KeyboardModifier.ControlModifier)
    assert bar.value() == 0
    timeline.add(happened("bo"))
    qtbot.waitUntil(lambda: page.model.rowCount() == 101, timeout=60_000)
    assert bar.value() == 0, "nobody is taken away from what they read"
    press(page.newest)
    assert bar.value() == bar.maximum()
    timeline.add(happened("bo"))
    qtbot.waitUntil(lambda: page.model.rowCount() == 102, timeout=60_000)
    assert bar.value() == bar.maximum()


def test_what_leaves_above_moves_nothing_that_is_looked_at(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.worlds.timeline.MOST", 200)
    monkeypatch.setattr("app.worlds.timeline.AT_ONCE", 20)
    timeline, page = a_page(*(happened("ana", words=str(turn)) for turn in range(200)))
    qtbot.addWidget(page)
    page.table.scrollTo(page.model.index(100, 0), QAbstractItemView.ScrollHint.PositionAtTop)
    top = page.table.rowAt(0)
    looked_at = page.model.index(top, 3).data()
    timeline.add(happened("bo"))
    page.model.catch_up()
    assert page.model.rowCount() == 181
    assert page.model.index(page.table.rowAt(0), 3).data() == looked_at


def test_every_control_is_named_and_reached_by_the_keyboard(qtbot: QtBot) -> None:
    _timeline, page = a_page(happened("ana", Kind.ARRIVED, other="bo"))
    qtbot.addWidget(page)
    page.activateWindow()
    page.who.setFocus()
    reached = set()
    for _step in range(20):
        focused = QApplication.focusWidget()
        assert focused is not None
        assert focused.accessibleName() or focused.objectName() == "qt_scrollarea_viewport"
        reached.add(focused.objectName())
        QTest.keyClick(focused, Qt.Key.Key_Tab)
    assert {"timeline_who", "timeline_find", "timeline_copy", "timeline_save"} <= reached
    assert {"timeline_table", "timeline_stale", "timeline_repeated"} <= reached
    spoken = page.model.index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken.endswith("status from bo (version 3)")


def test_the_model_keeps_to_the_rules_of_models(qtmodeltester: ModelTester) -> None:
    timeline = Timeline()
    model = TimelineModel(timeline)
    qtmodeltester.check(model)  # type: ignore[no-untyped-call]  # pytest-qt has no types
    for turn in range(5):
        timeline.add(happened("ana", words=f"turn {turn}"))
    model.catch_up()
    model.want(Wanted(text="turn 3"))
    assert model.rowCount() == 1
    timeline.clear()
    model.catch_up()
    assert model.rowCount() == 0


def _named(page: QWidget, name: str) -> QWidget:
    found = page.findChild(QWidget, name)
    assert isinstance(found, QWidget)
    return found
