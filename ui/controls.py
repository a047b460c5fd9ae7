"""Controls that choose: segments, switches, chips."""

from collections.abc import Hashable, Iterable
from typing import Final

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QPushButton, QVBoxLayout, QWidget

from ui import parts, theme
from ui.buttons import DrawnButton, PushButton
from ui.flow import FlowLayout
from ui.icons import Icon
from ui.theme import Size

NEXT_KEYS: Final = {Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1, Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1}


class Segmented(QFrame):
    """A choice of one among few, all of them in sight; arrows move, and what is shown is chosen.

    `chosen` is emitted only when a person chooses. Where a choice has consequences, arrows only
    move (`arrows_choose` is off), and `considered` tells which option is looked at.
    """

    chosen = Signal(object)
    considered = Signal(object)
    """The option under the pointer or the keyboard, or None when both have left."""

    def __init__(
        self,
        accessible: str,
        options: Iterable[tuple[Hashable, str]] = (),
        *,
        name: str = "",
        arrows_choose: bool = True,
    ) -> None:
        super().__init__()
        self._arrows_choose = arrows_choose
        self.setProperty("kind", "tray")
        self.setAccessibleName(accessible)
        self.setObjectName(name)
        self._segments: dict[Hashable, QPushButton] = {}
        self._flow = FlowLayout(spacing=2, margin=3)
        self.setLayout(self._flow)
        self.current: Hashable = None
        self.set_options(options)

    def set_options(self, options: Iterable[tuple[Hashable, str]]) -> None:
        """Offer these, in this order."""
        wanted = dict(options)
        if {key: segment.text() for key, segment in self._segments.items()} == wanted:
            return
        parts.clear(self._flow)
        self._segments = {key: self._segment(key, text) for key, text in wanted.items()}
        for segment in self._segments.values():
            self._flow.addWidget(segment)
        self.set_current(self.current)

    def set_current(self, key: Hashable) -> None:
        """Show which one holds, without a signal; an unknown key shows none."""
        self.current = key
        for each, segment in self._segments.items():
            segment.setChecked(each == key)
        self._let_tab_stop()

    def _let_tab_stop(self) -> None:
        """Let Tab come to the one that holds, and go on from the one that is looked at."""
        looked_at = next((key for key, each in self._segments.items() if each.hasFocus()), None)
        stop = self._entry() if looked_at is None else looked_at
        for each, segment in self._segments.items():
            is_stop = each == stop
            segment.setFocusPolicy(
                Qt.FocusPolicy.StrongFocus if is_stop else Qt.FocusPolicy.ClickFocus
            )

    def segment(self, key: Hashable) -> QPushButton:
        """Find the button of one option."""
        return self._segments[key]

    def focus_current(self) -> None:
        """Put the keyboard on the one that holds."""
        entry = self._entry()
        if entry is not None:
            self._segments[entry].setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _entry(self) -> Hashable:
        """Choose where the keyboard comes in: where the choice holds, otherwise at the first."""
        first = next(iter(self._segments), None)
        return self.current if self.current in self._segments else first

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrows and Enter belong to the whole choice; a button would leave it."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self._take_key(event)
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self._let_tab_stop()
        key = next((key for key, each in self._segments.items() if each is watched), None)
        if event.type() in (QEvent.Type.Enter, QEvent.Type.FocusIn):
            self.considered.emit(key)
        elif event.type() in (QEvent.Type.Leave, QEvent.Type.FocusOut):
            self.considered.emit(None)
        return False

    def _take_key(self, event: QKeyEvent) -> bool:
        keys = list(self._segments)
        here = next((i for i, key in enumerate(keys) if self._segments[key].hasFocus()), 0)
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._choose(keys[here])
            return True
        step = NEXT_KEYS.get(Qt.Key(event.key()))
        if step is None:
            return False
        if event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Right) and self.isRightToLeft():
            step = -step
        there = keys[(here + step) % len(keys)]
        self._segments[there].setFocus(Qt.FocusReason.TabFocusReason)
        if self._arrows_choose:
            self._choose(there)
        return True

    def _segment(self, key: Hashable, text: str) -> QPushButton:
        made = QPushButton(text)
        made.setCheckable(True)
        made.setAutoDefault(False)
        made.setProperty("kind", "segment")
        made.setAccessibleName(text)
        made.setObjectName(f"{self.objectName()}_{key}")
        made.setCursor(Qt.CursorShape.PointingHandCursor)
        made.clicked.connect(lambda: self._choose(key))
        made.installEventFilter(self)
        return made

    def _choose(self, key: Hashable) -> None:
        changed = key != self.current
        self.set_current(key)
        if changed:
            self.chosen.emit(key)


