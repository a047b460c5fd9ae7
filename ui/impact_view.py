"""The consequences of a choice, beside the control while the choice is being made."""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from app.domain import Address, Field
from app.errors import KithError
from app.session import Session
from app.wire import Suppose
from ui import impact, parts
from ui.icons import Icon
from ui.impact import Consequence, Someone
from ui.plain import isolated
from ui.tasks import Tasks
from ui.theme import Size
from ui.wording import number, tr

NAMES_SHOWN: Final = 200
SLOW_MS: Final = 300
"""An answer that takes longer is announced as awaited."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Something that may be chosen: how to name it, what to suppose, what it opens to strangers."""

    key: Hashable
    suppose: Suppose
    strangers: str = ""
    narrows: bool = False
    """It shows nobody anything new, and changes it for so few that nothing has to be asked."""


def people_of(session: Session, addresses: Iterable[Address]) -> dict[Address, Someone]:
    """Say whose each address is, by the name that I use."""
    owners = session.owners([*addresses])
    rows = session.rows_of(set(owners.values()))
    return {
        address: Someone(rows[contact].name, contact)
        for address, contact in owners.items()
        if contact in rows
    }


def filled_of(session: Session) -> frozenset[Field]:
    """Name what there is to see of me; a field that is not filled in tells nobody anything."""
    me = session.me()
    if me is None:
        return frozenset(Field)
    have = {field for field in Field if getattr(me.fields, field.value) is not None}
    if session.my_picture() is not None:
        have.add(Field.PICTURE)
    return frozenset(have | {Field.PRESENCE})


