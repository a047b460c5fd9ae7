"""One pair looked at closely: why, what each card says, what to keep, and the one card."""

from collections.abc import Mapping, Sequence
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.domain import ContactId
from app.doubles import Double, Merging
from app.importers import Card, Photo
from app.one_card import Choice
from app.session import Entry, Session
from ui import parts
from ui.avatar import Avatar
from ui.controls import Segmented, SwitchRow
from ui.duplicates import clue_words
from ui.duplicates.merge_card import MergeCard
from ui.flow import FlowLayout
from ui.icons import Icon
from ui.parts import IconButton
from ui.plain import on_button, one_line, short
from ui.theme import Size
from ui.wording import number, tr

FIELDS: Final = {
    "name": "Name",
    "nickname": "Nickname",
    "org": "Company",
    "birthday": "Birthday",
    "photo": "Picture",
}
SHORT: Final = 34


class MergeView(QWidget):
    """Says what is wanted; the page does it."""

    merge_wanted = Signal(object)
    apart_wanted = Signal(object)
    """Of these contacts no two are one person."""
    step_wanted = Signal(int)
    """To the next one, or the one before."""
    closed = Signal()

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.setObjectName("merge_view")
        self._session = session
        self.double: Double | None = None
        self._left_out: set[ContactId] = set()
        self._chosen: dict[str, int] = {}
        self._is_safer = True
        self._cards: Mapping[ContactId, Card] = {}
        self._shown: list[Entry] = []
        self.card = MergeCard()
        self.position = parts.label("", tone="muted")
        self.why = parts.label("", wrap=True)
        self.people = parts.Card(spacing=8)
        self.questions = parts.Card(spacing=12)
        self.privacy = parts.Banner(tone="warning")
        self.rule = Segmented(tr("What holds for the numbers"), name="merge_rule")
        self.rule.chosen.connect(self._choose_rule)
        self.foot_words = parts.label(
            tr("One step, which can be undone."), Size.CAPTION, tone="muted"
        )
        self.apart = parts.button(tr("Not the same person"), self._apart, name="merge_apart")
        self.merge = parts.button(
            tr("Make them one"), self._merge, kind="primary", icon=Icon.MERGE, name="merge_go"
        )
        self._lay_out()

    def _lay_out(self) -> None:
        self.back = IconButton(Icon.BACK, tr("All of them"), self.closed.emit, name="merge_back")
        before = IconButton(
            Icon.CHEVRON_LEFT,
            tr("The one before"),
            lambda: self.step_wanted.emit(-1),
            name="merge_before",
        )
        after = IconButton(
            Icon.CHEVRON_RIGHT,
            tr("Leave it, go on"),
            lambda: self.step_wanted.emit(1),
            name="merge_after",
        )
        self.differ = parts.section(tr("Where they differ"), self.questions)
        self.page = parts.Page()
        self.page.add(
            parts.heading(tr("Is this one person?")),
            self.why,
            self.people,
            self.differ,
            self.privacy,
            self.rule,
            parts.section(tr("The one card"), self.card),
        )
        self.page.finish()
        head = parts.row(
            self.back, None, self.position, before, after, spacing=4, margins=(16, 12, 16, 0)
        )
        ways = FlowLayout(self.merge, self.apart, self.foot_words, spacing=8)
        foot = QWidget()
        foot.setObjectName(parts.FOOT)
        foot.setLayout(parts.column(ways, margins=(24, 12, 24, 12)))
        layout = parts.column(head, self.page, parts.rule(), foot, spacing=0)
        layout.setStretch(1, 1)
        self.setLayout(layout)

    def show_double(self, double: Double, place: int, count: int) -> None:
        """Ask about these; `place` counts from nought."""
        self.position.setText(
            tr("%1 of %2").replace("%1", number(place + 1)).replace("%2", number(count))
        )
        if self.double is None or self.double.ids != double.ids:
            self._left_out.clear()
            self._chosen.clear()
            self._is_safer = True
            self.page.verticalScrollBar().setValue(0)
        cards, entries = self._session.doubles.cards(double.ids), self._entries(double.ids)
        if (double, cards, entries) == (self.double, self._cards, self._shown):
            return  # what has the focus keeps it
        self.double, self._cards, self._shown = double, cards, entries
        self.why.setText(clue_words.reasons(double.reasons) + ".")
        self._show_people()
        self._show_questions()

    def ids(self) -> list[ContactId]:
        """Name those who are to become one, the one that stays first."""
        assert self.double is not None
        return [
            each for each in self.double.ids if each in self._cards and each not in self._left_out
        ]

    def merging(self) -> Merging | None:
        """Say what would be done now; `None` where there are no two of them."""
        ids = self.ids()
        if len(ids) < 2:
            return None
        return Merging(ids[0], tuple(ids[1:]), dict(self._chosen), self._is_safer)

    # ---- showing

    def _show_people(self) -> None:
        parts.clear(self.people.body)
        several = len(self._cards) > 2
        for each in self.double.ids if self.double else ():
            if each in self._cards:
                if self.people.body.count():
                    self.people.body.addWidget(parts.rule())
                self.people.body.addWidget(self._person(each, self._cards[each], several=several))

    def _person(self, contact: ContactId, card: Card, *, several: bool) -> QWidget:
        avatar = Avatar(40)
        avatar.show_face(card.name, str(contact))
        avatar.show_picture(card.photo.data if card.photo else None)
        values = (*card.phones, *card.handles, *card.emails)
        detail = "  ·  ".join(one_line(value.text) for value in values)
        person = self._session.person(contact)
        name = card.name or (person.row.name if person else "")
        title = parts.ElidedLabel(name or tr("Without a name"), bold=True)
        said = parts.ElidedLabel(detail or tr("No usable number"), Size.CAPTION)
        parts.set_property(said, "tone", "muted")
        pieces: list[parts.Piece] = [avatar, parts.column(title, said, spacing=0)]
        if several:
            switch = SwitchRow("", name=f"merge_part_{contact}")
            switch.switch.setAccessibleName(tr("%1 is part of it").replace("%1", short(name)))
            switch.set_on(contact not in self._left_out)
            switch.switched.connect(lambda on: self._take_part(contact, on=on))
            pieces.append(switch)
        elif person is not None and person.source:
            pieces.append(parts.pill(short(person.source)))
        layout = parts.row(*pieces, spacing=12)
        layout.setStretch(1, 1)
        made = QWidget()
        made.setLayout(layout)
        return made

    def _show_questions(self) -> None:
        parts.clear(self.questions.body)
        merging = self.merging()
        choices = self._session.doubles.propose(merging).choices if merging else ()
        for choice in choices:
            self.questions.body.addLayout(self._question(choice))
        self.differ.setVisible(bool(choices))
        strictest = self._session.doubles.strictest(self.ids())
        is_mixed = merging is not None and strictest.is_mixed
        self.privacy.setVisible(is_mixed)
        self.rule.setVisible(is_mixed)
        if is_mixed:
            self._show_rule(is_blocked=bool(strictest.blocked), is_hidden=strictest.is_hidden)
        self._show_card()

    def _show_rule(self, *, is_blocked: bool, is_hidden: bool) -> None:
        if is_blocked and is_hidden:
            words = tr("Under one number you block them, and under one they see nothing of you.")
        elif is_blocked:
            words = tr("You block them under one number and not under the other.")
        else:
            words = tr("Under one number they see nothing of you, under the other they do.")
        self.privacy.show_text(
            f"{words} {tr('Unless you choose otherwise, the stricter holds for every number.')}",
            "warning",
        )
        safe = tr("Stricter for every number")
        self.rule.set_options([(True, safe), (False, tr("Each number as it is"))])
        self.rule.set_current(self._is_safer)

    def _question(self, choice: Choice) -> QVBoxLayout:
        title = parts.label(tr(FIELDS[choice.field]), Size.CAPTION, tone="muted")
        options = [(at, self._option(each, at)) for at, each in enumerate(choice.options)]
        chosen = Segmented(tr(FIELDS[choice.field]), options, name=f"merge_{choice.field}")
        chosen.set_current(choice.chosen)
        chosen.chosen.connect(lambda at, field=choice.field: self._choose(field, at))
        return parts.column(title, chosen, spacing=2)

    def _option(self, value: object, at: int) -> str:
        if not isinstance(value, Photo):
            return on_button(short(str(value), SHORT))
        owner = next((card.name for card in self._cards.values() if card.photo == value), "")
        return tr("Picture %1: %2").replace("%1", number(at + 1)).replace("%2", on_button(owner))

    def _show_card(self) -> None:
        merging = self.merging()
        self.merge.setEnabled(merging is not None)
        if merging is None:
            return
        doubles = self._session.doubles
        strictest = doubles.strictest(merging.ids) if merging.is_safer else None
        card = doubles.propose(merging).card
        self.card.show_card(card, self._entries(merging.ids), strictest, str(merging.kept))

    def _entries(self, ids: Sequence[ContactId]) -> list[Entry]:
        people = [self._session.person(each) for each in ids]
        return [entry for person in people if person for entry in person.entries]

    # ---- choosing

    def _take_part(self, contact: ContactId, *, on: bool) -> None:
        if on:
            self._left_out.discard(contact)
        else:
            self._left_out.add(contact)
        self._chosen.clear()
        self._show_questions()

    def _choose(self, field: str, at: object) -> None:
        assert isinstance(at, int)
        self._chosen[field] = at
        self._show_card()

    def _choose_rule(self, is_safer: object) -> None:
        self._is_safer = bool(is_safer)
        self._show_card()

    def _merge(self) -> None:
        merging = self.merging()
        if merging is not None:
            self.merge_wanted.emit(merging)

    def _apart(self) -> None:
        if self.double is not None:
            self.apart_wanted.emit(self.double.ids)
