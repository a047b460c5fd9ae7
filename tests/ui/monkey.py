"""Somebody who presses anything in sight, at random from a seed, and writes down what."""

import random
from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QApplication,
    QComboBox,
    QFileDialog,
    QLineEdit,
    QMenu,
    QPlainTextEdit,
    QTabBar,
    QWidget,
)

from ui.shortcuts import COMMANDS

WORDS: Final = (
    "a",
    "Ada",
    "+1 202 555 0177",
    "bo.b",
    "\u202eevil",
    "\u05d0\u05d1\u05d2 \u05d3",
    "\U0001f469\u200d\U0001f680 Sally",
    "x" * 300,
    " ",
    "12",
)
KEYS: Final = (
    Qt.Key.Key_Tab,
    Qt.Key.Key_Backtab,
    Qt.Key.Key_Escape,
    Qt.Key.Key_Down,
    Qt.Key.Key_Up,
    Qt.Key.Key_Left,
    Qt.Key.Key_Return,
    Qt.Key.Key_Space,
    Qt.Key.Key_Delete,
    Qt.Key.Key_Home,
    Qt.Key.Key_PageDown,
)
NOT_TOUCHED: Final = frozenset({"quit"})
SIZES: Final = ((480, 360), (690, 480), (800, 600), (1200, 780))
PRESSABLE: Final = (
    QAbstractButton,
    QAbstractItemView,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QTabBar,
)


class Monkey:
    """One step at a time; `done` tells the story of a failure."""

    def __init__(self, window: QWidget, seed: int) -> None:
        self._window, self._chance = window, random.Random(seed)
        self.done: list[str] = []

    def step(self) -> None:
        """Do one thing that a person could do now."""
        popup = QApplication.activePopupWidget()
        if isinstance(popup, QMenu):
            self._choose(popup)
            return
        top = QApplication.activeModalWidget() or self._window
        if isinstance(top, QFileDialog):
            self._say(top, "leave")
            top.reject()
            return
        deed = self._chance.choices(
            (self._press, self._key, self._command, self._resize), (70, 18, 10, 2)
        )[0]
        deed(top)

    def _press(self, top: QWidget) -> None:
        found = [
            each
            for each in top.findChildren(QWidget)
            if isinstance(each, PRESSABLE) and _is_in_reach(each)
        ]
        if not found:
            self._key(top)
            return
        widget = self._chance.choice(found)
        match widget:
            case QLineEdit() | QPlainTextEdit():
                self._write(widget)
            case QAbstractItemView():
                self._touch(widget)
            case QComboBox():
                self._pick(widget)
            case _:
                self._say(widget, "click")
                QTest.mouseClick(widget, Qt.MouseButton.LeftButton)

    def _write(self, field: QWidget) -> None:
        text = self._chance.choice(WORDS)
        self._say(field, f"write {text[:12]!r}")
        field.setFocus(Qt.FocusReason.MouseFocusReason)
        if isinstance(field, QLineEdit | QPlainTextEdit) and not field.isReadOnly():
            field.selectAll()
            if isinstance(field, QLineEdit):
                field.insert(text)
            else:
                field.insertPlainText(text)
        if self._chance.random() < 0.4:
            QTest.keyClick(field, Qt.Key.Key_Return)

    def _touch(self, view: QAbstractItemView) -> None:
        area: QRect = view.viewport().rect()
        at = QPoint(
            self._chance.randrange(max(area.width(), 1)),
            self._chance.randrange(max(min(area.height(), 300), 1)),
        )
        held = self._chance.choice(
            (
                Qt.KeyboardModifier.NoModifier,
                Qt.KeyboardModifier.NoModifier,
                Qt.KeyboardModifier.ControlModifier,
                Qt.KeyboardModifier.ShiftModifier,
            )
        )
        twice = self._chance.random() < 0.15
        self._say(view, f"{'double ' if twice else ''}click at {at.x()},{at.y()}")
        deed: Callable[..., None] = QTest.mouseDClick if twice else QTest.mouseClick
        deed(view.viewport(), Qt.MouseButton.LeftButton, held, at)

    def _pick(self, combo: QComboBox) -> None:
        if combo.count():
            index = self._chance.randrange(combo.count())
            self._say(combo, f"pick {index}")
            combo.setCurrentIndex(index)
            combo.activated.emit(index)

    def _choose(self, menu: QMenu) -> None:
        actions = [each for each in menu.actions() if each.isEnabled() and not each.isSeparator()]
        if not actions or self._chance.random() < 0.3:
            self._say(menu, "leave")
            menu.close()
            return
        action = self._chance.choice(actions)
        self._say(menu, "choose")
        menu.close()
        action.trigger()

    def _key(self, top: QWidget) -> None:
        key = self._chance.choice(KEYS)
        self._say(top, key.name)
        QTest.keyClick(QApplication.focusWidget() or top, key)

    def _command(self, top: QWidget) -> None:
        commands = [each for each in COMMANDS if each.keys and each.name not in NOT_TOUCHED]
        command = self._chance.choice(commands)
        self._say(top, f"command {command.name}")
        QTest.keySequence(top, QKeySequence(command.keys[0]))

    def _resize(self, _top: QWidget) -> None:
        size: Sequence[int] = self._chance.choice(SIZES)
        self._say(self._window, f"resize {size}")
        self._window.resize(*size)

    def _say(self, widget: QWidget, what: str) -> None:
        self.done.append(f"{type(widget).__name__} {widget.objectName()}: {what}")


def _is_in_reach(widget: QWidget) -> bool:
    return (
        widget.isVisible()
        and widget.isEnabled()
        and widget.objectName() != "qt_spinbox_lineedit"
        and not widget.visibleRegion().isEmpty()
    )
