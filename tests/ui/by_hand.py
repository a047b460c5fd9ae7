"""What tests press, click and read in the window."""

import re
from typing import TypeVar

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from ui.main_window import MainWindow

Key = Qt.Key
Kind = TypeVar("Kind", bound=QWidget)
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


def press(
    widget: QWidget, key: Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> None:
    """Press one key."""
    QTest.keyClick(widget, key, modifier)


def click(widget: QWidget) -> None:
    """Click in the middle."""
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


def click_row(window: MainWindow, line: int) -> None:
    """Click on a row of the list."""
    table = window.list.table
    place = table.visualRect(window.model.index(line, 0)).center()
    QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)


def find(where: QWidget, kind: type[Kind], name: str) -> Kind:
    """Find the last of this name that is not hidden."""
    found = [each for each in where.findChildren(kind, name) if not each.isHidden()]
    assert found, name
    return found[-1]


def texts(widget: QWidget) -> str:
    """Everything a person can read there."""
    labels = [each.text() for each in widget.findChildren(QLabel) if each.isVisible()]
    buttons = [each.text() for each in widget.findChildren(QPushButton) if each.isVisible()]
    return re.sub("[\u2068\u2069]", "", "\n".join([*labels, *buttons]))
