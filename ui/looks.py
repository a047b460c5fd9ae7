"""What a person may choose of the window's looks: colours, accent, roomy or compact rows."""

from PySide6.QtWidgets import QApplication

from app.session import Session
from ui import icons
from ui.contact_list import ContactList
from ui.settings_page import SettingsPage
from ui.tasks import Tasks
from ui.theme import Scheme, Theme
from ui.tokens import Accent
from ui.window_state import WindowState


class Looks:
    """Changes the looks and remembers them; the settings page shows what holds."""

    def __init__(self, dress: Theme, state: WindowState, people: ContactList) -> None:
        self._dress, self._state, self._list = dress, state, people
        self._page: SettingsPage | None = None
        people.set_compact(state.compact)
        dress.changed.connect(self._recolour)

    def close(self) -> None:
        """Follow the colours no more."""
        self._dress.changed.disconnect(self._recolour)

    def settings_page(self, _session: Session, _tasks: Tasks) -> SettingsPage:
        """Make the page that all of this is chosen on."""
        self._page = page = SettingsPage(self._state)
        page.scheme_chosen.connect(self.choose_scheme)
        page.accent_chosen.connect(self.choose_accent)
        page.compact_switched.connect(lambda _on: self.switch_compact())
        return page

    def switch_compact(self) -> None:
        """Show lines of one row of text, or of two."""
        self._state.compact = not self._state.compact
        self._list.set_compact(self._state.compact)
        self._show()

    def choose_scheme(self, scheme: Scheme) -> None:
        """Be light, dark, or as the system is."""
        self._state.scheme = scheme
        self._dress.choose(scheme, self._state.accent)
        self._show()

    def choose_accent(self, accent: Accent) -> None:
        """Have this colour for what matters."""
        self._state.accent = accent
        self._dress.choose(self._state.scheme, accent)
        self._show()

    def next_accent(self) -> None:
        """Have the colour after the one of now."""
        accents = list(Accent)
        self.choose_accent(accents[(accents.index(self._state.accent) + 1) % len(accents)])

    def _show(self) -> None:
        if self._page is not None:
            self._page.show_state()

    def _recolour(self) -> None:
        icons.dress_again(QApplication.allWidgets())
