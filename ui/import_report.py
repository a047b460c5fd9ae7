"""The last page of an import: what was done, who is there already, and what could not be used."""

from pathlib import Path
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from app.domain import State
from app.exporters import BookFormat, write_book
from app.importers import Card
from app.people import ImportReport
from app.session import Row
from ui import parts, theme
from ui.flow import FlowLayout
from ui.icons import Icon
from ui.plain import one_line
from ui.theme import Size
from ui.wording import counted, number, tr

SHOWN: Final = 200
QWIDGETSIZE_MAX: Final = 16_777_215


class ImportReportPage(QWidget):
    """Large figures, then every row that failed with its line and its reason."""

    finished = Signal()
    undo_wanted = Signal()
    mend_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._failed: list[Card] = []
        self.title = parts.label("", Size.TITLE, bold=True, wrap=True)
        self.title.setObjectName("report_title")
        self.figures = FlowLayout(spacing=24)
        figures = QWidget()
        figures.setLayout(self.figures)
        self.sync = parts.label("", tone="muted", wrap=True)
        self.sync.setObjectName("report_sync")
        self.failed_title = parts.label("", bold=True)
        self.save = parts.button(
            tr("Save these rows…"), self._ask_file, icon=Icon.EXPORT, name="report_save"
        )
        self.copy = parts.button(tr("Copy"), self._copy, icon=Icon.COPY, name="report_copy")
        self.mend = parts.button(
            tr("Mend them…"), self.mend_wanted.emit, icon=Icon.EDIT, name="report_mend"
        )
        self.list = parts.Page()
        self.list.body.setContentsMargins(0, 0, 0, 0)
        self.list.body.setSpacing(theme.px(8))
        self.list.content.setMaximumWidth(QWIDGETSIZE_MAX)
        self.undo = parts.button(
            tr("Undo the import"), self.undo_wanted.emit, icon=Icon.UNDO, name="report_undo"
        )
        self.done = parts.button(tr("Done"), self.finished.emit, kind="primary", name="report_done")
        self.failed_head = QWidget()
        self.failed_head.setLayout(
            parts.row(self.failed_title, None, self.mend, self.copy, self.save)
        )
        self.saved = parts.label("", Size.CAPTION, tone="muted", wrap=True)
        layout = parts.column(
            self.title,
            figures,
            self.sync,
            self.failed_head,
            self.saved,
            self.list,
            parts.row(self.undo, None, self.done),
            spacing=12,
        )
        layout.setStretch(5, 1)
        self.setLayout(layout)

    def show_report(self, report: ImportReport, left_out: int, failed: list[Card]) -> None:
        """Show what was done."""
        self._failed = failed
        self.title.setText(
            counted(report.read, "%1 card imported", "%1 cards imported")
            if report.step_id is not None
            else tr("Nothing was new: everything is there already")
        )
        self.undo.setVisible(report.step_id is not None)
        parts.clear(self.figures)
        for count, words in (
            (report.added, tr("added")),
            (report.changed, tr("changed")),
            (report.duplicates, tr("merged")),
            (report.known, tr("known already")),
            (left_out, tr("left out")),
            (len(report.rejected), tr("to mend")),
        ):
            if count or words == tr("added"):
                self.figures.addWidget(_figure(count, words))
        self._show_failed(failed)

    def show_progress(self, rows: list[Row], waiting: int) -> None:
        """Say how many of them are there, as the service answers."""
        matched = sum(row.state is State.MATCHED for row in rows)
        pending = sum(row.state is State.PENDING and not row.waiting for row in rows)
        words = [
            (matched, counted(matched, "%1 of them is on Kith", "%1 of them are on Kith")),
            (pending, counted(pending, "%1 is not here yet", "%1 are not here yet")),
            (waiting, counted(waiting, "%1 waits to be looked up", "%1 wait to be looked up")),
        ]
        shown = [text for count, text in words if count]
        self.sync.setText(", ".join(shown) + "." if shown else "")

    def _show_failed(self, failed: list[Card]) -> None:
        for piece in (self.failed_head, self.list):
            piece.setVisible(bool(failed))
        self.saved.hide()
        self.failed_title.setText(
            counted(len(failed), "%1 could not be used", "%1 could not be used")
        )
        parts.clear(self.list.body)
        for card in failed[:SHOWN]:
            self.list.add(_failed_line(card))
        if len(failed) > SHOWN:
            more = tr("and %1 more, which are in the saved file")
            self.list.add(
                parts.label(more.replace("%1", number(len(failed) - SHOWN)), tone="muted")
            )
        self.list.finish()

    def _copy(self) -> None:
        lines = [f"{card.name}\t{_first(card)}\t{card.note}" for card in self._failed]
        QGuiApplication.clipboard().setText("\n".join(lines))
        self._say(tr("Copied."))

    def _ask_file(self) -> None:
        dialog = QFileDialog(self, tr("Save the rows that failed"))
        dialog.setObjectName("report_file")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("csv")
        dialog.selectFile(tr("to mend.csv"))
        dialog.fileSelected.connect(lambda path: self.save_failed(Path(path)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def save_failed(self, path: Path) -> None:
        """Write what failed as a table that can be mended and imported again."""
        try:
            write_book(path, self._failed, BookFormat.CSV)
        except OSError as problem:
            self._say(problem.strerror or tr("This file cannot be written."))
            return
        self._say(tr("Saved. Mend it in any table program, and import it again."))

    def _say(self, text: str) -> None:
        self.saved.setText(text)
        self.saved.show()
        parts.announce(self, text)


def _first(card: Card) -> str:
    return card.phones[0].text if card.phones else ""


def _figure(count: int, words: str) -> QWidget:
    made = QWidget()
    value = parts.label(number(count), Size.DISPLAY, bold=True)
    made.setLayout(parts.column(value, parts.label(words, Size.CAPTION, tone="muted"), spacing=0))
    made.setAccessibleName(f"{number(count)} {words}")
    return made


def _failed_line(card: Card) -> QWidget:
    made = QWidget()
    words = " · ".join(filter(None, (one_line(card.name)[:200], one_line(_first(card)))))
    value = parts.ElidedLabel(words or tr("Nothing"))
    why = parts.label(card.note, Size.CAPTION, tone="muted", wrap=True)
    line = parts.row(
        parts.Glyph(Icon.WARNING, 18, tone="warning"), parts.column(value, why, spacing=0)
    )
    line.setStretch(1, 1)
    made.setLayout(line)
    return made
