"""The making of the testers' desk: which world, whose eyes, again, and anew."""

import json
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton

from app.worlds.files import NotInWorld
from app.worlds.timeline import Kind
from app.worlds.weather import Weather
from tests.ui.conftest import Run, until
from tests.ui.desks import WORLD, click, desk, is_idle, open_desk, open_desk_of, shown, side_by_side
from ui import theme
from ui.desk.wishes import Wish
from ui.theme import Scheme, Theme
from ui.tokens import Accent
from ui.window_state import WindowState

MIDDLE = 128
"""Between a dark and a light ink."""


@pytest.fixture(autouse=True)
def _dressed(dress: Theme) -> None:
    """Have colours to paint with."""


def test_somebody_wanted_is_shown_as_soon_as_the_list_has_them(run: Run, dress: Theme) -> None:
    async def work() -> None:
        async with desk(dress, ("bo", "ana", "dee")) as window:
            bo, ana, dee = window.panes
            bo.choose(dee.identity.address)
            bo.keep([ana.identity])
            await until(lambda: bo.card.theirs.name.text() == "Ana")
            bo.keep([dee.identity])
            assert bo.identity.session.owners([dee.identity.address])
            assert bo.model.rowCount() == 1, "the list shows her a frame later"
            await until(lambda: bo.card.theirs.name.text() == "Dee")

    run(work())


def test_whoever_was_wanted_is_not_when_another_was_chosen_since(run: Run, dress: Theme) -> None:
    async def work() -> None:
        async with desk(dress, ("ana", "dee")) as window:
            ana, dee = window.panes
            ana.choose(dee.identity.address)
            ana.table.selectRow(1)
            chosen = ana.table.current()
            ana.keep([dee.identity])
            await until(lambda: ana.model.rowCount() == 3)
            assert ana.table.current() == chosen

    run(work())


def test_reset_makes_the_same_world_again_with_the_same_people(
    run: Run, dress: Theme, tmp_path: Path
) -> None:
    async def work() -> None:
        async with shown(dress, tmp_path, WORLD, ("ana", "bo")) as window:
            await side_by_side(window, "ana", "bo")
            first, folder = window.panes[0], open_desk_of(window).service
            await until(first.hasFocus)
            first.status.setText("Gone with the reset")
            first.status.editingFinished.emit()
            await until(lambda: window.timeline.chosen("ana", {Kind.PUBLISHED}))
            click(window.reset)
            await until(lambda: window.panes and window.panes[0] is not first)
            await side_by_side(window, "ana", "bo")
            assert open_desk_of(window).service != folder
            assert window.panes[0].status.text() == "On the hill"
            assert not window.timeline.chosen("ana", {Kind.PUBLISHED})

    run(work())


def test_happenings_are_played_paused_and_taken_step_by_step(
    run: Run, dress: Theme, tmp_path: Path
) -> None:
    async def work() -> None:
        async with shown(dress, tmp_path, _slow_world(tmp_path), ("ana", "bo")) as window:
            await side_by_side(window, "ana", "bo")
            ana, bo = window.panes
            assert not window.bar.step.isEnabled()
            click(window.play)
            assert window.play.text() == "Play"
            click(window.bar.step)
            await until(lambda: ana.card.theirs.status.text() == "One")
            click(window.bar.step)
            await until(lambda: ana.card.theirs.status.text() == "Two")
            assert window.timeline.chosen("bo", {Kind.CHANGED})
            assert bo.identity.session.state.waiting == 0
            click(window.play)
            assert window.play.text() == "Pause"
            assert not window.bar.step.isEnabled()

    run(work())


def _slow_world(folder: Path) -> Path:
    """Write a world in which nothing happens by itself for as long as a test takes."""
    publish = [{"status": "One"}, {"status": "Two"}]
    world = {
        "about": "a test",
        "people": [{"id": name, "address": name} for name in ("ana", "bo")],
        "relations": [
            {"from": "ana", "to": "bo", "contact": True, "subscribed": True},
            {"from": "bo", "to": "ana", "contact": True, "subscribed": True},
        ],
        "happenings": [{"after": 10_000, "every": 10_000, "who": "bo", "publish": publish}],
    }
    path = folder / "slow.json"
    path.write_text(json.dumps(world))
    return path


