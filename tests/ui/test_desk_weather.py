"""The desk's weather: real on the wire, and told so that nobody takes it for a fault."""

import asyncio
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from app import cli
from app.service.claim import read_note
from app.session import Status
from app.worlds.timeline import Kind, Moment
from app.worlds.weather import LATENCY_S, MEANS, Weather
from tests.ui.conftest import Run, until
from tests.ui.desks import WORLD, desk, is_idle, shown
from tests.wait import PATIENCE_S
from ui.desk.pane import Pane
from ui.desk.window import DeskWindow
from ui.theme import Theme


@pytest.fixture(autouse=True)
def _dressed(dress: Theme) -> None:
    """Have colours to paint with."""


def test_offline_holds_everything_back_in_both_directions_until_it_clears(
    run: Run, dress: Theme
) -> None:
    async def work() -> None:
        async with desk(dress, ("ana", "bo")) as window:
            ana, bo = window.panes
            bo.keep([ana.identity])
            await until(lambda: bo.identity.session.view(ana.identity.address).version)
            await choose(ana, Weather.OFFLINE)
            await until(lambda: ana.head.state.text() == "Offline")
            assert not bo.banner.isVisible()
            publish(ana, "From the dark")
            publish(bo, "Unheard")
            await until(lambda: happened(window, "bo", Kind.PUBLISHED, "status"))
            assert ana.identity.session.view(bo.identity.address).fields.status != "Unheard"
            assert ana.identity.session.state.waiting
            await until(lambda: ana.identity.session.state.status is Status.OFFLINE)  # it tries
            QTest.mouseClick(clear_button(ana), Qt.MouseButton.LeftButton)
            assert not ana.banner.isVisible()
            await until(lambda: status_of(ana, bo) == "Unheard")
            await until(lambda: status_of(bo, ana) == "From the dark")
            assert ana.weather.currentData() == Weather.CLEAR

    run(work())


def test_slow_makes_what_arrives_late_and_says_how_late(run: Run, dress: Theme) -> None:
    async def work() -> None:
        async with desk(dress, ("ana", "bo")) as window:
            ana, bo = window.panes
            bo.keep([ana.identity])
            publish(bo, "Soon")
            await until(lambda: happened(window, "ana", Kind.ARRIVED, "status"))  # it hears live
            await choose(ana, Weather.SLOW)
            publish(bo, "On my way")
            await until(lambda: status_of(ana, bo) == "On my way")
            await until(lambda: len(happened(window, "ana", Kind.ARRIVED, "status")) == 2)
            took_ms = happened(window, "ana", Kind.ARRIVED, "status")[-1].took_ms
            assert took_ms is not None
            assert took_ms >= 1000 * LATENCY_S
            assert ana.news.accessibleName().endswith(f"status, {took_ms:.0f} ms")

    run(work())


def test_what_is_told_twice_is_taken_once_and_told(run: Run, dress: Theme) -> None:
    async def work() -> None:
        async with desk(dress, ("ana", "bo")) as window:
            ana, bo = window.panes
            bo.keep([ana.identity])
            await until(lambda: bo.identity.session.view(ana.identity.address).version)
            await choose(ana, Weather.DUPLICATED)
            publish(bo, "Once")
            await until(lambda: happened(window, "ana", Kind.REPEATED, "told again"))
            again = happened(window, "ana", Kind.REPEATED, "told again")[0]
            assert (again.other, again.words) == ("bo", "told again, changes nothing")
            assert len(happened(window, "ana", Kind.ARRIVED, "status")) == 1
            before = bo.identity.session.view(ana.identity.address).version
            publish(ana, "Sent twice")
            await until(lambda: status_of(bo, ana) == "Sent twice")
            await choose(ana, Weather.CLEAR)
            publish(ana, "Sent once")
            await until(lambda: status_of(bo, ana) == "Sent once")
            assert bo.identity.session.view(ana.identity.address).version == before + 2

    run(work())


def test_older_news_after_newer_is_told_and_not_taken(run: Run, dress: Theme) -> None:
    async def work() -> None:
        async with desk(dress, ("ana", "bo")) as window:
            ana, bo = window.panes
            bo.keep([ana.identity])
            await until(lambda: ana.identity.session.view(bo.identity.address).version)
            await choose(ana, Weather.REORDERED)
            people = window.table._people
            assert people is not None

            async def say(status: str) -> None:
                await people.act("bo", "PATCH", "/v1/me", {"fields": {"status": status}})

            async with asyncio.timeout(PATIENCE_S):
                while not window.timeline.chosen("ana", {Kind.STALE}):  # two have to come together
                    await asyncio.gather(*(say(str(turn)) for turn in range(4)))
            stale = window.timeline.chosen("ana", {Kind.STALE})[0]
            assert "not taken" in stale.words
            assert stale.other == "bo"
            assert stale.version is not None
            await choose(ana, Weather.CLEAR)
            await say("the last word")
            ana.choose(bo.identity.address)
            await until(lambda: ana.card.theirs.status.text() == "the last word")

    run(work())


