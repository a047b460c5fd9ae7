"""The dialogs that open over the window: somebody new, books in and books out."""

from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QDialog, QWidget

from app.addresses import default_region
from app.domain import ContactId
from app.session import Session
from ui.add_dialog import AddDialog
from ui.tasks import Tasks

if TYPE_CHECKING:
    from ui.importing.dialog import ImportDialog


class Dialogs:
    """Opens them for one window. There is one import; asked for again, it comes to the front."""

    def __init__(
        self,
        session: Session,
        tasks: Tasks,
        window: QWidget,
        show_contact: Callable[[ContactId], object],
    ) -> None:
        self._session, self._tasks, self._window = session, tasks, window
        self._show_contact = show_contact
        self._importing: ImportDialog | None = None

    def add_person(self, typed: str) -> None:
        """Ask for a name and a number."""
        dialog = AddDialog(self._session, default_region(), typed, self._window)
        dialog.added.connect(self._show_contact)
        dialog.open()

    def export(self, people: list[ContactId] | None) -> None:
        """Ask where to write these people, or everybody."""
        late = import_module("ui.export_dialog")
        dialog: QDialog = late.ExportDialog(self._session, self._tasks, self._window, people)
        dialog.open()

    def import_books(self, paths: Sequence[Path]) -> None:
        """Show what importing these files would do; without any, ask which."""
        if self._importing is not None:
            self._importing.offer(paths)
            self._importing.raise_()
            self._importing.activateWindow()
            return
        late = import_module("ui.importing.dialog")
        dialog: ImportDialog = late.ImportDialog(self._session, self._tasks, self._window, paths)
        dialog.destroyed.connect(self._forget_import)
        dialog.show()
        self._importing = dialog

    def _forget_import(self) -> None:
        self._importing = None
