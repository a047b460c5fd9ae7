"""Plain text on the screen: nothing that came from outside is ever read as markup."""

import html
from typing import Final

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QGuiApplication,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QLabel, QLineEdit, QSizePolicy, QWidget

from ui import theme
from ui.plain import breakable, one_line
from ui.theme import Size

MIDDLE: Final = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignAbsolute
LEFT: Final = Qt.AlignmentFlag.AlignLeft | MIDDLE
RIGHT: Final = Qt.AlignmentFlag.AlignRight | MIDDLE


def label(
    text: str = "",
    size: Size = Size.BODY,
    *,
    tone: str = "",
    bold: bool = False,
    wrap: bool = False,
) -> QLabel:
    """Make plain text; `tone` is muted, accent, success, warning or danger."""
    made = WrappedLabel() if wrap else QLabel()
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setText(text)
    made.setProperty("size", size.value)
    made.setProperty("tone", tone)
    made.setProperty("bold", bold)
    made.setFont(theme.font(size, bold=bold))
    made.setWordWrap(wrap)
    # a label itself goes by the letters of its text: those of one card would stand apart
    made.setAlignment(RIGHT if QGuiApplication.isRightToLeft() else LEFT)
    if wrap:
        made.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
    return made


def begin_at_side(field: QLineEdit) -> None:
    """Let what is typed begin where the labels do: an empty field has no letters to go by."""
    field.setAlignment(RIGHT if QGuiApplication.isRightToLeft() else LEFT)


def pill(text: str = "", tone: str = "muted") -> QLabel:
    """Make a small word on a soft ground; `tone` is muted, accent, success, warning or danger."""
    made = label(text, Size.CAPTION)
    made.setProperty("pill", tone)
    made.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    return made


def set_property(widget: QWidget, name: str, value: object) -> None:
    """Change a property that the style sheet looks at."""
    if widget.property(name) != value:
        widget.setProperty(name, value)
        widget.style().unpolish(widget)
        widget.style().polish(widget)
        widget.update()


def set_tip(widget: QWidget, text: str) -> None:
    """Set a tooltip. Tooltips have no plain mode, so the text is escaped."""
    widget.setToolTip(
        f"<p style='margin:0;white-space:pre-wrap'>{html.escape(text)}</p>" if text else ""
    )


def announce(widget: QWidget, text: str) -> None:
    """Let a screen reader say it."""
    QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(widget, text))


class WrappedLabel(QLabel):
    """Text that goes on in the next line, also within a word that is longer than a line."""

    def setText(self, text: str) -> None:
        super().setText(breakable(text))


class ElidedLabel(QLabel):
    """One line of plain text that ends in … when there is no room; the whole is in its tooltip."""

    def __init__(self, text: str = "", size: Size = Size.BODY, *, bold: bool = False) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("size", size.value)
        self.setFont(theme.font(size, bold=bold))
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._whole = ""
        self.show_text(text)

    def show_text(self, text: str) -> None:
        """Show this text, as much of it as there is room for."""
        self._whole = one_line(text)
        self.setAccessibleName(self._whole)
        self.setText(self._whole)
        self._tell()

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance(self._whole) + 4, metrics.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._tell()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw what there is room for; a change of the text itself would lay out the page anew."""
        room = self.contentsRect()
        cut = self.fontMetrics().elidedText(
            self._whole, Qt.TextElideMode.ElideRight, max(room.width(), 1)
        )
        side = RIGHT if self.isRightToLeft() else LEFT
        painter = QPainter(self)
        painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)  # numbers stay upright
        self.style().drawItemText(
            painter, room, side, self.palette(), self.isEnabled(), cut, self.foregroundRole()
        )

    def _tell(self) -> None:
        cut = self.fontMetrics().horizontalAdvance(self._whole) > self.width()
        set_tip(self, self._whole if cut else "")


def is_restyled(event: QEvent) -> bool:
    """Whether the colours have just changed."""
    return event.type() in (QEvent.Type.PaletteChange, QEvent.Type.StyleChange)
