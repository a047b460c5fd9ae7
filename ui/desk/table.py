"""The desk's table of expectations: who should see what, held against the service."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QFileDialog,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from app.domain import Field
from app.worlds.expectation_report import report
from app.worlds.expectations import (
    NOT_FILLED_IN,
    NOT_FOUND,
    Expectation,
    Expected,
    Finding,
    Table,
    as_text,
    check,
    read_table,
)
from app.worlds.inhabit import Inhabitants
from ui import parts, theme, wording
from ui.icons import Icon
from ui.tasks import Tasks
from ui.theme import Size
from ui.wording import tr

TABLES: Final = Path(__file__).parents[2] / "resources" / "tables"
KINDS: Final = ("everyone", "contact", "favorite")
MOST_VIEWERS: Final = 12
NEXT: Final = {
    Expected.ANY: Expected.SHOW,
    Expected.SHOW: Expected.HIDE,
    Expected.HIDE: Expected.ANY,
}
WORDS: Final[dict[Expected, str]] = {
    Expected.SHOW: "show",
    Expected.HIDE: "hide",
    Expected.ANY: "-",
}

MISSING: Final = {
    NOT_FILLED_IN: "So it would be shown, but %1 has not filled it in.",
    NOT_FOUND: "So it would be shown, but %2 may not find %1 by an address, and sees nothing.",
}


class TablePage(QWidget):
    """Rows are viewers, columns fields; pressing a cell changes what is expected there.

    A cell that was checked is explained first, and changed when it is pressed again.
    """

    why_wanted = Signal(str, str, object)
    """Of an owner, a viewer and a field."""

    def __init__(self, tasks: Tasks) -> None:
        super().__init__()
        self.setObjectName("expectations")
        self._tasks = tasks
        self._people: Inhabitants | None = None
        self._world = Path()
        self._expected: dict[tuple[str, Field], Expected] = {}
        self._findings: dict[tuple[str, Field], Finding] = {}
        self._viewers: list[str] = []
        self.owner = QComboBox()
        self.owner.setObjectName("table_owner")
        self.owner.setAccessibleName(tr("Whose profile"))
        self.owner.activated.connect(self._begin)
        self.grid = self._make_grid()
        self.result = parts.label("", bold=True)
        self.why_title = parts.label("", bold=True, wrap=True)
        self.why = parts.label("", wrap=True, tone="muted")
        self.why.setObjectName("table_why")
        self.way = parts.button(
            tr("Why, and change it…"), self._want_why, name="table_change", kind="primary"
        )
        line = parts.row(self.why_title, self.way, spacing=8)
        line.setStretch(0, 1)
        self.why_card = parts.Card(line, self.why, spacing=4, padding=12)
        self._explained: tuple[str, Field] | None = None
        self.why_card.hide()
        self._lay_out()

    def show_people(self, people: Inhabitants, world: Path) -> None:
        """Speak of the people of this world from now on."""
        self._people, self._world = people, world
        self.owner.clear()
        for person in people.world.people:
            if person.id not in people.world.late:
                self.owner.addItem(person.id)
        self.owner.setCurrentText(people.world.me or people.world.people[0].id)
        beside = TABLES / f"{world.stem}.txt"
        if beside.exists():
            self.load(beside)
        else:
            self._begin()

    def drop_people(self) -> None:
        """Let the world end; what is expected stays on the screen."""
        self._people = None

    # ---- building

    def _make_grid(self) -> QTableWidget:
        made = QTableWidget(0, len(Field))
        made.setObjectName("table_grid")
        made.setAccessibleName(tr("Who should see what"))
        made.setHorizontalHeaderLabels([tr(wording.FIELDS[field]) for field in Field])
        made.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        made.horizontalHeader().setFixedHeight(theme.px(36))
        made.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        made.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        made.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        made.verticalHeader().setDefaultSectionSize(theme.px(40))
        made.cellClicked.connect(self._press)
        made.cellActivated.connect(self._press)
        made.currentCellChanged.connect(lambda *_cells: self._explain())
        return made

    def _lay_out(self) -> None:
        def way(words: str, then: Callable[[], object], name: str, kind: str = "") -> QWidget:
            return parts.button(words, then, name=name, kind=kind)

        bar = parts.row(
            parts.label(tr("What others see of"), tone="muted"),
            self.owner,
            parts.button(
                tr("Check"), self.start_check, kind="primary", icon=Icon.CHECK, name="table_check"
            ),
            self.result,
            None,
            way(tr("Take as it is"), self.take, "table_take"),
            way(tr("Open…"), lambda: self._ask(self.load, save=False), "table_open"),
            way(tr("Save…"), lambda: self._ask(self.save), "table_save"),
            way(tr("Report…"), lambda: self._ask(self.save_report, ".html"), "table_report"),
            spacing=8,
        )
        note = parts.label(
            tr(
                "Press a cell to change what is expected: show, hide, or nothing (-)."
                " One that was checked first says why."
            ),
            Size.CAPTION,
            tone="muted",
        )
        page = parts.column(bar, note, self.grid, self.why_card, spacing=10)
        page.setStretchFactor(self.grid, 1)
        self.setLayout(page)

    # ---- the table

    def table(self) -> Table:
        """Return the table as it is on the screen."""
        cells = tuple(
            Expectation(viewer, field, self._expected[viewer, field], number)
            for number, viewer in enumerate(self._viewers, 5)
            for field in Field
        )
        return Table(self._world, self._world.name, self.owner.currentText(), cells)

    def load(self, path: Path) -> None:
        """Show the table of a file."""
        table = read_table(path)
        self.owner.setCurrentText(table.owner)
        self._viewers = list(dict.fromkeys(cell.viewer for cell in table.cells))
        self._expected = {
            (viewer, field): Expected.ANY for viewer in self._viewers for field in Field
        }
        self._expected |= {(cell.viewer, cell.field): cell.expected for cell in table.cells}
        self._forget_findings()

    def save(self, path: Path) -> None:
        """Write the table into a file that `kith check` reads."""
        path.write_text(as_text(self.table()), encoding="utf-8")

    def save_report(self, path: Path) -> None:
        """Write what the last check found as a page."""
        path.write_text(report(self.table(), list(self._findings.values())), encoding="utf-8")

    def start_check(self) -> None:
        """Ask the service as every viewer."""
        self._tasks.start(self.check(), name="check")

    async def check(self) -> None:
        """Ask as every viewer, and paint what was found."""
        if self._people is None:
            return
        found = await check(self.table(), self._people)
        self._findings = {(each.cell.viewer, each.cell.field): each for each in found}
        failed = sum(not each.passed for each in found)
        asked = sum(each.cell.expected is not Expected.ANY for each in found)
        words = tr("%1 of %2 as expected").replace("%1", str(asked - failed))
        self.result.setText(words.replace("%2", str(asked)))
        parts.set_property(self.result, "tone", "danger" if failed else "success")
        self._paint()
        self._go_to_first_failure()

    def take(self) -> None:
        """Expect what the service does now."""
        self._tasks.start(self._take(), name="check")

    async def _take(self) -> None:
        await self.check()
        for key, finding in self._findings.items():
            self._expected[key] = Expected.SHOW if finding.shown else Expected.HIDE
        await self.check()

    def _begin(self) -> None:
        if self._people is None:
            return
        world, owner = self._people.world, self.owner.currentText()
        there = [each.id for each in world.people if each.id not in {owner, *world.late}]
        self._viewers = [*there[:MOST_VIEWERS], *KINDS]
        self._expected = {
            (viewer, field): Expected.ANY for viewer in self._viewers for field in Field
        }
        self._forget_findings()

    def _forget_findings(self) -> None:
        self._findings.clear()
        self._explained = None
        self.result.setText("")
        self.grid.setRowCount(len(self._viewers))
        self.grid.setVerticalHeaderLabels(self._viewers)
        self._paint()

    def _press(self, line: int, column: int) -> None:
        key = self._viewers[line], list(Field)[column]
        if key in self._findings and key != self._explained:
            self._explained = key
            self._explain()
            return
        self._expected[key] = NEXT[self._expected[key]]
        self._findings.pop(key, None)
        self._paint()

    # ---- painting

    def _paint(self) -> None:
        tokens = theme.now().tokens
        self.grid.setStyleSheet(
            f"QTableWidget {{ background: {tokens.surface}; gridline-color: {tokens.line};"
            f" border: 1px solid {tokens.line}; border-radius: {theme.px(8)}px; }}"
            f"QHeaderView, QHeaderView::section, QTableCornerButton::section {{"
            f" background: {tokens.rail}; color: {tokens.muted}; border: none;"
            f" padding: 0 {theme.px(8)}px; }}"
            "QHeaderView { padding: 0; }"
        )
        for line, viewer in enumerate(self._viewers):
            for column, field in enumerate(Field):
                self.grid.setItem(line, column, self._item(viewer, field))
        self._explain()

    def _item(self, viewer: str, field: Field) -> QTableWidgetItem:
        expected, finding = self._expected[viewer, field], self._findings.get((viewer, field))
        words, ground, ink = tr(WORDS[expected]), "surface", "text"
        if expected is Expected.ANY:
            ink = "muted"
            if finding is not None:
                words = f"- {tr('shown') if finding.shown else tr('hidden')}"
        elif finding is not None and finding.passed:
            words, ground, ink = f"✓ {words}", "success_soft", "success"
        elif finding is not None:
            is_now = tr("is shown") if finding.shown else tr("is hidden")
            words, ground, ink = f"✗ {words}: {is_now}", "danger_soft", "danger"
        made = QTableWidgetItem(words)
        made.setTextAlignment(Qt.AlignmentFlag.AlignCenter)
        made.setBackground(theme.now().colour(ground))
        made.setForeground(theme.now().colour(ink))
        return made

    def _go_to_first_failure(self) -> None:
        for (viewer, field), finding in self._findings.items():
            if not finding.passed:
                self.grid.setCurrentCell(self._viewers.index(viewer), list(Field).index(field))
                return

    def _want_why(self) -> None:
        line, column = self.grid.currentRow(), self.grid.currentColumn()
        viewer, field = self._viewers[line], list(Field)[column]
        self.why_wanted.emit(self.owner.currentText(), viewer, field)

    def _explain(self) -> None:
        """Say by which rules the chosen cell is as it is."""
        line, column = self.grid.currentRow(), self.grid.currentColumn()
        field = list(Field)[max(column, 0)]
        viewer = self._viewers[line] if 0 <= line < len(self._viewers) else ""
        finding = self._findings.get((viewer, field))
        self.why_card.setVisible(finding is not None)
        if finding is None:
            return
        words = (
            tr("%1 sees the %3 of %2.") if finding.shown else tr("%1 does not see the %3 of %2.")
        )
        words = words.replace("%1", viewer).replace("%2", self.owner.currentText())
        self.why_title.setText(words.replace("%3", tr(wording.FIELDS[field]).lower()))
        *passed_by, deciding = finding.reasons
        owner = self.owner.currentText()
        rules = [_passed_by(rule, owner, viewer) for rule in passed_by]
        rules.append(_deciding(deciding, owner, viewer))
        self.why.setText("\n".join(f"{at}. {words}" for at, words in enumerate(rules, 1)))

    def _ask(
        self, then: Callable[[Path], None], suffix: str = ".txt", *, save: bool = True
    ) -> None:
        dialog = QFileDialog(self, tr("A table of expectations"), self._world.stem + suffix)
        if save:
            dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda name: then(Path(name)))
        dialog.open()


def _passed_by(rule: str, owner: str, viewer: str) -> str:
    """Word a rule that was asked and did not decide."""
    words = {
        "blocked": tr("%1 does not block %2."),
        "viewer-blocked": tr("%2 does not block %1."),
    }.get(rule, tr("The rule %3 shows it.").replace("%3", rule))
    return words.replace("%1", owner).replace("%2", viewer)


def _deciding(rule: str, owner: str, viewer: str) -> str:
    """Word the rule that decided."""
    if rule in MISSING:
        return tr(MISSING[rule]).replace("%1", owner).replace("%2", viewer)
    kind, _, detail = rule.partition("-")
    words = {
        "blocked": tr("%1 blocks %2."),
        "viewer": tr("%2 blocks %1."),
        "audience": tr("Nothing else is said for %2, so the audience of the field counts: %3."),
        "override": tr("%1 chose a rule for %2: %3."),
    }.get(kind, tr("%1 gave %2 a set of fields (%3)."))
    words = words.replace("%1", owner).replace("%2", viewer).replace("%3", detail or rule)
    return words + tr(" This decides.")
