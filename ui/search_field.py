"""A field to search with: a glass before the words, and a way to clear them behind."""

from typing import Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLineEdit

from ui import icons, theme
from ui.buttons import IconButton
from ui.icons import Icon
from ui.text import begin_at_side
from ui.wording import tr

GLASS: Final = 16


class SearchField(QLineEdit):
    """Both glyphs grow with the font; those of Qt stay at sixteen pixels."""

    def __init__(self, placeholder: str, accessible: str, *, name: str) -> None:
        super().__init__()
        self.setPlaceholderText(placeholder)
        self.setAccessibleName(accessible)
        self.setObjectName(name)
        self.setMaxLength(200)
        begin_at_side(self)
        self._end = IconButton(Icon.CLOSE, tr("Clear the search"), self.clear, name=f"{name}_clear")
        self._end.setParent(self)
        self._end.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # Escape does the same
        self._end.hide()
        self.textChanged.connect(lambda text: self._end.setVisible(bool(text)))
        self.setTextMargins(theme.px(GLASS + 8), 0, theme.px(GLASS + 8), 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        side = self.height() - theme.px(4)
        left = theme.px(2) if self.isRightToLeft() else self.width() - side - theme.px(2)
        self._end.setGeometry(left, theme.px(2), side, side)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        look = theme.now()
        side, gap = look.px(GLASS), look.px(10)
        left = self.width() - gap - side if self.isRightToLeft() else gap
        place = QRectF(left, (self.height() - side) // 2, side, side)
        icons.paint(QPainter(self), Icon.SEARCH, place, look.colour("muted"))
