"""Whatever is pressed in whatever order: nothing surprises, and the window answers."""

import asyncio
from pathlib import Path
from uuid import uuid4

import pytest
from PySide6.QtWidgets import QDialog

from tests.ui.conftest import Run, until
from tests.ui.living import ADA, ADDRESSES, BO, CYD, DAN, ME, Living, living
from tests.ui.monkey import Monkey
from ui import surprises
from ui.main_window import MainWindow
from ui.theme import Theme
from ui.window_state import WindowState

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)  # offscreen's
STEPS = 150
LONG_STEPS = 300
LONGEST_S = 600.0
"""A long one takes as many seconds as steps, where others keep the computer busy."""
OTHERS_EVERY = 25
"""After so many steps somebody else does something as well."""
TURNS = 3
"""How often the loop goes round after each step: what was started begins, and some of it ends."""


@pytest.mark.parametrize("seed", [1, 2])
def test_nothing_surprises(run: Run, dress: Theme, tmp_path: Path, seed: int) -> None:
    run(_press_anything(dress, tmp_path, seed, STEPS))


@pytest.mark.long
@pytest.mark.timeout(2 * LONGEST_S)
@pytest.mark.parametrize("seed", range(10, 34))
def test_nothing_surprises_for_long(run: Run, dress: Theme, tmp_path: Path, seed: int) -> None:
    run(_press_anything(dress, tmp_path, seed, LONG_STEPS), longest_s=LONGEST_S)


async def _press_anything(dress: Theme, home: Path, seed: int, steps: int) -> None:
    async with living(home) as life:
        window = MainWindow(life.session, dress, WindowState(home / "window.ini"))
        window.show()
        window.activateWindow()
        await until(window.isActiveWindow)
        found: list[Exception] = []
        monkey = Monkey(window, seed)
        with surprises.told(found.append):
            for step in range(steps):
                monkey.step()
                if not step % OTHERS_EVERY:
                    await _stir(life, step // OTHERS_EVERY)
                for _ in range(TURNS):
                    await asyncio.sleep(0)
                found += [window.panes.surprise] if window.panes.surprise else []
                if found:
                    told = "\n".join(monkey.done[-25:])
                    raise AssertionError(
                        f"seed {seed}, step {len(monkey.done)}:\n{told}"
                    ) from found[0]
            for dialog in window.findChildren(QDialog):
                dialog.close()
            await window.close_window()
        window.deleteLater()
        assert not found
        assert not life.errors


async def _stir(life: Living, time: int) -> None:
    """Let others change, hide, write and join, and another session of mine change something."""
    odd = bool(time % 2)
    match time % 6:
        case 0:
            await life.act(ADA, "PATCH", "/v1/me", {"fields": {"status": f"At {time}"}})
        case 1:
            audiences = {"audiences": {"status": "nobody" if time % 4 else "everyone"}}
            await life.act(BO, "PUT", "/v1/me/privacy", audiences)
        case 2:
            text = {"id": str(uuid4()), "to": ME, "text": f"Hello {time}"}
            await life.act(CYD, "POST", "/v1/messages", text)
        case 3:
            await life.act(ME, "PATCH", f"/v1/contacts/{ADDRESSES[ADA]}", {"favorite": odd})
        case 4:
            blocked = ["profile"] if odd else []
            await life.act(ADA, "PATCH", f"/v1/contacts/{ME}", {"blocked": blocked})
        case _ if time == 5:
            await life.join(DAN)
        case _:
            await life.act(BO, "PATCH", "/v1/me", {"fields": {"name": "\u202eoB"}})
