"""My card through the eyes of others: up to four viewers side by side, live, each with its why."""

import time
from functools import partial
from typing import Final

import msgspec
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QLineEdit, QPushButton, QWidget

from app.domain import Field, Fields
from app.errors import KithError
from app.session import Row, Session
from app.wire import Me, Preview
from ui import parts, theme, viewers, wording
from ui.controls import chip
from ui.flow import FlowLayout
from ui.icons import Icon
from ui.parts import IconButton
from ui.profile_view import ProfileView, Seen
from ui.shelf import Filter, sort_key
from ui.tasks import Tasks
from ui.theme import Size
from ui.viewers import Viewer
from ui.why_list import WhyFields, WhyList
from ui.wording import tr

MOST: Final = 4
CARD_WIDTH: Final = 250
FOUND: Final = 6


class SeeAs(QWidget):
    """Chips choose the viewers; the cards show the service's own answers."""

    way_wanted = Signal(object)

    _is_sought = False
    """Whether somebody has just asked why, and has to see where the answer is."""

    def __init__(self, session: Session, tasks: Tasks) -> None:
        super().__init__()
        self.setObjectName("see_as")
        self._session, self._tasks = session, tasks
        self._chosen: list[Viewer] = [*viewers.kinds()[:2]]
        self._cards: dict[str, SeenCard] = {}
        self._explained: str | None = None
        self._unfolded: Field | None = None
        """A field that was asked about, until its rules are there."""
        self._offered: list[Viewer] = []
        self._placed: tuple[int, list[str]] = (0, [])
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(0)
        self._later.timeout.connect(self._place)
        self._chip: dict[str, QPushButton] = {}
        self._chips = FlowLayout(spacing=6)
        chips = QWidget()
        chips.setLayout(self._chips)
        self.search = PersonSearch(session)
        self.search.chosen.connect(self._add)
        self._grid = QGridLayout()
        self._grid.setSpacing(theme.px(12))
        self.note = parts.label("", Size.CAPTION, tone="muted", wrap=True)
        self.note.setObjectName("see_as_note")
        self.why = WhyList()
        self.why.way_wanted.connect(self.way_wanted)
        self.why_card = parts.Card(self.why)
        self.why_card.hide()
        self.setLayout(
            parts.column(chips, self.search, self._grid, self.note, self.why_card, spacing=12)
        )

    def refresh(self) -> None:
        """Ask again for every view that is shown."""
        me = self._session.me()
        if me is None:
            return
        known = {each.asked: each for each in viewers.kinds(me.privacy.sets)}
        self._chosen = [found for each in self._chosen if (found := self._renew(each, known))]
        if self._explained not in {each.asked for each in self._chosen}:
            self._explain_nobody()
        self._show_chips([*known.values()])
        self._show_cards()
        self._tasks.start(self._load(me), name="see as", of=self)

    def look_as(self, viewer: Viewer) -> None:
        """Look through these eyes too."""
        self._add(viewer)

    # ---- choosing

    def _renew(self, viewer: Viewer, known: dict[str, Viewer]) -> Viewer | None:
        """Take the viewer as they are now; a person or a set may be gone."""
        if viewer.contact_id is None:
            return known.get(viewer.asked)
        row = self._session.rows_of([viewer.contact_id]).get(viewer.contact_id)
        return viewers.person(row) if row else None

    def _show_chips(self, known: list[Viewer]) -> None:
        people = [each for each in self._chosen if each.contact_id is not None]
        if [*known, *people] != self._offered:
            self._offered = [*known, *people]
            parts.clear(self._chips)
            self._chip = {each.asked: self._make_chip(each) for each in self._offered}
        chosen = {each.asked for each in self._chosen}
        for asked, made in self._chip.items():
            made.setChecked(asked in chosen)
            made.setEnabled(asked in chosen or len(chosen) < MOST)

    def _make_chip(self, viewer: Viewer) -> QPushButton:
        made = chip(viewer.name, name=f"as_{viewer.asked}")
        made.clicked.connect(lambda on: self._switch(viewer, on=on))
        self._chips.addWidget(made)
        return made

    def _switch(self, viewer: Viewer, *, on: bool) -> None:
        if on:
            self._add(viewer)
        else:
            self._remove(viewer.asked)

    def _add(self, viewer: Viewer) -> None:
        if viewer.asked not in {each.asked for each in self._chosen}:
            self._chosen = [*self._chosen[: MOST - 1], viewer]
        self.refresh()

    def _remove(self, asked: str) -> None:
        self._chosen = [each for each in self._chosen if each.asked != asked]
        self.refresh()

    # ---- showing

    def _show_cards(self) -> None:
        chosen = {each.asked: each for each in self._chosen}
        for gone in self._cards.keys() - chosen.keys():
            self._cards.pop(gone).deleteLater()
        for asked, viewer in chosen.items():
            if asked not in self._cards:
                self._cards[asked] = card = SeenCard(viewer)
                card.closed.connect(self._remove)
                card.why_wanted.connect(self._explain)
                card.field_wanted.connect(self._explain_field)
            self._cards[asked].show_viewer(viewer)
        self._place()

    def _place(self) -> None:
        """Put the cards side by side, as many as there is room for."""
        columns = max(1, min(len(self._cards), self.width() // theme.px(CARD_WIDTH)))
        placed = (columns, [viewer.asked for viewer in self._chosen])
        if placed == self._placed:
            return
        self._placed = placed
        while self._grid.takeAt(0) is not None:
            pass
        for at, viewer in enumerate(self._chosen):
            if viewer.asked in self._cards:
                self._grid.addWidget(self._cards[viewer.asked], at // columns, at % columns)
        for column in range(MOST):
            self._grid.setColumnStretch(column, 1 if column < columns else 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._later.start()  # a layout that changes while it is laid out forgets to do it again

    async def _load(self, me: Me) -> None:
        try:
            for viewer in [*self._chosen]:
                preview = await viewers.preview(self._session, viewer)
                if viewer.asked in self._cards:
                    self._cards[viewer.asked].show_preview(me, preview, self._session.my_picture())
                if viewer.asked == self._explained:
                    self.why.show_preview(viewer, preview, me.privacy.sets)
                    self.why_card.show()
                    self._unfold()
                    self._seek()
        except KithError as problem:
            self.note.setText(wording.error(problem))
            for card in self._cards.values():
                card.show_away()
            return
        waiting = self._session.state.waiting
        self.note.setText(
            tr("Your last change is on its way; the cards show what the service knows.")
            if waiting
            else tr("As the service sends it. It follows while you change something.")
        )

    def _unfold(self) -> None:
        field, self._unfolded = self._unfolded, None
        if field is not None:
            self.why.unfold(field)
            self.why.rows[field].fold.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _seek(self) -> None:
        """Scroll to an answer that somebody has just asked for: it is below all the cards."""
        if self._is_sought:
            self._is_sought = False
            parts.bring_into_sight(self.why_card, at_top=True)

    def _explain(self, asked: str) -> None:
        """Explain one card; until the answer is there nothing of another stands in its place."""
        wanted = None if self._explained == asked else asked
        self._explain_nobody()
        self._explained = wanted
        self._is_sought = wanted is not None
        self.refresh()

    def _explain_field(self, asked: str, field: Field) -> None:
        """Unfold the rules of one field, once they are there."""
        if self._explained != asked:
            self._explain_nobody()
        self._explained, self._unfolded, self._is_sought = asked, field, True
        self.refresh()

    def _explain_nobody(self) -> None:
        self._explained = None
        self.why_card.hide()


class SeenCard(parts.Card):
    """My card as one viewer gets it."""

    closed = Signal(str)
    why_wanted = Signal(str)
    field_wanted = Signal(str, object)
    """Whose view, and which field of it is to be explained."""

    def __init__(self, viewer: Viewer) -> None:
        super().__init__(padding=14, spacing=10)
        self.setObjectName(f"seen_{viewer.asked}")
        self.viewer = viewer
        self.name = parts.ElidedLabel("", Size.CAPTION, bold=True)
        parts.set_property(self.name, "tone", "muted")
        close = IconButton(
            Icon.CLOSE,
            tr("Look no more"),
            lambda: self.closed.emit(viewer.asked),
            name="seen_close",
        )
        self.view = ProfileView(48)
        self.away = parts.label(tr("Asking the service…"), tone="muted", wrap=True)
        self.why = parts.button(
            tr("Why?"), lambda: self.why_wanted.emit(viewer.asked), kind="quiet", name="seen_why"
        )
        head = parts.row(parts.Glyph(Icon.EYE, 16), self.name, close)
        head.setStretch(1, 1)
        side = Qt.AlignmentFlag.AlignRight if self.isRightToLeft() else Qt.AlignmentFlag.AlignLeft
        self.name.setAlignment(
            side | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter
        )
        self.body.addLayout(head)
        self.body.addWidget(self.view)
        self.body.addWidget(self.away)
        self.whys = WhyFields()
        self.whys.wanted.connect(lambda field: self.field_wanted.emit(viewer.asked, field))
        self.whys.hide()
        self.body.addStretch(1)
        self.body.addWidget(self.whys)
        self.body.addLayout(parts.row(None, self.why))
        self.view.hide()
        self.why.setEnabled(False)

    def show_viewer(self, viewer: Viewer) -> None:
        """Show whose eyes these are."""
        self.viewer = viewer
        self.name.show_text(viewer.name)
        self.setAccessibleName(tr("As %1 sees me").replace("%1", viewer.within))

    def show_preview(self, me: Me, preview: Preview, picture: bytes | None) -> None:
        """Draw the card as it is sent to this viewer."""
        hidden = frozenset(field for field, each in preview.fields.items() if not each.visible)
        values = {
            field.value: each.value
            for field, each in preview.fields.items()
            if each.visible and each.value is not None
        }
        fields = msgspec.convert(values, Fields)
        self.view.show_profile(Seen(me.address, fields, hidden, picture), time.time())
        self.view.show()
        self.whys.show_preview(self.viewer.first, preview)
        self.whys.show()
        self.away.hide()
        self.why.setEnabled(True)

    def show_away(self) -> None:
        """Say that it cannot be told now."""
        self.view.hide()
        self.whys.hide()
        self.away.setText(tr("Not known while the service is away."))
        self.away.show()
        self.why.setEnabled(False)


class PersonSearch(QWidget):
    """Finds one person by a few letters; Enter takes the first."""

    chosen = Signal(object)

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self.field: QLineEdit = parts.text_field(
            tr("Or any person: type a name or a number"), tr("Find a person"), name="as_search"
        )
        self.field.textChanged.connect(self._search)
        self.field.returnPressed.connect(self._take_first)
        self._rows: list[Row] = []
        """Everyone, read once for a search and not for each letter of it."""
        self._found: list[QPushButton] = []
        self._list = FlowLayout(spacing=6)
        self._box = QWidget()
        self._box.setLayout(self._list)
        self._box.hide()
        self.setLayout(parts.column(self.field, self._box, spacing=6))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self.field.text():
            self.field.clear()
        else:
            super().keyPressEvent(event)

    def _search(self, text: str) -> None:
        parts.clear(self._list)
        self._found = []
        if not text.strip():
            self._rows = []
        elif not self._rows:
            self._rows = self._session.rows()
        rows = Filter(text=text).choose(self._rows)
        for row in sorted(rows, key=sort_key)[:FOUND]:
            if (viewer := viewers.person(row)) is None:
                continue
            made = parts.button(viewer.name, partial(self._take, viewer), name="as_found")
            self._found.append(made)
            self._list.addWidget(made)
        if text.strip() and not self._found:
            self._list.addWidget(parts.label(tr("Nobody is called that."), tone="muted"))
        self._box.setVisible(bool(text.strip()))

    def _take_first(self) -> None:
        if self._found:
            self._found[0].click()

    def _take(self, viewer: Viewer) -> None:
        self.field.clear()
        self.chosen.emit(viewer)
