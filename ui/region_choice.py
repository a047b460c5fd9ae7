"""The country in which numbers without a country code are read."""

from PySide6.QtCore import QLocale, Qt, Signal
from PySide6.QtWidgets import QComboBox

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


def countries() -> list[tuple[str, str]]:
    """List code and name of every country, by name."""
    found = []
    for country in QLocale.Country:
        code = QLocale.territoryToCode(country)
        if len(code) == 2 and code.isalpha():
            found.append((code, QLocale.territoryToString(country)))
    return sorted(set(found), key=lambda pair: pair[1])
