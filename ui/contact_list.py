"""The middle of the window: search on top, the list, and a way on when there is nothing to show."""

from collections.abc import Callable
from functools import partial
from importlib import import_module
from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QPushButton, QStackedWidget, QWidget

from app.domain import ContactId
from ui import parts, wording
from ui.contact_delegate import ContactDelegate
from ui.contact_model import ContactModel
from ui.contact_table import ContactTable
from ui.controls import chip
from ui.flow import FlowLayout
from ui.icons import Icon
from ui.pictures import Pictures
from ui.plain import on_button, short
from ui.search_field import SearchField
from ui.selection_bar import SelectionBar
from ui.shelf import Facet, Filter, Shelf
from ui.theme import Size

FACETS: Final[dict[Facet, str]] = {
    Facet.UNREAD: "Unread",
    Facet.ONLINE: "Online",
    Facet.WAITING: "Waiting to be sent",
    Facet.HIDDEN: "Hidden from",
    Facet.OWN_RULE: "Own rule",
    Facet.AUTOMATIC: "Added automatically",
    Facet.NOT_CONTACT: "Not a contact",
    Facet.UNUSABLE: "No usable number",
}

PLACES_SHOWN: Final = 3

SHELVES: Final[dict[Shelf, str]] = {
    Shelf.ALL: "All contacts",
    Shelf.MATCHED: "Matched",
    Shelf.PENDING: "Pending",
    Shelf.FAVORITES: "Favorites",
    Shelf.BLOCKED: "Blocked",
    Shelf.NEW: "New today",
}

NOTHING: Final[dict[Shelf, tuple[Icon, str, str]]] = {
    Shelf.ALL: (
        Icon.PEOPLE,
        "Bring your people",
        "Import an address book, or add one person. Numbers and handles go to the service to find "
        "out who is there; names, notes, mails and pictures stay on this computer.",
    ),
    Shelf.MATCHED: (
        Icon.MATCHED,
        "Nobody is here yet",
        "As soon as one of your people joins, you see them here.",
    ),
    Shelf.PENDING: (
        Icon.PENDING,
        "Nobody is pending",
        "People who are not here yet wait on this shelf until they join.",
    ),
    Shelf.FAVORITES: (
        Icon.STAR,
        "No favorites yet",
        "Press the star on somebody's page, or Ctrl+D, and find them here.",
    ),
    Shelf.BLOCKED: (
        Icon.BLOCKED,
        "You have blocked no one",
        "Blocked people cannot write to you and see nothing of you. They are not told.",
    ),
    Shelf.NEW: (Icon.NEW, "Nobody new today", "Whoever joins today is shown here until midnight."),
}


