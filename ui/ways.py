"""From an explanation to the place where its rule is changed."""

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from app.domain import ContactId, Field
from app.session import Person, Session
from ui import viewers
from ui.audience_page import AudiencePage
from ui.blocked_page import BlockedPage
from ui.contact_list import ContactList
from ui.conversation import Conversation
from ui.notice_strip import NoticeStrip
from ui.notices_page import NoticesPage
from ui.pending_page import PendingPage
from ui.privacy_page import PrivacyPage
from ui.profile_page import ProfilePage
from ui.rail import Rail
from ui.stage import Stage
from ui.tasks import Tasks
from ui.why import Goal, Way
from ui.why_list import WhyDialog


class Ways:
    """Leads from page to page; the pages themselves only say what is wanted."""

    def __init__(
        self,
        session: Session,
        tasks: Tasks,
        stage: Stage,
        show_contact: Callable[[ContactId], object],
    ) -> None:
        self._session, self._tasks, self._stage = session, tasks, stage
        self._show_contact = show_contact
        stage.made.connect(self._connect)
        for page in stage.pages():
            self._connect(page)
        stage.contact_page.visibility.why_wanted.connect(self.explain)
        stage.contact_page.message_wanted.connect(self.show_messages)

    def announce(self, people: ContactList, rail: Rail, bring: Callable[[str], object]) -> None:
        """Tell over the list and in the rail what happens without me."""
        strip = NoticeStrip(self._session)
        strip.counted.connect(rail.pages["notices"].set_count)
        strip.page_wanted.connect(bring)
        people.announce(strip)
        strip.refresh()

    def explain(self, person: Person, field: Field | None) -> None:
        """Show why this person sees what they see, with one field's rules unfolded."""
        viewer = viewers.person(person.row)
        if viewer is not None:
            dialog = WhyDialog(self._session, self._tasks, viewer, self._stage.window(), field)
            dialog.way_wanted.connect(self.follow)
            dialog.open()

    def follow(self, way: Way) -> None:
        """Open the place where a rule is changed."""
        if way.goal is Goal.SET:
            self._privacy().reveal_sets()
            return
        if way.contact is None or way.goal is Goal.AUDIENCE:
            self.show_audience(way.field)
            return
        self._show_contact(way.contact)
        page = self._stage.contact_page
        match way.goal:
            case Goal.BLOCK:
                page.focus_on(page.blocked)
            case Goal.CONTACT:
                page.focus_on(page.contact)
            case Goal.FAVORITE:
                page.ensureWidgetVisible(page.header.star)
                page.header.star.setFocus(Qt.FocusReason.ShortcutFocusReason)
            case _:
                page.focus_visibility()

    def show_audience(self, field: Field) -> None:
        """Open the rule of one field."""
        self._privacy().reveal(field)

    def show_viewers(self, field: Field) -> None:
        """Show everyone who can see one field."""
        self._stage.show_place("audience")
        page = self._stage.page("audience")
        assert isinstance(page, AudiencePage)
        page.show_field(field)

    def show_messages(self, contact: ContactId) -> None:
        """Show the messages with one person."""
        self._stage.show_place("messages")
        page = self._stage.page("messages")
        assert isinstance(page, Conversation)
        page.show_contact(contact)
        page.focus_composer()

    def _privacy(self) -> PrivacyPage:
        self._stage.show_place("privacy")
        page = self._stage.page("privacy")
        assert isinstance(page, PrivacyPage)
        return page

    def _connect(self, page: QWidget) -> None:
        if isinstance(page, ProfilePage):
            page.audience_wanted.connect(self.show_audience)
            page.way_wanted.connect(self.follow)
        elif isinstance(page, PrivacyPage):
            page.contact_wanted.connect(self._show_contact)
            page.audience_wanted.connect(self.show_viewers)
        elif isinstance(page, AudiencePage):
            page.contact_wanted.connect(self._show_contact)
            page.privacy_wanted.connect(self.show_audience)
        elif isinstance(page, BlockedPage | PendingPage):
            page.contact_wanted.connect(self._show_contact)
        elif isinstance(page, NoticesPage):
            page.contact_wanted.connect(self._show_contact)
            page.page_wanted.connect(self._stage.show_place)
        elif isinstance(page, Conversation):
            page.back_wanted.connect(self._stage.go_back)
