"""How Kith looks and what it tells; everything holds at once."""

from typing import Final

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QWidget

from ui import icons, parts, theme
from ui.controls import Segmented, SwitchRow
from ui.icons import Icon
from ui.theme import Scheme
from ui.tokens import ACCENTS, Accent
from ui.window_state import WindowState
from ui.wording import tr

SCHEMES: Final = (
    (Scheme.SYSTEM, "As the system"),
    (Scheme.LIGHT, "Light"),
    (Scheme.DARK, "Dark"),
)

DOT: Final = 16


class SettingsPage(parts.Page):
    """Shows what is remembered, and says what a person changes."""

    scheme_chosen = Signal(object)
    accent_chosen = Signal(object)
    compact_switched = Signal(bool)

    def __init__(self, state: WindowState, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("settings_page")
        self._state = state
        self.scheme = Segmented(
            tr("Colors"), [(key, tr(words)) for key, words in SCHEMES], name="scheme"
        )
        self.accent = Segmented(
            tr("Accent"), [(each, tr(each.value.capitalize())) for each in Accent], name="accent"
        )
        self.compact = SwitchRow(
            tr("Compact rows"), tr("One line for each person (Ctrl+Shift+D)."), name="compact"
        )
        self.joined = SwitchRow(tr("When somebody joins"), icon=Icon.NEW, name="notify_joined")
        self.messages = SwitchRow(
            tr("When somebody writes"),
            tr("The notice says who, never what."),
            icon=Icon.MESSAGE,
            name="notify_messages",
        )
        look = parts.Card(
            parts.label(tr("Colors"), bold=True),
            self.scheme,
            parts.label(tr("Accent"), bold=True),
            self.accent,
            parts.rule(),
            self.compact,
        )
        tell = parts.Card(self.joined, parts.rule(), self.messages)
        self.add(
            parts.heading(tr("Settings")),
            look,
            parts.section(
                tr("Notifications"), tell, tr("Shown while this window is not the one you look at.")
            ),
        )
        self.finish()
        self.scheme.chosen.connect(self.scheme_chosen)
        self.accent.chosen.connect(self.accent_chosen)
        self.compact.switched.connect(self.compact_switched)
        self.joined.switched.connect(self._keep_joined)
        self.messages.switched.connect(self._keep_messages)
        self._dot_accents()
        self.show_state()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if parts.is_restyled(event) and hasattr(self, "accent"):
            self._dot_accents()

    def _dot_accents(self) -> None:
        """Show each accent beside its name, as it is in the scheme of now."""
        dark = theme.now().dark
        for each, colours in ACCENTS.items():
            dot = icons.dot(colours.dark if dark else colours.light, DOT)
            self.accent.segment(each).setIcon(dot)

    def show_state(self) -> None:
        """Show what is remembered."""
        self.scheme.set_current(self._state.scheme)
        self.accent.set_current(self._state.accent)
        self.compact.set_on(self._state.compact)
        self.joined.set_on(self._state.notify_joined)
        self.messages.set_on(self._state.notify_messages)

    def _keep_joined(self, on: bool) -> None:
        self._state.notify_joined = on

    def _keep_messages(self, on: bool) -> None:
        self._state.notify_messages = on
