"""Says over the list how many people have come into it above what is in sight."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QPushButton, QTableView

from app.domain import ContactId
from ui import icons, parts, theme
from ui.contact_model import ContactModel
from ui.icons import Icon
from ui.wording import counted


class AbovePill(QPushButton):
    """The list never jumps; this tells what that hides, and leads there."""

    def __init__(self, table: QTableView, model: ContactModel) -> None:
        super().__init__(table)
        self._table, self._model = table, model
        self._unseen: set[ContactId] = set()
        self.setObjectName("changes_above")
        self.setProperty("kind", "floating_pill")
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        icons.dress(self, Icon.UP, "on_accent", 14)
        self.clicked.connect(self._go)
        model.placed.connect(self._note)
        model.modelReset.connect(self._look)
        table.verticalScrollBar().valueChanged.connect(self._look)
        table.installEventFilter(self)
        self.hide()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stay in the middle of the top."""
        if event.type() == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)

    def _note(self, contacts: frozenset[ContactId]) -> None:
        self._unseen |= contacts
        self._look()

    def _look(self) -> None:
        """Forget who has been in sight, and say how many are left."""
        top = self._table.rowAt(0)
        lines = {each: self._model.position(each) for each in self._unseen}
        self._unseen = {each for each, line in lines.items() if line is not None and line < top}
        if self._unseen:
            words = counted(len(self._unseen), "%1 change above", "%1 changes above")
            self.setText(words)
            self.setAccessibleName(words)
            self._place()
            if self.isHidden():
                self.show()
                parts.announce(self, words)
        else:
            self.hide()

    def _go(self) -> None:
        lines = [self._model.position(each) for each in self._unseen]
        nearest = max((line for line in lines if line is not None), default=0)
        at_top = QTableView.ScrollHint.PositionAtTop
        self._table.scrollTo(self._model.index(nearest, 0), at_top)

    def _place(self) -> None:
        self.adjustSize()
        self.move((self._table.width() - self.width()) // 2, theme.px(8))
