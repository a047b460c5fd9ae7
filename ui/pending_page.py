"""Every address kept for me where nobody is yet: since when, from where, and the way out."""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import msgspec
from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QStackedWidget, QWidget

from app.addresses import display
from app.changes import Kind
from app.domain import Address, ContactId, Fields
from app.errors import KithError
from app.session import Row, Session
from app.views import PendingAddress
from app.wire import Preview
from ui import parts, wording
from ui.controls import SwitchRow
from ui.follow import Follow
from ui.icons import Icon
from ui.impact import MANY, fields_in_words
from ui.people_lines import Group, Line
from ui.people_list import PeopleTable
from ui.pictures import Pictures
from ui.plain import isolated, one_line
from ui.profile_view import ProfileView, Seen
from ui.search_field import SearchField
from ui.tasks import Tasks
from ui.theme import Size
from ui.wording import counted, tr

NOBODY: Final = Address("")
REFRESH_MS: Final = 400
"""Ten thousand lines are made again only so often."""


@dataclass(frozen=True, slots=True)
class PendingLine(Line):
    """One address, under the name of whom it belongs to."""

    address: Address = NOBODY
    awaited: bool = False


def pending_groups(
    pending: Iterable[PendingAddress], rows: Mapping[ContactId, Row], now: float
) -> list[Group]:
    """Group the addresses by where they came from, the largest group first."""
    groups: dict[tuple[str, bool], list[Line]] = {}
    moments: dict[float, str] = {}
    """Those of one import came at one time: thousands of lines, one text."""
    for each in pending:
        if each.contact_id in rows:
            if each.since not in moments:
                moment = wording.moment(each.since, now)
                moments[each.since] = tr("since %1").replace("%1", moment)
            line = _line(each, rows[each.contact_id], moments[each.since])
            groups.setdefault((each.source, each.is_mine), []).append(line)
    made = [
        Group(f"{source} {is_mine}", _title(source, is_mine=is_mine), (*lines,))
        for (source, is_mine), lines in groups.items()
    ]
    return sorted(made, key=lambda group: -len(group.lines))


def _line(each: PendingAddress, row: Row, since: str) -> PendingLine:
    shown = row.detail if each.address == row.address else display(each.address)
    words = [shown, since]
    if each.waiting:
        words.append(tr("waiting to be sent"))
    if each.awaited:
        words.append(tr("you will be told"))
    which, tone = (Icon.BELL, "accent") if each.awaited else (Icon.PENDING, "faint")
    return PendingLine(row, " · ".join(words), which, tone, each.address, each.awaited)


def _title(source: str, *, is_mine: bool) -> str:
    if source:
        return tr("From %1").replace("%1", one_line(source))
    return tr("Typed here") if is_mine else tr("From another session of yours, or automatic")


