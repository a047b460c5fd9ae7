"""Paints one row of the list."""

from typing import Final

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QPointF,
    QRect,
    QRectF,
    QSize,
    Qt,
)
from PySide6.QtGui import (
    QFont,
    QFontMetrics,
    QHelpEvent,
    QPainter,
    QPen,
    QTextCharFormat,
    QTextLayout,
    QTextOption,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolTip,
)

from app.session import Row
from ui import avatar, contact_row, icons, pictures, theme
from ui.contact_model import ALIKE_ROLE, ROW_ROLE, SECTION_ROLE
from ui.contact_row import UNREAD, Face, RowLayout, RowMetrics, row_layout
from ui.icons import Icon
from ui.pictures import Pictures
from ui.theme import Size
from ui.wording import tr

STAR_SIDE: Final = 14
MARK_SIDE: Final = 16
SLACK: Final = 2
"""Pixels a line may be wider than it was measured."""
State = QStyle.StateFlag


class ContactDelegate(QStyledItemDelegate):
    """Draws rows; where things go is `row_layout`'s to say, what they are `face`'s."""

    def __init__(self, faces: Pictures) -> None:
        super().__init__()
        self._faces = faces
        self.compact = False
        self.words: tuple[str, ...] = ()
        """What was searched for: hits are drawn bold."""
        self.fresh: dict[int, float] = {}
        """How bright the glow of a row that has just changed is, by contact: 1 to 0."""
        self.top = -1
        """The topmost line, whose letter the list draws."""

    def metrics(self, *, mirrored: bool) -> RowMetrics:
        """Measure the fonts of today."""
        return RowMetrics(
            QFontMetrics(theme.font(bold=True)).height(),
            QFontMetrics(theme.font(Size.CAPTION)).height() + theme.px(1),
            theme.px(4),
            self.compact,
            mirrored,
        )

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        return QSize(theme.px(240), self.metrics(mirrored=False).height)

    def helpEvent(
        self,
        event: QHelpEvent,
        view: QAbstractItemView,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> bool:
        """Say in words what the glyph under the pointer means."""
        row = index.data(ROW_ROLE)
        if event.type() != QEvent.Type.ToolTip or not isinstance(row, Row):
            return super().helpEvent(event, view, option, index)
        words, place = self.glyph_at(event.pos(), option.rect, row, mirrored=view.isRightToLeft())
        QToolTip.showText(event.globalPos(), words, view.viewport(), place)
        return True

    def glyph_at(self, at: QPoint, rect: QRect, row: Row, *, mirrored: bool) -> tuple[str, QRect]:
        """Find the glyph of a row at a point: its words, or none, and where it is."""
        places = row_layout(rect, self.metrics(mirrored=mirrored))
        mark = contact_row.mark_place(places.name, theme.px(MARK_SIDE), mirrored=mirrored)
        if row.unread and mark.contains(at):
            return tr(UNREAD.words), mark
        if places.badge.contains(at):
            return tr(contact_row.badge(row).words), places.badge
        return "", QRect()

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        row = index.data(ROW_ROLE)
        assert isinstance(row, Row)
        metrics = self.metrics(mirrored=option.direction is Qt.LayoutDirection.RightToLeft)
        places = row_layout(option.rect, metrics)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)  # numbers stay upright
        self._paint_ground(painter, option, row)
        if index.row() != self.top and (letter := index.data(SECTION_ROLE)):
            paint_letter(painter, places.letter, letter)
        self._paint_face(painter, places, row)
        seen = contact_row.face(row, self.words, is_alike=bool(index.data(ALIKE_ROLE)))
        self._paint_words(painter, places, seen, metrics)
        badge = contact_row.badge(row)
        look = theme.now()
        side = look.px(18)
        place = QRectF(0, 0, side, side)
        place.moveCenter(QRectF(places.badge).center())
        icons.paint(painter, badge.icon, QRectF(place.toRect()), look.colour(badge.tone))
        painter.restore()

    def _paint_ground(self, painter: QPainter, option: QStyleOptionViewItem, row: Row) -> None:
        look = theme.now()
        unit = look.px(4)
        box = QRectF(option.rect).adjusted(unit * 1.5, 1, -unit * 1.5, -1)
        painter.setPen(Qt.PenStyle.NoPen)
        if option.state & State.State_Selected:
            painter.setBrush(look.colour("accent_soft"))
            painter.drawRoundedRect(box, unit * 2, unit * 2)
        elif option.state & State.State_MouseOver:
            painter.setBrush(look.colour("hover"))
            painter.drawRoundedRect(box, unit * 2, unit * 2)
        if glow := self.fresh.get(row.id, 0.0):
            colour = look.colour("accent")
            colour.setAlphaF(0.18 * glow)
            painter.setBrush(colour)
            painter.drawRoundedRect(box, unit * 2, unit * 2)
        if option.state & State.State_HasFocus and option.state & State.State_KeyboardFocusChange:
            painter.setPen(QPen(look.colour("accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), unit * 2, unit * 2)

    def _paint_face(self, painter: QPainter, places: RowLayout, row: Row) -> None:
        side = places.avatar.width()
        sharp = pictures.pixels(side, painter.device().devicePixelRatio())
        picture = self._faces.find(row.address, row.picture, sharp)
        box = QRectF(places.avatar)
        avatar.paint(painter, box, row.name, str(row.id), picture)
        if row.online and not row.blocked:
            avatar.paint_presence(painter, box, theme.now().colour("surface"))

    def _paint_words(
        self, painter: QPainter, places: RowLayout, seen: Face, metrics: RowMetrics
    ) -> None:
        look = theme.now()
        name = places.name
        if seen.unread:
            name = _paint_unread(painter, name, mirrored=metrics.mirrored)
        if seen.favorite:
            name = _paint_star(painter, name, seen.name, mirrored=metrics.mirrored)
        painter.setPen(look.colour("text"))
        self._paint_text(painter, name, seen.name, theme.font(bold=True), mirrored=metrics.mirrored)
        if not places.detail.isEmpty():
            painter.setPen(look.colour("muted"))
            caption = theme.font(Size.CAPTION)
            self._paint_text(
                painter, places.detail, seen.detail, caption, mirrored=metrics.mirrored
            )

    def _paint_text(
        self, painter: QPainter, place: QRect, text: str, font: QFont, *, mirrored: bool
    ) -> None:
        cut = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, place.width())
        side = Qt.AlignmentFlag.AlignRight if mirrored else Qt.AlignmentFlag.AlignLeft
        side |= Qt.AlignmentFlag.AlignAbsolute
        if found := hits(cut, self.words):
            paint_hits(painter, place, QTextLayout(cut, font), found, side)
            return
        painter.setFont(font)
        painter.drawText(place, side | Qt.AlignmentFlag.AlignVCenter, cut)


def paint_letter(painter: QPainter, place: QRect, letter: str) -> None:
    """Draw the letter of a section in the margin."""
    painter.setPen(theme.now().colour("muted"))
    painter.setFont(theme.font(Size.CAPTION, bold=True))
    painter.drawText(place, Qt.AlignmentFlag.AlignCenter, letter)


def _paint_unread(painter: QPainter, place: QRect, *, mirrored: bool) -> QRect:
    """Draw the mark at the end of the line, and return the room that is left for the name."""
    look = theme.now()
    side, gap = look.px(MARK_SIDE), look.px(6)
    mark = QRectF(contact_row.mark_place(place, side, mirrored=mirrored))
    icons.paint(painter, UNREAD.icon, mark, look.colour(UNREAD.tone))
    return place.adjusted(side + gap if mirrored else 0, 0, 0 if mirrored else -side - gap, 0)


def _paint_star(painter: QPainter, place: QRect, name: str, *, mirrored: bool) -> QRect:
    """Draw the star behind the name, and return the room that is left for the name."""
    look = theme.now()
    side, gap = look.px(STAR_SIDE), look.px(4)
    room = max(place.width() - side - gap, 0)
    wide = min(QFontMetrics(theme.font(bold=True)).horizontalAdvance(name), room)
    x = place.right() - wide - gap - side if mirrored else place.x() + wide + gap
    star = QRectF(x, place.y() + (place.height() - side) // 2, side, side)
    icons.paint(painter, Icon.STAR_FULL, star, look.colour("warning"))
    return place.adjusted(
        place.width() - room if mirrored else 0, 0, 0 if mirrored else -side - gap, 0
    )


def hits(text: str, words: tuple[str, ...]) -> list[tuple[int, int]]:
    """Find the words in the text, where folding did not change its length: from where, how far.

    Qt counts a character beyond the first 65,536 twice.
    """
    low = text.casefold()
    if len(low) != len(text):
        return []
    found = [(at, word) for word in words if (at := low.find(word)) >= 0]
    return [(_units(low[:at]), _units(word)) for at, word in found]


def _units(text: str) -> int:
    return len(text) + sum(each > "\uffff" for each in text)


def paint_hits(
    painter: QPainter,
    place: QRect,
    layout: QTextLayout,
    found: list[tuple[int, int]],
    side: Qt.AlignmentFlag,
) -> None:
    """Draw a line at this side of its place, with what was found underlined."""
    layout.setTextOption(QTextOption(side))
    ranges = []
    for start, length in found:
        span = QTextLayout.FormatRange()
        span.start, span.length = start, length
        style = QTextCharFormat()
        style.setForeground(theme.now().colour("accent"))
        style.setFontUnderline(True)
        span.format = style
        ranges.append(span)
    layout.setFormats(ranges)
    layout.beginLayout()
    line = layout.createLine()
    line.setLineWidth(place.width() + SLACK)
    layout.endLayout()
    x = place.x() - (SLACK if side & Qt.AlignmentFlag.AlignRight else 0)
    y = place.y() + (place.height() - line.height()) / 2
    layout.draw(painter, QPointF(x, y))
