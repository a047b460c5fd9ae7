"""The pages of the window, in the order of the rail; each is made when it is first wanted."""

from typing import Final

from ui.icons import Icon
from ui.privacy_page import PrivacyPage
from ui.profile_page import ProfilePage
from ui.stage import PageMaker

PAGES: Final[dict[str, tuple[Icon, str, PageMaker]]] = {
    "profile": (Icon.PERSON, "My profile", ProfilePage),
    "privacy": (Icon.SHIELD, "Privacy", PrivacyPage),
}
