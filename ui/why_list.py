"""The answer to "why?" for one viewer: a line for each field, which unfolds into the rules."""

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QDialog, QWidget

from app.domain import Field, VisibilitySet
from app.errors import KithError
from app.session import Session
from app.wire import FieldPreview, Preview
from ui import parts, theme, viewers, why, wording
from ui.flow import FlowLayout
from ui.icons import Icon
from ui.impact import in_a_sentence
from ui.parts import CopyButton, IconButton
from ui.profile_view import ICONS
from ui.tasks import Tasks
from ui.theme import Size
from ui.viewers import Viewer
from ui.why import Reason
from ui.wording import tr


class WhyList(QWidget):
    """Every field with its answer; the keyboard unfolds a line as the mouse does."""

    way_wanted = Signal(object)
    """The `Way` to the place where a rule is changed."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("why_list")
        self.title = parts.label("", Size.TITLE, bold=True, wrap=True)
        self.copy = CopyButton("", tr("Copy as text"), "why_copy")
        self.rows: dict[Field, WhyRow] = {}
        self._lines = parts.column(spacing=0)
        head = parts.row(self.title, self.copy)
        head.setStretch(0, 1)
        self.setLayout(parts.column(head, self._lines, spacing=8))

    def show_preview(
        self, viewer: Viewer, preview: Preview, sets: tuple[VisibilitySet, ...]
    ) -> None:
        """Show why this viewer gets what they get; what is unfolded stays so."""
        self.title.setText(tr("What %1 sees, and why").replace("%1", viewer.within))
        self.copy.text_to_copy = why.as_text(viewer, preview, sets)
        for field, shown in preview.fields.items():
            if field not in self.rows:
                self.rows[field] = row = WhyRow(field)
                row.way_wanted.connect(self.way_wanted)
                self._lines.addWidget(row)
            found = why.reasons(viewer, field, shown, sets)
            self.rows[field].show_reasons(shown, found, why.answer(viewer, field, shown))

    def unfold(self, field: Field) -> None:
        """Unfold one field's rules."""
        self.rows[field].set_unfolded(True)


class WhyRow(QWidget):
    """One field: whether it is shown, the rule that decided, and on demand all that were asked."""

    way_wanted = Signal(object)

    def __init__(self, field: Field) -> None:
        super().__init__()
        self.setObjectName(f"why_{field}")
        self._unfolded = False
        self._shown: tuple[object, ...] = ()
        self.pill = parts.pill("")
        self.words = parts.label("", Size.CAPTION, tone="muted", wrap=True)
        self.fold = IconButton(Icon.CHEVRON_RIGHT, "", self._turn, name=f"why_fold_{field}")
        title = parts.row(parts.label(tr(wording.FIELDS[field]), bold=True), self.pill, None)
        text = parts.column(title, self.words, spacing=2)
        line = parts.row(
            parts.Glyph(ICONS[field], 20), text, self.fold, spacing=12, margins=(0, 8, 0, 8)
        )
        line.setStretch(1, 1)
        self.rules = QWidget()
        self._rules = parts.column(spacing=10, margins=(32, 0, 0, 12))
        self.rules.setLayout(self._rules)
        self.rules.hide()
        self.setLayout(parts.column(line, self.rules, spacing=0))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._field = tr(wording.FIELDS[field])
        self.set_unfolded(False)

    def show_reasons(self, shown: FieldPreview, found: list[Reason], answer: str) -> None:
        """Show the answer and the rules."""
        if self._shown == (shown.visible, *found):
            return
        self._shown = (shown.visible, *found)
        self.pill.setText(tr("Shown") if shown.visible else tr("Hidden"))
        parts.set_property(self.pill, "pill", "success" if shown.visible else "muted")
        decided = why.deciding(found)
        self.words.setText(decided.words if decided else answer)
        self.setAccessibleName(answer)
        self.setAccessibleDescription(self.words.text())
        parts.clear(self._rules)
        for number, each in enumerate(found, 1):
            self._rules.addWidget(self._rule(number, each))

    def set_unfolded(self, unfolded: bool) -> None:
        """Show or fold the rules."""
        self._unfolded = unfolded
        self.rules.setVisible(unfolded)
        self.fold.show_icon(Icon.CHEVRON_DOWN if unfolded else Icon.CHEVRON_RIGHT, "muted")
        words = tr("Fold the rules for: %1") if unfolded else tr("Show the rules for: %1")
        self.fold.set_words(words.replace("%1", self._field))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.position().y() < self.height() - self.rules.height() or not self._unfolded:
            self._turn()

    def _turn(self) -> None:
        self.set_unfolded(not self._unfolded)

    def _rule(self, number: int, each: Reason) -> QWidget:
        made = QWidget()
        tone = "accent" if each.decided else "faint"
        glyph = parts.Glyph(Icon.CHEVRON_RIGHT if each.decided else Icon.CHECK, 16, tone=tone)
        text = f"{number}. {each.words}"
        words = parts.label(
            text, bold=each.decided, tone="" if each.decided else "muted", wrap=True
        )
        pieces: list[parts.Piece] = [glyph, words]
        if each.decided:
            pieces.append(parts.pill(tr("decides"), "accent"))
            made.setAccessibleName(tr("%1 This decides.").replace("%1", text))
        line = parts.row(*pieces, spacing=8)
        line.setStretch(1, 1)
        ways = [
            parts.button(way.words, partial(self.way_wanted.emit, way), name=f"why_{way.goal}")
            for way in each.ways
        ]
        below = parts.row(*ways, None, margins=(24, 0, 0, 0))
        made.setLayout(parts.column(line, below, spacing=4) if ways else line)
        return made


