"""Writing contacts into a book that other programs read."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QFileDialog, QProgressBar, QWidget

from app.domain import ContactId
from app.exporters import BookFormat
from app.session import Session
from ui import parts, theme
from ui.controls import Segmented
from ui.icons import Icon
from ui.plain import isolated
from ui.tasks import Tasks
from ui.theme import Size
from ui.wording import counted, tr

WRITING: Final = "export"

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
        self.bar = _bar()
        self.stop = parts.button(tr("Stop"), self._stop, name="export_stop")
        self.stop.hide()
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
                self.bar,
                parts.row(None, close, self.stop, self.save),
                spacing=10,
                margins=(24, 24, 24, 20),
            )
        )
        self.setMinimumWidth(theme.px(460))
        self._explain()

    def write(self, path: Path) -> None:
        """Write the book, beside everything else."""
        self._tasks.start(self._write(path), name=WRITING, of=self)

    def done(self, result: int) -> None:
        """Write no more once it is closed; the file that was there before is as it was."""
        self._tasks.stop(WRITING)
        super().done(result)

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
        self._show_writing(on=True)
        try:
            count = await self._session.exports.write(
                path, self._chosen(), self._people, self._show_progress
            )
        except OSError as problem:
            kept = tr("Nothing was written; a file of that name is as it was.")
            self._say(f"{problem.strerror or tr('This file cannot be written')}. {kept}", "danger")
        else:
            words = counted(count, "%1 contact is in %2.", "%1 contacts are in %2.")
            self._say(words.replace("%2", isolated(path.name)), "success")
        finally:
            self._show_writing(on=False)

    def _show_writing(self, *, on: bool) -> None:
        self.bar.setVisible(on)
        self.stop.setVisible(on)
        self.save.setVisible(not on)
        self.format.setEnabled(not on)
        if on:
            self.bar.setRange(0, 0)
            self._say(tr("Writing…"), "muted")

    def _show_progress(self, done: int, total: int) -> None:
        self.bar.setRange(0, max(total, 1))
        self.bar.setValue(done)

    def _stop(self) -> None:
        self._tasks.stop(WRITING)
        self._say(tr("Stopped."), "muted")

    def _say(self, words: str, tone: str) -> None:
        self.words.setText(words)
        parts.set_property(self.words, "tone", tone)
        parts.announce(self, words)


def _bar() -> QProgressBar:
    bar = QProgressBar()
    bar.setTextVisible(False)
    bar.setAccessibleName(tr("How much is written"))
    policy = bar.sizePolicy()
    policy.setRetainSizeWhenHidden(True)  # the window keeps its height
    bar.setSizePolicy(policy)
    bar.hide()
    return bar
