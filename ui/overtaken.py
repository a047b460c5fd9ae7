"""What two sessions of mine made of the same part of my account, side by side, until I choose."""

from functools import partial
from typing import Final

from PySide6.QtWidgets import QGridLayout, QPushButton, QWidget

from app.domain import Field
from app.session import Session
from app.views import Overtaken
from ui import notice_words, parts, theme
from ui.avatar import Avatar
from ui.icons import Icon
from ui.plain import short
from ui.theme import Size
from ui.wording import tr

SHOWN: Final = 120
"""As much of a text as helps to choose."""

TOGETHER: Final = {Field.STATUS: " · ", Field.ABOUT: "\n"}
"""What can say both, with what stands between them."""


class OvertakenCards(QWidget):
    """Nothing while there is none. Each way on is a step that can be undone."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.setObjectName("overtaken")
        self._session = session
        self._shown: list[Overtaken] = []
        self._body = parts.column(spacing=8)
        self.setLayout(self._body)
        self.hide()

    def refresh(self) -> None:
        """Show what waits for a choice now."""
        found = self._session.mine.overtaken()
        if found == self._shown:
            return
        self._shown = found
        parts.clear(self._body)
        for each in found:
            self._body.addWidget(self._card(each))
        self.setVisible(bool(found))

    def _card(self, each: Overtaken) -> QWidget:
        text = notice_words.overtaken(each.part)
        words = parts.label(text, wrap=True, bold=True)
        words.setObjectName("overtaken_words")
        now = parts.label(tr("Theirs is shown now. Choose which holds."), Size.CAPTION, wrap=True)
        ways = self._ways(each)
        for way in ways:
            way.setAccessibleName(f"{way.text()}: {text}")
        column = parts.column(
            words, now, self._both_sides(each), parts.row(*ways, None, spacing=6), spacing=6
        )
        line = parts.row(parts.Glyph(Icon.WARNING, 20, tone="warning"), column, spacing=12)
        line.setStretch(1, 1)
        parts.announce(self, text)
        return parts.Card(line, padding=12)

    def _both_sides(self, each: Overtaken) -> QGridLayout:
        sides = QGridLayout()
        sides.setHorizontalSpacing(theme.px(12))
        sides.setColumnStretch(1, 1)
        if _field_of(each) is None:
            pieces: list[QWidget] = [_picture(each.picture), parts.label(tr("The one below"))]
        else:
            pieces = [_said(text) for text in (each.mine, each.theirs)]
        for row, (side, piece) in enumerate(zip((tr("Yours"), tr("Theirs")), pieces, strict=True)):
            sides.addWidget(parts.label(side, Size.CAPTION, tone="muted"), row, 0)
            sides.addWidget(piece, row, 1)
        return sides

    def _ways(self, each: Overtaken) -> list[QPushButton]:
        mine, theirs = each.mine, each.theirs
        ways = [
            parts.button(tr("Yours"), partial(self._take_mine, each), name="overtaken_mine"),
            parts.button(
                tr("Theirs"),
                partial(self._session.mine.take_theirs, each.part),
                name="overtaken_theirs",
            ),
        ]
        field = _field_of(each)
        if field in TOGETHER and mine and theirs:
            both = theirs + TOGETHER[field] + mine
            save = partial(self._session.save_me, {field: both})
            ways.append(parts.button(tr("Both"), save, name="overtaken_both"))
        return ways

    def _take_mine(self, each: Overtaken) -> None:
        field = _field_of(each)
        if field is None:
            self._session.save_picture(each.picture)
        else:
            self._session.save_me({field: each.mine})


def _field_of(each: Overtaken) -> Field | None:
    """Say which field it is; the picture is none of them."""
    is_field = each.part.startswith("field:")
    return Field(each.part.removeprefix("field:")) if is_field else None


def _said(text: str | None) -> QWidget:
    if not text:
        return parts.label(tr("Nothing"), tone="muted")
    return parts.label(f"“{short(text, SHOWN)}”", wrap=True)


def _picture(data: bytes | None) -> QWidget:
    if data is None:
        return parts.label(tr("No picture"), tone="muted")
    made = Avatar(48)
    made.show_picture(data)
    return made
