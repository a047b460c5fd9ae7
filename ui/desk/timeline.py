"""The desk's timeline: what happened, of one person or of all, to be filtered, copied and saved."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QFontDatabase, QGuiApplication, QKeyEvent, QKeySequence, QShowEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QPushButton, QTableView, QWidget

from app.worlds.timeline import Kind, Timeline, Wanted
from ui import parts, theme, wording
from ui.controls import chip
from ui.desk import files
from ui.desk.name_box import NameBox
from ui.desk.timeline_model import WORDS, TimelineModel
from ui.icons import Icon
from ui.search_field import SearchField
from ui.theme import Size
from ui.wording import tr

WIDTHS: Final = (112, 132, 96, 0, 72, 84)
"""Of the columns; the one without takes what is left."""
ROW: Final = 26
ENDS: Final = (Qt.Key.Key_Home, Qt.Key.Key_End)


class TimelineTable(QTableView):
    """Keeps the newest in sight, unless it was scrolled away from it."""

    def __init__(self, model: TimelineModel) -> None:
        super().__init__()
        self._model = model
        self.setModel(model)
        self.setObjectName("timeline_table")
        self.setAccessibleName(tr("Timeline"))
        self.setProperty("kind", "grid")
        self.follows = True
        """Whether the newest is in sight, or will be when this is shown."""
        self._top = 0
        self._dress()
        model.rowsAboutToBeRemoved.connect(self._keep_place)
        model.rowsInserted.connect(self._find_place)
        model.rowsRemoved.connect(self._find_place)
        model.modelReset.connect(self.go_to_newest)
        self.verticalScrollBar().valueChanged.connect(self._note_place)

    def go_to_newest(self) -> None:
        """Bring the newest into sight, and keep it there."""
        self.follows = True
        self.scrollToBottom()

    def chosen(self) -> list[int]:
        """Name the selected lines, from above."""
        return sorted(index.row() for index in self.selectionModel().selectedRows())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            QGuiApplication.clipboard().setText(self._model.texts(self.chosen()))
            parts.announce(self, tr("Copied"))
        elif event.key() in ENDS and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            last = event.key() == Qt.Key.Key_End
            self.selectRow(self._model.rowCount() - 1 if last else 0)
            (self.scrollToBottom if last else self.scrollToTop)()
        else:
            super().keyPressEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._find_place()

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() is QEvent.Type.Resize and self.isVisible():
            follows = self.follows
            done = super().viewportEvent(event)
            if follows:
                self.go_to_newest()
            return done
        return super().viewportEvent(event)

    def _dress(self) -> None:
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        lines = self.verticalHeader()
        lines.hide()
        lines.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        lines.setDefaultSectionSize(theme.px(ROW))
        self.verticalScrollBar().setSingleStep(theme.px(ROW))
        heads = self.horizontalHeader()
        heads.setHighlightSections(False)
        heads.setFixedHeight(theme.px(32))
        heads.setFont(theme.font(Size.CAPTION))
        for column, width in enumerate(WIDTHS):
            if width:
                self.setColumnWidth(column, theme.px(width))
            else:
                heads.setSectionResizeMode(column, QHeaderView.ResizeMode.Stretch)

    def _note_place(self, value: int) -> None:
        """Note whether the newest is in sight; out of sight nothing is scrolled away."""
        if self.isVisible():
            self.follows = value >= self.verticalScrollBar().maximum()

    def _keep_place(self, _parent: object, first: int, last: int) -> None:
        """Let what leaves above move nothing that is looked at."""
        self._top = max(0, self.verticalScrollBar().value() - (last - first + 1) * theme.px(ROW))

    def _find_place(self) -> None:
        if self.follows:
            self.scrollToBottom()
        elif self._top:
            self.executeDelayedItemsLayout()
            self.verticalScrollBar().setValue(self._top)
        self._top = 0


class TimelinePage(QWidget):
    """Follows a timeline, line by line."""

    def __init__(self, timeline: Timeline) -> None:
        super().__init__()
        self.setObjectName("timeline")
        self.who = NameBox(tr("Whose"), "timeline_who", hint=tr("A name"))
        self.who.chosen.connect(lambda _name: self.refresh())
        self.search = SearchField(tr("Search"), tr("Search the timeline"), name="timeline_find")
        self.search.textChanged.connect(lambda _text: self.refresh())
        self.chips: dict[Kind, QPushButton] = {}
        for kind, words in WORDS.items():
            made = chip(tr(words), name=f"timeline_{kind}")
            made.setChecked(True)
            made.clicked.connect(self.refresh)
            self.chips[kind] = made
        self.model = TimelineModel(timeline)
        self.model.setParent(self)
        self.table = TimelineTable(self.model)
        self.empty = parts.label("", tone="muted", wrap=True)
        self.empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.newest = parts.button(
            tr("Go to the newest"), self.table.go_to_newest, name="timeline_newest", kind="quiet"
        )
        place = self.newest.sizePolicy()
        place.setRetainSizeWhenHidden(True)
        self.newest.setSizePolicy(place)
        self.said = files.FileBanner("timeline_said")
        self.count = parts.label("", Size.CAPTION, tone="muted")
        self._lay_out()
        for changed in (self.model.rowsInserted, self.model.rowsRemoved, self.model.modelReset):
            changed.connect(self._count)
        bar = self.table.verticalScrollBar()
        bar.valueChanged.connect(lambda _value: self._show_way_down())
        bar.rangeChanged.connect(lambda _least, _most: self._show_way_down())
        self._count()

    def _lay_out(self) -> None:
        def way(words: str, then: Callable[[], object], name: str, icon: Icon | None) -> QWidget:
            return parts.button(words, then, icon=icon, name=name)

        first = parts.row(
            self.who,
            self.search,
            None,
            way(tr("Copy"), self.copy, "timeline_copy", Icon.COPY),
            way(tr("Save…"), self._ask_where, "timeline_save", None),
            spacing=8,
        )
        first.setStretch(1, 2)
        first.setStretch(2, 1)
        chips = parts.row(*self.chips.values(), None, self.count, spacing=8)
        note = parts.label(
            tr("Made from these identities' own calls, events and previews, and from the world's."),
            Size.CAPTION,
            tone="muted",
            wrap=True,
        )
        foot = parts.row(note, self.newest, spacing=8)
        foot.setStretch(0, 1)
        page = parts.column(first, chips, self.said, self.empty, self.table, foot, spacing=10)
        page.setStretchFactor(self.empty, 1)
        page.setStretchFactor(self.table, 1)
        self.setLayout(page)

    def show_people(self, names: list[str]) -> None:
        """Offer the people of a world, and begin anew."""
        self.who.offer(names, everybody=tr("Everybody"))
        self.said.hide()
        self.refresh()
        self.table.go_to_newest()

    def refresh(self) -> None:
        """Show what the filter accepts."""
        kinds = frozenset(kind for kind, made in self.chips.items() if made.isChecked())
        self.model.want(Wanted(self.who.name(), kinds, self.search.text()))

    def text(self) -> str:
        """Return what is shown, and has happened up to now, line by line."""
        self.model.catch_up()
        return self.model.texts()

    def copy(self) -> None:
        """Copy what is shown."""
        QGuiApplication.clipboard().setText(self.text())
        parts.announce(self, tr("Copied"))

    def save(self, path: Path) -> None:
        """Write what is shown into a file."""
        self.said.write(path, self.text() + "\n")

    def _ask_where(self) -> None:
        files.ask(self, tr("Save the timeline"), self.save, suggested="timeline.txt")

    def _is_filtered(self) -> bool:
        everything = all(made.isChecked() for made in self.chips.values())
        return bool(self.who.name() or self.search.text().strip()) or not everything

    def _count(self) -> None:
        shown = self.model.rowCount()
        self.table.setVisible(shown > 0)
        self.empty.setVisible(not shown)
        if not shown:
            self.empty.setText(
                tr("Nothing that happened is like this. Choose everybody and every kind again.")
                if self._is_filtered()
                else tr("Nothing has happened yet. Change something on the page People.")
            )
        self._show_way_down()
        self.count.setText(wording.counted(shown, "%1 moment", "%1 moments") if shown else "")

    def _show_way_down(self) -> None:
        bar = self.table.verticalScrollBar()
        self.newest.setVisible(self.model.rowCount() > 0 and bar.value() < bar.maximum())
