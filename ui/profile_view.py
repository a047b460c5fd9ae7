"""A profile as somebody sees it: what is shown, and a quiet gap for what is not."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from PySide6.QtWidgets import QGridLayout, QWidget

from app.domain import Field, Fields
from ui import parts, theme, wording
from ui.avatar import Avatar
from ui.icons import Icon
from ui.plain import one_line
from ui.theme import Size
from ui.wording import tr

ICONS: Final = {
    Field.NAME: Icon.PERSON,
    Field.STATUS: Icon.QUOTE,
    Field.PICTURE: Icon.PICTURE,
    Field.ABOUT: Icon.INFO,
    Field.EMAIL: Icon.MAIL,
    Field.BIRTHDAY: Icon.CAKE,
    Field.PRESENCE: Icon.PENDING,
}

LINES: Final = (Field.ABOUT, Field.EMAIL, Field.BIRTHDAY)
"""Below the face, the name and the status."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A profile as it is shown to somebody."""

    stable_id: str
    fields: Fields
    hidden: frozenset[Field] = frozenset()
    """Fields that are known to be kept from the viewer; only my own profile can say so."""
    picture: bytes | None = None


class ProfileView(QWidget):
    """Draws one `Seen`, at the size of a card."""

    def __init__(self, side: int = 56) -> None:
        super().__init__()
        self.face = Avatar(side)
        self.name = parts.ElidedLabel("", Size.TITLE, bold=True)
        self.status = parts.label("", wrap=True)
        self.presence = parts.label("", Size.CAPTION, tone="muted")
        self._lines = QGridLayout()
        self._lines.setHorizontalSpacing(theme.px(10))
        self._lines.setVerticalSpacing(theme.px(6))
        self._lines.setColumnStretch(1, 1)
        words = parts.column(self.name, self.status, self.presence, spacing=2)
        head = parts.row(self.face, words, spacing=12)
        head.setStretch(1, 1)
        self.setLayout(parts.column(head, self._lines, spacing=10))

    def show_profile(self, seen: Seen, now: float) -> None:
        """Show it; what is hidden is named, what is not filled in is left out."""
        fields, hidden = seen.fields, seen.hidden
        self.face.show_face(
            fields.name or "",
            seen.stable_id,
            online=bool(fields.presence and fields.presence.online),
        )
        self.face.show_picture(seen.picture if fields.picture else None)
        self.name.show_text(fields.name or tr("No name"))
        parts.set_property(self.name, "tone", "" if fields.name else "muted")
        self.status.setText(one_line(fields.status or ""))
        self.status.setVisible(bool(fields.status))
        presence = presence_words(fields, now)
        self.presence.setText(presence)
        self.presence.setVisible(bool(presence))
        parts.clear(self._lines)
        for field in LINES:
            if value := text_of(fields, field):
                self._add_line(field, value)
        for field in Field:
            if field in hidden:
                self._add_line(field, tr("Not shown"), gap=True)

    def _add_line(self, field: Field, text: str, *, gap: bool = False) -> None:
        line = self._lines.rowCount()
        name = tr(wording.FIELDS[field])
        if gap:
            text = f"{name}: {text}"
        glyph = parts.Glyph(Icon.EYE_OFF if gap else ICONS[field], 16, tone="faint")
        parts.set_tip(glyph, name)
        shown = parts.label(text, wrap=True, tone="muted" if gap else "")
        shown.setAccessibleName(f"{name}: {text}")
        self._lines.addWidget(glyph, line, 0)
        self._lines.addWidget(shown, line, 1)


def text_of(fields: Fields, field: Field) -> str:
    """Return a field's text; pictures and presence have none."""
    values: Mapping[Field, str | None] = {
        Field.NAME: fields.name,
        Field.STATUS: fields.status,
        Field.ABOUT: fields.about,
        Field.EMAIL: fields.email,
        Field.BIRTHDAY: fields.birthday,
    }
    return values.get(field) or ""


def presence_words(fields: Fields, now: float) -> str:
    """Say whether they are here, as far as that is shown."""
    if fields.presence is None:
        return ""
    if fields.presence.online:
        return tr("Online")
    return wording.last_seen(fields.presence.last_seen or "", now)
