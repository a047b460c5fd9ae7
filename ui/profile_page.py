"""My profile: what I publish, my picture, automatic sync, and how all of it looks to others."""

from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.addresses import display
from app.changes import Kind
from app.domain import TEXT_FIELDS, Field
from app.session import Session
from ui import parts
from ui.controls import SwitchRow
from ui.follow import Follow
from ui.icons import Icon
from ui.my_picture import MyPicture
from ui.overtaken import OvertakenCards
from ui.parts import CopyButton
from ui.privacy_page import standing
from ui.profile_field import ProfileField
from ui.refusals import Refusals
from ui.see_as import SeeAs
from ui.tasks import Tasks
from ui.viewers import Viewer
from ui.wording import tr

AUTO: Final = (
    "Whoever writes to you is followed: you see their profile as far as they show it to you. "
    "It gives them nothing of yours."
)


class ProfilePage(parts.Page):
    """What is typed is published when the keyboard leaves a field; each is a step to undo."""

    audience_wanted = Signal(object)
    """The field whose rule is to be changed."""
    way_wanted = Signal(object)
    """The `Way` to a place where a rule is changed."""

    def __init__(self, session: Session, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("profile_page")
        self._session = session
        self.banner = parts.Banner("", "warning")
        self.address = parts.label("", tone="muted")
        self.copy = CopyButton("", tr("Copy my address"), "copy_address")
        self.picture = MyPicture(session, tasks)
        self.fields = {field: ProfileField(field) for field in TEXT_FIELDS}
        self.auto = SwitchRow(tr("Automatic sync"), tr(AUTO), icon=Icon.SYNC, name="auto_sync")
        self.auto.switched.connect(session.set_auto_sync)
        self.refusals = Refusals(session, lambda part: part != "privacy")
        self.refusals.edit_wanted.connect(self._edit_again)
        self.overtaken = OvertakenCards(session)
        self.see_as = SeeAs(session, tasks)
        self.see_as.way_wanted.connect(self.way_wanted)
        self._lay_out()
        self._follow = Follow(
            self, session, Kind.ME | Kind.CONTACTS | Kind.OUTBOX | Kind.STATE, self._show
        )

    def close_page(self) -> None:
        """Hear no more of changes."""
        self._follow.close()

    def look_as(self, viewer: Viewer) -> None:
        """Bring my card through somebody's eyes into sight."""
        self._follow.catch_up()
        self.see_as.look_as(viewer)
        self.ensureWidgetVisible(self.see_as)

    def _lay_out(self) -> None:
        self.no_account = parts.EmptyState(
            Icon.PERSON,
            tr("No account yet"),
            tr("Once you are registered with a service, this is where you say who you are."),
        )
        card = parts.Card(self.picture, parts.rule(), spacing=16)
        for field, each in self.fields.items():
            card.body.addWidget(each)
            each.saved.connect(self._save)
            each.audience_wanted.connect(self.audience_wanted)
            each.setObjectName(f"my_field_{field}")
        head = parts.row(parts.heading(tr("My profile")), None, self.address, self.copy)
        title = QWidget()
        title.setLayout(head)
        self.whole = QWidget()
        self.whole.setLayout(
            parts.column(
                self.refusals,
                self.overtaken,
                card,
                parts.section(tr("See as"), self.see_as, tr("Your card, as others get it.")),
                parts.Card(self.auto),
                spacing=20,
            )
        )
        self.add(title, self.banner, self.no_account, self.whole)
        self.finish()

    def _show(self) -> None:
        me = self._session.me()
        self.whole.setVisible(me is not None)
        self.no_account.setVisible(me is None)
        is_known = self._session.knows_me()
        words = standing(self._session.state, is_known=is_known) if me else ""
        self.banner.show_text(words, "warning")
        self.whole.setEnabled(is_known)
        self.copy.setVisible(me is not None)
        self.address.setText(display(me.address) if me else "")
        if me is None:
            return
        self.refusals.refresh()
        self.overtaken.refresh()
        self.copy.text_to_copy = display(me.address)
        self.picture.show_me(me)
        for each in self.fields.values():
            each.show_me(me)
        self.auto.set_on(me.auto_sync)
        self.see_as.refresh()

    def _edit_again(self, field: Field, text: str) -> None:
        """Put what was refused back into its field, to be changed."""
        self._session.mine.give_up(f"field:{field}")
        self.ensureWidgetVisible(self.fields[field])
        self.fields[field].edit_text(text)

    def _save(self, field: Field, text: str | None) -> None:
        self._session.save_me({field: text})
