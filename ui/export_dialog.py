"""Writing contacts into a book that other programs read."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QFileDialog, QWidget

from app.domain import ContactId
from app.exporters import BookFormat, write_book
from app.session import Session
from ui import parts, theme
from ui.controls import Segmented
from ui.icons import Icon
from ui.tasks import Tasks
from ui.theme import Size
from ui.wording import counted, tr

FORMATS: Final[dict[BookFormat, tuple[str, str]]] = {
    BookFormat.VCARD_4: ("vCard 4", "Keeps most, pictures too. For today's programs."),
    BookFormat.VCARD_3: ("vCard 3", "For Apple, Google and Outlook; pictures too."),
    BookFormat.VCARD_2: ("vCard 2.1", "For old phones; pictures too."),
    BookFormat.CSV: ("CSV", "For spreadsheets: numbers stay as they are, no pictures."),
}


class ExportDialog(QDialog):
    """Asks for the format, then for the place; says what was written."""

    def __init__(
        self,
        session: Session,
        tasks: Tasks,
        parent: QWidget | None = None,
        people: Sequence[ContactId] | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("export_dialog")
        self.setWindowTitle(tr("Export contacts"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._session, self._tasks, self._people = session, tasks, people
        count = len(session.rows() if people is None else people)
        title = counted(count, "Export %1 contact", "Export %1 contacts")
        options = [(each, tr(words)) for each, (words, _) in FORMATS.items()]
        self.format = Segmented(tr("Format"), options, name="export_format")
        self.format.chosen.connect(lambda _chosen: self._explain())
        self.format.set_current(BookFormat.VCARD_4)
        self.explained = parts.label("", Size.CAPTION, tone="muted", wrap=True)
        self.words = parts.label("", wrap=True)
        self.words.setObjectName("export_words")
        self.words.setMinimumHeight(self.words.fontMetrics().height() * 2)
        self.save = parts.button(
            tr("Save as…"), self._ask, kind="primary", icon=Icon.EXPORT, name="export_save"
        )
        self.save.setEnabled(count > 0)
        close = parts.button(tr("Close"), self.close, name="export_close")
        note = parts.label(
            tr("What you wrote and imported; nothing of what others publish for you."),
            Size.CAPTION,
            tone="muted",
            wrap=True,
        )
        self.setLayout(
            parts.column(
                parts.label(title, Size.TITLE, bold=True),
                note,
                self.format,
                self.explained,
                self.words,
                parts.row(None, close, self.save),
                spacing=10,
                margins=(24, 24, 24, 20),
            )
        )
        self.setMinimumWidth(theme.px(460))
        self._explain()

    def write(self, path: Path) -> None:
        """Write the book; the cards are read here, the writing happens in a thread."""
        self._tasks.start(self._write(path), name="export")

    def _chosen(self) -> BookFormat:
        chosen = self.format.current
        assert isinstance(chosen, BookFormat)
        return chosen

    def _explain(self) -> None:
        self.explained.setText(tr(FORMATS[self._chosen()][1]))

    def _ask(self) -> None:
        suffix = self._chosen().suffix
        dialog = QFileDialog(self, tr("Save the contacts"))
        dialog.setObjectName("export_file")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(suffix.removeprefix("."))
        dialog.selectFile(tr("contacts") + suffix)
        dialog.fileSelected.connect(lambda path: self.write(Path(path)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    async def _write(self, path: Path) -> None:
        cards = self._session.cards(self._people)
        self._say(tr("Writing…"), "muted")
        try:
            await asyncio.to_thread(write_book, path, cards, self._chosen())
        except OSError as problem:
            self._say(problem.strerror or tr("This file cannot be written."), "danger")
            return
        words = counted(len(cards), "%1 contact is in %2.", "%1 contacts are in %2.")
        self._say(words.replace("%2", path.name), "success")

    def _say(self, words: str, tone: str) -> None:
        self.words.setText(words)
        parts.set_property(self.words, "tone", tone)
        parts.announce(self, words)
