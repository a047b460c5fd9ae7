"""My visibility sets: made, renamed, filled with fields, and deleted knowing who uses them."""

from collections import Counter
from collections.abc import Iterable
from typing import Final

import msgspec
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QWidget

from app.domain import FIRST_SET, Field, Privacy, VisibilitySet
from app.session import Row, Session
from app.wire import PutPrivacy, Suppose
from ui import parts, wording
from ui.controls import chip
from ui.flow import FlowLayout
from ui.icons import Icon
from ui.impact_view import Choice, ImpactView
from ui.parts import IconButton
from ui.tasks import Tasks
from ui.theme import Size
from ui.wording import counted, tr

NAME_LIMIT: Final = 60
NEW_SET: Final = (Field.NAME,)
"""A set begins with the name alone: nothing opens by accident."""


def next_set_id(privacy: Privacy, rows: Iterable[Row]) -> int:
    """Find an id that no set has and no person still points to: a new set must surprise no one."""
    taken = {each.id for each in privacy.sets} | {row.visibility for row in rows}
    return max({FIRST_SET - 1} | taken) + 1


def with_set(privacy: Privacy, changed: VisibilitySet) -> Privacy:
    """Return these rules with one set added or changed."""
    kept = {each.id: each for each in privacy.sets} | {changed.id: changed}
    return msgspec.structs.replace(privacy, sets=tuple(kept.values()))


def without_set(privacy: Privacy, gone: int) -> Privacy:
    """Return these rules with one set less."""
    kept = tuple(each for each in privacy.sets if each.id != gone)
    return msgspec.structs.replace(privacy, sets=kept)


def users(rows: Iterable[Row]) -> Counter[int]:
    """Count the people of each visibility."""
    return Counter(row.visibility for row in rows)


class SetRow(QWidget):
    """One set: its name, its fields, how many have it."""

    changed = Signal(object)
    """The set as it shall be."""
    deleted = Signal(int)

    def __init__(self, session: Session, tasks: Tasks, shown: VisibilitySet) -> None:
        super().__init__()
        self._session = session
        self._set = shown
        self.name = parts.text_field(
            tr("Name of the set"), tr("Name of the set"), name="set_name", limit=NAME_LIMIT
        )
        self.name.setText(shown.name)
        self.name.editingFinished.connect(self._rename)
        self.used = parts.label("", Size.CAPTION, tone="muted")
        self.used.setObjectName("set_used")
        remove = IconButton(Icon.REMOVE, tr("Delete this set"), self._delete, name="set_delete")
        self._chips: dict[Field, QPushButton] = {}
        fields = QWidget()
        flow = FlowLayout(spacing=6)
        fields.setLayout(flow)
        for field in Field:
            self._chips[field] = made = chip(tr(wording.FIELDS[field]), name=f"set_{field}")
            made.clicked.connect(self._choose_fields)
            flow.addWidget(made)
        self.impact = ImpactView(session, tasks, f"set_{shown.id}")
        self.impact.settled.connect(self._show_what_holds)
        head = parts.row(self.name, self.used, remove, spacing=12)
        head.setStretch(0, 1)
        self.setLayout(parts.column(head, fields, self.impact, spacing=8))
        self._show_what_holds()

    def show_set(self, shown: VisibilitySet, people: int) -> None:
        """Show what holds now."""
        self._set = shown
        self.impact.forget()
        self.used.setText(
            counted(people, "%1 person has it", "%1 people have it") if people else tr("Unused")
        )
        if not self.impact.asking:
            self._show_what_holds()

    def _show_what_holds(self) -> None:
        known = {each.id: each for each in self._privacy().sets}
        self._set = known.get(self._set.id, self._set)  # what was chosen just now holds already
        if not self.name.hasFocus():
            self.name.setText(self._set.name)
        for field, made in self._chips.items():
            made.setChecked(field in self._set.fields)

    def _rename(self) -> None:
        name = self.name.text().strip()
        if not name:
            self.name.setText(self._set.name)
        elif name != self._set.name:
            self.changed.emit(msgspec.structs.replace(self._set, name=name))

    def _choose_fields(self) -> None:
        fields = tuple(field for field, made in self._chips.items() if made.isChecked())
        wanted = msgspec.structs.replace(self._set, fields=fields)
        self._ask(
            ("fields", fields), with_set(self._privacy(), wanted), lambda: self.changed.emit(wanted)
        )

    def _delete(self) -> None:
        left = without_set(self._privacy(), self._set.id)
        self._ask("delete", left, lambda: self.deleted.emit(self._set.id))

    def _ask(self, key: object, privacy: Privacy, then: object) -> None:
        assert callable(then)
        suppose = Suppose(privacy=PutPrivacy(sets=privacy.sets))
        self.impact.choose(Choice(key, suppose), then)

    def _privacy(self) -> Privacy:
        me = self._session.me()
        return me.privacy if me else Privacy()


class VisibilitySets(parts.Card):
    """All sets, and the way to a new one."""

    def __init__(self, session: Session, tasks: Tasks) -> None:
        super().__init__()
        self._session, self._tasks = session, tasks
        self._rows: dict[int, SetRow] = {}
        self._empty = parts.label(
            tr(
                "A set is a choice of fields with a name, such as “Work: name and picture”. Give "
                "it to people on their pages."
            ),
            tone="muted",
            wrap=True,
        )
        self._list = parts.column(spacing=16)
        self.add = parts.button(
            tr("New set"), self._add, kind="quiet", icon=Icon.ADD, name="set_add"
        )
        self.body.addWidget(self._empty)
        self.body.addLayout(self._list)
        self.body.addLayout(parts.row(self.add, None))

    def show_sets(self, privacy: Privacy, people: Counter[int]) -> None:
        """Show what holds now."""
        wanted = {each.id: each for each in privacy.sets}
        for gone in self._rows.keys() - wanted.keys():
            row = self._rows.pop(gone)
            self._list.removeWidget(row)
            row.hide()
            row.deleteLater()
        for ident, each in wanted.items():
            if ident not in self._rows:
                self._rows[ident] = self._make(each)
            self._rows[ident].show_set(each, people[ident])
        self._empty.setVisible(not wanted)

    def _make(self, each: VisibilitySet) -> SetRow:
        row = SetRow(self._session, self._tasks, each)
        row.changed.connect(self._change)
        row.deleted.connect(self._delete)
        self._list.addWidget(row)
        return row

    def _add(self) -> None:
        privacy = self._privacy()
        ident = next_set_id(privacy, self._session.rows())
        made = VisibilitySet(ident, tr("New set"), NEW_SET)
        self._session.save_privacy(with_set(privacy, made))
        self.show_sets(self._privacy(), users(()))
        row = self._rows[ident]
        row.name.setFocus()
        row.name.selectAll()

    def _change(self, changed: VisibilitySet) -> None:
        self._session.save_privacy(with_set(self._privacy(), changed))

    def _delete(self, ident: int) -> None:
        self._session.save_privacy(without_set(self._privacy(), ident))

    def _privacy(self) -> Privacy:
        me = self._session.me()
        return me.privacy if me else Privacy()
