"""Under the list while several people are chosen: how many, and what can be done with them."""

from functools import partial

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QToolTip, QWidget

from ui import parts, theme
from ui.icons import Icon
from ui.parts import IconButton
from ui.wording import counted, tr


class SelectionBar(QWidget):
    """Says which command is wanted; `menu` asks for everything else."""

    wanted = Signal(str)
    cleared = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("selection_bar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.words = parts.label("", bold=True)
        self.words.setObjectName("selection_words")
        ways = (
            (Icon.STAR, tr("Favorite (Ctrl+D)"), "favorite"),
            (Icon.BELL, tr("Live updates (Ctrl+U)"), "subscribe"),
            (Icon.EYE, tr("What they see of me (Ctrl+H)"), "visibility"),
            (Icon.MORE, tr("More"), "menu"),
        )
        self.buttons = {
            name: IconButton(which, words, partial(self.wanted.emit, name), name=f"bulk_{name}")
            for which, words, name in ways
        }
        clear = IconButton(Icon.CLOSE, tr("Choose nobody"), self.cleared.emit, name="bulk_clear")
        self.setLayout(
            parts.row(
                self.words, None, *self.buttons.values(), clear, spacing=2, margins=(16, 6, 8, 6)
            )
        )
        for each in (*self.buttons.values(), clear):
            each.installEventFilter(self)
        self.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Show tooltips from the foot of the bar on: above it is said what a button would do."""
        if (
            isinstance(event, QHelpEvent)
            and event.type() == QEvent.Type.ToolTip
            and isinstance(watched, QWidget)
        ):
            foot = self.mapToGlobal(self.rect().bottomLeft()).y() + theme.px(8)
            QToolTip.showText(QPoint(event.globalX(), foot), watched.toolTip(), watched)
            return True
        return False

    def show_count(self, count: int) -> None:
        """Show how many are chosen; one alone needs no bar."""
        self.words.setText(counted(count, "%1 chosen", "%1 chosen"))
        self.setVisible(count > 1)
