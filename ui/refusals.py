"""What the service did not take of my account, on the page it is about, with every way on."""

from collections.abc import Callable
from functools import partial
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.domain import Field
from app.session import Session
from app.views import Refusal
from ui import notice_words, parts
from ui.icons import Icon
from ui.plain import short
from ui.theme import Size
from ui.wording import tr

SHOWN: Final = 120
"""As much of a refused text as helps to know it again."""


class Refusals(QWidget):
    """Nothing while there is none. What I wanted stays until I try again, change it or give up."""

    edit_wanted = Signal(object, str)
    """The field to go to, and the text that was refused."""

    def __init__(self, session: Session, concerns: Callable[[str], bool]) -> None:
        super().__init__()
        self.setObjectName("refusals")
        self._session, self._concerns = session, concerns
        self._shown: list[Refusal] = []
        self._body = parts.column(spacing=8)
        self.setLayout(self._body)
        self.hide()

    def refresh(self) -> None:
        """Show what is refused now."""
        found = [each for each in self._session.mine.refusals() if self._concerns(each.part)]
        if found == self._shown:
            return
        self._shown = found
        parts.clear(self._body)
        for each in found:
            self._body.addWidget(self._line(each))
        self.setVisible(bool(found))

    def _line(self, refusal: Refusal) -> QWidget:
        text = notice_words.refused(refusal.part)
        words = parts.label(text, wrap=True, bold=True)
        words.setObjectName("refusal_words")
        said = tr("It says: %1").replace("%1", short(refusal.detail, SHOWN))
        pieces: list[parts.Piece] = [words, parts.label(said, Size.CAPTION, wrap=True)]
        if isinstance(refusal.value, str):
            wanted = tr("You wanted: “%1”").replace("%1", short(refusal.value, SHOWN))
            pieces.append(parts.label(wanted, Size.CAPTION, tone="muted", wrap=True))
        mine = self._session.mine
        again = partial(mine.try_again, refusal.part)
        give_up = partial(mine.give_up, refusal.part)
        ways: list[parts.Piece] = [
            parts.button(tr("Try again"), again, name="refusal_again"),
            parts.button(tr("Give it up"), give_up, kind="quiet", name="refusal_end"),
            None,
        ]
        if refusal.part.startswith("field:") and isinstance(refusal.value, str):
            field = Field(refusal.part.removeprefix("field:"))
            edit = partial(self.edit_wanted.emit, field, refusal.value)
            ways.insert(0, parts.button(tr("Change it"), edit, name="refusal_edit"))
        column = parts.column(*pieces, parts.row(*ways, spacing=6), spacing=4)
        for way in ways:
            if isinstance(way, QWidget):
                way.setAccessibleName(f"{way.accessibleName()}: {text}")
        line = parts.row(parts.Glyph(Icon.WARNING, 20, tone="danger"), column, spacing=12)
        line.setStretch(1, 1)
        parts.announce(self, text)
        return parts.Card(line, padding=12)
