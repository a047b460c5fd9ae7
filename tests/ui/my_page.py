"""My profile, opened for a test."""

from app.wire import Me
from tests.ui.conftest import until
from tests.ui.living import Living
from ui import viewers
from ui.profile_page import ProfilePage
from ui.viewers import Viewer


def mine(here: Living) -> Me:
    """My account as the screen shows it."""
    me = here.session.me()
    assert me is not None
    return me


def viewer(here: Living, name: str) -> Viewer:
    """Somebody I keep, as a pair of eyes."""
    contact = here.people[name]
    found = viewers.person(here.session.rows_of([contact])[contact])
    assert found is not None
    return found


async def open_page(here: Living) -> ProfilePage:
    """Show my profile, and wait until it is there."""
    page = ProfilePage(here.session, here.tasks)
    page.resize(760, 1400)
    page.show()
    page.activateWindow()
    await until(page.isActiveWindow)
    await until(lambda: page.whole.isVisible() and page.whole.isEnabled())
    return page
