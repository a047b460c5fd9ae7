"""Paints people as the main list does, and a heading as a quiet line with its count."""

from typing import Final

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from ui import avatar, icons, pictures, theme
from ui.contact_row import RowLayout, RowMetrics, row_layout
from ui.icons import Icon
from ui.people_lines import Group, Line
from ui.pictures import Pictures
from ui.plain import one_line
from ui.theme import Size
from ui.wording import number

LINE_ROLE: Final = Qt.ItemDataRole.UserRole
Index = QModelIndex | QPersistentModelIndex
State = QStyle.StateFlag


class PeopleDelegate(QStyledItemDelegate):
    """Draws `Line` and `Group`; a chosen person has a check at the end."""

    def __init__(self, faces: Pictures) -> None:
        super().__init__()
        self._faces = faces

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        item = index.data(LINE_ROLE)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)  # numbers stay upright
        if isinstance(item, Group):
            _paint_heading(painter, option, item)
        else:
            self._paint_person(painter, option, item)
        painter.restore()

    def _paint_person(self, painter: QPainter, option: QStyleOptionViewItem, item: Line) -> None:
        places = row_layout(_without_letter(option), metrics(mirrored=is_mirrored(option)))
        paint_ground(painter, option)
        side = places.avatar.width()
        sharp = pictures.pixels(side, painter.device().devicePixelRatio())
        picture = self._faces.find(item.row.address, item.row.picture, sharp)
        avatar.paint(painter, QRectF(places.avatar), item.row.name, str(item.row.id), picture)
        name = one_line(item.row.name) or item.row.detail
        paint_text(painter, option, places.name, name, "text")
        paint_text(painter, option, places.detail, item.detail, "muted")
        if option.state & State.State_Selected:
            icons.paint(painter, Icon.CHECK, _glyph_place(places), theme.now().colour("accent"))
        elif item.icon is not None:
            icons.paint(painter, item.icon, _glyph_place(places), theme.now().colour(item.tone))


def metrics(*, mirrored: bool) -> RowMetrics:
    """Measure the fonts of today."""
    return RowMetrics(
        QFontMetrics(theme.font(bold=True)).height(),
        QFontMetrics(theme.font(Size.CAPTION)).height() + theme.px(1),
        theme.px(4),
        compact=False,
        mirrored=mirrored,
    )


def heading_height() -> int:
    """Measure a heading."""
    return QFontMetrics(theme.font(Size.CAPTION, bold=True)).height() + theme.px(16)


def is_mirrored(option: QStyleOptionViewItem) -> bool:
    """Whether this is read from right to left."""
    return option.direction is Qt.LayoutDirection.RightToLeft


def _without_letter(option: QStyleOptionViewItem) -> QRect:
    """Give the margin, where the main list has its letters, to the words."""
    margin = theme.px(14)
    if is_mirrored(option):
        return option.rect.adjusted(0, 0, margin, 0)
    return option.rect.adjusted(-margin, 0, 0, 0)


def paint_ground(painter: QPainter, option: QStyleOptionViewItem) -> None:
    """Paint what lies under a line: chosen, pointed at, or with the keyboard on it."""
    look = theme.now()
    unit = look.px(4)
    box = QRectF(option.rect).adjusted(unit, 1, -unit, -1)
    painter.setPen(Qt.PenStyle.NoPen)
    if option.state & State.State_Selected:
        painter.setBrush(look.colour("accent_soft"))
        painter.drawRoundedRect(box, unit * 2, unit * 2)
    elif option.state & State.State_MouseOver:
        painter.setBrush(look.colour("hover"))
        painter.drawRoundedRect(box, unit * 2, unit * 2)
    if option.state & State.State_HasFocus and option.state & State.State_KeyboardFocusChange:
        painter.setPen(QPen(look.colour("accent"), 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box.adjusted(1, 1, -1, -1), unit * 2, unit * 2)


def _paint_heading(painter: QPainter, option: QStyleOptionViewItem, group: Group) -> None:
    look = theme.now()
    line = option.rect.adjusted(look.px(16), look.px(8), -look.px(16), -look.px(4))
    font = theme.font(Size.CAPTION, bold=True)
    painter.setFont(font)
    painter.setPen(look.colour("muted"))
    count = number(len(group.lines))
    wide = QFontMetrics(font).horizontalAdvance(count) + look.px(8)
    lead, trail = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
    if is_mirrored(option):
        lead, trail = trail, lead
    bottom = Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignAbsolute
    room = line.adjusted(0, 0, -wide, 0)
    if is_mirrored(option):
        room.translate(wide, 0)
    title = QFontMetrics(font).elidedText(group.title, Qt.TextElideMode.ElideRight, room.width())
    painter.drawText(room, lead | bottom, title)
    painter.drawText(line, trail | bottom, count)


def paint_text(
    painter: QPainter, option: QStyleOptionViewItem, place: QRect, text: str, tone: str
) -> None:
    """Paint one line, cut where there is no room; `text` is the tone of names, larger and bold."""
    font = theme.font(bold=True) if tone == "text" else theme.font(Size.CAPTION)
    painter.setFont(font)
    painter.setPen(theme.now().colour(tone))
    cut = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, place.width())
    side = Qt.AlignmentFlag.AlignRight if is_mirrored(option) else Qt.AlignmentFlag.AlignLeft
    flags = side | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter
    painter.drawText(place, flags, cut)


def _glyph_place(places: RowLayout) -> QRectF:
    side = theme.px(18)
    place = QRectF(0, 0, side, side)
    place.moveCenter(QRectF(places.badge).center())
    return QRectF(place.toRect())
