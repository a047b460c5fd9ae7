"""A table of expectations on the screen, for the tests: its cells, and presses on them."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QWidget

from app.domain import Field
from ui.desk.table import TablePage

NAME, STATUS = Field.NAME, Field.STATUS


def cell(page: TablePage, viewer: str, field: Field) -> str:
    """Read what stands in a cell."""
    return str(page.model.place((viewer, field)).data())


def press(page: TablePage, viewer: str, field: Field, *, twice: bool = False) -> None:
    """Press the left button of the mouse on a cell."""
    page.grid.scrollTo(page.model.place((viewer, field)))
    place = page.grid.visualRect(page.model.place((viewer, field))).center()
    press_once: Callable[..., None] = QTest.mouseClick
    press_once(page.grid.viewport(), Qt.MouseButton.LeftButton, pos=place)
    if twice:
        QTest.mouseDClick(page.grid.viewport(), Qt.MouseButton.LeftButton, pos=place)


def button(inside: QWidget, name: str) -> QPushButton:
    """Find a button by its name."""
    found = inside.findChild(QPushButton, name)
    assert isinstance(found, QPushButton)
    return found