class Switch(DrawnButton):
    """On or off, at once."""

    def __init__(self, words: str, *, name: str = "") -> None:
        super().__init__(words, name=name)
        self.setCheckable(True)

    def sizeHint(self) -> QSize:
        return QSize(theme.px(44), theme.px(32))

    def paintEvent(self, _event: QPaintEvent) -> None:
        look = theme.now()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        track = QRectF(0, 0, look.px(36), look.px(20))
        track.moveCenter(QRectF(self.rect()).center())
        on = self.isChecked()
        ground = look.colour("accent" if on else "line_strong")
        if not self.isEnabled():
            ground = look.colour("pressed")
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawRoundedRect(track, track.height() / 2, track.height() / 2)
        knob = QRectF(0, 0, look.px(14), look.px(14))
        gap = (track.height() - knob.height()) / 2
        at_end = on is not self.isRightToLeft()
        x = track.right() - gap - knob.width() if at_end else track.left() + gap
        knob.moveTo(x, track.top() + gap)
        painter.setBrush(look.colour("on_accent" if on and self.isEnabled() else "surface"))
        painter.drawEllipse(knob)
        ring = look.px(3)
        self.ring.paint(
            painter, track.adjusted(-ring, -ring, ring, ring), track.height() / 2 + ring
        )


class SwitchRow(QWidget):
    """A switch with its words; the whole line may be clicked.

    `switched` is emitted only when a person switches.
    """

    switched = Signal(bool)

    def __init__(
        self, title: str, detail: str = "", *, icon: Icon | None = None, name: str = ""
    ) -> None:
        super().__init__()
        self.switch = Switch(title, name=name)
        self.switch.setAccessibleDescription(detail)
        self.title = parts.label(title, wrap=True)
        self.detail = parts.label(detail, Size.CAPTION, tone="muted", wrap=True)
        if not detail:
            self.detail.hide()
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self.title)
        words.addWidget(self.detail)
        pieces: list[parts.Piece] = [words, self.switch]
        if icon is not None:
            pieces.insert(0, parts.Glyph(icon, 20))
        line = parts.row(*pieces, spacing=12)
        line.setStretch(len(pieces) - 2, 1)
        self.setLayout(line)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.switch.clicked.connect(self.switched)

    def is_on(self) -> bool:
        """Whether it is on."""
        return self.switch.isChecked()

    def set_on(self, on: bool) -> None:
        """Show what holds, without a signal."""
        self.switch.setChecked(on)

    def set_detail(self, detail: str) -> None:
        """Say something else under the title."""
        self.detail.setText(detail)
        self.detail.setVisible(bool(detail))
        self.switch.setAccessibleDescription(detail)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if self.isEnabled() and self.rect().contains(event.position().toPoint()):
            self.switch.click()


def chip(text: str, *, name: str = "") -> QPushButton:
    """Make a small choice that is on or off by itself."""
    made = PushButton(text)
    made.setCheckable(True)
    made.setAutoDefault(False)
    made.setProperty("kind", "chip")
    made.setAccessibleName(text)
    made.setObjectName(name)
    made.setCursor(Qt.CursorShape.PointingHandCursor)
    return made
