"""Ctrl+K: type a few letters of a command or of a name, press Enter."""

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QFrame,
    QGraphicsDropShadowEffect,
    QListWidget,
    QListWidgetItem,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from app.domain import ContactId
from app.session import Row
from ui import icons, parts, theme
from ui.icons import Icon
from ui.plain import one_line
from ui.shelf import Filter, folded
from ui.shortcuts import COMMANDS, Command, native
from ui.theme import Size
from ui.wording import tr

PEOPLE_SHOWN: Final = 8
LINES: Final = 9


@dataclass(frozen=True, slots=True)
class Hit:
    """One line of the palette: a command, or a person."""

    words: str
    detail: str
    command: Command | None = None
    contact: ContactId | None = None


def hits(text: str, rows: list[Row]) -> list[Hit]:
    """Find commands first, then people."""
    words = folded(text).split()
    found = [
        Hit(tr(each.words), "  ".join(native(keys) for keys in each.keys), command=each)
        for each in COMMANDS
        if each.in_palette and all(word in folded(tr(each.words)) for word in words)
    ]
    if words:
        people = Filter(text=text).choose(rows)[:PEOPLE_SHOWN]
        found += [Hit(one_line(row.name), row.detail, contact=row.id) for row in people]
    return found


class HitDelegate(QStyledItemDelegate):
    """Draws the words as usual, and the keys or the number quietly at the end."""

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        super().paint(painter, option, index)
        hit = index.data(Qt.ItemDataRole.UserRole)
        assert isinstance(hit, Hit)
        gap = theme.px(12)
        painter.save()
        painter.setPen(theme.now().colour("muted"))
        painter.setFont(theme.font(Size.CAPTION))
        side = Qt.AlignmentFlag.AlignTrailing | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(option.rect.adjusted(gap, 0, -gap, 0), side, hit.detail)
        painter.restore()


class CommandPalette(QFrame):
    """Floats over the window until something is chosen."""

    command_chosen = Signal(str)
    contact_chosen = Signal(object)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._over = parent
        self.setObjectName("command_palette")
        self.setProperty("kind", "floating")
        self.setAccessibleName(tr("Command palette"))
        self._rows: list[Row] = []
        self.field = parts.text_field(
            tr("What do you want to do, or whom to see?"),
            tr("Command or name"),
            name="palette_field",
        )
        self.field.textChanged.connect(self._show_hits)
        self.field.installEventFilter(self)
        self.list = QListWidget()
        self.list.setObjectName("palette_list")
        self.list.setAccessibleName(tr("Commands and people"))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.list.setItemDelegate(HitDelegate(self.list))
        self.list.itemClicked.connect(self._take)
        self.nothing = parts.label(tr("No command and no one of that name."), tone="muted")
        self.setLayout(
            parts.column(self.field, self.nothing, self.list, spacing=8, margins=(12, 12, 12, 12))
        )
        shadow = QGraphicsDropShadowEffect(self)
        shadow.setBlurRadius(theme.px(40))
        shadow.setOffset(0, theme.px(8))
        shadow.setColor(QColor(0, 0, 0, 90))
        self.setGraphicsEffect(shadow)
        self.hide()

    def open_over(self, rows: list[Row]) -> None:
        """Show it, with these people to be found."""
        self._rows = rows
        self.field.clear()
        self._show_hits("")
        self._fit()
        self.show()
        self.raise_()
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Arrows move in the list, Enter takes, Escape and leaving close."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self._press(event.key())
        if event.type() == QEvent.Type.FocusOut:
            self.hide()
        return super().eventFilter(watched, event)

    def _press(self, key: int) -> bool:
        steps = {
            Qt.Key.Key_Down: 1,
            Qt.Key.Key_Up: -1,
            Qt.Key.Key_PageDown: 8,
            Qt.Key.Key_PageUp: -8,
        }
        if key in steps and self.list.count():
            line = (self.list.currentRow() + steps[Qt.Key(key)]) % self.list.count()
            self.list.setCurrentRow(line)
            return True
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if (item := self.list.currentItem()) is not None:
                self._take(item)
            return True
        if key == Qt.Key.Key_Escape:
            self._leave()
            return True
        return False

    def _show_hits(self, text: str) -> None:
        self.list.clear()
        found = hits(text, self._rows)
        for hit in found:
            which = Icon.PERSON if hit.command is None else Icon.COMMAND
            item = QListWidgetItem(icons.icon(which, "muted", 18), hit.words)
            item.setData(Qt.ItemDataRole.UserRole, hit)
            item.setSizeHint(QSize(0, theme.px(36)))
            self.list.addItem(item)
        self.list.setCurrentRow(0)
        self.nothing.setVisible(not found)
        self._fit()

    def _fit(self) -> None:
        """Be as high as what was found."""
        lines = max(1, min(self.list.count(), LINES))
        self.list.setVisible(self.list.count() > 0)
        width = min(theme.px(520), self._over.width() - theme.px(48))
        head = self.field.sizeHint().height() + theme.px(12 + 12 + 8)
        height = head + (theme.px(38) * lines if self.list.count() else theme.px(32))
        self.setFixedSize(width, min(height, self._over.height() - theme.px(80)))
        self.move((self._over.width() - width) // 2, theme.px(56))

    def _take(self, item: QListWidgetItem) -> None:
        hit = item.data(Qt.ItemDataRole.UserRole)
        assert isinstance(hit, Hit)
        self._leave()
        if hit.command is not None:
            self.command_chosen.emit(hit.command.name)
        else:
            self.contact_chosen.emit(hit.contact)

    def _leave(self) -> None:
        self.hide()
        self._over.setFocus()
