"""A row of the list: which words and glyphs it shows, and where they go in a rectangle."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from PySide6.QtCore import QRect

from app.domain import State, Visibility
from app.lookalikes import imitating_script
from app.session import Row
from ui import wording
from ui.icons import Icon
from ui.plain import isolated, one_line
from ui.shelf import folded
from ui.wording import tr


@dataclass(frozen=True, slots=True)
class Badge:
    """One quiet glyph, its colour, and what it says in words."""

    icon: Icon
    tone: str
    words: str


MATCHED: Final = Badge(Icon.MATCHED, "success", "Matched")
PENDING: Final = Badge(Icon.PENDING, "faint", "Pending: not here yet")
HIDDEN: Final = Badge(Icon.EYE_OFF, "warning", "Sees nothing of me")
WAITING: Final = Badge(Icon.WAITING, "faint", "Waiting to be sent")
BLOCKED: Final = Badge(Icon.BLOCKED, "danger", "Blocked")
WITHDRAWN: Final = Badge(Icon.REMOVE, "faint", "Withdrawn from the service")
BY_STATE: Final = {State.MATCHED: MATCHED, State.PENDING: PENDING, None: WITHDRAWN}
UNREAD: Final = Badge(Icon.MESSAGE, "accent", "Wrote to you: unread")
UNUSABLE: Final = Badge(Icon.WARNING, "warning", "No usable address")


@dataclass(frozen=True, slots=True)
class Face:
    """A row's strings and glyph, ready to draw."""

    name: str
    detail: str
    badge: Badge
    favorite: bool
    online: bool
    unread: bool


def face(row: Row, words: tuple[str, ...] = (), *, is_alike: bool = False) -> Face:
    """Choose what a row shows; where it was found by these words, that which has them.

    A name that looks like another's is told from it by what stands below: the number comes first.
    """
    status = one_line(row.status) if row.status and not row.blocked else ""
    detail = _found(row, words) or status or row.detail or tr("No usable number")
    return Face(
        name=one_line(row.name) or row.detail or tr("Without a name"),
        detail=_told_apart(row, detail) if is_alike else detail,
        badge=badge(row),
        favorite=row.favorite,
        online=row.online and not row.blocked,
        unread=row.unread,
    )


def _told_apart(row: Row, detail: str) -> str:
    script = imitating_script(row.name)
    letters = tr("%1 letters").replace("%1", tr(script)) if script else ""
    return " · ".join(filter(None, dict.fromkeys((letters, row.detail, detail))))


def _found(row: Row, words: tuple[str, ...]) -> str:
    """Say why a row was found whose name does not show it."""
    name = folded(row.name)
    missing = [word for word in words if word not in name]
    if not missing:
        return ""
    if row.published_name and any(word in folded(row.published_name) for word in missing):
        return tr("Calls themselves %1").replace("%1", isolated(row.published_name))
    line = next((line for line in row.folded.splitlines() if missing[0] in line), "")
    digits = line.removeprefix("+")
    return one_line(f"+{digits}" if digits.isdigit() else line)


def badge(row: Row) -> Badge:
    """Choose the one glyph that matters most."""
    if row.address is None:
        return UNUSABLE
    if row.blocked:
        return BLOCKED
    if row.waiting:
        return WAITING
    if row.visibility == Visibility.HIDDEN:
        return HIDDEN
    return BY_STATE[row.state]


def sentence(row: Row, sought: tuple[str, ...] = (), *, is_alike: bool = False) -> str:
    """Say the whole row for somebody who hears it, and why these words found it."""
    seen = face(row, sought, is_alike=is_alike)
    words = [seen.name]
    if row.blocked:
        words.append(wording.blocks(row.blocked))
    if row.address is not None and row.state is None:
        words.append(tr(WITHDRAWN.words))
    else:
        words.append(tr("Matched") if row.state is State.MATCHED else tr("Pending"))
    if row.unread:
        words.append(tr(UNREAD.words))
    if row.favorite:
        words.append(tr("Favorite"))
    if seen.online:
        words.append(tr("Online"))
    if row.visibility == Visibility.HIDDEN:
        words.append(tr(HIDDEN.words))
    if row.waiting:
        words.append(tr(WAITING.words))
    words.append(seen.detail)
    return ", ".join(words)


