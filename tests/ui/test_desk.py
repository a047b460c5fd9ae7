"""The testers' desk: ordinary sessions side by side on a real service, seen in a real window."""

import pytest
from PySide6.QtCore import Qt

from tests.ui.conftest import Run, until
from tests.ui.desks import desk
from ui.theme import Theme
from ui.why_list import WhyDialog


@pytest.fixture(autouse=True)
def _dressed(dress: Theme) -> None:
    """Have colours to paint with."""


def test_a_pane_tells_why_from_the_side_of_whoever_decides(run: Run, dress: Theme) -> None:
    async def work() -> None:
        async with desk(dress, ("ana", "bo")) as window:
            ana, bo = window.panes
            ana.choose(bo.identity.address)
            for button, title in ((ana.card.why, "What bo sees"), (ana.card.why_not, "What ana")):
                button.click()
                dialog = window.findChildren(WhyDialog)[-1]
                await until(dialog.list.isVisible)
                assert dialog.windowTitle().startswith(title)
                dialog.close()
            window.why.explain("dee", "ana", None)
            assert "not on this desk" in window.trouble.accessibleName()
            window.trouble.hide()

    run(work())


def test_a_block_in_one_pane_blanks_the_other(run: Run, dress: Theme) -> None:
    async def work() -> None:
        async with desk(dress, ("ana", "bo")) as window:
            ana, bo = window.panes
            bo.keep([ana.identity])
            await until(lambda: bo.card.theirs.status.text() == "On the hill")
            ana.choose(bo.identity.address)
            ana.card.block.click()
            await until(lambda: not bo.card.theirs.status.text())

    run(work())


def test_the_controls_can_be_reached_and_have_names(run: Run, dress: Theme) -> None:
    async def work() -> None:
        async with desk(dress, ("ana", "bo")) as window:
            for pane in window.panes:
                for control in (
                    pane.status,
                    pane.field,
                    pane.audience,
                    pane.weather,
                    pane.card.block,
                ):
                    assert control.accessibleName()
                    assert control.focusPolicy() & Qt.FocusPolicy.TabFocus

    run(work())
