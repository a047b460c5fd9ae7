"""The numbers and handles of one person, each with what became of it."""

import time

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QWidget

from app.addresses import default_region, display
from app.domain import State
from app.errors import Trouble
from app.session import Entry, Person, Unusable
from ui import parts, wording
from ui.icons import Icon
from ui.mend_line import MendLine
from ui.parts import CopyButton, Glyph
from ui.plain import one_line
from ui.theme import Size
from ui.wording import tr


class AddressCard(parts.Card):
    """One line for each address, and for each mail; a bad number can be mended in its line."""

    mended = Signal(object, str, str)
    """The line, the bad number, and the one in its place."""

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
            self.body.addWidget(self._unusable_line(unusable))
        for mail in person.emails:
            self.body.addWidget(
                _line(Glyph(Icon.MAIL, 18), one_line(mail), tr("Stays on this computer"))
            )
        if not person.entries and not person.unusable:
            self.body.addWidget(self._mend_line("", tr("No number and no handle yet.")))

    def _unusable_line(self, unusable: Unusable) -> QWidget:
        trouble = wording.trouble(unusable.trouble)
        if unusable.trouble is not Trouble.SHARED:
            return self._mend_line(unusable.text, trouble)
        return _line(Glyph(Icon.WARNING, 18, tone="warning"), one_line(unusable.text), trouble)

    def _mend_line(self, text: str, trouble: str) -> QWidget:
        line = MendLine(text, trouble, default_region)
        line.mended.connect(lambda good: self.mended.emit(line, text, good))
        whole = parts.row(Glyph(Icon.WARNING, 18, tone="warning"), line, spacing=12)
        whole.setStretch(1, 1)
        made = QWidget()
        made.setLayout(whole)
        return made


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
