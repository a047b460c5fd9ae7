"""One field and who may see it: the choice, its consequences, and the way to everyone who can."""

from typing import Final

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QApplication, QBoxLayout, QWidget

from app.domain import Audience, Field
from app.session import Session
from app.wire import Me, PutPrivacy, Suppose
from ui import impact, parts, theme, wording
from ui.controls import Segmented
from ui.icons import Icon
from ui.impact_view import Choice, ImpactView
from ui.parts import IconButton
from ui.plain import short
from ui.profile_view import ICONS, text_of
from ui.tasks import Tasks
from ui.theme import Size
from ui.wording import tr

WORDS_WIDTH: Final = 200
"""What the glyphs, the gaps and the shortest words need beside the choice."""

SHOWN: Final = 60
"""As much of a field as helps to know which text it is about."""

OPTIONS: Final = [(audience, tr(words)) for audience, words in wording.AUDIENCES.items()]


class AudienceRow(QWidget):
    """Shows what holds; looking at another option shows what it would change."""

    decided = Signal(object, object)
    """The field and its new audience."""
    audience_wanted = Signal(object)

    def __init__(self, session: Session, tasks: Tasks, field: Field) -> None:
        super().__init__()
        self.field = field
        self._session = session
        self._me: Me | None = None
        title = tr(wording.FIELDS[field])
        self.choice = Segmented(
            tr("Who sees: %1").replace("%1", title),
            OPTIONS,
            name=f"audience_{field}",
            arrows_choose=False,
        )
        self.value = parts.label("", Size.CAPTION, tone="muted", wrap=True)
        who = IconButton(
            Icon.PEOPLE,
            tr("Who can see this? %1").replace("%1", title),
            lambda: self.audience_wanted.emit(field),
            name=f"who_sees_{field}",
        )
        self.impact = ImpactView(session, tasks, f"field_{field}")
        words = parts.column(parts.label(title, bold=True, wrap=True), self.value, spacing=0)
        self._pair = parts.row(words, self.choice, spacing=12)
        self._pair.setStretch(0, 1)
        self._pair.setAlignment(self.choice, Qt.AlignmentFlag.AlignVCenter)
        line = parts.row(parts.Glyph(ICONS[field], 20), self._pair, who, spacing=12)
        line.setStretch(1, 1)
        below = parts.row(self.impact, margins=(32, 0, 0, 0))
        self.setLayout(parts.column(line, below, spacing=0))
        self.choice.considered.connect(self._consider)
        self.choice.chosen.connect(self._choose)
        self.impact.settled.connect(self._show_what_holds)

    def show_me(self, me: Me) -> None:
        """Show what holds now."""
        self._me = me
        self.impact.forget()
        self.value.setText(_value(me, self.field))
        if not self.impact.asking:
            self._show_what_holds()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is no room beside the words, the choice goes below them."""
        super().resizeEvent(event)
        QTimer.singleShot(0, self, self._turn_pair)  # not while the layout is at work

    def _turn_pair(self) -> None:
        room = self.choice.sizeHint().width() + theme.px(WORDS_WIDTH)
        narrow = self.width() < room
        way = QBoxLayout.Direction.TopToBottom if narrow else QBoxLayout.Direction.LeftToRight
        self._pair.setDirection(way)

    def leaveEvent(self, event: QEvent) -> None:
        self._leave()

    # ---- choosing

    def _consider(self, audience: Audience | None) -> None:
        if audience is None:
            self._leave()
        elif self._me is not None and not self._is_empty():
            if audience is self._now():
                self.impact.leave()
            else:
                self.impact.consider(self._choice(audience))

    def _leave(self) -> None:
        """Fold the consequences, unless pointer or keyboard are still in this row."""
        focused = QApplication.focusWidget()
        inside = focused is not None and self.isAncestorOf(focused)
        if not inside and not self.underMouse():
            self.impact.leave()

    def _choose(self, audience: Audience) -> None:
        if self._is_empty():
            self.decided.emit(self.field, audience)
            return
        self.impact.choose(self._choice(audience), lambda: self.decided.emit(self.field, audience))

    def _choice(self, audience: Audience) -> Choice:
        assert self._me is not None
        audiences = self._me.privacy.audiences | {self.field: audience}
        opens = audience is Audience.EVERYONE and impact.is_wider(self._now(), audience)
        strangers = tr("Everyone else on Kith will be able to see it too.") if opens else ""
        return Choice(audience, Suppose(privacy=PutPrivacy(audiences=audiences)), strangers)

    def _show_what_holds(self) -> None:
        self._me = self._session.me() or self._me  # what was chosen just now holds already
        self.choice.set_current(self._now())

    def _now(self) -> Audience:
        assert self._me is not None
        return self._me.privacy.audiences[self.field]

    def _is_empty(self) -> bool:
        assert self._me is not None
        if self.field is Field.PICTURE:
            return self._me.fields.picture is None and self._session.my_picture() is None
        return self.field is not Field.PRESENCE and not text_of(self._me.fields, self.field)


def _value(me: Me, field: Field) -> str:
    if field is Field.PRESENCE:
        return tr("Whether you are here, and when you last were")
    if field is Field.PICTURE:
        return tr("The one you chose") if me.fields.picture else tr("None")
    text = text_of(me.fields, field)
    return short(text, SHOWN) if text else tr("Not filled in")