# ---- where things go


LEAST_BESIDE: Final = 48
"""So many steps of room, or a compact row is all for the name."""


@dataclass(frozen=True, slots=True)
class RowMetrics:
    """The measures of a row, all of them from the fonts."""

    name_height: int
    detail_height: int
    unit: int
    """One step of the grid: four pixels at the ordinary size."""
    compact: bool
    mirrored: bool

    @property
    def avatar(self) -> int:
        """The side of the face."""
        return self.unit * (6 if self.compact else 10)

    @property
    def height(self) -> int:
        """The height of every row."""
        text = self.name_height + (0 if self.compact else self.detail_height)
        return max(self.avatar, text) + self.unit * (3 if self.compact else 4)


@dataclass(frozen=True, slots=True)
class RowLayout:
    """Where everything of one row goes; nothing overlaps, nothing leaves the row."""

    letter: QRect
    avatar: QRect
    name: QRect
    detail: QRect
    badge: QRect


def mark_place(name: QRect, side: int, *, mirrored: bool) -> QRect:
    """Place a mark at the end of the line of the name."""
    left = name.x() if mirrored else name.right() + 1 - side
    return QRect(left, name.y() + (name.height() - side) // 2, side, side)


@lru_cache(maxsize=512)
def _offsets(width: int, metrics: RowMetrics) -> RowLayout:
    unit, height = metrics.unit, metrics.height
    glyph = unit * 5
    letter = QRect(unit, 0, unit * 6, height)
    left = letter.x() + letter.width()
    avatar = QRect(left, (height - metrics.avatar) // 2, metrics.avatar, metrics.avatar)
    right = max(width - unit * 3, avatar.right() + 1)
    badge_left = max(right - glyph, avatar.right() + 1)
    badge_rect = QRect(badge_left, (height - glyph) // 2, max(right - badge_left, 0), glyph)
    text_left = min(avatar.right() + 1 + unit * 3, badge_left)
    room = max(badge_left - unit * 2 - text_left, 0)
    lines = metrics.name_height + (0 if metrics.compact else metrics.detail_height)
    top = (height - lines) // 2
    beside = metrics.compact and room >= unit * LEAST_BESIDE
    name_room = room * 11 // 20 if beside else room
    name = QRect(text_left, top, name_room, metrics.name_height)
    detail = QRect(text_left, top + metrics.name_height, room, metrics.detail_height)
    if metrics.compact:
        start = text_left + name_room + min(unit * 2, room - name_room)
        detail = QRect(start, top, max(text_left + room - start, 0), metrics.name_height)
    placed = RowLayout(letter, avatar, name, detail, badge_rect)
    return _mirrored(placed, width) if metrics.mirrored else placed


def row_layout(rect: QRect, metrics: RowMetrics) -> RowLayout:
    """Place the parts of a row in its rectangle."""
    placed = _offsets(rect.width(), metrics)
    x, y = rect.x(), rect.y()
    return RowLayout(
        placed.letter.translated(x, y),
        placed.avatar.translated(x, y),
        placed.name.translated(x, y),
        placed.detail.translated(x, y),
        placed.badge.translated(x, y),
    )


def _mirrored(placed: RowLayout, width: int) -> RowLayout:
    def mirror(rect: QRect) -> QRect:
        return QRect(width - rect.x() - rect.width(), rect.y(), rect.width(), rect.height())

    return RowLayout(
        mirror(placed.letter),
        mirror(placed.avatar),
        mirror(placed.name),
        mirror(placed.detail),
        mirror(placed.badge),
    )
