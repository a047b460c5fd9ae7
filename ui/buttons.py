"""Buttons and fields: what is pressed and what is typed into."""

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QFocusEvent, QGuiApplication, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QPushButton

from ui import icons, theme
from ui.icons import Icon
from ui.plain import in_own_order
from ui.text import announce, begin_at_side, set_tip

COPIED_MS: Final = 1600
ICON_GAP: Final = 8
QT_ICON_GAP: Final = 4
"""Qt puts so many pixels between an icon and its words, however large the words are."""
ENTER: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter)
BY_KEY: Final = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
)


def button(
    text: str,
    then: Callable[[], object],
    *,
    kind: str = "",
    icon: Icon | None = None,
    name: str = "",
) -> QPushButton:
    """Make a button; `kind` is primary, danger or quiet; `name` becomes its object name."""
    made = PushButton()
    made.setText(text)
    made.setProperty("kind", kind)
    made.setAutoDefault(False)
    made.setAccessibleName(text.replace("&", ""))
    made.setObjectName(name)
    made.setCursor(Qt.CursorShape.PointingHandCursor)
    if icon is not None:
        tone = {"primary": "on_accent", "danger": "danger", "quiet": "accent"}.get(kind, "text")
        air = max(theme.px(ICON_GAP) - QT_ICON_GAP, 0)
        icons.dress(made, icon, tone, 18, air)
        made.setIconSize(QSize(theme.px(18) + air, theme.px(18)))
    made.clicked.connect(lambda _checked=False: then())
    return made


class PushButton(QPushButton):
    """A button that Enter presses as well as Space, in a window as in a dialog."""

    def setText(self, text: str) -> None:
        """Say what it does; a mirrored window would put the "?" before the "Why"."""
        super().setText(in_own_order(text) if QGuiApplication.isRightToLeft() else text)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in ENTER:
            if not event.isAutoRepeat():
                self.click()
            return
        super().keyPressEvent(event)


def text_field(
    placeholder: str, accessible: str, *, name: str = "", limit: int = 4096
) -> QLineEdit:
    """Make a field for one line of text."""
    made = QLineEdit()
    begin_at_side(made)
    made.setPlaceholderText(placeholder)
    made.setAccessibleName(accessible)
    made.setObjectName(name)
    made.setMaxLength(limit)
    return made


class KeyRing:
    """Whether a control shows that it has the focus: only when a key brought it there."""

    def __init__(self) -> None:
        self.shown = False

    def enter(self, event: QFocusEvent) -> None:
        """Note how the focus came."""
        self.shown = event.reason() in BY_KEY

    def paint(self, painter: QPainter, rect: QRectF, radius: float) -> None:
        """Draw the ring inside `rect`."""
        if self.shown:
            painter.setPen(QPen(theme.now().colour("accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(rect.adjusted(1, 1, -1, -1), radius, radius)


class DrawnButton(QAbstractButton):
    """A button that draws itself: Enter presses it, and it shows when a key brought the focus."""

    def __init__(self, words: str, *, name: str = "") -> None:
        super().__init__()
        self.ring = KeyRing()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setObjectName(name)
        self.setAccessibleName(words)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in ENTER:
            if not event.isAutoRepeat():
                self.click()
            return
        super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.ring.enter(event)
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.ring.shown = False
        super().focusOutEvent(event)


class IconButton(DrawnButton):
    """A button that is an icon, with its words in the tooltip and for screen readers."""

    def __init__(
        self,
        which: Icon,
        words: str,
        then: Callable[[], object] | None = None,
        *,
        tone: str = "muted",
        name: str = "",
    ) -> None:
        super().__init__(words, name=name)
        self.which, self.tone = which, tone
        self.set_words(words)
        if then is not None:
            self.clicked.connect(lambda _checked=False: then())

    def set_words(self, words: str) -> None:
        """Say what pressing it does."""
        self.setAccessibleName(words)
        set_tip(self, words)

    def show_icon(self, which: Icon, tone: str) -> None:
        """Draw another icon from now on."""
        self.which, self.tone = which, tone
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(theme.px(32), theme.px(32))

    def paintEvent(self, _event: QPaintEvent) -> None:
        look = theme.now()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect())
        if self.isEnabled() and (self.isDown() or self.underMouse()):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.colour("pressed" if self.isDown() else "hover"))
            painter.drawRoundedRect(box, look.px(6), look.px(6))
        side = look.px(18)
        place = QRectF(0, 0, side, side)
        place.moveCenter(QPointF(round(box.center().x()), round(box.center().y())))
        icons.paint(
            painter, self.which, place, look.colour(self.tone if self.isEnabled() else "faint")
        )
        self.ring.paint(painter, box, look.px(6))


class CopyButton(IconButton):
    """Copies a text, and shows for a moment that it did."""

    def __init__(self, text: str, words: str, name: str = "") -> None:
        super().__init__(Icon.COPY, words, name=name)
        self.text_to_copy = text
        self._calm = QTimer(self)
        self._calm.setSingleShot(True)
        self._calm.timeout.connect(lambda: self.show_icon(Icon.COPY, "muted"))
        self.clicked.connect(self._copy)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text_to_copy)
        self.show_icon(Icon.CHECK, "success")
        announce(self, self.tr("Copied"))
        self._calm.start(COPIED_MS)
