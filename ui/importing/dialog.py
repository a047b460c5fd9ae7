"""Importing address books: choose, look at what would happen, watch it happen, read the report."""

import asyncio
import tempfile
import time
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QGuiApplication, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QDialog, QProgressBar, QStackedWidget, QWidget

from app.addresses import default_region
from app.changes import Kind
from app.errors import KithError
from app.exporters import BookFormat, write_book
from app.importers import Card, Value
from app.importers.places import find_places
from app.people import ImportPlan, ImportReport
from app.session import Session
from ui import parts, wording
from ui.follow import Follow
from ui.impact_import import ImportImpact
from ui.importing import plan as import_plan
from ui.importing.columns import Columns
from ui.importing.plan import Shelf
from ui.importing.preview import ImportPreview
from ui.importing.report import ImportReportPage
from ui.importing.start import ImportStart
from ui.plain import short
from ui.tasks import Tasks
from ui.theme import Size
from ui.wording import counted, number, tr

if TYPE_CHECKING:
    from app.importers.table import Table
    from ui.importing.account import Brought, ImportAccount, Wanted

TASK: Final = "import"
SPEAK_AFTER_S: Final = 2.0
SYNC_MS: Final = 400
"""Counting 10,000 people takes some 30 ms: not at each of their changes."""


