"""Every page in every surrounding: no text is cut, none leaves its page, all begin at one side."""

from contextlib import suppress
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QPushButton, QWidget

from tests.ui.by_hand import click, find
from tests.ui.conftest import Run, until
from tests.ui.living import ADA, BO, living
from ui.main_window import MainWindow
from ui.page_list import PAGES
from ui.text import ElidedLabel
from ui.theme import Theme
from ui.window_state import WindowState

AT_A_SIDE = Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignHCenter
PLACES = (ADA, "messages", *PAGES, "audience", "pending", "settings")
SURROUNDINGS = {
    "usual": (1200, 780, 1.0, Qt.LayoutDirection.LeftToRight),
    "least": (720, 480, 1.0, Qt.LayoutDirection.LeftToRight),
    "one pane": (560, 480, 1.0, Qt.LayoutDirection.LeftToRight),
    "large": (1280, 800, 2.0, Qt.LayoutDirection.LeftToRight),
    "mirrored": (1000, 700, 1.0, Qt.LayoutDirection.RightToLeft),
}


def cut(each: QWidget) -> str:
    """Say what is wrong with a label or a button; nothing where all of it is in sight."""
    if isinstance(each, QLabel):
        return _of_label(each)
    if isinstance(each, QPushButton) and each.sizeHint().width() > each.width() + 1:
        return f"needs {each.sizeHint().width()} and has {each.width()}"
    return ""


def _of_label(each: QLabel) -> str:
    if isinstance(each, ElidedLabel):
        return ""
    if not each.alignment() & AT_A_SIDE:
        return "goes by its letters"
    if each.wordWrap() and each.heightForWidth(each.width()) > each.height():
        return f"needs the height {each.heightForWidth(each.width())} and has {each.height()}"
    if not each.wordWrap() and each.sizeHint().width() > each.width() + 1:
        return f"needs {each.sizeHint().width()} and has {each.width()}"
    return ""


def faults(window: MainWindow) -> list[str]:
    found = []
    labels: list[QLabel | QAbstractButton] = [*window.findChildren(QLabel)]
    for each in [*labels, *window.findChildren(QAbstractButton)]:
        if not each.isVisible() or (isinstance(each, QLabel) and not each.text()):
            continue
        place = QRect(each.mapTo(window, QPoint()), each.size())
        text = each.text() or each.accessibleName()
        if wrong := cut(each):
            found.append(f"{text!r} {wrong}")
        if place.left() < 0 or place.right() > window.width():
            found.append(f"{text!r} leaves the window: {place}")
    return found


async def faults_of(window: MainWindow, place: str) -> list[str]:
    if place == "messages":
        click(find(window.stage, QAbstractButton, "message"))
    elif place == "audience":
        window.stage.show_place("audience")
    elif place != ADA:
        window.run_command(f"page_{place}")
    await until(lambda: place in {ADA, window.stage.place})
    await until(window.tasks.is_idle)
    with suppress(TimeoutError):  # it finds its place in some turns; what does not is told
        await until(lambda: not faults(window))
    return faults(window)


@pytest.mark.parametrize("name", SURROUNDINGS)
def test_nothing_is_cut(
    run: Run, dress: Theme, qapp: QApplication, tmp_path: Path, name: str
) -> None:
    wide, high, size, direction = SURROUNDINGS[name]

    async def story() -> None:
        async with living(tmp_path) as here:
            here.session.set_favorite([here.people[BO]], True)
            window = MainWindow(here.session, dress, WindowState(tmp_path / "window.ini"))
            window.setMinimumSize(0, 0)
            window.resize(wide, high)
            window.show()
            await until(lambda: hasattr(window, "ways"))
            window.show_contact(here.people[ADA])
            try:
                found = {place: await faults_of(window, place) for place in PLACES}
            finally:
                await window.close_window()
            assert {place: wrong for place, wrong in found.items() if wrong} == {}

    before = QFont(qapp.font())
    font = QFont(before)
    font.setPointSizeF(size * before.pointSizeF())
    qapp.setFont(font)
    qapp.setLayoutDirection(direction)
    try:
        run(story())
    finally:
        qapp.setFont(before)
        qapp.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
