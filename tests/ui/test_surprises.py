"""A surprise in a slot, a callback or a loop is told in the window, with what helps to mend it."""

import asyncio

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPushButton

from tests.ui.conftest import Run, until
from ui import surprises
from ui.surprises import SurpriseDetails
from ui.theme import Theme


def _stumble() -> None:
    raise KeyError("18005550001")


@pytest.mark.parametrize("where", ["slot", "callback"])
def test_what_no_task_reports_is_shown(run: Run, where: str) -> None:
    shown: list[Exception] = []

    async def work() -> None:
        with surprises.told(shown.append):
            if where == "slot":
                QTimer.singleShot(0, _stumble)
            else:
                asyncio.get_running_loop().call_soon(_stumble)
            await until(lambda: bool(shown))

    run(work())
    assert isinstance(shown[0], KeyError)


def test_the_details_can_be_copied_and_name_nobody(run: Run, dress: Theme) -> None:
    async def work() -> None:
        with pytest.raises(KeyError) as caught:
            _stumble()
        parent = QPushButton()
        details = SurpriseDetails(caught.value, parent)
        details.open()
        details.copy.click()
        said = QGuiApplication.clipboard().text()
        assert "KeyError" in said
        assert "_stumble" in said
        assert "18005550001" not in said
        details.close()
        parent.deleteLater()

    run(work())
