"""What the one card would say, before it is made."""

from collections.abc import Sequence

from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.addresses import display, is_phone
from app.domain import Visibility
from app.doubles import Strictest
from app.importers import Card
from app.session import Entry
from ui import parts
from ui.avatar import Avatar
from ui.icons import Icon
from ui.plain import breakable, one_line
from ui.theme import Size
from ui.wording import counted, tr


class MergeCard(parts.Card):
    """The merged card: face, name, numbers with what holds for each, mails, note."""

    def __init__(self) -> None:
        super().__init__(spacing=8)
        self.setObjectName("merge_card")
        self.setAccessibleName(tr("The one card"))

    def show_card(
        self, card: Card, entries: Sequence[Entry], strictest: Strictest | None, face: str
    ) -> None:
        """Show it; `strictest` is what shall hold for every number."""
        parts.clear(self.body)
        self.body.addWidget(_head(card, face))
        for entry in entries:
            text = one_line(entry.text) or display(entry.address)
            said = " · ".join(filter(None, (entry.label, standing(entry, strictest))))
            which = Icon.PHONE if is_phone(entry.address) else Icon.HANDLE
            self.body.addWidget(line(which, text, said))
        for value in card.emails:
            self.body.addWidget(line(Icon.MAIL, value.text, value.label))
        if card.birthday:
            self.body.addWidget(line(Icon.CAKE, card.birthday, tr("Birthday")))
        if card.note:
            note = parts.label(breakable(card.note), tone="muted", wrap=True)
            self.body.addLayout(_beside(Icon.NOTE, note))
        if card.rest:
            text = counted(
                len(card.rest),
                "One more line of the cards is kept, and written again on export.",
                "%1 more lines of the cards are kept, and written again on export.",
            )
            self.body.addWidget(parts.label(text, Size.CAPTION, tone="muted", wrap=True))


def standing(entry: Entry, strictest: Strictest | None) -> str:
    """Say what I keep about one address, as it would be."""
    relation = entry.relation
    hidden = relation.visibility == Visibility.HIDDEN
    blocked = bool(relation.blocked)
    if strictest is not None:
        hidden, blocked = hidden or strictest.is_hidden, blocked or bool(strictest.blocked)
    words = [
        tr("blocked") if blocked else "",
        tr("sees nothing of me") if hidden else "",
        tr("favorite") if relation.favorite else "",
        tr("own rule")
        if relation.visibility not in (Visibility.DEFAULT, Visibility.HIDDEN) and not hidden
        else "",
    ]
    return ", ".join(filter(None, words))


def _head(card: Card, face: str) -> QWidget:
    avatar = Avatar(52)
    avatar.show_face(card.name, face)
    avatar.show_picture(card.photo.data if card.photo else None)
    name = parts.ElidedLabel(card.name or tr("Without a name"), Size.TITLE, bold=True)
    name.setObjectName("merge_name")
    others = " · ".join(filter(None, map(one_line, (card.nickname, card.org))))
    detail = parts.ElidedLabel(others)
    parts.set_property(detail, "tone", "muted")
    detail.setVisible(bool(others))
    made = QWidget()
    layout = parts.row(avatar, parts.column(None, name, detail, None, spacing=0), spacing=12)
    layout.setStretch(1, 1)
    made.setLayout(layout)
    return made


def line(which: Icon, text: str, detail: str) -> QWidget:
    """Make one line of a card: what, and what is said of it."""
    shown = parts.ElidedLabel(text)
    pieces: list[parts.Piece] = [shown]
    if detail:
        small = parts.ElidedLabel(detail, Size.CAPTION)
        parts.set_property(small, "tone", "muted")
        pieces.append(small)
    made = QWidget()
    made.setLayout(_beside(which, parts.column(*pieces, spacing=0)))
    return made


def _beside(which: Icon, piece: parts.Piece) -> QHBoxLayout:
    layout = parts.row(parts.Glyph(which, 18), piece, spacing=12)
    layout.setStretch(1, 1)
    return layout