class WhyFields(QWidget):
    """A button for each field, shown or hidden, that asks why."""

    wanted = Signal(object)
    """The field."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("why_fields")
        self.buttons = {field: self._button(field) for field in Field}
        flow = FlowLayout(spacing=2)
        for each in self.buttons.values():
            flow.addWidget(each)
        words = parts.label(tr("Why? Ask about one field:"), Size.CAPTION, tone="muted")
        self.setLayout(parts.column(words, flow, spacing=2))

    def show_preview(self, viewer: str, preview: Preview) -> None:
        """Show which fields this viewer gets."""
        for field, shown in preview.fields.items():
            words = (
                tr("%1 sees your %2: why?")
                if shown.visible
                else tr("%1 does not see your %2: why?")
            )
            words = words.replace("%1", viewer).replace("%2", in_a_sentence(field))
            self.buttons[field].set_words(words)
            self.buttons[field].show_icon(ICONS[field], "accent" if shown.visible else "faint")

    def _button(self, field: Field) -> IconButton:
        ask = partial(self.wanted.emit, field)
        return IconButton(ICONS[field], tr("Why?"), ask, name=f"ask_why_{field}")


class WhyDialog(QDialog):
    """The same for one person, in a window of its own beside that person's page."""

    way_wanted = Signal(object)

    def __init__(
        self,
        session: Session,
        tasks: Tasks,
        viewer: Viewer,
        parent: QWidget,
        field: Field | None = None,
    ) -> None:
        super().__init__(parent)
        self._field = field
        self.setObjectName("why_dialog")
        self.setWindowTitle(tr("Why?"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._session, self._viewer = session, viewer
        self.list = WhyList()
        self.list.way_wanted.connect(self._go)
        self.note = parts.label(tr("Asking the service…"), tone="muted", wrap=True)
        page = parts.Page()
        page.body.setContentsMargins(*(theme.px(20),) * 4)
        page.add(self.note, self.list)
        page.finish()
        close = parts.button(tr("Close"), self.close, kind="primary", name="why_close")
        foot = parts.row(None, close, margins=(16, 8, 16, 16))
        self.setLayout(parts.column(page, foot, spacing=0))
        parts.fit(self, 560, 620)
        self.list.hide()
        tasks.start(self._load(), name="why dialog", of=self)

    async def _load(self) -> None:
        try:
            preview = await viewers.preview(self._session, self._viewer)
        except KithError as problem:
            self.note.setText(wording.error(problem))
            return
        me = self._session.me()
        self.note.hide()
        self.list.show_preview(self._viewer, preview, me.privacy.sets if me else ())
        self.list.show()
        if self._field is not None:
            self.list.unfold(self._field)
            self.list.rows[self._field].fold.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _go(self, way: why.Way) -> None:
        self.way_wanted.emit(way)
        self.close()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close()
        else:
            super().keyPressEvent(event)
