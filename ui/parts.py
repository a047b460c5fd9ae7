"""The pieces every page is built from: text, blocks, buttons, banners, empty states.

Every text widget made here is plain: nothing that came from outside is ever read as markup.
Switches, segments and chips are in `ui.controls`, faces in `ui.avatar`, safe names in `ui.plain`.
"""

import html
from collections.abc import Callable, Sequence
from typing import Final

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QAccessible,
    QAccessibleAnnouncementEvent,
    QFocusEvent,
    QGuiApplication,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractButton,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLayout,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from ui import icons, theme
from ui.icons import Icon
from ui.plain import one_line
from ui.theme import Size

PAGE_WIDTH: Final = 680
"""A line longer than this is hard to read."""

NARROW_PAGE: Final = 480
COPIED_MS: Final = 1600
BY_KEY: Final = (
    Qt.FocusReason.TabFocusReason,
    Qt.FocusReason.BacktabFocusReason,
    Qt.FocusReason.ShortcutFocusReason,
)

# ---- text


def label(
    text: str = "",
    size: Size = Size.BODY,
    *,
    tone: str = "",
    bold: bool = False,
    wrap: bool = False,
) -> QLabel:
    """Make plain text; `tone` is muted, faint, accent, success, warning or danger."""
    made = QLabel()
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setText(text)
    made.setProperty("size", size.value)
    made.setProperty("tone", tone)
    made.setProperty("bold", bold)
    made.setFont(theme.font(size, bold=bold))
    made.setWordWrap(wrap)
    if wrap:
        made.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
    return made


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
    widget.setToolTip(f"<p style='white-space:pre-wrap'>{html.escape(text)}</p>" if text else "")