class ImportDialog(QDialog):
    """Not modal: the list fills behind it. Closing it while it works cancels, and nothing stays."""

    imported = Signal(object)
    """The report, once everything is in the book."""

    def __init__(
        self,
        session: Session,
        tasks: Tasks,
        parent: QWidget | None = None,
        paths: Sequence[Path] = (),
    ) -> None:
        super().__init__(parent)
        self.setObjectName("import_dialog")
        self.setWindowTitle(tr("Import an address book"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._session, self._tasks = session, tasks
        self._paths: list[Path] = []
        self._written: tempfile.TemporaryDirectory[str] | None = None
        """What did not come as a file, written as one."""
        self._brought: Brought | None = None
        """What the books came from, where that is an account."""
        self.account: ImportAccount | None = None
        self._plan: ImportPlan | None = None
        self._report: ImportReport | None = None
        self.start = ImportStart()
        self.preview = ImportPreview(default_region(), ImportImpact(session, tasks))
        self.working = Working()
        self.report = ImportReportPage(session)
        self.stack = QStackedWidget()
        self.columns = Columns(session, self.stack, self._read_again, self._cancel)
        for page in (self.start, self.preview, self.working, self.report):
            self.stack.addWidget(page)
        self.setLayout(parts.column(parts.roomy(self.stack), margins=(20, 20, 20, 20)))
        parts.fit(self, 780, 640)
        self._connect()
        kinds = Kind.CONTACTS | Kind.OUTBOX
        self._follow = Follow(self, session, kinds, self._show_sync, every_ms=SYNC_MS)
        tasks.start(self._find_places(), name="import places", of=self)
        if paths:
            self.read(paths)

    def read(self, paths: Sequence[Path]) -> None:
        """Read these books and show what would become of every card."""
        self._brought = None
        self._paths = [*paths]
        self._tasks.start(self._read(), name=TASK, of=self)

    def offer(self, paths: Sequence[Path]) -> None:
        """Read these next, unless something is looked at that is not done yet."""
        if paths and (self._report is not None or self.stack.currentWidget() is self.start):
            self._report = None
            self.read(paths)

    def _read_again(self) -> None:
        self._tasks.start(self._read(), name=TASK, of=self)

    def read_text(self, text: str) -> None:
        """Read pasted numbers, or a pasted card, as a book."""
        folder = self._folder()
        if import_plan.is_card_text(text):
            path = folder / tr("Pasted cards.vcf")
            path.write_text(text, encoding="utf-8")
        else:
            path = folder / tr("Pasted numbers.csv")
            people = import_plan.pasted_people(text)
            cards = [
                Card(source="", name=name, phones=(Value(phone),) if phone else ())
                for name, phone in people
            ]
            write_book(path, cards, BookFormat.CSV)
        self.read([path])

    def _folder(self) -> Path:
        self._written = self._written or tempfile.TemporaryDirectory(prefix="kith-")
        return Path(self._written.name)

    async def _find_places(self) -> None:
        self.start.show_places(await asyncio.to_thread(find_places))

    # ---- what happens to it

    def closeEvent(self, event: QCloseEvent) -> None:
        self._tasks.stop(TASK)
        self._tasks.stop("import places")
        if self.account is not None:
            self.account.stop()
        self._follow.close()
        if self._written is not None:
            self._written.cleanup()
            self._written = None
        event.accept()  # what QDialog does here is to call `reject`, which goes back a page

    def reject(self) -> None:
        """Escape goes back a page before it closes."""
        if self.stack.currentWidget() is self.start or self._report is not None:
            self.close()
        else:
            self._cancel()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        at_start = self.stack.currentWidget() is self.start
        if at_start and event.matches(QKeySequence.StandardKey.Paste):
            text = QGuiApplication.clipboard().text()
            if text.strip():
                self.read_text(text)
                return
        super().keyPressEvent(event)

    def _connect(self) -> None:
        self.start.files_chosen.connect(self.read)
        self.start.text_pasted.connect(self.read_text)
        self.start.account_wanted.connect(
            lambda: self._tasks.start(self._open_account(), name=TASK, of=self)
        )
        self.preview.region_chosen.connect(lambda _region: self._read_again())
        self.preview.columns_wanted.connect(self._ask_again)
        self.preview.confirmed.connect(self._run)
        self.preview.cancelled.connect(self._cancel)
        self.working.cancelled.connect(self._cancel)
        self.report.finished.connect(self.close)
        self.report.undo_wanted.connect(self._undo)
        self.report.mend_wanted.connect(lambda: self._tasks.start(self._mend(), name=TASK, of=self))

    def _cancel(self) -> None:
        self._tasks.stop(TASK)
        if self.account is not None:
            self.account.stop()
        at_work = self.stack.currentWidget() in {self.working, self.columns.page}
        if at_work and self._plan is not None:
            self.stack.setCurrentWidget(self.preview)
        elif self.account is not None and at_work and not self._paths:
            self.stack.setCurrentWidget(self.account)
        else:
            self.stack.setCurrentWidget(self.start)
            self.start.choose.setFocus()

    # ---- an account

    async def _open_account(self) -> None:
        await asyncio.to_thread(import_module, "app.dav_accounts")  # what takes long; no Qt in it
        late = import_module("ui.importing.account")
        if self.account is None:
            made: ImportAccount = late.ImportAccount(self._session, self._tasks)
            made.wanted.connect(lambda wanted: self._begin_to_bring(late, made, wanted))
            made.cancelled.connect(self._cancel)
            self.account = made
            self.stack.addWidget(made)
        self.stack.setCurrentWidget(self.account)
        self.account.show_accounts()

    def _begin_to_bring(self, late: ModuleType, page: "ImportAccount", wanted: "Wanted") -> None:
        self._plan, self._paths = None, []
        names = [short(book.name, 60) for book in wanted.books]
        title = names[0] if len(names) == 1 else counted(len(names), "%1 book", "%1 books")
        self.working.begin(tr("Fetching %1").replace("%1", title))
        self.stack.setCurrentWidget(self.working)
        self._tasks.start(self._bring(late, page, wanted), name=TASK, of=self)

    async def _bring(self, late: ModuleType, page: "ImportAccount", wanted: "Wanted") -> None:
        """Fetch what is new in books of an account, and read it as files."""
        progress = self.working.show_progress
        try:
            brought: Brought = await late.bring(self._session, wanted, self._folder(), progress)
        except KithError as problem:
            self.stack.setCurrentWidget(page)
            page.show_trouble(late.said(problem))
            return
        if not brought.paths:
            late.remember(self._session, brought, None)
            self.stack.setCurrentWidget(page)
            page.show_nothing_new(brought)
            return
        self._brought, self._paths = brought, [*brought.paths]
        await self._read()

    def _note_account(self, report: ImportReport) -> None:
        if self._brought is not None:
            late = import_module("ui.importing.account")
            late.remember(self._session, self._brought, report.step_id)

    # ---- reading

    async def _read(self) -> None:
        self._plan = None
        self.start.trouble.hide()
        self.working.begin(tr("Reading %1").replace("%1", self._title()))
        self.stack.setCurrentWidget(self.working)
        region = self.preview.region.region()
        try:
            kind = await asyncio.to_thread(import_plan.describe, self._paths)
            unsure = await asyncio.to_thread(self.columns.unsure, self._paths)
            if unsure is not None:
                self.columns.ask(*unsure, region)
                return
            plan = await self._session.books.plan(self._paths, region, self.columns.said)
        except (KithError, OSError) as problem:
            self.stack.setCurrentWidget(self.start)
            self.start.show_trouble(_said(problem))
            return
        if not plan.cards and not plan.unreadable:
            self.stack.setCurrentWidget(self.start)
            self.start.show_trouble(self._nobody())
            return
        self._plan = plan
        words = [kind, counted(len(plan.cards), "%1 card", "%1 cards")]
        if self._brought is not None and self._brought.gone:
            words.append(import_module("ui.importing.account").gone_words(self._brought.gone))
        table = await asyncio.to_thread(self._table)
        self.preview.columns.setVisible(table is not None)
        if table is not None and self.columns.is_recalled(table):
            words.append(tr("columns as you said before"))
        self.preview.show_plan(plan, self._title(), " · ".join(words))
        self.stack.setCurrentWidget(self.preview)
        self.preview.table.setFocus()

    def _table(self) -> "Table | None":
        """Look at the only book, if it is a table that came as a file."""
        if len(self._paths) != 1 or self._written is not None:
            return None
        return self.columns.look(self._paths[0])

    def _ask_again(self) -> None:
        table = self._table()
        if table is not None:
            self.columns.ask(self._paths[0], table, self.preview.region.region())

    async def _mend(self) -> None:
        """Read the same books again: what is in the book is known, what was mended adds to it."""
        self._report = None
        await self._read()
        self.preview.show_shelf(Shelf.TROUBLE)

    def _nobody(self) -> str:
        """Ask about a book that had people once, and has none now; nobody is taken away."""
        words = tr("There is nobody in %1.").replace("%1", self._title())
        kept = self._session.books.count_from([path.name for path in self._paths])
        if not kept:
            return words
        had = counted(
            kept,
            "You have %1 person from it, who stays. Is this the right file?",
            "You have %1 people from it, who stay. Is this the right file?",
        )
        return f"{words} {had}"

    def _title(self) -> str:
        if len(self._paths) == 1:
            return self._paths[0].name
        return counted(len(self._paths), "%1 book", "%1 books")

    # ---- doing

    def _run(self, plan: ImportPlan) -> None:
        self._tasks.start(self._import(plan), name=TASK, of=self)

    async def _import(self, plan: ImportPlan) -> None:
        assert self.preview.plan is not None
        self.working.begin(tr("Importing %1").replace("%1", self._title()))
        self.stack.setCurrentWidget(self.working)
        report = await self._session.books.run(plan, self.working.show_progress)
        left_out = len(self.preview.plan.cards) - len(plan.cards)
        self._report = report
        self._note_account(report)
        self.report.show_report(report, plan, left_out)
        self.stack.setCurrentWidget(self.report)
        QTimer.singleShot(SYNC_MS, self, self._show_sync)
        self.report.done.setFocus()
        parts.announce(self, self.report.title.text())
        self.imported.emit(report)

    def _undo(self) -> None:
        if self._report is not None and self._report.step_id is not None:
            self._session.undo_step(self._report.step_id)
        self.close()

    def _show_sync(self) -> None:
        if self._report is not None:
            rows = [*self._session.rows_of(self._report.contacts).values()]
            self.report.show_progress(rows, sum(row.waiting for row in rows))


class Working(QWidget):
    """A bar with counts, the time that is left, and a way to stop with nothing half done."""

    cancelled = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._began = 0.0
        self.title = parts.label("", Size.TITLE, bold=True, wrap=True)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(tr("Progress"))
        self.words = parts.label("", tone="muted")
        self.words.setObjectName("import_progress")
        stop = parts.button(tr("Cancel"), self.cancelled.emit, name="import_stop")
        note = parts.label(tr("Cancelling leaves nothing behind."), Size.CAPTION, tone="muted")
        self.setLayout(
            parts.column(
                None,
                self.title,
                self.bar,
                self.words,
                16,
                parts.row(stop, note, None, spacing=12),
                None,
                spacing=8,
                margins=(40, 0, 40, 0),
            )
        )

    def begin(self, title: str) -> None:
        """Begin something whose size is not known yet."""
        self._began = time.monotonic()
        self.title.setText(title)
        self.words.setText("")
        self.bar.setRange(0, 0)

    def show_progress(self, done: int, total: int) -> None:
        """Show how far it is."""
        self.bar.setRange(0, total)
        self.bar.setValue(done)
        words = tr("%1 of %2").replace("%1", number(done)).replace("%2", number(total))
        spent = time.monotonic() - self._began
        if spent > SPEAK_AFTER_S and done:
            left = round(spent / done * (total - done))
            words += " · " + counted(left, "%1 second left", "%1 seconds left")
        self.words.setText(words)


def _said(problem: Exception) -> str:
    if isinstance(problem, OSError):
        return problem.strerror or tr("This file cannot be read.")
    return wording.error(problem)
