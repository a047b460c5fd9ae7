"""The desk's table of expectations: who should see what, held against the service."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QWidget

from app.domain import Field
from app.errors import KithError
from app.worlds.checking import check
from app.worlds.drafts import Cell, Draft, Sheet
from app.worlds.expectation_report import report
from app.worlds.expectations import KINDS, Expected, Table, as_text, read_table
from app.worlds.files import must_be_there
from app.worlds.inhabit import Inhabitants
from app.worlds.timeline import Kind, Moment
from ui import parts, theme, wording
from ui.desk import files, table_words
from ui.desk.columns_menu import choose_columns
from ui.desk.name_box import NameBox
from ui.desk.table_grid import ExpectationGrid
from ui.desk.table_model import ExpectationModel
from ui.desk.unsaved import UnsavedDialog
from ui.flow import FlowLayout
from ui.icons import Icon
from ui.plain import isolated
from ui.tasks import Tasks
from ui.theme import Size
from ui.wording import tr

TABLES: Final = Path(__file__).parents[2] / "resources" / "tables"
MOST_VIEWERS: Final = 12
CHECK: Final = "check"
"""The task that asks the service."""
NOTHING: Final = Sheet("", KINDS, tuple(Field), {})


class TablePage(QWidget):
    """Rows are viewers, columns fields; each world keeps its draft until the desk is closed."""

    why_wanted = Signal(str, str, object)
    """Of an owner, a viewer and a field."""

    def __init__(self, tasks: Tasks) -> None:
        super().__init__()
        self.setObjectName("expectations")
        self._tasks = tasks
        self._people: Inhabitants | None = None
        self._world = Path()
        self._drafts: dict[Path, Draft] = {}
        self._happened = 0
        self.model = ExpectationModel(Draft(NOTHING))
        self.model.setParent(self)
        self.grid = ExpectationGrid(self.model)
        self.grid.expected.connect(self._expect)
        self.grid.why_wanted.connect(self._want_why)
        self.grid.removal_wanted.connect(self._remove)
        self.grid.moved.connect(self._explain)
        self.owner = NameBox(tr("Whose profile"), "table_owner")
        self.owner.chosen.connect(self._begin)
        self.viewer = NameBox(tr("Add a viewer"), "table_viewer", hint=tr("Add a viewer"))
        self.viewer.chosen.connect(self._add_viewer)
        self._make_ways()
        self.result = parts.label("", bold=True)
        self.result.setObjectName("table_result")
        self.said = files.FileBanner("table_said")
        self.why_title = parts.label("", bold=True, wrap=True)
        self.why = parts.label("", wrap=True, tone="muted")
        self.why.setObjectName("table_why")
        line = parts.row(self.why_title, self.way, spacing=8)
        line.setStretch(0, 1)
        self.why_card = parts.Card(line, self.why, spacing=4, padding=12)
        self._lay_out()
        self._show()

    def show_people(self, people: Inhabitants, world: Path) -> None:
        """Speak of the people of this world from now on; what was expected of it is still here."""
        self._people, self._world = people, world
        there = [each.id for each in people.world.people if each.id not in people.world.late]
        self.owner.offer(there)
        self.viewer.offer(dict.fromkeys([*KINDS, *there]))
        self.said.hide()
        if world not in self._drafts:
            self._drafts[world] = Draft(self._first_sheet(people.world.me or there[0]))
        self.model.show_draft(self._drafts[world])
        self._show()

    def drop_people(self) -> None:
        """Let the world end; what is expected stays on the screen."""
        self.stop_check()
        self._people = None

    @property
    def is_saved(self) -> bool:
        """Whether nothing would be lost if the desk were closed."""
        return all(draft.is_saved for draft in self._drafts.values())

    def leave(self, then: Callable[[], object]) -> None:
        """Go on at once where all is saved, or when the tester has said what becomes of it."""
        if self.is_saved:
            then()
            return
        asked = UnsavedDialog(self, then)
        asked.save_wanted.connect(lambda: self._ask_where(lambda: self.leave(then)))
        asked.open()

    def hear(self, moment: Moment) -> None:
        """Note what may have changed what is seen, also before the first check."""
        sheet = self.model.draft.sheet
        if moment.kind is Kind.CHANGED and table_words.is_about(moment, sheet.owner, sheet.viewers):
            self._happened += 1
            self.model.is_fresh = False
            self._say(table_words.not_since(moment), "warning")
            self.model.refresh()

    # ---- building

    def _make_ways(self) -> None:
        self.start = parts.button(
            tr("Check"), self.start_check, kind="primary", icon=Icon.CHECK, name="table_check"
        )
        self.cancel = parts.button(tr("Cancel"), self.stop_check, name="table_cancel")
        self.cancel.hide()
        self.way = parts.button(
            tr("Why, and change it…"), self._want_why, name="table_change", kind="primary"
        )
        self.remove = parts.button(
            tr("Remove the viewer"), lambda: self._remove(True), name="table_remove"
        )
        self.columns = parts.button(tr("Columns…"), self._choose_columns, name="table_columns")
        self.undo = parts.IconButton(Icon.UNDO, tr("Undo"), self._undo, name="table_undo")
        self.redo = parts.IconButton(Icon.REDO, tr("Redo"), self._redo, name="table_redo")

    def _lay_out(self) -> None:
        def way(words: str, then: Callable[[], object], name: str) -> QWidget:
            return parts.button(words, then, name=name)

        what = parts.label(tr("What others see of"), tone="muted")
        for each in (what, self.result):
            each.setMinimumHeight(theme.px(34))  # the height of what they stand beside
        above = FlowLayout(
            what,
            self.owner,
            self.start,
            way(tr("Take as it is"), self.take, "table_take"),
            way(tr("Open…"), self._ask_which, "table_open"),
            way(tr("Save…"), self._ask_where, "table_save"),
            way(tr("Report…"), self._ask_report, "table_report"),
            self.result,
            self.cancel,
            spacing=8,
        )
        below = FlowLayout(self.viewer, self.remove, self.columns, self.undo, self.redo, spacing=8)
        note = parts.label(
            tr(
                "Press a cell, or S, H and - on it, to say what is expected: show, hide, nothing."
                " One that was checked first says why."
            ),
            Size.CAPTION,
            tone="muted",
            wrap=True,
        )
        page = parts.column(above, below, note, self.said, self.grid, self.why_card, spacing=10)
        page.setStretchFactor(self.grid, 1)
        self.setLayout(page)

    # ---- files

    def table(self, path: Path | None = None) -> Table:
        """Return the table as it is on the screen, as it would stand at a place."""
        return self.model.draft.table(self._world, path or TABLES / f"{self._world.stem}.txt")

    def load(self, path: Path) -> None:
        """Show the table of a file, as a step that can be undone."""
        try:
            table = read_table(path)
            self._must_know(table.owner)
        except KithError as error:
            self.said.refuse(error)
            return
        self.said.hide()
        self.model.draft.begin(Sheet.of(table))
        self.model.draft.mark_saved()
        if Path(table.world).name != self._world.name:
            words = tr("This table is about the world %1, and here is %2.")
            words = words.replace("%1", isolated(table.world))
            self.said.show_text(words.replace("%2", isolated(self._world.name)), "warning")
        self._forget_findings()

    def save(self, path: Path) -> bool:
        """Write the table into a file that `kith check` reads; tell whether it is there."""
        if not self.said.write(path, as_text(self.table(path))):
            return False
        self.model.draft.mark_saved()
        return True

    def save_report(self, path: Path) -> None:
        """Write what the last check found as a page."""
        self.said.write(path, report(self.table(), list(self.model.findings.values())))

    def _must_know(self, owner: str) -> None:
        if self._people is not None:
            must_be_there(self._people.world, [owner])

    def _ask_which(self) -> None:
        title = tr("Open a table of expectations")
        files.ask(self, title, self.load, suggested="", save=False)

    def _ask_where(self, then: Callable[[], object] = lambda: None) -> None:
        files.ask(
            self,
            tr("Save the table of expectations"),
            lambda path: self.save(path) and then(),
            suggested=f"{self._world.stem}.txt",
        )

    def _ask_report(self) -> None:
        title = tr("Save what was found as a page")
        files.ask(self, title, self.save_report, suggested=f"{self._world.stem}.html")

    # ---- checking

    def start_check(self) -> None:
        """Ask the service as every viewer."""
        self._tasks.start(self.check(), name=CHECK)

    def take(self) -> None:
        """Expect what the service does now."""
        self._tasks.start(self._take(), name=CHECK)

    async def check(self) -> bool:
        """Ask as every viewer, and paint what was found; tell whether it could be asked."""
        if self._people is None:
            return False
        before, found = self._happened, None
        self._show_checking(True)
        self._say(tr("Checking…"), "muted")
        try:
            found = await check(self.table(), self._people, self._show_progress)
        except KithError as error:
            self.said.refuse(error)
            return False
        finally:  # also when it was given up
            self._show_checking(False)
            if found is None:
                self._say(tr("Not checked"), "warning")
        self.said.hide()
        self.model.findings = {(each.cell.viewer, each.cell.field): each for each in found}
        if before == self._happened:
            self.model.is_fresh = True
            self._say(*table_words.verdict(self.model.draft, self.model.findings))
        self._show_cells()
        self._go_to_first_failure()
        return True

    def stop_check(self) -> None:
        """Give a check up; what the last one found stays."""
        self._tasks.stop(CHECK)

    def _show_checking(self, on: bool) -> None:
        had_focus = self.start.hasFocus() or self.cancel.hasFocus()
        self.cancel.setVisible(on)
        self.start.setEnabled(not on)
        if had_focus:  # which a control that goes would give to whatever comes next
            (self.cancel if on else self.start).setFocus()

    def _show_progress(self, done: int, total: int) -> None:
        words = tr("Checking… %1 of %2 viewers").replace("%1", wording.number(done))
        self._say(words.replace("%2", wording.number(total)), "muted")

    async def _take(self) -> None:
        if await self.check():
            self._expect(
                {
                    cell: Expected.SHOW if finding.shown else Expected.HIDE
                    for cell, finding in self.model.findings.items()
                }
            )
            await self.check()

    def _go_to_first_failure(self) -> None:
        failed = (cell for cell, each in self.model.findings.items() if not each.passed)
        if (first := next(failed, None)) is not None:
            self.grid.go_to(first)

    # ---- what the tester changes

    def _expect(self, cells: Mapping[Cell, Expected]) -> None:
        self.model.draft.expect(cells)
        self._show_cells()

    def _begin(self, owner: str) -> None:
        self.model.draft.begin(self._blank(owner))
        self._forget_findings()

    def _add_viewer(self, name: str) -> None:
        self.viewer.set_name("")
        self.model.draft.add_viewer(name)
        self._show_cells()
        self.grid.go_to((name, self.model.draft.sheet.fields[0]))

    def _remove(self, viewers: bool) -> None:
        chosen = self.grid.selected_cells()
        draft = self.model.draft
        if viewers:
            draft.remove_viewers(viewer for viewer, _field in chosen)
        else:
            gone = {field for _viewer, field in chosen}
            draft.show_fields(field for field in draft.sheet.fields if field not in gone)
        self._show_cells()

    def _choose_columns(self) -> None:
        choose_columns(self.columns, self.model.draft.sheet.fields, self._show_columns)

    def _show_columns(self, fields: set[Field]) -> None:
        self.model.draft.show_fields(fields)
        self._show_cells()

    def _undo(self) -> None:
        self.model.draft.undo()
        self._show_cells()

    def _redo(self) -> None:
        self.model.draft.redo()
        self._show_cells()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.cancel.isVisible():
            self.stop_check()
        elif event.matches(QKeySequence.StandardKey.Undo):
            self._undo()
        elif event.matches(QKeySequence.StandardKey.Redo):
            self._redo()
        else:
            super().keyPressEvent(event)

    # ---- showing

    def _first_sheet(self, owner: str) -> Sheet:
        beside = TABLES / f"{self._world.stem}.txt"
        return Sheet.of(read_table(beside)) if beside.exists() else self._blank(owner)

    def _blank(self, owner: str) -> Sheet:
        assert self._people is not None
        world = self._people.world
        there = [each.id for each in world.people if each.id not in {owner, *world.late}]
        return Sheet(owner, (*there[:MOST_VIEWERS], *KINDS), tuple(Field), {})

    def _forget_findings(self) -> None:
        self.model.show_draft(self.model.draft)
        self._show()

    def _show(self) -> None:
        self._say(tr("Not checked yet"), "muted")
        self._show_cells()

    def _show_cells(self) -> None:
        model, draft = self.model, self.model.draft
        here = self.grid.current_cell()
        model.findings = {
            cell: each
            for cell, each in model.findings.items()
            if each.cell.expected is draft.expected(cell)
        }
        model.refresh()
        self.grid.keep_cell(here)
        self.owner.set_name(draft.sheet.owner)
        self.undo.setEnabled(draft.can_undo)
        self.redo.setEnabled(draft.can_redo)
        self.remove.setEnabled(len(draft.sheet.viewers) > 1)
        self._explain()

    def _say(self, words: str, tone: str) -> None:
        self.result.setText(words)
        self.result.setAccessibleName(words)
        parts.set_property(self.result, "tone", tone)
        self.result.updateGeometry()

    def _explain(self) -> None:
        """Say by which rules the current cell is as it is."""
        finding = self.model.found(self.grid.currentIndex())
        self.why_card.setVisible(finding is not None)
        if finding is not None:
            owner = self.model.draft.sheet.owner
            self.why_title.setText(table_words.title(owner, finding))
            self.why.setText(table_words.why(owner, finding))

    def _want_why(self) -> None:
        if (here := self.grid.current_cell()) is not None:
            self.why_wanted.emit(self.model.draft.sheet.owner, *here)