class ImpactView(QWidget):
    """Shows what a choice would do; asks first where no undo can take it back.

    `consider` only shows. `choose` does it at once, or after the answer to the question.
    """

    settled = Signal()
    """A choice was made or dropped; the control shows again what holds."""

    def __init__(self, session: Session, tasks: Tasks, name: str) -> None:
        super().__init__()
        self._session, self._tasks = session, tasks
        self._task = f"impact {name}"
        self.setObjectName(f"impact_{name}")
        self._body = parts.column(spacing=8, margins=(0, 4, 0, 4))
        self.setLayout(self._body)
        self._known: dict[Hashable, list[Consequence]] = {}
        self._round = 0
        self._slow = QTimer(self)
        self._slow.setSingleShot(True)
        self._slow.setInterval(SLOW_MS)
        self._slow.timeout.connect(self._show_asking)
        self.asking = False
        """Whether a question waits for its answer; a pointer passing by does not end it."""
        self._choosing = False
        self.hide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Bring a question into sight once there is room for it on its page."""
        super().resizeEvent(event)
        if self.asking:
            parts.bring_into_sight(self)

    def forget(self) -> None:
        """Something has changed: the answers are of yesterday."""
        self._known.clear()

    def consider(self, choice: Choice) -> None:
        """Show the consequences of an option that is only looked at."""
        if not self.asking and not self._choosing:
            self._tasks.start(self._consider(choice), name=self._task, of=self)

    def choose(self, choice: Choice, then: Callable[[], object]) -> None:
        """Do it; what cannot be undone is asked about first, here."""
        self._tasks.stop(self._task)
        if choice.narrows or self._session.account is None:
            self._do(then)
        else:
            self._choosing = True
            self._tasks.start(self._choose(choice, then), name=f"{self._task} choice", of=self)

    def leave(self) -> None:
        """Show nothing more: the option is no longer looked at."""
        if not self.asking and not self._choosing:
            self._tasks.stop(self._task)
            self._settle()

    def drop(self) -> None:
        """Show something else from now on; what was chosen is done unless it has to be asked."""
        self._tasks.stop(self._task)
        self._round += 1
        self._choosing = False
        self.forget()
        self._settle()

    # ---- asking the service

    async def _ask(self, choice: Choice) -> list[Consequence] | None:
        if choice.key not in self._known:
            self._slow.start()
            try:
                answer = await self._session.impact(choice.suppose)
            except KithError:
                return None
            finally:
                self._slow.stop()
            answer = impact.of_fields(answer, filled_of(self._session))
            effects = [*answer.gains, *answer.loses]
            people = people_of(self._session, [each.address for each in effects])
            self._known[choice.key] = impact.consequences(answer, people)
        return self._known[choice.key]

    async def _consider(self, choice: Choice) -> None:
        self._show(await self._ask(choice), choice)

    async def _choose(self, choice: Choice, then: Callable[[], object]) -> None:
        began = self._round
        found = await self._ask(choice)
        self._choosing = False
        question = impact.question(found, to_strangers=bool(choice.strangers))
        if not question:
            self._do(then)
            return
        if began != self._round:
            return
        self._show(found, choice)
        self._show_question(question, then, is_risky=impact.shows_more(found, choice.strangers))

    # ---- showing

    def _show_asking(self) -> None:
        parts.clear(self._body)
        text = tr("Asking whom this touches…")
        self._body.addWidget(_line(Icon.WAITING, "muted", text, name="consequence_awaited"))
        self.show()

    def _show(self, found: list[Consequence] | None, choice: Choice) -> None:
        parts.clear(self._body)
        if found is None:
            text = tr("Offline: who is affected can be told when the service answers.")
            self._body.addWidget(_line(Icon.OFFLINE, "muted", text))
        elif not found:
            text = tr("Nothing changes for anybody you keep.")
            self._body.addWidget(_line(Icon.CHECK, "muted", text))
        for each in found or []:
            self._body.addWidget(ConsequenceLine(each))
        if choice.strangers:
            self._body.addWidget(_line(Icon.GLOBE, "accent", choice.strangers))
        self.show()

    def _show_question(self, question: str, then: Callable[[], object], *, is_risky: bool) -> None:
        self.asking = True
        words = parts.label(question, bold=True, wrap=True)
        words.setObjectName("impact_question")
        answer = tr("Show it") if is_risky else tr("Do it")
        yes = parts.button(answer, lambda: self._do(then), kind="primary", name="impact_yes")
        no = parts.button(tr("Leave it as it is"), self._settle, name="impact_no")
        self._body.addWidget(words)
        self._body.addLayout(parts.row(yes, no, None))
        parts.announce(self, question)
        no.show()  # a layout would show it only later, and what is hidden takes no focus
        no.setFocus()

    def _do(self, then: Callable[[], object]) -> None:
        self.forget()
        then()
        self._settle()

    def _settle(self) -> None:
        self.asking = False
        self.hide()
        parts.clear(self._body)
        self.settled.emit()


class ConsequenceLine(QWidget):
    """One consequence; a number of people unfolds into their names."""

    def __init__(self, each: Consequence) -> None:
        super().__init__()
        self._people = each.people
        which = Icon.PENDING if each.later else Icon.EYE if each.gains else Icon.EYE_OFF
        tone = "muted" if each.later else "accent" if each.gains else "warning"
        self.line = _line(which, tone, impact.sentence(each))
        self.names = parts.label("", Size.CAPTION, tone="muted", wrap=True)
        self.names.setObjectName("consequence_names")
        self.names.hide()
        self.unfold = parts.button(tr("Who?"), self._turn, kind="quiet", name="consequence_who")
        if len(each.people) <= impact.NAMED:
            self.unfold.hide()
        row = parts.row(self.line, self.unfold)
        row.setStretch(0, 1)
        self.setLayout(parts.column(row, self.names, spacing=2))

    def _turn(self) -> None:
        show = self.names.isHidden()
        if show:
            words = ", ".join(isolated(each.name) for each in self._people[:NAMES_SHOWN])
            if (more := len(self._people) - NAMES_SHOWN) > 0:
                words += tr(" and %1 more").replace("%1", number(more))
            self.names.setText(words)
        self.names.setVisible(show)
        self.unfold.setText(tr("Fold") if show else tr("Who?"))
        self.unfold.setAccessibleName(self.unfold.text())


def _line(which: Icon, tone: str, text: str, *, name: str = "consequence") -> QWidget:
    made = QWidget()
    words = parts.label(text, wrap=True)
    words.setObjectName(name)
    layout = parts.row(parts.Glyph(which, 18, tone=tone), words, spacing=10)
    layout.setStretch(1, 1)
    made.setLayout(layout)
    return made
