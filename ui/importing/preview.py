"""The second page of an import: what each card would do, before anything is done."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.addresses import parse_address
from app.importers import Value
from app.people import ImportPlan, PlannedCard, Written
from ui import parts, wording
from ui.controls import Segmented
from ui.impact_import import ImportImpact
from ui.importing import plan as import_plan
from ui.importing.plan import SHELVES, Item, Shelf
from ui.importing.table import ImportTable
from ui.mend_line import MendLine
from ui.plain import one_line
from ui.region_choice import RegionChoice
from ui.theme import Size
from ui.wording import number, tr


class ImportPreview(QWidget):
    """Shelves and search over the table, the card in hand below it."""

    region_chosen = Signal(str)
    confirmed = Signal(object)
    """The plan as it shall be carried out."""
    cancelled = Signal()
    columns_wanted = Signal()
    """The columns of the table mean something else."""

    def __init__(self, region: str, impact: ImportImpact) -> None:
        super().__init__()
        self.plan: ImportPlan | None = None
        self.impact = impact
        self.title = parts.ElidedLabel("", Size.TITLE, bold=True)
        self.kind = parts.label("", Size.CAPTION, tone="muted")
        self.columns = parts.button(
            tr("Columns…"), self.columns_wanted.emit, kind="quiet", name="import_columns"
        )
        parts.set_tip(self.columns, tr("Say what the columns of this table hold"))
        self.region = RegionChoice(region)
        self.region.chosen.connect(self.region_chosen)
        self.shelves = Segmented(tr("Show"), name="import_shelf")
        self.shelves.chosen.connect(lambda _shelf: self._narrow())
        self.search = parts.text_field(tr("Search"), tr("Search the cards"), name="import_search")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(lambda _text: self._narrow())
        self.table = ImportTable()
        self.table.items.ticked.connect(self._show_promise)
        self.table.current_moved.connect(self._show_item)
        self.mender = Mender()
        self.mender.mended.connect(self._mend)
        self.promise = parts.label("", wrap=True)
        self.promise.setObjectName("import_promise")
        self.go = parts.button("", self._confirm, kind="primary", name="import_go")
        self.cancel = parts.button(tr("Cancel"), self.cancelled.emit, name="import_cancel")
        self._lay_out()

    def show_plan(self, plan: ImportPlan, title: str, kind: str) -> None:
        """Show a plan that was just made."""
        self.plan = plan
        self.title.show_text(title)
        self.kind.setText(kind)
        self._show_plan(plan)

    def show_shelf(self, shelf: Shelf) -> None:
        """Show another shelf, if there is anything on it."""
        if self.table.items.counts[shelf]:
            self.shelves.set_current(shelf)
            self._narrow()

    def _lay_out(self) -> None:
        region = parts.label(tr("Numbers without a country code are from"), Size.CAPTION)
        words = parts.column(self.title, self.kind, spacing=2)
        where = parts.column(region, self.region, spacing=2)
        head = parts.row(words, self.columns, where, spacing=16)
        head.setStretch(0, 1)
        narrow = parts.row(self.shelves, self.search, spacing=12)
        narrow.setStretch(0, 1)
        card = parts.Card(self.table, padding=2)
        foot = parts.row(self.promise, self.cancel, self.go, spacing=12)
        foot.setStretch(0, 1)
        layout = parts.column(head, narrow, card, self.mender, self.impact, foot, spacing=12)
        layout.setStretch(2, 1)
        self.setLayout(layout)

    def _show_plan(self, plan: ImportPlan) -> None:
        items = self.table.items
        items.show_plan(plan)
        options = [
            (shelf, f"{tr(words)} {number(items.counts[shelf])}")
            for shelf, words in SHELVES.items()
            if items.counts[shelf] or shelf is Shelf.ALL
        ]
        if items.shelf not in dict(options):
            items.narrow(Shelf.ALL, items.text)
        self.shelves.set_options(options)
        self.shelves.set_current(items.shelf)
        self._show_promise()
        self._show_item(self.table.current())

    def _narrow(self) -> None:
        shelf = self.shelves.current
        assert isinstance(shelf, Shelf)
        self.table.items.narrow(shelf, self.search.text())
        self._show_item(None)

    def _show_promise(self) -> None:
        assert self.plan is not None
        left_out = self.table.items.left_out
        will = import_plan.effect(self.plan, left_out)
        self.promise.setText(import_plan.promise(will))
        self.go.setText(import_plan.deed(will))
        self.go.setAccessibleName(self.go.text())
        self.go.setEnabled(not will.is_nothing)
        self.impact.show_people(import_plan.new_contacts(self.plan, left_out))

    def _show_item(self, item: Item | None) -> None:
        self.mender.show_item(item, self.region.region())

    def _mend(self, item: Item, value: Value, written: Written) -> None:
        assert self.plan is not None
        self.plan = import_plan.mend(self.plan, item.number, value, written)
        self._show_plan(self.plan)
        planned = self.plan.cards[item.number]
        self.mender.show_item(Item(item.number, planned), self.region.region())

    def _confirm(self) -> None:
        assert self.plan is not None
        self.confirmed.emit(import_plan.without(self.plan, self.table.items.left_out))


class Mender(parts.Card):
    """The card in hand: why it has its fate, and its bad numbers with a field to mend each."""

    mended = Signal(object, object, object)
    """The item, the bad value, and the number in its place."""

    def __init__(self) -> None:
        super().__init__(padding=12, spacing=8)
        self.setObjectName("mender")
        self.hide()

    def show_item(self, item: Item | None, region: str) -> None:
        """Show this item, or nothing."""
        parts.clear(self.body)
        self.setVisible(item is not None)
        if item is None:
            return
        if item.planned is None:
            assert item.unreadable is not None
            text = one_line(item.unreadable.value)[:400]
            self.body.addWidget(parts.label(import_plan.said_of(item.unreadable), wrap=True))
            self.body.addWidget(parts.label(text, Size.CAPTION, tone="muted", wrap=True))
            return
        self._show_card(item, item.planned, region)

    def _show_card(self, item: Item, planned: PlannedCard, region: str) -> None:
        why = tr(import_plan.WHY[planned.reason])
        where = f"{one_line(planned.card.source)}:{planned.card.line}"
        head = parts.row(
            parts.label(f"{import_plan.fate_of(item)}. {why}", wrap=True),
            parts.label(where, Size.CAPTION, tone="muted"),
        )
        head.setStretch(0, 1)
        self.body.addLayout(head)
        for value, trouble in planned.rejected:
            line = MendLine(value.text, wording.trouble(trouble), lambda: region)
            line.mended.connect(
                lambda text, value=value: self.mended.emit(
                    item, value, Written(parse_address(text, region), text, value.label)
                )
            )
            self.body.addWidget(line)
