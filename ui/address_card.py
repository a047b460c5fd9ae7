"""The numbers and handles of one person, each with what became of it."""

import time

from PySide6.QtWidgets import QLabel, QWidget

from app.addresses import display
from app.domain import State
from app.session import Entry, Person
from ui import parts, wording
from ui.icons import Icon
from ui.parts import CopyButton, Glyph
from ui.plain import one_line
from ui.theme import Size
from ui.wording import tr


class AddressCard(parts.Card):
    """One line for each address, and for each mail."""

    def __init__(self) -> None:
        super().__init__(spacing=6, padding=12)
        self.setObjectName("addresses")
        self._shown: Person | None = None

    def show_person(self, person: Person) -> None:
        """Show everything that reaches this person."""
        before = self._shown
        self._shown = person
        if before is not None and _same_lines(before, person):
            return
        parts.clear(self.body)
        for entry in person.entries:
            self.body.addWidget(_entry_line(entry))
        for unusable in person.unusable:
            self.body.addWidget(
                _line(
                    Glyph(Icon.WARNING, 18, tone="warning"),
                    one_line(unusable.text),
                    wording.trouble(unusable.trouble),
                )
            )
        for mail in person.emails:
            self.body.addWidget(
                _line(Glyph(Icon.MAIL, 18), one_line(mail), tr("Stays on this computer"))
            )
        if not self.body.count():
            self.body.addWidget(parts.label(tr("No number, handle or mail."), tone="muted"))


def _same_lines(before: Person, after: Person) -> bool:
    return (
        before.row.id == after.row.id
        and before.entries == after.entries
        and before.unusable == after.unusable
        and before.emails == after.emails
    )


def _entry_line(entry: Entry) -> QWidget:
    which = Icon.PHONE if entry.text[:1] in "+0123456789(" else Icon.HANDLE
    matched = entry.relation.state is State.MATCHED
    words, tone = (tr("Matched"), "success") if matched else (tr("Pending"), "muted")
    if not entry.kept:
        words = tr("Withdrawn")
    if entry.failure:
        words, tone = tr("Not accepted: %1").replace("%1", entry.failure), "danger"
    elif entry.deferred_until is not None:
        when = wording.moment(entry.deferred_until, time.time())
        words, tone = tr("Will be looked up %1").replace("%1", when), "warning"
    elif entry.waiting:
        words, tone = tr("Waiting to be sent"), "warning"
    return _line(
        Glyph(which, 18), display(entry.address), one_line(entry.label), parts.pill(words, tone)
    )


def _line(glyph: Glyph, text: str, detail: str, state: QLabel | None = None) -> QWidget:
    made = QWidget()
    shown = parts.ElidedLabel(text)
    below = parts.label(detail, Size.CAPTION, tone="muted", wrap=True)
    if not detail:
        below.hide()  # shown here, without a parent, it would be a window
    copy = CopyButton(text, tr("Copy %1").replace("%1", text), name="copy")
    words = parts.column(shown, spacing=2)
    under = parts.row(below, None, spacing=8)
    if state is not None:
        under.insertWidget(0, state)
    words.addLayout(under)
    line = parts.row(glyph, words, copy, spacing=12)
    line.setStretch(1, 1)
    made.setLayout(line)
    return made