def announce(widget: QWidget, text: str) -> None:
    """Let a screen reader say it."""
    QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(widget, text))


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
        self._elide()

    def sizeHint(self) -> QSize:
        metrics = self.fontMetrics()
        return QSize(metrics.horizontalAdvance(self._whole) + 4, metrics.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._elide()

    def _elide(self) -> None:
        metrics = self.fontMetrics()
        cut = metrics.elidedText(self._whole, Qt.TextElideMode.ElideRight, max(self.width(), 1))
        self.setText(cut)
        set_tip(self, self._whole if cut != self._whole else "")


# ---- blocks


Piece = QWidget | QLayout | int | None
"""What goes into a row or a column: an int is a gap, `None` a spring."""


def row(
    *pieces: Piece, spacing: int = 8, margins: tuple[int, int, int, int] = (0, 0, 0, 0)
) -> QHBoxLayout:
    """Lay pieces side by side."""
    layout = QHBoxLayout()
    _fill(layout, pieces, spacing, margins)
    return layout


def column(
    *pieces: Piece, spacing: int = 8, margins: tuple[int, int, int, int] = (0, 0, 0, 0)
) -> QVBoxLayout:
    """Lay pieces below one another."""
    layout = QVBoxLayout()
    _fill(layout, pieces, spacing, margins)
    return layout


def _fill(
    layout: QHBoxLayout | QVBoxLayout,
    pieces: Sequence[Piece],
    spacing: int,
    margins: tuple[int, int, int, int],
) -> None:
    layout.setSpacing(theme.px(spacing) if spacing else 0)
    left, top, right, bottom = (theme.px(margin) if margin else 0 for margin in margins)
    layout.setContentsMargins(left, top, right, bottom)
    for piece in pieces:
        if piece is None:
            layout.addStretch(1)
        elif isinstance(piece, int):
            layout.addSpacing(theme.px(piece))
        elif isinstance(piece, QLayout):
            layout.addLayout(piece)
        else:
            layout.addWidget(piece)


class Card(QFrame):
    """A quiet box with round corners around things that belong together."""

    def __init__(self, *pieces: Piece, spacing: int = 12, padding: int = 16) -> None:
        super().__init__()
        self.setProperty("kind", "card")
        self.body = column(*pieces, spacing=spacing, margins=(padding,) * 4)
        self.setLayout(self.body)


def rule() -> QFrame:
    """Make a thin line between two things."""
    made = QFrame()
    made.setProperty("kind", "rule")
    return made


def heading(text: str, detail: str = "") -> QWidget:
    """Make the heading of a section, with a sentence under it."""
    made = QWidget()
    title = label(text, Size.TITLE, bold=True, wrap=True)
    pieces: list[Piece] = [title]
    if detail:
        pieces.append(label(detail, tone="muted", wrap=True))
    made.setLayout(column(*pieces, spacing=2))
    made.setAccessibleName(text)
    return made


class Page(QScrollArea):
    """A page of the right side: a scrolled column, no wider than is easy to read."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.content = QWidget()
        self.content.setMaximumWidth(theme.px(PAGE_WIDTH))
        self.content.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.body = column(spacing=20, margins=(24, 24, 24, 32))
        self.content.setLayout(self.body)
        ground = QWidget()
        ground.setObjectName("page_ground")
        ground.setLayout(row(self.content, spacing=0))
        self.setWidget(ground)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = self.viewport().width() < theme.px(NARROW_PAGE)
        side = theme.px(16 if narrow else 24)
        margins = self.body.contentsMargins()
        if margins.left() != side:
            self.body.setContentsMargins(side, margins.top(), side, margins.bottom())

    def close_page(self) -> None:
        """Hear no more of changes; a page that follows them says how."""

    def add(self, *pieces: QWidget) -> None:
        """Add pieces below those that are there."""
        for piece in pieces:
            self.body.addWidget(piece)

    def finish(self) -> None:
        """Keep everything at the top."""
        self.body.addStretch(1)


class Sheet(QWidget):
    """A page of the right side that fills it: what is long in it scrolls by itself."""

    def close_page(self) -> None:
        """Hear no more of changes; a page that follows them says how."""


# ---- buttons and fields


def button(
    text: str,
    then: Callable[[], object],
    *,
    kind: str = "",
    icon: Icon | None = None,
    name: str = "",
) -> QPushButton:
    """Make a button; `kind` is primary, danger or quiet; `name` becomes its object name."""
    made = QPushButton(text)
    made.setProperty("kind", kind)
    made.setAutoDefault(False)
    made.setAccessibleName(text.replace("&", ""))
    made.setObjectName(name)
    made.setCursor(Qt.CursorShape.PointingHandCursor)
    if icon is not None:
        tone = {"primary": "on_accent", "danger": "danger", "quiet": "accent"}.get(kind, "text")
        icons.dress(made, icon, tone, 18)
        made.setIconSize(QSize(theme.px(18), theme.px(18)))
    made.clicked.connect(lambda _checked=False: then())
    return made


def text_field(
    placeholder: str, accessible: str, *, name: str = "", limit: int = 4096
) -> QLineEdit:
    """Make a field for one line of text."""
    made = QLineEdit()
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


class IconButton(QAbstractButton):
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
        super().__init__()
        self.which, self.tone = which, tone
        self._ring = KeyRing()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setObjectName(name)
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

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def focusInEvent(self, event: QFocusEvent) -> None:
        self._ring.enter(event)
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._ring.shown = False
        super().focusOutEvent(event)

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
        self._ring.paint(painter, box, look.px(6))


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


# ---- whole messages


class Glyph(QWidget):
    """An icon on its own, perhaps on a soft disc."""

    def __init__(
        self, which: Icon, side: int = 20, *, tone: str = "muted", disc: bool = False
    ) -> None:
        super().__init__()
        self._which, self._tone, self._disc = which, tone, disc
        self._side = theme.px(side)
        self.setFixedSize(self._side, self._side)

    def show_icon(self, which: Icon, tone: str) -> None:
        """Draw another icon from now on."""
        self._which, self._tone = which, tone
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        look = theme.now()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect())
        if self._disc:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.colour("accent_soft"))
            painter.drawEllipse(box)
            inset = self._side * 0.27
            box = box.adjusted(inset, inset, -inset, -inset)
        icons.paint(painter, self._which, box, look.colour(self._tone))


class EmptyState(QWidget):
    """What a place says while it has nothing: why, and the ways on."""

    def __init__(self, which: Icon, title: str, text: str, *ways: QPushButton) -> None:
        super().__init__()
        self.title = label(title, Size.TITLE, bold=True, wrap=True)
        self.text = label(text, tone="muted", wrap=True)
        for each in (self.title, self.text):
            each.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.title.setMinimumWidth(theme.px(200))
        pieces: list[Piece] = [
            None,
            row(None, Glyph(which, 72, tone="accent", disc=True), None),
            8,
            self.title,
            self.text,
            8,
        ]
        for way in ways:
            pieces.append(row(None, way, None))
        pieces.append(None)
        self.setLayout(column(*pieces, spacing=6, margins=(24, 24, 24, 24)))


class Banner(QFrame):
    """A line across the top of a page that says what is wrong, and offers the way out."""

    closed = Signal()
    TONES: Final = {
        "": Icon.INFO,
        "success": Icon.CHECK,
        "warning": Icon.WARNING,
        "danger": Icon.WARNING,
    }

    def __init__(self, text: str = "", tone: str = "", *ways: QWidget) -> None:
        super().__init__()
        self.setProperty("kind", "banner")
        self.setProperty("tone", tone)
        self._glyph = Glyph(self.TONES[tone], 18, tone=tone or "accent")
        self._text = label(text, wrap=True)
        self._text.setMinimumHeight(self._text.fontMetrics().height())
        self._line = row(self._glyph, self._text, *ways, spacing=10, margins=(12, 8, 12, 8))
        self._line.setStretch(1, 1)
        self.setLayout(self._line)
        self.setAccessibleName(text)

    def add_way(self, way: QWidget) -> None:
        """Offer one more way out."""
        self._line.addWidget(way)

    def show_text(self, text: str, tone: str = "") -> None:
        """Say something else."""
        set_property(self, "tone", tone)
        self._glyph.show_icon(self.TONES[tone], tone or "accent")
        self._text.setText(text)
        self.setAccessibleName(text)
        self.setVisible(bool(text))
        if text:
            announce(self, text)


def clear(layout: QLayout) -> None:
    """Take everything out of a layout and delete it."""
    while (item := layout.takeAt(0)) is not None:
        if (inner := item.layout()) is not None:
            clear(inner)
        if (widget := item.widget()) is not None:
            widget.hide()
            widget.setParent(None)
            widget.deleteLater()


def is_restyled(event: QEvent) -> bool:
    """Whether the colours have just changed."""
    return event.type() in (QEvent.Type.PaletteChange, QEvent.Type.StyleChange)
