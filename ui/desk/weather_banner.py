"""The banner of bad weather: striped and clouded like nothing else, so that it is no fault."""

from typing import Final

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame

from app.worlds.weather import MEANS, Weather
from ui import parts, theme
from ui.icons import Icon
from ui.theme import Size
from ui.wording import tr

STRIPE: Final = 10
ROUND: Final = 8


class WeatherBanner(QFrame):
    """Says which weather was made for the test, and ends it."""

    cleared = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("weather_banner")
        self._title = parts.label("", Size.CAPTION, bold=True, wrap=True)
        self._words = parts.label("", Size.CAPTION, wrap=True)
        clear = parts.button(tr("Clear it"), self.cleared.emit, name="weather_clear")
        said = parts.column(self._title, self._words, spacing=0)
        line = parts.row(
            parts.Glyph(Icon.CLOUD, 20, tone="text"), said, clear, spacing=8, margins=(12, 6, 8, 6)
        )
        line.setStretch(1, 1)
        self.setLayout(line)

    def show_weather(self, weather: Weather) -> None:
        """Say which weather there is; clear weather is nothing to say."""
        self.setVisible(weather is not Weather.CLEAR)
        if weather is Weather.CLEAR:
            self.setAccessibleName("")
            return
        self._title.setText(tr("Weather for this test: %1").replace("%1", weather.value))
        means = tr(MEANS[weather])
        words = tr("%1. You switched it on.").replace("%1", means[:1].upper() + means[1:])
        self._words.setText(words)
        self.setAccessibleName(f"{self._title.text()}. {words}")
        parts.announce(self, self.accessibleName())

    def paintEvent(self, _event: QPaintEvent) -> None:
        look = theme.now()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        shape = QPainterPath()
        shape.addRoundedRect(box, look.px(ROUND), look.px(ROUND))
        painter.fillPath(shape, look.colour("accent_soft"))
        painter.setClipPath(shape)
        stripe = look.px(STRIPE)
        painter.setPen(QPen(look.colour("pressed"), stripe / 2))
        for left in range(-self.height(), self.width(), 2 * stripe):
            painter.drawLine(left, self.height(), left + self.height(), 0)
        painter.setClipping(False)
        painter.setPen(QPen(look.colour("accent"), 1, Qt.PenStyle.DashLine))
        painter.drawPath(shape)
