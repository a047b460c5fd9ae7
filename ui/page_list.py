"""The pages of the window, in the order of the rail; each is imported when first wanted."""

from importlib import import_module
from typing import Final

from app.session import Session
from ui.icons import Icon
from ui.stage import AnyPage, PageMaker
from ui.tasks import Tasks


def _late(module: str, name: str) -> PageMaker:
    """Make a page of a module that the first sight of the window does without."""

    def make(session: Session, tasks: Tasks) -> AnyPage:
        page: AnyPage = getattr(import_module(module), name)(session, tasks)
        return page

    return make


PAGES: Final[dict[str, tuple[Icon, str, PageMaker]]] = {
    "profile": (Icon.PERSON, "My profile", _late("ui.profile_page", "ProfilePage")),
    "privacy": (Icon.SHIELD, "Privacy", _late("ui.privacy_page", "PrivacyPage")),
    "blocked": (Icon.BLOCKED, "Block list", _late("ui.blocked_page", "BlockedPage")),
    "notices": (Icon.BELL, "What happened", _late("ui.notices_page", "NoticesPage")),
    "duplicates": (Icon.MERGE, "There twice", _late("ui.duplicates.page", "DuplicatesPage")),
    "steps": (Icon.HISTORY, "History", _late("ui.steps_page", "StepsPage")),
}

INNER: Final[dict[str, PageMaker]] = {
    "audience": _late("ui.audience_page", "AudiencePage"),
    "pending": _late("ui.pending_page", "PendingPage"),
    "messages": _late("ui.conversation", "Conversation"),
}
"""Pages that other pages lead to; the rail does not show them."""