def test_whoever_has_left_is_not_looked_through_and_the_desk_stays(
    run: Run, dress: Theme, tmp_path: Path
) -> None:
    async def work() -> None:
        async with shown(dress, tmp_path, WORLD, ("ana", "bo")) as window:
            await side_by_side(window, "ana", "bo")
            del open_desk_of(window).people.tokens["dee"]
            window.wished.emit(Wish(WORLD, ("ana", "dee"), anew=False))
            await until(window.trouble.isVisible)
            assert "dee has left this world" in window.trouble.accessibleName()
            await side_by_side(window, "ana", "bo")

    run(work())


def test_the_weather_is_chosen_with_the_keyboard(run: Run, dress: Theme) -> None:
    async def work() -> None:
        async with desk(dress, ("ana", "bo")) as window:
            ana = window.panes[0]
            QTest.keyClick(ana.weather, Qt.Key.Key_Down)
            await until(ana.banner.isVisible)
            assert ana.weather.currentData() == Weather.OFFLINE
            QTest.keyClick(ana.weather, Qt.Key.Key_Home)
            await until(lambda: not ana.banner.isVisible())
            await until(lambda: is_idle(ana))

    run(work())


def test_before_the_service_was_heard_nothing_is_claimed(
    run: Run, dress: Theme, tmp_path: Path
) -> None:
    async def work() -> None:
        async with shown(dress, tmp_path, WORLD, ("ana", "bo")) as window:
            await side_by_side(window, "ana", "bo")
            window.wished.emit(Wish(WORLD, ("dee", "ana"), {"dee": Weather.OFFLINE}, anew=False))
            await until(lambda: window.pane("dee") is not None)
            dee = window.pane("dee")
            assert dee is not None
            assert dee.nobody.title.text() == "Not known yet"
            dee.change_weather(Weather.CLEAR)
            await until(lambda: dee.nobody.title.text() == "Keeps nobody yet")

    run(work())


def test_a_narrow_desk_is_moved_sideways_and_gives_its_pages_a_line(run: Run, dress: Theme) -> None:
    async def work() -> None:
        async with desk(dress, ("ana", "bo", "cy")) as window:
            bar, last = window.bar, window.panes[-1]
            await until(lambda: bar.views.y() < bar.reset.height())
            window.resize(window.minimumSizeHint().width(), window.height())
            await until(lambda: bar.views.y() >= bar.reset.height())
            assert last.visibleRegion().isEmpty()
            assert window.show_pane("cy") is last
            assert not last.visibleRegion().isEmpty()
            window.resize(theme.px(1280), window.height())
            await until(lambda: bar.views.y() < bar.reset.height())

    run(work())


def test_the_desk_wears_the_colours_of_the_settings(run: Run, dress: Theme, tmp_path: Path) -> None:
    async def work() -> None:
        state = WindowState(tmp_path / "window.ini")
        state.scheme, state.accent = Scheme.DARK, Accent.FOREST
        state.save()
        async with shown(dress, tmp_path, None) as window:
            await until(lambda: theme.now().dark)
            assert dress.accent is Accent.FOREST
            assert _ink(window.reset) > MIDDLE, "an icon is as light as the words beside it"
            state.scheme = Scheme.LIGHT
            state.save()
            window.activated.emit()
            assert not theme.now().dark
            assert _ink(window.reset) < MIDDLE

    run(work())


def _ink(button: QAbstractButton) -> int:
    """Measure how light the strokes of an icon are, from 0 to 255."""
    image = button.icon().pixmap(button.iconSize()).toImage()
    dots = [image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height())]
    return max(dots, key=QColor.alpha).lightness()


def test_whoever_is_not_in_the_world_is_refused(run: Run) -> None:
    async def work() -> None:
        with pytest.raises(NotInWorld):
            async with open_desk(WORLD, ("ana", "zoe")):
                pass

    run(work())
