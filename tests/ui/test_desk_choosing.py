"""Choosing a world and its people in the desk, with keys and clicks."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from app.worlds.files import WORLDS, seeded_path
from app.worlds.timeline import Kind
from app.worlds.weather import Weather
from tests.ui.conftest import Run, until
from tests.ui.desks import WORLD, click, open_desk_of, shown, side_by_side
from ui.desk.choose_people import PeopleChoice
from ui.desk.choose_world import FILE, SEED, ChooseWorld
from ui.desk.lines import Line
from ui.desk.window import DeskWindow
from ui.theme import Theme


@pytest.fixture(autouse=True)
def _dressed(dress: Theme) -> None:
    """Have colours to paint with."""


async def asked(window: DeskWindow) -> ChooseWorld:
    """Wait until the dialog is open, and has read the world it points at."""
    await until(lambda: any(each.isVisible() for each in window.findChildren(ChooseWorld)))
    dialog = next(each for each in window.findChildren(ChooseWorld) if each.isVisible())
    await until(dialog.open_button.isEnabled)
    return dialog


def test_where_nothing_is_named_it_is_asked_and_keys_are_enough(
    run: Run, dress: Theme, tmp_path: Path
) -> None:
    async def work() -> None:
        async with shown(dress, tmp_path, None) as window:
            dialog = await asked(window)
            assert dialog.worlds.lines.rowCount() >= 12
            names = [dialog.worlds.lines.line(at).title for at in range(12)]
            assert "blocked-favorite" in names
            assert all(dialog.worlds.lines.line(at).detail.endswith(".") for at in range(12))
            await until(dialog.worlds.hasFocus)
            QTest.keyClick(dialog.worlds, Qt.Key.Key_Up)
            await until(lambda: dialog.about.text().startswith("Nobody keeps anybody"))
            await until(dialog.open_button.isEnabled)
            QTest.keyClicks(dialog.people.search, "b")
            QTest.keyClick(dialog.people.search, Qt.Key.Key_Down)
            await until(dialog.people.table.hasFocus)
            for _ in range(2):  # away, and to the end of those on the desk
                QTest.keyClick(dialog.people.table, Qt.Key.Key_Space)
            QTest.keyClick(dialog.open_button, Qt.Key.Key_Space)
            await side_by_side(window, "ana", "cy", "bo")
            assert window.bar.world.text() == "strangers"

    run(work())


@pytest.mark.parametrize("by_mouse", [False, True])
def test_a_world_is_opened_from_the_list_by_enter_and_by_pressing_twice(
    run: Run, by_mouse: bool
) -> None:
    async def work() -> None:
        dialog = ChooseWorld(beside := QWidget(), None, ())
        opened: list[str] = []
        dialog.chosen.connect(lambda path, _names: opened.append(path.stem))
        dialog.show()
        before = dialog.worlds.lines.index(dialog.worlds.currentIndex().row() - 1, 0)
        if by_mouse:
            place, viewport = dialog.worlds.visualRect(before).center(), dialog.worlds.viewport()
            QTest.mouseClick(viewport, Qt.MouseButton.LeftButton, pos=place)
            QTest.mouseDClick(viewport, Qt.MouseButton.LeftButton, pos=place)
        else:
            QTest.keyClick(dialog.worlds, Qt.Key.Key_Up)
            QTest.keyClick(dialog.worlds, Qt.Key.Key_Return)
        assert not opened, "it is still being read"
        await until(lambda: opened)
        assert opened == ["strangers"]
        beside.deleteLater()

    run(work())


def test_identities_change_and_the_world_goes_on(run: Run, dress: Theme, tmp_path: Path) -> None:
    async def work() -> None:
        async with shown(dress, tmp_path, WORLD, ("ana", "bo")) as window:
            await side_by_side(window, "ana", "bo")
            ana = window.panes[0]
            ana.status.setText("Still here")
            ana.status.editingFinished.emit()
            ana.change_weather(Weather.SLOW)
            await until(lambda: window.timeline.chosen("ana", {Kind.PUBLISHED}))
            folder = open_desk_of(window).service
            click(window.bar.world)
            dialog = await asked(window)
            assert dialog.people.names == ["ana", "bo"]
            QTest.keyClicks(dialog.people.search, "555 0104")
            QTest.keyClick(dialog.people.search, Qt.Key.Key_Return)
            assert dialog.people.names == ["ana", "bo", "dee"]
            await until(dialog.people.chips[1].isVisible)
            click(dialog.people.chips[1])
            click(dialog.open_button)
            await side_by_side(window, "ana", "dee")
            assert open_desk_of(window).service == folder, "the same service goes on"
            await until(lambda: window.panes[0].status.text() == "Still here")
            assert window.panes[0].weather.currentData() == Weather.SLOW
            assert window.panes[1].weather.currentData() == Weather.CLEAR
            assert window.timeline.chosen("ana", {Kind.PUBLISHED}), "what happened is kept"

    run(work())


def test_a_seed_and_a_file_can_be_chosen_and_a_broken_file_says_why(
    run: Run, dress: Theme, tmp_path: Path
) -> None:
    async def work() -> None:
        broken = tmp_path / "broken.json"
        broken.write_text('{"about": 1}')
        async with shown(dress, tmp_path, None) as window:
            dialog = await asked(window)
            click(dialog.sources.segment(FILE))
            assert not dialog.open_button.isEnabled()
            dialog.look(broken)
            await until(dialog.trouble.isVisible)
            assert "broken.json: Expected" in dialog.trouble.accessibleName()
            assert not dialog.open_button.isEnabled()
            dialog.look(WORLDS / "own-rules.json")
            await until(dialog.open_button.isEnabled)
            assert not dialog.trouble.isVisible()
            assert dialog.file.text() == "own-rules.json"
            click(dialog.sources.segment(SEED))
            for field, digits in ((dialog.seed, "9"), (dialog.count, "12")):
                field.selectAll()
                QTest.keyClicks(field, digits)
            await until(lambda: dialog.about.text() == "12 people from the seed 9.")
            await until(dialog.open_button.isEnabled)
            first = dialog.people.names
            assert first[0] == "me"
            click(dialog.open_button)
            await side_by_side(window, *first)
            click(window.bar.world)
            again = await asked(window)
            assert (again.seed.text(), again.count.text()) == ("9", "12")
            again.reject()
            assert open_desk_of(window).path == seeded_path(9, 12)

    run(work())


def test_two_to_four_fit_side_by_side(dress: Theme) -> None:
    choice = PeopleChoice()
    lines = [Line(name, name, "", name) for name in ("ana", "bo", "cy", "dee", "eve")]
    choice.show_people(lines, ["ana"])
    assert not choice.is_right()
    assert choice.words.text() == "Choose 1 more."
    for name in ("bo", "cy", "dee", "eve"):
        choice.toggle(name)
    assert choice.names == ["ana", "bo", "cy", "dee"]
    assert choice.is_right()
    assert choice.words.text() == "Four fit side by side. Take one away first."
    choice.search.setText("nobody at all")
    assert choice.words.text() == "Nobody here is called that."
    assert choice.table.lines.rowCount() == 0
    choice.search.setText("E")
    assert [choice.table.lines.line(at).key for at in range(2)] == ["dee", "eve"]
    index = choice.table.lines.index(0, 0)
    assert index.data(Qt.ItemDataRole.AccessibleTextRole) == "dee, chosen"


def test_a_world_of_many_is_searched_whole(dress: Theme) -> None:
    choice = PeopleChoice()
    lines = [Line(name, name, "", f"somebody {name}") for name in map(str, range(100_000))]
    choice.show_people(lines, ["0", "1"])
    choice.search.setText("Some 99999")
    assert choice.table.lines.rowCount() == 1
    choice.table.press_current()
    assert choice.names == ["0", "1", "99999"]


def test_every_control_of_the_dialog_has_a_name_and_a_key(
    run: Run, dress: Theme, tmp_path: Path
) -> None:
    async def work() -> None:
        async with shown(dress, tmp_path, None) as window:
            dialog = await asked(window)
            for control in (
                dialog.worlds,
                dialog.seed,
                dialog.count,
                dialog.browse,
                dialog.people.search,
                dialog.people.table,
                dialog.open_button,
                window.bar.world,
                window.reset,
                window.play,
                window.bar.step,
                window.making.cancel,
            ):
                assert control.accessibleName()
                assert control.objectName()
                assert control.focusPolicy() & Qt.FocusPolicy.TabFocus
            QTest.keyClick(dialog, Qt.Key.Key_Escape)
            await until(lambda: not dialog.isVisible())
            assert window.making.choose.isVisible()
            assert QApplication.activeModalWidget() is None

    run(work())
