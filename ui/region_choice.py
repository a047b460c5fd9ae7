"""The country in which numbers without a country code are read."""

from PySide6.QtCore import QLocale, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QComboBox

from ui import icons, theme
from ui.icons import Icon
from ui.wording import tr


class RegionChoice(QComboBox):
    """All countries by their names; typing finds one."""

    chosen = Signal(str)

    def __init__(self, region: str) -> None:
        super().__init__()
        self.setObjectName("region")
        self.setAccessibleName(tr("Country of numbers without a country code"))
        for code, name in countries():
            self.addItem(f"{name} ({code})", code)
        self.set_region(region)
        self.activated.connect(lambda _at: self.chosen.emit(self.region()))
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(18)

    def region(self) -> str:
        """Return the code of the chosen country."""
        return str(self.currentData())

    def set_region(self, region: str) -> None:
        """Show this country, without a signal."""
        at = self.findData(region, Qt.ItemDataRole.UserRole, Qt.MatchFlag.MatchExactly)
        if at < 0:
            self.addItem(region, region)
            at = self.count() - 1
        self.setCurrentIndex(at)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the arrow, which the style sheet takes away."""
        super().paintEvent(event)
        look = theme.now()
        side, gap = look.px(16), look.px(8)
        x = gap if self.isRightToLeft() else self.width() - side - gap
        place = QRectF(x, (self.height() - side) // 2, side, side)
        icons.paint(QPainter(self), Icon.CHEVRON_DOWN, place, look.colour("muted"))


def countries() -> list[tuple[str, str]]:
    """List code and name of every country, by name."""
    found = []
    for country in QLocale.Country:
        code = QLocale.territoryToCode(country)
        if len(code) == 2 and code.isalpha():
            found.append((code, QLocale.territoryToString(country)))
    return sorted(set(found), key=lambda pair: pair[1])
