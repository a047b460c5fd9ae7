"""Files that the desk's pages are saved into and opened from, with one sentence where it fails."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from app.errors import KithError
from ui import parts
from ui.plain import isolated
from ui.wording import tr


def ask(
    page: QWidget, title: str, then: Callable[[Path], object], *, suggested: str, save: bool = True
) -> None:
    """Ask for a file, and do something with it."""
    dialog = QFileDialog(page, title)
    dialog.setObjectName("desk_file")
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    if save:
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(Path(suggested).suffix.removeprefix("."))
        dialog.selectFile(suggested)
    else:
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.fileSelected.connect(lambda name: then(Path(name)))
    dialog.open()


class FileBanner(parts.Banner):
    """Says what became of a file; hidden where nothing is to be said."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.hide()

    def write(self, path: Path, text: str) -> bool:
        """Write a file, and say where it is or why it is not; tell whether it is there."""
        try:
            path.write_text(text, encoding="utf-8")
        except OSError as error:
            self.show_text(_unwritten(path, error), "danger")
            return False
        self.show_text(tr("Saved in %1.").replace("%1", isolated(path.name)), "success")
        return True

    def refuse(self, error: KithError) -> None:
        """Say why a file is not taken."""
        self.show_text(str(error), "danger")


def _unwritten(path: Path, error: OSError) -> str:
    words = tr("%1 cannot be written: %2. Choose another place.")
    reason = error.strerror or type(error).__name__
    return words.replace("%1", isolated(path.name)).replace("%2", reason)
