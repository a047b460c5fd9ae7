"""One field of mine: typed, kept when the keyboard leaves it, with who sees it right below."""

from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QPlainTextEdit, QWidget

from app.domain import PROFILE_BYTES, TEXT_FIELDS, Audience, Field
from app.wire import Me
from ui import parts, theme, wording
from ui.impact import in_a_sentence
from ui.plain import short
from ui.profile_view import text_of
from ui.theme import Size
from ui.wording import tr

HINTS: Final = {
    Field.NAME: "As your friends know you",
    Field.STATUS: "What you are up to",
    Field.ABOUT: "A few words about you",
    Field.EMAIL: "you@example.org",
    Field.BIRTHDAY: "17 May 1990",
}
SEEN_BY: Final = {
    Audience.EVERYONE: "Everyone sees this",
    Audience.CONTACTS: "Your contacts see this",
    Audience.FAVORITES: "Your favorites see this",
    Audience.NOBODY: "Nobody sees this",
}
LINE_LIMIT: Final = 1000
SHOWN: Final = 120
"""As much of another session's text as helps to choose."""


def room_left(me: Me, field: Field, text: str) -> int:
    """Count the bytes that are left of a profile's 16 KiB if this were its value."""
    values = {each: text_of(me.fields, each) for each in TEXT_FIELDS} | {field: text}
    return PROFILE_BYTES - sum(len(value.encode()) for value in values.values())


class ProfileField(QWidget):
    """Enter or leaving it publishes; Escape gives up what was typed."""

    saved = Signal(object, object)
    """The field and its text, or None to remove it."""
    audience_wanted = Signal(object)

    def __init__(self, field: Field) -> None:
        super().__init__()
        self.field = field
        self._me: Me | None = None
        self._kept = ""
        """What is published, or on its way."""
        title = tr(wording.FIELDS[field])
        self.edit: QLineEdit | QPlainTextEdit
        if field is Field.ABOUT:
            self.edit = _long_field(tr(HINTS[field]), title)
        else:
            self.edit = parts.text_field(tr(HINTS[field]), title, limit=LINE_LIMIT)
        self.edit.setObjectName(f"my_{field}")
        self.edit.installEventFilter(self)
        self.seen = parts.button(
            "", lambda: self.audience_wanted.emit(field), kind="quiet", name=f"my_{field}_audience"
        )
        self.trouble = parts.label("", Size.CAPTION, tone="danger", wrap=True)
        self.trouble.hide()
        self._theirs: str | None = None
        """What another session has published while this was typed, until one is chosen."""
        self.conflict = self._conflict_box()
        name = parts.label(title, bold=True)
        head = parts.row(name, None, self.seen, spacing=8)
        self.setLayout(parts.column(head, self.edit, self.trouble, self.conflict, spacing=4))

    def show_me(self, me: Me) -> None:
        """Show what is published, unless something else is just being typed."""
        self._me = me
        audience = me.privacy.audiences[self.field]
        self.seen.setText(tr(SEEN_BY[audience]))
        self.seen.setAccessibleName(
            tr("%1: %2. Change it")
            .replace("%1", in_a_sentence(self.field))
            .replace("%2", tr(SEEN_BY[audience]))
        )
        before, self._kept = self._kept, text_of(me.fields, self.field)
        typed = self.text()
        is_news = self._kept not in (before, typed)
        if self._theirs is not None or (is_news and self.edit.hasFocus() and typed != before):
            self._show_conflict(self._kept if self._kept != typed else None)
        elif not self.edit.hasFocus():
            self._show_text(self._kept)

    def edit_text(self, text: str) -> None:
        """Put a text into the field as if it were typed, with the keyboard on it."""
        self.edit.setFocus(Qt.FocusReason.OtherFocusReason)
        self._show_text(text)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Publish when the keyboard leaves, or at Enter; Escape goes back."""
        if event.type() == QEvent.Type.FocusOut:
            self._save()
        elif isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self._take_key(event)
        return False

    def text(self) -> str:
        """Return what is typed."""
        if isinstance(self.edit, QLineEdit):
            return self.edit.text().strip()
        return self.edit.toPlainText().strip()

    def _take_key(self, event: QKeyEvent) -> bool:
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if enter and isinstance(self.edit, QLineEdit):
            self._save()
            return True
        if event.key() == Qt.Key.Key_Escape:
            self._show_conflict(None)
            self._show_text(self._kept)
            return True
        return False

    def _save(self) -> None:
        if self._me is None or self._theirs is not None or self.text() == self._kept:
            return
        over = -room_left(self._me, self.field, self.text())
        self.trouble.setVisible(over > 0)
        parts.set_property(self.edit, "bad", over > 0)
        if over > 0:
            text = wording.counted(
                over, "", "A profile has room for 16 KiB; this is %1 bytes over."
            )
            self.trouble.setText(text)
            parts.announce(self, text)
            return
        self._kept = self.text()
        self.saved.emit(self.field, self._kept or None)

    # ---- somebody else was at it

    def _conflict_box(self) -> QWidget:
        made = QWidget()
        self.conflict_words = parts.label("", Size.CAPTION, tone="warning", wrap=True)
        self.conflict_words.setObjectName(f"my_{self.field}_conflict")
        self.take_theirs = parts.button(
            tr("Take that"), self._take_theirs, name=f"my_{self.field}_theirs"
        )
        self.keep_mine = parts.button(
            tr("Keep what I typed"), self._keep_mine, name=f"my_{self.field}_mine"
        )
        ways = parts.row(self.keep_mine, self.take_theirs, None, spacing=6)
        made.setLayout(parts.column(self.conflict_words, ways, spacing=4))
        made.hide()
        return made

    def _show_conflict(self, theirs: str | None) -> None:
        """Save nothing before it is decided which of the two holds."""
        self._theirs = theirs
        self.conflict.setVisible(theirs is not None)
        if theirs is not None:
            text = tr("Another session of yours made this “%1” meanwhile.")
            text = (
                text.replace("%1", short(theirs, SHOWN))
                if theirs
                else tr("Another session of yours removed this meanwhile.")
            )
            self.conflict_words.setText(text)
            parts.announce(self, text)

    def _take_theirs(self) -> None:
        self._show_conflict(None)
        self._show_text(self._kept)

    def _keep_mine(self) -> None:
        self._show_conflict(None)
        self._save()

    def _show_text(self, text: str) -> None:
        self.trouble.hide()
        parts.set_property(self.edit, "bad", False)
        if isinstance(self.edit, QLineEdit):
            self.edit.setText(text)
        elif self.edit.toPlainText() != text:
            self.edit.setPlainText(text)


def _long_field(hint: str, title: str) -> QPlainTextEdit:
    made = QPlainTextEdit()
    made.setPlaceholderText(hint)
    made.setAccessibleName(title)
    made.setTabChangesFocus(True)
    made.setFixedHeight(theme.px(88))
    return made
