"""What one person sees of me: the choice, the switches, and a preview as they would see it."""

import time
from typing import Final

import msgspec
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGraphicsOpacityEffect, QWidget

from app.domain import Block, Field, Fields, Visibility
from app.errors import KithError
from app.session import Person, Session
from app.wire import FieldPreview, Me, Preview, Suppose, SupposedRelation
from ui import parts, relation_words, wording
from ui.controls import Segmented, SwitchRow
from ui.impact_view import Choice, ImpactView
from ui.plain import isolated, one_line
from ui.profile_view import ICONS, ProfileView, Seen
from ui.tasks import Tasks
from ui.theme import Size
from ui.why_list import WhyFields
from ui.wording import tr

PREVIEW: Final = "preview of one person"
FADED: Final = 0.4
"""How much is seen of a preview that is made anew."""


class VisibilityCard(parts.Card):
    """The choice is shown at once; the preview under it is the service's own answer."""

    why_wanted = Signal(object, object)
    """The person whose view is to be explained, and the field that is asked about, if one is."""

    def __init__(self, session: Session, tasks: Tasks) -> None:
        super().__init__()
        self._session, self._tasks = session, tasks
        self._person: Person | None = None
        self._asked: object = None
        self._told: object = None
        """What the preview was made of that is shown."""
        self._seen: tuple[Field, ...] = ()
        self.title = parts.label("", Size.TITLE, bold=True, wrap=True)
        self.choice = Segmented(tr("What they see of me"), name="visibility", arrows_choose=False)
        self.choice.chosen.connect(self._choose)
        self.choice.considered.connect(self._consider)
        self.impact = ImpactView(session, tasks, "visibility")
        self.impact.settled.connect(self._show_what_holds)
        self.explained = parts.label("", Size.CAPTION, tone="muted", wrap=True)
        self.switches = {field: self._switch(field) for field in Field}
        self.custom = QWidget()
        self.custom.setLayout(parts.column(*self.switches.values(), spacing=2))
        self.words = parts.label("", wrap=True)
        self.words.setObjectName("what_they_see")
        self.view = ProfileView(48)
        self.frame = parts.Card(self.view, padding=14)
        self.frame.setObjectName("preview")
        self.note = parts.label("", Size.CAPTION, tone="muted", wrap=True)
        self.whys = WhyFields()
        self.whys.wanted.connect(lambda field: self.why_wanted.emit(self._person, field))
        self._fading = [_fading(each) for each in (self.frame, self.words, self.whys)]
        self.why = parts.button(tr("Why?"), self._ask_why, kind="quiet", name="why")
        self._lay_out()

    def _lay_out(self) -> None:
        """Put the answer in words before the picture of it: most want no more."""
        answer = parts.row(self.words, self.why, spacing=12)
        answer.setStretch(0, 1)
        for piece in (self.title, self.choice, self.explained, self.impact, self.custom):
            self.body.addWidget(piece)
        self.body.addLayout(answer)
        for piece in (self.note, self.frame, self.whys):
            self.body.addWidget(piece)

    def show_person(self, person: Person) -> None:
        """Show what this person sees."""
        other = self._person is None or self._person.row.id != person.row.id
        self._person = person
        row = person.row
        self.title.setText(tr("What %1 sees of me").replace("%1", isolated(row.name)))
        me = self._session.me()
        sets = me.privacy.sets if me else ()
        options = [(int(key), tr(words)) for key, (words, _) in wording.VISIBILITIES.items()]
        options += [(each.id, each.name) for each in sets]
        self.choice.set_options(options)
        if other:
            self.impact.drop()
        self.impact.forget()
        if not self.impact.asking:
            self._show_what_holds()
        self.choice.setEnabled(row.address is not None)
        self._explain(row.visibility)
        self._show_switches(person)
        if other:
            self._hide_preview()
            self._asked = self._told = None
        self.refresh()

    def refresh(self) -> None:
        """Ask for the preview again, where something it depends on has changed."""
        person, me = self._person, self._session.me()
        if person is None or person.row.address is None:
            self._tasks.stop(PREVIEW)
            self._hide_preview()
            return
        mine = self._session.my_picture()
        question = (person.entries, me, mine, self._session.state.status)
        self._fade(on=self._told not in (None, _made_of(person, me)))
        if question != self._asked:
            self._asked = question
            self._tasks.start(self._load_preview(person, me), name=PREVIEW, of=self)

    @property
    def is_stale(self) -> bool:
        """Whether the preview that is shown was made before the last choice."""
        return self._fading[0].isEnabled()

    def _fade(self, *, on: bool) -> None:
        for each in self._fading:
            each.setEnabled(on)

    # ---- choosing

    def _switch(self, field: Field) -> SwitchRow:
        made = SwitchRow(tr(wording.FIELDS[field]), icon=ICONS[field], name=f"show_{field}")
        made.switched.connect(self._choose_fields)
        return made

    def _choose(self, visibility: object) -> None:
        assert isinstance(visibility, int)
        fields = self._shown_fields() if visibility == Visibility.CUSTOM else ()
        self._decide(visibility, fields)

    def _choose_fields(self) -> None:
        fields = tuple(field for field, each in self.switches.items() if each.is_on())
        self._decide(Visibility.CUSTOM, fields)

    def _decide(self, visibility: int, fields: tuple[Field, ...]) -> None:
        """Do it; what shows them something new is asked about first."""
        if self._person is None:
            return
        contact = self._person.row.id
        self.impact.choose(
            _choice(self._person, visibility, fields),
            lambda: self._session.set_visibility([contact], visibility, fields),
        )

    def _consider(self, visibility: object) -> None:
        """Show what an option would change, while the pointer or the keyboard is on it."""
        if self._person is None:
            return
        holds = self._person.row.visibility
        self._explain(holds if visibility is None else visibility)
        if visibility in (None, holds):
            self.impact.leave()
            return
        assert isinstance(visibility, int)
        fields = self._shown_fields() if visibility == Visibility.CUSTOM else ()
        self.impact.consider(_choice(self._person, visibility, fields))

    def _show_what_holds(self) -> None:
        if self._person is not None:
            self.choice.set_current(self._person.row.visibility)
            self._show_switches(self._person)

    def _shown_fields(self) -> tuple[Field, ...]:
        """Begin a custom choice with what they see now: one switch then changes one field.

        Where that is nothing or not known, with the name alone: nothing opens by accident.
        """
        known = () if self.is_stale else self._seen
        return known or (Field.NAME,)

    def _explain(self, visibility: object) -> None:
        if self._person is not None and Block.PROFILE in self._person.row.blocked:
            self.explained.setText(tr("It holds again once you no longer block their view."))
        elif isinstance(visibility, int) and visibility in wording.VISIBILITIES:
            self.explained.setText(tr(wording.VISIBILITIES[visibility][1]))
        else:
            self.explained.setText(tr("Exactly the fields of this visibility set."))

    def _show_switches(self, person: Person) -> None:
        custom = person.row.visibility == Visibility.CUSTOM
        self.custom.setVisible(custom)
        if not custom or not person.entries:
            return
        fields = person.entries[0].relation.fields
        chosen = () if fields is msgspec.UNSET else fields
        for field, switch in self.switches.items():
            switch.set_on(field in chosen)

    def _ask_why(self) -> None:
        self.why_wanted.emit(self._person, None)

    def _hide_preview(self) -> None:
        self._seen = ()
        for piece in (self.frame, self.whys, self.words, self.why):
            piece.hide()

    # ---- the preview

    async def _load_preview(self, person: Person, me: Me | None) -> None:
        try:
            preview = await self._preview(person)
        except KithError:
            self._asked = None
            self._hide_preview()
            self.note.setText(tr("The preview is made by the service, which does not answer now."))
            self.note.show()
            return
        if self._person is None or self._person.row.id != person.row.id:
            return
        self._told = _made_of(person, me)
        self._fade(on=False)
        self._show_preview(person, preview)

    async def _preview(self, person: Person) -> Preview:
        """Ask for this viewer; while a change still waits, for what it will be."""
        row = person.row
        if not row.waiting:
            return await self._session.preview(viewer=row.address)
        if row.visibility == Visibility.HIDDEN or Block.PROFILE in row.blocked:
            return _only((), await self._session.preview(as_="everyone"))
        if row.visibility == Visibility.CUSTOM:
            fields = person.entries[0].relation.fields
            chosen = () if fields is msgspec.UNSET else fields
            return _only(chosen, await self._session.preview(as_="contact"), self._session.me())
        return await self._session.preview(as_=_as(person))

    def _show_preview(self, person: Person, preview: Preview) -> None:
        hidden = frozenset(field for field, each in preview.fields.items() if not each.visible)
        self._seen = tuple(field for field, each in preview.fields.items() if each.visible)
        values = {
            field.value: each.value
            for field, each in preview.fields.items()
            if each.visible and each.value is not None
        }
        fields = msgspec.convert(values, Fields)
        me = self._session.me()
        seen = Seen(me.address if me else "", fields, hidden, self._session.my_picture())
        self.view.show_profile(seen, time.time())
        self.words.setText(relation_words.what_they_see(person, preview))
        self.whys.show_preview(isolated(one_line(person.row.name)), preview)
        for piece in (self.frame, self.whys, self.words, self.why):
            piece.show()
        waiting = person.row.waiting
        self.note.setText(tr("Waiting to be sent; the service does not know it yet."))
        self.note.setVisible(waiting)


