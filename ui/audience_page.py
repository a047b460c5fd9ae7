"""Who can see this? For one field of mine: everyone I keep, grouped by the rule that decides."""

from collections.abc import Collection, Mapping
from functools import partial
from typing import Final

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from app.changes import Kind
from app.domain import Address, Audience, Block, ContactId, Field, State, Visibility, VisibilitySet
from app.errors import KithError
from app.session import Row, Session
from app.wire import FieldAudience, Impact, Seer, Suppose, SupposedRelation
from ui import impact, impact_people, parts, wording
from ui.controls import Segmented
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
from ui.wording import counted, number, tr

SEE_IT: Final = {
    "audience-everyone": "See it, as everyone does",
    "audience-contacts": "See it, as your contacts",
    "audience-favorites": "See it, as your favorites",
}
DO_NOT: Final = {
    "audience-contacts": "Do not see it: they are not your contacts",
    "audience-favorites": "Do not see it: they are not your favorites",
    "audience-nobody": "Do not see it: nobody may",
    "blocked": "Do not see it: you block them",
    "viewer-blocked": "Do not see it: they block you",
}

CHOICE: Final = "audience choice"
LOOK: Final = "audience look"

Seen = dict[ContactId, tuple[Field, ...]]


def title_of(rule: str, sets: tuple[VisibilitySet, ...], *, visible: bool) -> str:
    """Name a group by its rule."""
    known = SEE_IT if visible else DO_NOT
    if rule in known:
        return tr(known[rule])
    start = tr("See it: %1") if visible else tr("Do not see it: %1")
    return start.replace("%1", wording.rule(rule, sets))


def groups_of(
    answer: FieldAudience,
    owners: Mapping[Address, ContactId],
    rows: Mapping[ContactId, Row],
    sets: tuple[VisibilitySet, ...] = (),
) -> list[Group]:
    """Group the people by rule, those who see it first, the largest group first."""
    found = []
    for visible, seers in ((True, answer.visible), (False, answer.hidden)):
        by_rule: dict[str, dict[ContactId, Line]] = {}
        for seer in seers:
            row = rows.get(owners.get(seer.address, ContactId(-1)))
            if row is not None:
                by_rule.setdefault(seer.rule, {})[row.id] = _line(row, seer, visible=visible)
        some = [
            Group(f"{visible} {rule}", title_of(rule, sets, visible=visible), (*lines.values(),))
            for rule, lines in by_rule.items()
        ]
        found += sorted(some, key=lambda group: -len(group.lines))
    return found


def _line(row: Row, seer: Seer, *, visible: bool) -> Line:
    later = seer.state is State.PENDING
    detail = f"{row.detail} · {tr('not here yet')}" if later else row.detail
    return Line(row, detail, Icon.EYE if visible else Icon.EYE_OFF, "muted" if visible else "faint")


def seen_fields(if_hidden: Impact, owners: Mapping[Address, ContactId]) -> Seen:
    """Collect what each person sees of me now: what they would lose if all of it were hidden."""
    found: dict[ContactId, set[Field]] = {contact: set() for contact in owners.values()}
    for effect in if_hidden.loses:
        if effect.address in owners:
            found[owners[effect.address]].update(effect.fields)
    return {
        contact: tuple(field for field in Field if field in fields)
        for contact, fields in found.items()
    }


def switched(seen: Seen, people: Collection[ContactId], field: Field, *, on: bool) -> Seen:
    """Say what these people would see with one field more, or less; nothing else changes."""
    wanted = {}
    for contact in people:
        now = set(seen.get(contact, ()))
        then = now | {field} if on else now - {field}
        if then != now:
            wanted[contact] = tuple(each for each in Field if each in then)
    return wanted