def test_who_is_told_to_come_later_waits_and_says_so(run: Run, dress: Theme) -> None:
    async def work() -> None:
        async with desk(dress, ("ana", "bo")) as window:
            ana, bo = window.panes
            bo.keep([ana.identity])
            await until(lambda: bo.identity.session.view(ana.identity.address).version)
            await choose(ana, Weather.LIMITED)
            said: set[str] = set()
            async with asyncio.timeout(PATIENCE_S):
                turn = 0
                while "Waiting" not in {words.partition(" ")[0] for words in said}:
                    if is_idle(ana):
                        turn += 1
                        publish(ana, f"turn {turn}")
                    await asyncio.sleep(0.01)
                    said.add(ana.head.state.text())
            last = f"turn {turn}"
            await until(lambda: status_of(bo, ana) == last)

    run(work())


def test_a_restart_kills_the_service_and_nothing_is_lost(run: Run, dress: Theme) -> None:
    async def work() -> None:
        async with desk(dress, ("ana", "bo")) as window:
            ana, bo = window.panes
            bo.keep([ana.identity])
            await until(lambda: bo.identity.session.view(ana.identity.address).version)
            assert window._desk is not None
            folder = window._desk.service
            before = read_note(folder)
            await choose(ana, Weather.RESTART)
            assert "killed" in ana.banner.accessibleName()
            async with asyncio.timeout(PATIENCE_S):
                turn = 0
                while turn == 0 or read_note(folder) == before:
                    turn += 1
                    ana.status.setText(str(turn))
                    ana.status.editingFinished.emit()
                    await asyncio.sleep(0.02)
            ana.change_weather(Weather.CLEAR)
            told = bo.identity.session
            await until(lambda: told.view(ana.identity.address).fields.status == str(turn))

    run(work())


def test_the_command_line_makes_every_weather_and_says_so_in_the_window(
    run: Run, dress: Theme, tmp_path: Path
) -> None:
    async def work() -> None:
        mild = {"ana": Weather.SLOW, "bo": Weather.DUPLICATED, "cy": Weather.REORDERED}
        rough = {"ana": Weather.OFFLINE, "bo": Weather.LIMITED, "cy": Weather.RESTART}
        for number, sorts in enumerate((mild, rough)):
            words = [f"--weather={name}={sort}" for name, sort in sorts.items()]
            options = cli.parse(["desk", "three-people", "--people", ",".join(sorts), *words])
            home = tmp_path / str(number)
            async with shown(dress, home, WORLD, options.people, options.weather) as window:
                await until(lambda: len(window.panes) == len(sorts))  # noqa: B023
                for pane in window.panes:
                    sort = sorts[pane.identity.name]
                    await until(pane.banner.isVisible)
                    assert MEANS[sort][1:] in pane.banner.accessibleName()
                    assert pane.weather.currentData() == sort
                    assert happened(window, pane.identity.name, Kind.WEATHER, sort)

    run(work())


def test_a_weather_that_there_is_not_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        cli.parse(["desk", "--weather", "bo=snow"])
    assert ended.value.code == 2
    assert "rate-limited" in capsys.readouterr().err


async def choose(pane: Pane, weather: Weather) -> None:
    """Choose a weather as a person would: press the list open, go to a line, take it."""
    combo, lines = pane.weather, pane.weather.view()
    QTest.mouseClick(combo, Qt.MouseButton.LeftButton)
    await until(lines.isVisible)
    lines.setCurrentIndex(lines.model().index(combo.findData(weather), 0))
    QTest.keyClick(lines, Qt.Key.Key_Return)
    assert combo.currentData() == weather
    assert pane.banner.isVisible() is (weather is not Weather.CLEAR)
    assert ("You switched it on" in pane.banner.accessibleName()) is pane.banner.isVisible()


def publish(pane: Pane, status: str) -> None:
    """Type another status into a pane."""
    pane.status.setText(status)
    pane.status.editingFinished.emit()


def status_of(pane: Pane, other: Pane) -> str | None:
    """Return the status of another as this identity has it."""
    return pane.identity.session.view(other.identity.address).fields.status


def happened(window: DeskWindow, who: str, kind: Kind, words: str) -> list[Moment]:
    """List what happened to somebody, of a kind, with these words in it."""
    moments = window.timeline.chosen(who, {kind})
    return [each for each in moments if each.who == who and words in each.words]


def clear_button(pane: Pane) -> QPushButton:
    """Find what ends the weather."""
    found = pane.banner.findChild(QPushButton, "weather_clear")
    assert isinstance(found, QPushButton)
    return found
