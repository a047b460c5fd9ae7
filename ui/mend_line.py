"""One bad number: what is wrong with it, and a field that judges while one types."""

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.addresses import parse_address
from app.errors import InvalidAddress
from ui import parts, wording
from ui.icons import Icon
from ui.plain import one_line
from ui.theme import Size
from ui.wording import tr


class MendLine(QWidget):
    """Offers to use a number only where it can be looked up."""

    mended = Signal(str)
    """What is written now, which is an address."""

    def __init__(self, text: str, trouble: str, region: Callable[[], str]) -> None:
        super().__init__()
        self._region = region
        self.field = parts.text_field("", tr("Mend this number"), name="mend_field", limit=200)
        self.field.setText(one_line(text))
        self.words = parts.label(trouble, Size.CAPTION, tone="warning", wrap=True)
        self.words.setObjectName("mend_words")
        self.use = parts.button(tr("Use it"), self._use, icon=Icon.CHECK, name="mend_use")
        self.use.setEnabled(False)
        self.field.textChanged.connect(self._judge)
        self.field.returnPressed.connect(self._use)
        line = parts.row(self.field, self.words, self.use, spacing=12)
        line.setStretch(0, 2)
        line.setStretch(1, 3)
        self.setLayout(line)

    def say(self, text: str, tone: str) -> None:
        """Say what is wrong with what is written, or that nothing is."""
        self.words.setText(text)
        parts.set_property(self.words, "tone", tone)

    def _judge(self, text: str) -> None:
        try:
            parse_address(text, self._region())
        except InvalidAddress as problem:
            self.say(wording.trouble(problem.detail), "warning")
            self.use.setEnabled(False)
            return
        self.say(tr("This can be looked up."), "success")
        self.use.setEnabled(True)

    def _use(self) -> None:
        if self.use.isEnabled():
            self.mended.emit(self.field.text().strip())
