"""The making of the testers' desk: which world, whose eyes, again, and anew."""

import argparse
import asyncio
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QWidget

from app.paths import Paths
from app.worlds.timeline import Kind
from tests.ui.conftest import Run, until
from tests.ui.desks import WORLD, desk, is_idle
from ui.desk.main import NotInWorld, open_desk, show
from ui.desk.window import DeskWindow
from ui.theme import Theme


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


def test_reset_makes_the_same_world_again(run: Run, dress: Theme, tmp_path: Path) -> None:
    async def work() -> None:
        ending = asyncio.Event()
        options = argparse.Namespace(world=WORLD, people=("ana", "bo"), weather=[], screenshot=None)
        async with asyncio.TaskGroup() as group:
            group.create_task(show(options, Paths(tmp_path), dress, ending))
            await until(lambda: any(isinstance(each, DeskWindow) for each in _windows()))
            window = next(each for each in _windows() if isinstance(each, DeskWindow))
            await until(lambda: window.panes and all(map(is_idle, window.panes)))
            first = window.panes[0]
            first.status.setText("Gone with the reset")
            first.status.editingFinished.emit()
            await until(lambda: window.timeline.chosen("ana", {Kind.PUBLISHED}))
            window.reset.click()
            await until(lambda: window.panes and window.panes[0] is not first)
            again = window.panes[0]
            await until(lambda: is_idle(again))
            assert again.status.text() == "On the hill"
            ending.set()

    run(work())


def _windows() -> list[QWidget]:
    return QApplication.topLevelWidgets()


def test_whoever_is_not_in_the_world_is_refused(run: Run) -> None:
    async def work() -> None:
        with pytest.raises(NotInWorld):
            async with open_desk(WORLD, ("ana", "zoe")):
                pass

    run(work())
