"""The testers' desk open on a world, for the tests."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from app.session import Status
from app.worlds.files import WORLDS
from tests.ui.conftest import until
from ui.desk.main import open_desk
from ui.desk.pane import Pane
from ui.desk.window import DeskWindow
from ui.theme import Theme

WORLD = WORLDS / "three-people.json"


@asynccontextmanager
async def desk(dress: Theme, names: tuple[str, ...]) -> AsyncIterator[DeskWindow]:
    """Show the desk of a few of the three people, up to date; no trouble was shown at its end."""
    async with open_desk(WORLD, names) as opened:
        window = DeskWindow(dress, WORLD)
        window.show()
        window.show_desk(opened)
        await until(lambda: all(is_idle(pane) for pane in window.panes))
        try:
            yield window
        finally:
            shown = window.trouble.isVisible()
            await window.drop_desk()
            await window.close_window()
            assert not shown


def is_idle(pane: Pane) -> bool:
    """Whether this identity is up to date, and its controls say so."""
    return pane.identity.session.state.status is Status.IDLE and pane.status.isEnabled()
