"""Who sees what of me: an audience for each field, visibility sets, and who has their own rule."""

from collections import Counter
from typing import Final

import msgspec
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.changes import Kind
from app.domain import Audience, Field, Privacy
from app.session import Session, SessionState, Status
from ui import parts
from ui.audience_row import OPTIONS, AudienceRow
from ui.controls import Segmented
from ui.follow import Follow
from ui.icons import Icon
from ui.overrides import Overrides
from ui.pictures import Pictures
from ui.refusals import Refusals
from ui.tasks import Tasks
from ui.theme import Size
from ui.visibility_sets import VisibilitySets, users
from ui.wording import tr

PEOPLE_MS: Final = 300
"""Everybody is read again at most so often: that takes a while at ten thousand."""

FINDING = {
    Audience.EVERYONE: "Anybody who has your number or handle in their book finds you.",
    Audience.CONTACTS: "Only your contacts find you; to everyone else you are not there.",
    Audience.FAVORITES: "Only your favorites find you; to everyone else you are not there.",
    Audience.NOBODY: "Nobody finds you. Who has found you already keeps you.",
}


def standing(state: SessionState, *, is_known: bool) -> str:
    """Say how far this computer and the service know the same; nothing where they do."""
    if not is_known:
        return tr("Your profile and rules come as soon as the service answers.")
    if state.status is Status.SIGNED_OUT:
        return tr("You are signed out. Changes are kept here; the service goes by the old rules.")
    if state.status in (Status.OFFLINE, Status.PAUSED):
        return tr("The service is not connected. Until it is, it goes by the rules it knows.")
    return ""


class PrivacyPage(parts.Page):
    """Every choice holds at once and is a step that can be undone."""

    contact_wanted = Signal(object)
    audience_wanted = Signal(object)
    """The field of which all viewers are wanted."""

    def __init__(self, session: Session, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("privacy_page")
        self._session = session
        self._users: Counter[int] = Counter()
        """How many people have each visibility, as last counted."""
        self.banner = parts.Banner("", "warning")
        self.rows = {field: AudienceRow(session, tasks, field) for field in Field}
        self.finding = Segmented(
            tr("Who finds me"), OPTIONS, name="searchable", arrows_choose=False
        )
        self.finding.chosen.connect(self._choose_finding)
        self.finding_words = parts.label("", Size.CAPTION, tone="muted", wrap=True)
        self.sets = VisibilitySets(session, tasks)
        self._faces = Pictures(session, tasks, "override pictures")
        self.overrides = Overrides(session, self._faces)
        self.overrides.contact_wanted.connect(self.contact_wanted)
        self.refusals = Refusals(session, lambda part: part == "privacy")
        self._lay_out()
        self._follow = Follow(self, session, Kind.ME | Kind.STATE, self._show)
        self._follow_people = Follow(
            self, session, Kind.ME | Kind.CONTACTS, self._show_people, every_ms=PEOPLE_MS
        )

    def close_page(self) -> None:
        """Hear no more of changes."""
        self._follow.close()
        self._follow_people.close()
        self._faces.close()

    def reveal(self, field: Field) -> None:
        """Bring the rule of this field into sight, with the keyboard on it."""
        self._follow.catch_up()
        row = self.rows[field]
        self.ensureWidgetVisible(row)
        row.choice.segment(row.choice.current).setFocus()

    def reveal_sets(self) -> None:
        """Bring the visibility sets into sight, with the keyboard on them."""
        self._follow.catch_up()
        self._follow_people.catch_up()
        self.ensureWidgetVisible(self.sets)
        self.sets.add.setFocus()

    def _lay_out(self) -> None:
        fields = parts.Card(spacing=10)
        for row in self.rows.values():
            if fields.body.count():
                fields.body.addWidget(parts.rule())
            fields.body.addWidget(row)
            row.decided.connect(self._decide)
            row.audience_wanted.connect(self.audience_wanted)
        self.no_account = parts.EmptyState(
            Icon.SHIELD,
            tr("No account yet"),
            tr("Once you are registered with a service, you decide here who sees what of you."),
        )
        found = parts.label(tr("Who can find you"), bold=True)
        line = parts.row(parts.Glyph(Icon.SEARCH, 20), found, self.finding, spacing=12)
        line.setStretch(1, 1)
        finding = parts.Card(line, self.finding_words, spacing=6)
        self.whole = QWidget()
        self.whole.setLayout(
            parts.column(
                self.refusals,
                parts.section(tr("Who sees what"), fields),
                parts.section(tr("Being found"), finding),
                parts.section(tr("Visibility sets"), self.sets),
                parts.section(tr("Rules for single people"), self.overrides),
                spacing=20,
            )
        )
        detail = tr("Point at a choice to see whom it touches. It holds at once; Ctrl+Z undoes it.")
        self.add(parts.heading(tr("Privacy"), detail), self.banner, self.no_account, self.whole)
        self.finish()

    def _show(self) -> None:
        me = self._session.me()
        self.whole.setVisible(me is not None)
        self.no_account.setVisible(me is None)
        is_known = self._session.knows_me()
        words = standing(self._session.state, is_known=is_known) if me else ""
        self.banner.show_text(words, "warning")
        self.whole.setEnabled(is_known)
        if me is None:
            return
        self.refusals.refresh()
        for row in self.rows.values():
            row.show_me(me)
        self.finding.set_current(me.privacy.searchable)
        self.finding_words.setText(tr(FINDING[me.privacy.searchable]))
        self.sets.show_sets(me.privacy, self._users)

    def _show_people(self) -> None:
        me = self._session.me()
        if me is not None:
            rows = self._session.rows()
            self._users = users(rows)
            self.sets.show_sets(me.privacy, self._users)
            self.overrides.show_rows(rows, me.privacy.sets)

    def _decide(self, field: Field, audience: Audience) -> None:
        privacy = self._privacy()
        audiences = privacy.audiences | {field: audience}
        self._session.save_privacy(msgspec.structs.replace(privacy, audiences=audiences))

    def _choose_finding(self, audience: Audience) -> None:
        self._session.save_privacy(msgspec.structs.replace(self._privacy(), searchable=audience))

    def _privacy(self) -> Privacy:
        me = self._session.me()
        return me.privacy if me else Privacy()