class AudiencePage(parts.Sheet):
    """The service's own answer; the chosen people can be shown or denied the field in one step."""

    contact_wanted = Signal(object)
    privacy_wanted = Signal(object)
    """The field whose general rule is to be changed."""

    def __init__(self, session: Session, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("audience_page")
        self._session, self._tasks = session, tasks
        self.field = Field.PICTURE
        options = [(field, tr(wording.FIELDS[field])) for field in Field]
        self.fields = Segmented(tr("Which of my fields"), options, name="audience_field")
        self.fields.set_current(self.field)
        self.fields.chosen.connect(self.show_field)
        self.words = parts.label("", tone="muted", wrap=True)
        self.words.setObjectName("audience_words")
        self.rule = parts.button(
            tr("Change the general rule"),
            lambda: self.privacy_wanted.emit(self.field),
            kind="quiet",
            name="audience_rule",
        )
        self.search = SearchField(tr("Search"), tr("Search these people"), name="audience_search")
        self._faces = Pictures(session, tasks, "audience pictures")
        self.table = PeopleTable(self._faces, tr("Who can see this"), name="audience_table")
        self.search.textChanged.connect(self.table.people.search)
        self.table.opened.connect(self.contact_wanted)
        self.table.selection_counted.connect(self._show_selection)
        self.impact = ImpactView(session, tasks, "audience")
        self._lay_out()
        self._follow = Follow(
            self,
            session,
            Kind.ME | Kind.CONTACTS | Kind.STATE,
            self._refresh,
            every_ms=PEOPLE_MS,
        )

    def close_page(self) -> None:
        """Hear no more of changes."""
        self._follow.close()
        self._faces.close()

    def show_field(self, field: Field) -> None:
        """Show who sees this field; nothing of the one before stays under its name."""
        self.field = field
        self.fields.set_current(field)
        self._tasks.stop(CHOICE)
        self.impact.drop()
        self.table.clearSelection()
        self.table.people.show_groups([])
        self.words.setText("")
        self._refresh()

    # ---- building

    def _lay_out(self) -> None:
        self.chosen = parts.label("", bold=True)
        self.hide_it = parts.button(
            tr("Hide it from them"),
            lambda: self._switch(on=False),
            icon=Icon.EYE_OFF,
            name="hide_it",
        )
        self.show_it = parts.button(
            tr("Show it to them"), lambda: self._switch(on=True), icon=Icon.EYE, name="show_it"
        )
        self.bar = QWidget()
        self.bar.setLayout(parts.row(self.chosen, None, self.show_it, self.hide_it))
        self.bar.hide()
        foot = QWidget()
        foot.setObjectName(parts.FOOT)
        foot.setLayout(parts.column(self.impact, self.bar))
        self._looking = Considering(self.impact, foot)
        self._looking.watch_by([self.hide_it], partial(self._look, on=False))
        self._looking.watch_by([self.show_it], partial(self._look, on=True))
        everyone = parts.button(tr("Choose all"), self.table.selectAll, kind="quiet", name="all")
        self.away = parts.EmptyState(
            Icon.OFFLINE,
            tr("The service does not answer"),
            tr("Who sees what is the service's to say. This fills by itself when it is back."),
        )
        self.nobody = parts.EmptyState(
            Icon.PEOPLE, tr("Nobody yet"), tr("Here are the people you keep, once there are some.")
        )
        self.stack = QStackedWidget()
        for each in (self.table, self.away, self.nobody):
            self.stack.addWidget(each)
        about = parts.Turning(self.words, self.rule, 440)
        about.line.setStretch(0, 1)
        about.line.setAlignment(self.rule, Qt.AlignmentFlag.AlignLeading)
        layout = parts.column(
            parts.heading(tr("Who can see this?")),
            self.fields,
            about,
            parts.row(self.search, everyone),
            self.stack,
            foot,
            spacing=12,
            margins=(24, 24, 24, 16),
        )
        layout.setStretch(4, 1)
        self.setLayout(layout)

    # ---- asking

    def _refresh(self) -> None:
        self._tasks.start(self._load(self.field), name="audience", of=self)

    async def _load(self, field: Field) -> None:
        try:
            answer = await self._session.audience(field)
        except KithError:
            self.words.setText("")
            self.stack.setCurrentWidget(self.away)
            return
        addresses = [seer.address for seer in (*answer.visible, *answer.hidden)]
        owners = self._session.owners(addresses)
        rows = self._session.rows_of(set(owners.values()))
        me = self._session.me()
        sets = me.privacy.sets if me else ()
        chosen = self.table.chosen()
        blocker = QSignalBlocker(self.table)  # what is chosen stays, and so does the keyboard
        self.table.people.show_groups(groups_of(answer, owners, rows, sets))
        self.table.choose(set(chosen))
        blocker.unblock()
        if {*self.table.chosen()} != {*chosen}:
            self._show_selection(len(self.table.chosen()))
        self.stack.setCurrentWidget(self.table if addresses else self.nobody)
        self._show_words(answer, me.privacy.audiences[field] if me else None)

    def _show_words(self, answer: FieldAudience, audience: Audience | None) -> None:
        here = sum(seer.state is State.MATCHED for seer in answer.visible)
        later = len(answer.visible) - here
        words = counted(
            here, "%1 person you keep sees your %2", "%1 of the people you keep see your %2"
        )
        words = words.replace("%2", impact.in_a_sentence(self.field))
        if later:
            words += tr(", %1 more will on joining").replace("%1", number(later))
        if audience is Audience.EVERYONE:
            words += tr(", and so can everyone else on Kith")
        self.words.setText(words + ".")

    # ---- choosing people

    def _show_selection(self, count: int) -> None:
        self.chosen.setText(counted(count, "%1 chosen", "%1 chosen"))
        self.bar.setVisible(count > 0)
        if not count:
            self.impact.leave()

    def _switch(self, *, on: bool) -> None:
        work = self._decide(self.table.chosen(), self.field, on=on)
        self._tasks.start(work, name=CHOICE, of=self)

    def _look(self, *, on: bool) -> None:
        work = self._consider(self.table.chosen(), self.field, on=on)
        self._tasks.start(work, name=LOOK, of=self)

    async def _consider(self, people: list[ContactId], field: Field, *, on: bool) -> None:
        """Show beside the button what it would do, if it is still looked at by then."""
        try:
            wanted, choice = await self._choice(people, field, on=on)
        except KithError:
            return  # the page says so itself
        if wanted and self._looking.is_looked_at:
            self.impact.consider(choice)

    async def _decide(self, people: list[ContactId], field: Field, *, on: bool) -> None:
        self._tasks.stop(LOOK)
        try:
            wanted, choice = await self._choice(people, field, on=on)
        except KithError as problem:
            self.words.setText(wording.error(problem))
            return
        if wanted:
            self.impact.forget()
            self.impact.choose(choice, lambda: self._session.set_fields(wanted))
        else:
            self.words.setText(tr("For the chosen people this changes nothing."))

    async def _choice(
        self, people: list[ContactId], field: Field, *, on: bool
    ) -> tuple[Seen, Choice]:
        """Pin what they see now, with this field or without it; a block stays above all of it."""
        rows = self._session.rows_of(people)
        free = [each for each in people if each in rows and Block.PROFILE not in rows[each].blocked]
        owners = self._session.addresses(free)
        hidden = impact_people.visibility(self._session, free, Visibility.HIDDEN)
        seen = seen_fields(await self._session.impact(hidden.suppose), owners)
        wanted = switched(seen, free, field, on=on)
        suppose = Suppose(relations=_supposed(wanted, owners))
        narrows = not on and len(wanted) <= impact.MANY
        return wanted, Choice((field, on, frozenset(wanted)), suppose, narrows=narrows)


def _supposed(wanted: Seen, owners: Mapping[Address, ContactId]) -> list[SupposedRelation]:
    return [
        SupposedRelation(address=address, visibility=4, fields=wanted[contact])
        for address, contact in owners.items()
        if contact in wanted
    ]
