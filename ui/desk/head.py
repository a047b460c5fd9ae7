"""The head of a pane: who looks through it, how they are, and the weather they are in."""

from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame

from app.addresses import display
from app.session import SessionState, Status
from app.worlds.weather import Weather
from ui import parts, theme
from ui.desk.identity import FRAMES, SHAPES, Identity, combo
from ui.theme import Size
from ui.tokens import ACCENTS
from ui.wording import tr

WEATHERS: Final[dict[Weather, str]] = {
    Weather.CLEAR: "Clear",
    Weather.OFFLINE: "Offline",
    Weather.SLOW: "Slow",
    Weather.DUPLICATED: "Duplicated",
    Weather.REORDERED: "Reordered",
    Weather.LIMITED: "Rate-limited",
    Weather.RESTART: "Restart",
}
STATUSES: Final[dict[Status, tuple[str, str]]] = {
    Status.OFFLINE: ("Offline", "warning"),
    Status.WORKING: ("Working", "accent"),
    Status.WAITING: ("Waiting", "warning"),
    Status.IDLE: ("Up to date", "success"),
    Status.SIGNED_OUT: ("Signed out", "danger"),
    Status.PAUSED: ("Paused", "warning"),
}


class PaneHead(QFrame):
    """Carries the colour and the shape of an identity."""

    weather_chosen = Signal(object)

    def __init__(self, identity: Identity, place: int) -> None:
        super().__init__()
        self.setObjectName("pane_head")
        self._accent = FRAMES[place]
        self.name = parts.label(f"{SHAPES[place]} {identity.name}", bold=True)
        self.name.setObjectName("pane_name")
        self.name.setAccessibleName(identity.name)
        self.address = parts.ElidedLabel(display(identity.address), Size.CAPTION)
        self.state = parts.pill()
        self.weather = combo(tr("Weather of %1").replace("%1", identity.name), "weather")
        self.weather.setMinimumContentsLength(8)
        parts.set_tip(self.weather, tr("What is between this identity and the service"))
        for weather, words in WEATHERS.items():
            self.weather.addItem(tr(words), weather)
        self.weather.activated.connect(
            lambda at: self.weather_chosen.emit(Weather(self.weather.itemData(at)))
        )
        above = parts.row(self.name, None, self.state, spacing=8)
        below = parts.row(self.address, self.weather, spacing=8)
        below.setStretch(0, 1)
        self.setLayout(parts.column(above, below, spacing=4, margins=(12, 8, 12, 8)))

    def frame_style(self, frame: str) -> str:
        """Write the colours of the moment for the frame of this name and what is in it."""
        colours = ACCENTS[self._accent]
        strong, soft = (
            (colours.dark, colours.dark_soft)
            if theme.now().dark
            else (colours.light, colours.light_soft)
        )
        tokens, wide, round_ = theme.now().tokens, theme.px(2), theme.px(12)
        return (
            f"#{frame} {{ border: {wide}px solid {strong};"
            f" border-radius: {round_}px; background: {tokens.surface}; }}"
            f"#pane_head {{ background: {soft}; border-top-left-radius: {round_ - wide}px;"
            f" border-top-right-radius: {round_ - wide}px; }}"
            f"#pane_name {{ background: {strong}; color: {tokens.card};"
            f" border-radius: {theme.px(10)}px; padding: {theme.px(2)}px {theme.px(10)}px; }}"
        )

    def show_state(self, state: SessionState) -> None:
        """Say how far the session is."""
        words, tone = STATUSES[state.status]
        waiting = f" · {state.waiting}" if state.waiting else ""
        self.state.setText(tr(words) + waiting)
        parts.set_property(self.state, "pill", tone)

    def show_weather(self, weather: Weather) -> None:
        """Show which weather there is."""
        self.weather.setCurrentIndex(self.weather.findData(weather))
