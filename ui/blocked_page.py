"""The people I block: found again, and unblocked."""

from collections.abc import Iterable

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from app.changes import Kind
from app.domain import Block
from app.session import Row, Session
from ui import impact_people, parts
from ui.follow import Follow
from ui.icons import Icon
from ui.impact_people import Considering
from ui.impact_view import Choice, ImpactView
from ui.people_lines import Group, Line
from ui.people_list import PeopleTable
from ui.pictures import Pictures
from ui.privacy_page import PEOPLE_MS
from ui.search_field import SearchField
from ui.tasks import Tasks
from ui.wording import counted, tr


def blocked_groups(rows: Iterable[Row]) -> list[Group]:
    """Group whom I block by what I keep them from."""
    kinds: dict[str, list[Line]] = {"both": [], "profile": [], "messages": []}
    for row in rows:
        if row.blocked:
            key = "both" if set(row.blocked) == set(Block) else row.blocked[0].value
            kinds[key].append(Line(row, row.detail, Icon.BLOCKED, "danger"))
    titles = {
        "both": tr("Blocked wholly"),
        "profile": tr("They see nothing of me"),
        "messages": tr("Their messages do not reach me"),
    }
    return [Group(key, titles[key], tuple(lines)) for key, lines in kinds.items() if lines]


class BlockedPage(parts.Sheet):
    """A list with search; unblocking is one step that can be undone."""

    contact_wanted = Signal(object)

    def __init__(self, session: Session, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("blocked_page")
        self._session = session
        self.impact = ImpactView(session, tasks, "unblock")
        self.words = parts.label("", tone="muted", wrap=True)
        self.search = SearchField(tr("Search"), tr("Search the blocked"), name="blocked_search")
        self._faces = Pictures(session, tasks, "blocked pictures")
        self.table = PeopleTable(self._faces, tr("Blocked people"), name="blocked_table")
        self.search.textChanged.connect(self._search)
        self.table.opened.connect(self.contact_wanted)
        self.table.selection_counted.connect(self._show_selection)
        self.unblock = parts.button("", self._unblock, icon=Icon.UNDO, name="unblock")
        self._lay_out()
        self._follow = Follow(self, session, Kind.CONTACTS, self._show, every_ms=PEOPLE_MS)

    def close_page(self) -> None:
        """Hear no more of changes."""
        self._follow.close()
        self._faces.close()

    def _lay_out(self) -> None:
        none = parts.EmptyState(
            Icon.BLOCKED,
            tr("You have blocked no one"),
            tr("Blocked people cannot write to you and see nothing of you. They are not told."),
        )
        found = parts.EmptyState(
            Icon.SEARCH,
            tr("Nobody you block is called that"),
            tr("Names, numbers and handles were searched."),
            parts.button(tr("Clear the search"), self.search.clear, name="blocked_clear"),
        )
        self.stack = QStackedWidget()
        self.none, self.not_found = none, found
        for each in (self.table, none, found):
            self.stack.addWidget(each)
        self.foot = QWidget()
        self.foot.setObjectName(parts.FOOT)
        self.foot.setLayout(parts.column(self.impact, parts.row(None, self.unblock)))
        self.foot.hide()
        Considering(self.impact, self.foot).watch([self.unblock], self._choice)
        layout = parts.column(
            parts.column(parts.heading(tr("Block list")), self.words, spacing=2),
            self.search,
            self.stack,
            self.foot,
            spacing=12,
            margins=(24, 24, 24, 16),
        )
        layout.setStretch(2, 1)
        self.setLayout(layout)

    def _show(self) -> None:
        groups = blocked_groups(self._session.rows())
        count = sum(len(group.lines) for group in groups)
        text = counted(count, "You block %1 person.", "You block %1 people.")
        self.words.setText(f"{text} {tr('They are not told.')}")
        self.words.setVisible(count > 0)
        self.search.setVisible(count > 0)
        chosen = self.table.chosen()
        blocker = QSignalBlocker(self.table)  # what is chosen stays, and so does a question
        self.table.people.show_groups(groups)
        self.table.choose(set(chosen))
        blocker.unblock()
        if self.table.chosen() != chosen:
            self._show_selection(len(self.table.chosen()))
        self._show_what_there_is()

    def _search(self, text: str) -> None:
        self.table.people.search(text)
        self._show_what_there_is()

    def _show_what_there_is(self) -> None:
        if self.table.people.rowCount():
            self.stack.setCurrentWidget(self.table)
        else:
            self.stack.setCurrentWidget(self.not_found if self.search.text() else self.none)

    def _show_selection(self, count: int) -> None:
        self.foot.setVisible(count > 0)
        self.impact.drop()
        self.unblock.setText(counted(count, "Unblock %1 person", "Unblock %1 people"))
        self.unblock.setAccessibleName(self.unblock.text())

    def _unblock(self) -> None:
        people = self.table.chosen()
        self.impact.choose(self._choice(), lambda: self._session.set_blocked(people, ()))

    def _choice(self) -> Choice:
        return impact_people.blocked(self._session, self.table.chosen(), ())