def _fading(widget: QWidget) -> QGraphicsOpacityEffect:
    """Have a widget be drawn faintly whenever this is switched on."""
    made = QGraphicsOpacityEffect(widget)
    made.setOpacity(FADED)
    made.setEnabled(False)
    widget.setGraphicsEffect(made)
    return made


def _made_of(person: Person, me: Me | None) -> object:
    """Name what a preview depends on beside what is on its way."""
    return me, [entry.relation for entry in person.entries]


def _choice(person: Person, visibility: int, fields: tuple[Field, ...]) -> Choice:
    given = fields if visibility == Visibility.CUSTOM else msgspec.UNSET
    relations = [
        SupposedRelation(address=entry.address, visibility=int(visibility), fields=given)
        for entry in person.entries
    ]
    return Choice((person.row.id, int(visibility), fields), Suppose(relations=relations))


def _as(person: Person) -> str:
    """Say whose view a visibility amounts to."""
    row = person.row
    if row.visibility == Visibility.PUBLIC:
        return "everyone"
    if row.visibility == Visibility.CONTACT:
        return "contact"
    if row.visibility == Visibility.DEFAULT:
        return "favorite" if row.favorite else "contact" if row.contact else "everyone"
    return str(row.visibility)


def _only(chosen: tuple[Field, ...], preview: Preview, me: Me | None = None) -> Preview:
    """Take a preview and show these fields of it alone."""
    fields = {}
    for field, each in preview.fields.items():
        value = each.value
        if me is not None and value is None:
            value = msgspec.to_builtins(getattr(me.fields, field.value))
        visible = field in chosen
        fields[field] = FieldPreview(visible, each.because, value if visible else None)
    return Preview(preview.viewer, fields)
