"""What nobody expected: told in the window, with where it arose and without anybody's data."""

import asyncio
import logging
import platform
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import TracebackType
from typing import Any

from PySide6.QtCore import qVersion
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QPlainTextEdit, QWidget

from app.surprises import report
from ui import parts
from ui.wording import tr

log = logging.getLogger(__name__)


@contextmanager
def told(show: Callable[[Exception], None]) -> Iterator[None]:
    """Show what comes out of a slot or a callback, where no task could report it."""
    loop = asyncio.get_running_loop()

    def from_slot(
        kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if isinstance(error, Exception):
            log.error("a slot failed: %s", kind.__name__)
            show(error)
        else:
            before(kind, error, trace)

    def from_callback(_loop: asyncio.AbstractEventLoop, context: Mapping[str, Any]) -> None:
        error = context.get("exception")
        log.error("a callback failed: %s", type(error).__name__)
        if isinstance(error, Exception):
            show(error)

    before, sys.excepthook = sys.excepthook, from_slot
    loop.set_exception_handler(from_callback)
    try:
        yield
    finally:
        sys.excepthook = before
        loop.set_exception_handler(None)


class SurpriseDetails(QDialog):
    """Where it arose, to be copied for those who mend it."""

    def __init__(self, error: Exception, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("surprise_details")
        self.setWindowTitle(tr("What went wrong"))
        self.text = QPlainTextEdit(f"{_program()}\n{report(error)}")
        self.text.setReadOnly(True)
        self.text.setAccessibleName(tr("Details"))
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.copy = parts.button(tr("Copy"), self._copy, name="copy_surprise")
        close = parts.button(tr("Close"), self.close, kind="primary", name="close_surprise")
        said = parts.label(
            tr("This says where it went wrong, and nothing about you or your people."),
            wrap=True,
        )
        self.setLayout(
            parts.column(
                said,
                self.text,
                parts.row(None, self.copy, close, spacing=8),
                margins=(16, 16, 16, 16),
            )
        )
        parts.fit(self, 560, 360)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text.toPlainText())
        self.copy.setText(tr("Copied"))


def _program() -> str:
    return f"Python {platform.python_version()}, Qt {qVersion()}, {platform.platform(terse=True)}"
