"""The last page of an import: what was done, who is there already, and what could not be used."""

from collections.abc import Hashable
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from app.domain import State
from app.exporters import BookFormat, write_book
from app.importers import Card
from app.people import ImportPlan, ImportReport
from app.session import Row, Session
from ui import parts
from ui.controls import Segmented
from ui.flow import FlowLayout
from ui.icons import Icon
from ui.importing.outcome import Outcome
from ui.importing.plan import SHELVES, Shelf, failed_cards
from ui.importing.table import OUTCOME_ROLE, ImportTable
from ui.theme import Size
from ui.wording import counted, number, tr


class ImportReportPage(QWidget):
    """Large figures, then what became of every card, and what to do with those that failed."""

    finished = Signal()
    undo_wanted = Signal()
    mend_wanted = Signal()

    def __init__(self, session: Session) -> None:
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
        self.table = ImportTable(session.entry)
        self.table.current_moved.connect(lambda _item: self._explain())
        self.shelves = Segmented(tr("Show"), name="outcome_shelf")
        self.shelves.chosen.connect(self._show_shelf)
        self.why = parts.label("", Size.CAPTION, tone="muted", wrap=True)
        self.why.setObjectName("outcome_why")
        self.why.hide()
        self.undo = parts.button(
            tr("Undo the import"), self.undo_wanted.emit, icon=Icon.UNDO, name="report_undo"
        )
        self.done = parts.button(tr("Done"), self.finished.emit, kind="primary", name="report_done")
        self.failed_head = QWidget()
        self.failed_head.setLayout(
            FlowLayout(self.failed_title, self.mend, self.copy, self.save, spacing=8)
        )
        self.saved = parts.label("", Size.CAPTION, tone="muted", wrap=True)
        layout = parts.column(
            self.title,
            figures,
            self.sync,
            parts.row(self.shelves, None),
            parts.Card(self.table, padding=2),
            self.why,
            self.failed_head,
            self.saved,
            parts.row(self.undo, None, self.done),
            spacing=12,
        )
        layout.setStretch(4, 1)
        self.setLayout(layout)

    def show_report(self, report: ImportReport, plan: ImportPlan, left_out: int) -> None:
        """Show what was done."""
        self._failed = failed_cards(plan)
        self.title.setText(
            counted(report.read, "%1 card imported", "%1 cards imported")
            if report.step_id is not None
            else tr("Nothing was new: everything is there already")
        )
        self.undo.setVisible(report.step_id is not None)
        self._show_cards(plan)
        parts.clear(self.figures)
        for count, words in (
            (report.added, tr("added")),
            (report.changed, tr("changed")),
            (report.duplicates, tr("merged")),
            (report.known, tr("known already")),
            (left_out, tr("left out")),
            (self.table.items.counts[Shelf.TROUBLE], tr("to mend")),
        ):
            if count or words == tr("added"):
                self.figures.addWidget(_figure(count, words))

    def show_progress(self, rows: list[Row], waiting: int) -> None:
        """Say how many of them are there, as the service answers; every card says it for itself."""
        matched = sum(row.state is State.MATCHED for row in rows)
        pending = sum(row.state is State.PENDING and not row.waiting for row in rows)
        refused = sum(
            row.address is not None and row.state is None and not row.waiting for row in rows
        )
        words = [
            (matched, counted(matched, "%1 of them is on Kith", "%1 of them are on Kith")),
            (pending, counted(pending, "%1 is not here yet", "%1 are not here yet")),
            (waiting, counted(waiting, "%1 waits to be looked up", "%1 wait to be looked up")),
            (refused, counted(refused, "%1 was refused", "%1 were refused")),
        ]
        shown = [text for count, text in words if count]
        self.sync.setText(", ".join(shown) + "." if shown else "")
        self.table.items.show_outcomes()
        self._explain()

    def _show_cards(self, plan: ImportPlan) -> None:
        self.failed_head.setVisible(bool(self._failed))
        self.saved.hide()
        self.failed_title.setText(
            counted(
                len(plan.rejected),
                "%1 number or line could not be used",
                "%1 numbers or lines could not be used",
            )
        )
        items = self.table.items
        items.show_plan(plan)
        self._show_shelf(Shelf.ALL)
        options = [(Shelf.ALL, f"{tr('All')} {number(items.counts[Shelf.ALL])}")]
        if items.counts[Shelf.TROUBLE]:
            words = f"{tr(SHELVES[Shelf.TROUBLE])} {number(items.counts[Shelf.TROUBLE])}"
            options.append((Shelf.TROUBLE, words))
        self.shelves.set_options(options)
        self.shelves.set_current(Shelf.ALL)

    def _show_shelf(self, shelf: Hashable) -> None:
        assert isinstance(shelf, Shelf)
        self.table.items.narrow(shelf, "")
        self.why.hide()

    def _explain(self) -> None:
        outcome = self.table.currentIndex().data(OUTCOME_ROLE)
        self.why.setText(outcome.why if isinstance(outcome, Outcome) else "")
        self.why.setVisible(bool(self.why.text()))

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