class PendingPage(parts.Sheet):
    """Search, choose, wait for, withdraw; each withdrawal is one step that can be undone."""

    contact_wanted = Signal(object)

    def __init__(self, session: Session, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("pending_page")
        self._session, self._tasks = session, tasks
        self._all: list[Address] = []
        self.words = parts.label("", tone="muted", wrap=True)
        self.words.setObjectName("pending_words")
        self.search = SearchField(tr("Search"), tr("Search the pending"), name="pending_search")
        self.search.textChanged.connect(self._search)
        self._faces = Pictures(session, tasks, "pending pictures")
        self.table = PeopleTable(self._faces, tr("Pending addresses"), name="pending_table")
        self.table.opened.connect(self.contact_wanted)
        self.table.selection_counted.connect(lambda _count: self._show_chosen())
        self.tell = SwitchRow(tr("Tell me when they join"), icon=Icon.BELL, name="pending_tell")
        self.tell.switched.connect(self._await)
        self.withdraw = parts.button("", self._withdraw, icon=Icon.REMOVE, name="withdraw")
        self.everything = parts.button(
            "", self._ask_all, kind="quiet", icon=Icon.REMOVE, name="withdraw_all"
        )
        self.preview = FuturePreview(session, tasks)
        self._lay_out()
        self._follow = Follow(
            self,
            session,
            Kind.CONTACTS | Kind.NOTICES | Kind.OUTBOX | Kind.ME,
            self._show,
            every_ms=REFRESH_MS,
        )

    def close_page(self) -> None:
        """Hear no more of changes."""
        self._follow.close()
        self._faces.close()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Delete and self.table.hasFocus():
            self._withdraw()
        else:
            super().keyPressEvent(event)

    # ---- building

    def _lay_out(self) -> None:
        self.none = parts.EmptyState(
            Icon.PENDING,
            tr("Nobody is pending"),
            tr("The service keeps no address for you of somebody who is not there."),
        )
        self.not_found = parts.EmptyState(
            Icon.SEARCH,
            tr("Nobody pending is called that"),
            tr("Names, numbers and handles were searched."),
            parts.button(tr("Clear the search"), self.search.clear, name="pending_clear"),
        )
        self.stack = QStackedWidget()
        for each in (self.table, self.none, self.not_found):
            self.stack.addWidget(each)
        self.question = self._question()
        self.foot = parts.Card(
            self.preview, self.tell, parts.row(None, self.withdraw), spacing=10, padding=12
        )
        self.foot.setObjectName(parts.FOOT)
        self.foot.hide()
        self.head = QWidget()
        line = parts.row(self.search, self.everything)
        line.setStretch(0, 1)
        self.head.setLayout(parts.column(line, self.question, spacing=12))
        layout = parts.column(
            parts.column(parts.heading(tr("Pending addresses")), self.words, spacing=2),
            self.head,
            self.stack,
            self.foot,
            spacing=12,
            margins=(24, 24, 24, 16),
        )
        layout.setStretch(2, 1)
        self.setLayout(layout)

    def _question(self) -> QWidget:
        made = QWidget()
        self.asked = parts.label("", bold=True, wrap=True)
        self.yes = parts.button(
            tr("Withdraw them"), self._withdraw_all, kind="danger", name="all_yes"
        )
        self.no = parts.button(tr("Leave it as it is"), made.hide, name="all_no")
        made.setLayout(parts.column(self.asked, parts.row(self.yes, self.no, None)))
        made.hide()
        return made

    # ---- showing

    def _show(self) -> None:
        pending = self._session.pending.read()
        self._all = [each.address for each in pending]
        rows = self._session.rows_of({each.contact_id for each in pending})
        chosen = {line.address for line in self._chosen()}
        blocker = QSignalBlocker(self.table)  # what is chosen stays
        self.table.people.show_groups(pending_groups(pending, rows, time.time()))
        self.table.choose_lines(
            lambda line: isinstance(line, PendingLine) and line.address in chosen
        )
        blocker.unblock()
        text = counted(
            len(self._all),
            "The service keeps %1 address for you where nobody is yet.",
            "The service keeps %1 addresses for you where nobody is yet.",
        )
        self.words.setText(f"{text} {tr('Once they join, each sees what the other shows.')}")
        self.words.setVisible(bool(self._all))
        words = tr("Withdraw all %1").replace("%1", wording.number(len(self._all)))
        self.everything.setText(words)
        self.everything.setAccessibleName(words)
        self.head.setVisible(bool(self._all))
        self._show_what_there_is()
        self._show_chosen()

    def _search(self, text: str) -> None:
        self.table.people.search(text)
        self._show_what_there_is()

    def _show_what_there_is(self) -> None:
        if self.table.people.rowCount():
            self.stack.setCurrentWidget(self.table)
        else:
            self.stack.setCurrentWidget(self.not_found if self._all else self.none)

    def _chosen(self) -> list[PendingLine]:
        return [line for line in self.table.chosen_lines() if isinstance(line, PendingLine)]

    def _show_chosen(self) -> None:
        chosen = self._chosen()
        self.foot.setVisible(bool(chosen))
        if not chosen:
            return
        words = counted(len(chosen), "Withdraw %1 address", "Withdraw %1 addresses")
        self.withdraw.setText(words)
        self.withdraw.setAccessibleName(words)
        self.tell.set_on(all(line.awaited for line in chosen))
        self.preview.show_lines(chosen)

    # ---- doing

    def _await(self, on: bool) -> None:
        self._session.pending.await_([line.address for line in self._chosen()], on=on)

    def _withdraw(self) -> None:
        self._session.pending.withdraw([line.address for line in self._chosen()])

    def _ask_all(self) -> None:
        """Ask about a great many: it can be undone, but they are looked up anew, in their turn."""
        if len(self._all) <= MANY:
            self._withdraw_all()
            return
        text = tr("Withdraw %1 addresses? You can undo it; they are then looked up anew.")
        self.asked.setText(text.replace("%1", wording.number(len(self._all))))
        self.question.show()
        parts.announce(self, self.asked.text())
        self.no.setFocus()

    def _withdraw_all(self) -> None:
        self.question.hide()
        self.table.clearSelection()
        self._session.pending.withdraw(self._all)


class FuturePreview(QWidget):
    """What one of them will see of me on joining, as the service would send it."""

    def __init__(self, session: Session, tasks: Tasks) -> None:
        super().__init__()
        self.setObjectName("pending_preview")
        self._session, self._tasks = session, tasks
        self._shown: Address | None = None
        self.view = ProfileView(40)
        self.words = parts.label("", wrap=True)
        self.words.setObjectName("pending_sees")
        title = parts.label(tr("What they will see of you"), Size.CAPTION, tone="muted")
        self.setLayout(parts.column(title, self.view, self.words, spacing=6))
        self.view.hide()

    def show_lines(self, chosen: list[PendingLine]) -> None:
        """Show it for one; of several there is no one answer."""
        self.setVisible(len(chosen) == 1)
        if len(chosen) != 1:
            self._shown = None
            return
        line = chosen[0]
        if line.address != self._shown:
            self.view.hide()
            self.words.setText("")
        self._shown = line.address
        self._tasks.start(self._load(line), name="preview of a pending one", of=self)

    async def _load(self, line: PendingLine) -> None:
        try:
            preview = await self._session.preview(viewer=line.address)
        except KithError:
            self.view.hide()
            self.words.setText(tr("It can be told when the service answers again."))
            return
        if line.address == self._shown:
            self._show(line, preview)

    def _show(self, line: PendingLine, preview: Preview) -> None:
        shown = {field for field, each in preview.fields.items() if each.visible}
        values = {
            field.value: preview.fields[field].value
            for field in shown
            if preview.fields[field].value is not None
        }
        me = self._session.me()
        fields = msgspec.convert(values, Fields)
        picture = self._session.my_picture()
        self.view.show_profile(Seen(me.address if me else "", fields, picture=picture), time.time())
        self.view.setVisible(bool(values))
        name = isolated(one_line(line.row.name))
        if not shown:
            self.words.setText(tr("When %1 joins, they see nothing of you.").replace("%1", name))
            return
        words = tr("When %1 joins, they see your %2.").replace("%1", name)
        seen = tuple(field for field in preview.fields if field in shown)
        self.words.setText(words.replace("%2", fields_in_words(seen)))
