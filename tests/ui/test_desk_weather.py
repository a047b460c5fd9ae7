"""The desk's weather: real on the wire, and told so that nobody takes it for a fault."""

import asyncio

import pytest

from app.service.claim import read_note
from app.session import Status
from app.worlds.weather import Weather
from tests.ui.conftest import Run, until
from tests.ui.desks import desk, is_idle
from tests.wait import PATIENCE_S
from ui.theme import Theme


@pytest.fixture(autouse=True)
def _dressed(dress: Theme) -> None:
    """Have colours to paint with."""


def test_weather_has_a_banner_and_clears(run: Run, dress: Theme) -> None:
    async def work() -> None:
        async with desk(dress, ("ana", "bo")) as window:
            ana, bo = window.panes
            ana.change_weather(Weather.OFFLINE)
            assert ana.banner.isVisible()
            assert "You switched it on" in ana.banner.accessibleName()
            assert not bo.banner.isVisible()
            await until(lambda: ana.identity.session.state.status is Status.OFFLINE)
            ana.status.setText("From the dark")
            ana.status.editingFinished.emit()
            ana.change_weather(Weather.CLEAR)
            assert not ana.banner.isVisible()
            await until(lambda: is_idle(ana))
            assert ana.identity.session.state.waiting == 0

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
            ana.change_weather(Weather.RESTART)
            assert "killed" in ana.banner.accessibleName()
            async with asyncio.timeout(PATIENCE_S):
                turn = 0
                while read_note(folder) == before:
                    turn += 1
                    ana.status.setText(str(turn))
                    ana.status.editingFinished.emit()
                    await asyncio.sleep(0.02)
            ana.change_weather(Weather.CLEAR)
            told = bo.identity.session
            await until(lambda: told.view(ana.identity.address).fields.status == str(turn))

    run(work())
