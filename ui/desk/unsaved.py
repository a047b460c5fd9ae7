"""The question before something leaves that is in no file."""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QWidget

from ui import parts
from ui.wording import tr


class UnsavedDialog(QDialog):
    """Save it, throw it away, or stay."""

    save_wanted = Signal()

    def __init__(self, parent: QWidget, throw_away: Callable[[], object]) -> None:
        super().__init__(parent)
        self.setObjectName("unsaved")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Save the table?"))
        self._throw_away = throw_away
        ways = parts.row(
            None,
            parts.button(tr("Stay"), self.reject, name="unsaved_stay"),
            parts.button(tr("Throw away"), self._leave, kind="danger", name="unsaved_leave"),
            parts.button(tr("Save…"), self._save, kind="primary", name="unsaved_save"),
            spacing=8,
        )
        words = tr("What you changed in the table of expectations is in no file yet.")
        said = parts.label(words, wrap=True)
        self.setLayout(parts.column(said, ways, spacing=16, margins=(20, 20, 20, 16)))

    def _leave(self) -> None:
        self.accept()
        self._throw_away()

    def _save(self) -> None:
        self.accept()
        self.save_wanted.emit()
