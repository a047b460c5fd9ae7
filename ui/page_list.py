"""The pages of the window, in the order of the rail; each is made when it is first wanted."""

from typing import Final

from ui.audience_page import AudiencePage
from ui.blocked_page import BlockedPage
from ui.conversation import Conversation
from ui.icons import Icon
from ui.privacy_page import PrivacyPage
from ui.profile_page import ProfilePage
from ui.stage import PageMaker
from ui.steps_page import StepsPage

PAGES: Final[dict[str, tuple[Icon, str, PageMaker]]] = {
    "profile": (Icon.PERSON, "My profile", ProfilePage),
    "privacy": (Icon.SHIELD, "Privacy", PrivacyPage),
    "blocked": (Icon.BLOCKED, "Block list", BlockedPage),
    "steps": (Icon.HISTORY, "History", StepsPage),
}

INNER: Final[dict[str, PageMaker]] = {"audience": AudiencePage, "messages": Conversation}
"""Pages that other pages lead to; the rail does not show them."""