class ContactList(QWidget):
    """Search, chips, list. It only says what a person wants; the window does it."""

    chosen = Signal(object)
    """The contact to show at the right, or None."""
    opened = Signal(object)
    pressed = Signal()
    """One row was clicked, not to choose several."""
    import_wanted = Signal()
    place_wanted = Signal(object)
    """The path of a book that another program keeps on this computer."""
    add_wanted = Signal(str)
    pending_wanted = Signal()
    """Everything about the addresses where nobody is yet."""
    menu_wanted = Signal(object)
    """Where on the screen a menu for the selected contacts is wanted."""

    def __init__(self, model: ContactModel, pictures: Pictures) -> None:
        super().__init__()
        self.setObjectName("contact_list")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.model = model
        self._delegate = ContactDelegate(pictures)
        self.table = ContactTable(model, self._delegate)
        pictures.arrived.connect(self.table.viewport().update)
        self.search = self._search_field()
        self.title = parts.label("", Size.TITLE, bold=True)
        self.total = parts.label("", Size.CAPTION, tone="muted")
        self._chips: dict[Facet, QPushButton] = {}
        self._chip_box = QWidget()
        self._chip_flow = FlowLayout(spacing=6)
        self._chip_box.setLayout(self._chip_flow)
        self._make_chips()
        self.pending_way = parts.button(
            self.tr("Every pending address"), self.pending_wanted.emit, name="pending_way"
        )
        self._stack = QStackedWidget()
        self._stack.addWidget(self.table)
        self._empty: QWidget | None = None
        self.bar = SelectionBar()
        self.bar.cleared.connect(self.table.choose_current_only)
        self._lay_out()
        self._connect()
        self._show_counts()
        self._show_what_there_is()

    def _lay_out(self) -> None:
        head = parts.column(
            parts.row(self.title, None, self.total, spacing=8),
            self.search,
            self._chip_box,
            self.pending_way,
            spacing=10,
            margins=(16, 16, 16, 8),
        )
        self.above_bar = parts.row(margins=(16, 0, 16, 0))
        self.foot = QWidget()
        self.foot.setLayout(parts.column(self.above_bar, self.bar, spacing=0))
        self._over = parts.column(spacing=0)
        whole = parts.column(head, self._over, self._stack, self.foot, spacing=0)
        whole.setStretch(2, 1)
        self.setLayout(whole)

    def _connect(self) -> None:
        self.table.current_moved.connect(self.chosen)
        self.table.opened.connect(self.opened)
        self.table.pressed_one.connect(self.pressed)
        self.table.selection_counted.connect(self.bar.show_count)
        self.table.typed.connect(self._type)
        self.table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.table.customContextMenuRequested.connect(
            lambda at: self.menu_wanted.emit(self.table.viewport().mapToGlobal(at))
        )
        self.model.counted.connect(self._show_counts)
        self.model.modelReset.connect(self._show_what_there_is)

    # ---- what the window asks

    @property
    def shelf(self) -> Shelf:
        """The shelf that is shown."""
        return self.model.filter.shelf

    def show_shelf(self, shelf: Shelf) -> None:
        """Show another shelf, with the same words searched for."""
        self._filter(Filter(shelf, frozenset(), self.search.text()))

    def reveal(self, contact: ContactId) -> None:
        """Show this contact, giving up the filter if it hides them."""
        if not self.table.go_to(contact):
            self.search.clear()
            self._filter(Filter())
            self.table.go_to(contact)

    def announce(self, view: QWidget) -> None:
        """Show this over the list."""
        self._over.addWidget(view)

    def hold(self, view: QWidget) -> None:
        """Show this between the list and what can be done with the chosen people."""
        self.above_bar.addWidget(view)

    def focus_search(self) -> None:
        """Put the keyboard into the search field."""
        self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.selectAll()

    def focus_list(self) -> None:
        """Put the keyboard on the list, on its first row if on none, or on the way out of it."""
        if self._stack.currentWidget() is self._empty and self._empty is not None:
            ways = self._empty.findChildren(QPushButton)
            (ways[0] if ways else self.search).setFocus(Qt.FocusReason.ShortcutFocusReason)
            return
        self.table.setFocus(Qt.FocusReason.ShortcutFocusReason)
        if not self.table.currentIndex().isValid() and self.model.rowCount():
            self.table.selectRow(0)

    @property
    def is_compact(self) -> bool:
        """Whether rows are of one line."""
        return self._delegate.compact

    def set_compact(self, compact: bool) -> None:
        """Show lines of one row of text, or of two."""
        self._delegate.compact = compact
        self.table.fit_rows()

    def clear(self) -> bool:
        """Give up the words and the chips; False if there were none."""
        if not self.search.text() and not self.model.filter.facets:
            return False
        self.search.clear()
        self._filter(Filter(self.shelf))
        return True

    # ---- searching

    def _search_field(self) -> SearchField:
        field = SearchField(
            self.tr("Search names, numbers, mails"), self.tr("Search"), name="search"
        )
        field.textChanged.connect(
            lambda text: self._filter(Filter(self.shelf, self.model.filter.facets, text))
        )
        field.installEventFilter(self)
        return field

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """From the search field, Down goes to the list and Escape clears."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.focus_list()
                return True
            if event.key() == Qt.Key.Key_Escape:
                if not self.clear():
                    self.focus_list()
                return True
        return super().eventFilter(watched, event)

    def _type(self, text: str) -> None:
        if text == "/":
            self.focus_search()
            return
        self.search.setFocus(Qt.FocusReason.OtherFocusReason)
        self.search.setText(self.search.text() + text)

    def _filter(self, wanted: Filter) -> None:
        self._delegate.words = wanted.words()
        for facet, made in self._chips.items():
            made.setChecked(facet in wanted.facets)
        self.model.show(wanted)
        self._show_counts()

    # ---- chips

    def _make_chips(self) -> None:
        for facet, words in FACETS.items():
            made = chip(self.tr(words), name=f"chip_{facet}")
            made.clicked.connect(lambda on, facet=facet: self._switch(facet, on=on))
            self._chips[facet] = made
            self._chip_flow.addWidget(made)

    def _switch(self, facet: Facet, *, on: bool) -> None:
        have = self.model.filter
        facets = have.facets | {facet} if on else have.facets - {facet}
        self._filter(Filter(have.shelf, facets, have.text))

    # ---- what there is to show

    def _show_counts(self) -> None:
        counts, have = self.model.counts, self.model.filter
        self.title.setText(self.tr(SHELVES[have.shelf]))
        shown, whole = self.model.rowCount(), counts[have.shelf]
        if shown == whole:
            self.total.setText(wording.number(whole))
        else:
            self.total.setText(
                self.tr("%1 of %2")
                .replace("%1", wording.number(shown))
                .replace("%2", wording.number(whole))
            )
        in_use = [
            facet
            for facet in FACETS
            if 0 < counts[facet] < counts[Shelf.ALL] or facet in have.facets
        ]
        for facet, made in self._chips.items():
            made.setVisible(facet in in_use)
        self._chip_box.setVisible(bool(in_use))
        self.pending_way.setVisible(have.shelf is Shelf.PENDING and whole > 0)

    def _show_what_there_is(self) -> None:
        if self.model.rowCount():
            self._stack.setCurrentWidget(self.table)
        else:
            old, self._empty = self._empty, self._nothing()
            self._stack.addWidget(self._empty)
            self._stack.setCurrentWidget(self._empty)
            if old is not None:
                self._stack.removeWidget(old)
                old.deleteLater()
        self._show_counts()

    def _nothing(self) -> QWidget:
        have = self.model.filter
        if have.text.strip():
            return self._nothing_found(have.text.strip())
        if have.facets:
            return parts.EmptyState(
                Icon.SLIDERS,
                self.tr("Nobody is all of this"),
                self.tr("No one on this shelf has every chip that is switched on."),
                self._way(self.tr("Show everyone here"), self.clear, "clear_filter"),
            )
        which, title, text = NOTHING[have.shelf]
        ways = []
        if not self.model.counts[Shelf.ALL]:
            which, title, text = NOTHING[Shelf.ALL]
            ways = [
                self._way(
                    self.tr("Import a file…"), self.import_wanted.emit, "empty_import", "primary"
                ),
                self._way(
                    self.tr("Add one person…"), lambda: self.add_wanted.emit(""), "empty_add"
                ),
                *self._place_ways(),
            ]
        return parts.EmptyState(which, self.tr(title), self.tr(text), *ways)

    def _place_ways(self) -> list[QPushButton]:
        """Offer the books that other programs keep on this computer."""
        places = import_module("app.importers.places").find_places()[:PLACES_SHOWN]
        words = self.tr("Import from %1: %2")
        return [
            self._way(
                words.replace("%1", place.program.value).replace("%2", on_button(place.name)),
                partial(self.place_wanted.emit, place.path),
                "import_place",
                "quiet",
            )
            for place in places
        ]

    def _nothing_found(self, text: str) -> QWidget:
        have = self.model.filter
        ways = [self._way(self.tr("Clear the search"), self.clear, "clear_search", "primary")]
        if have.shelf is not Shelf.ALL or have.facets:
            ways.append(
                self._way(
                    self.tr("Search all contacts"),
                    lambda: self._filter(Filter(Shelf.ALL, frozenset(), text)),
                    "search_all",
                )
            )
        ways.append(
            self._way(
                self.tr("Add %1…").replace("%1", on_button(text)),
                lambda: self.add_wanted.emit(text),
                "add_searched",
            )
        )
        return parts.EmptyState(
            Icon.SEARCH,
            self.tr("No one matches “%1”").replace("%1", short(text, 60)),
            self.tr("Names, numbers, handles and mails were searched."),
            *ways,
        )

    def _way(self, text: str, then: Callable[[], object], name: str, kind: str = "") -> QPushButton:
        return parts.button(text, then, kind=kind, name=name)
