"""Our own icons, drawn in the palette's colours and sharp on every screen."""

from collections.abc import Iterable
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Final

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import (
    QAction,
    QColor,
    QGuiApplication,
    QIcon,
    QPainter,
    QPixmap,
    QPixmapCache,
)
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QAbstractButton, QWidget

from ui import theme

FOLDER: Final = Path(__file__).parent.parent / "resources" / "icons"
WORN: Final = "worn_icon"
RATIOS: Final = (1.0, 2.0)


class Icon(Enum):
    """Every icon there is; the value is the file's name."""

    ADD = "add"
    BACK = "back"
    BELL = "bell"
    BLOCKED = "blocked"
    CAKE = "cake"
    CAMERA = "camera"
    CHECK = "check"
    CHEVRON_DOWN = "chevron-down"
    CHEVRON_LEFT = "chevron-left"
    CHEVRON_RIGHT = "chevron-right"
    CLOSE = "close"
    CLOUD = "cloud"
    COMMAND = "command"
    COMPUTER = "computer"
    COPY = "copy"
    EDIT = "edit"
    EXPORT = "export"
    EYE = "eye"
    EYE_OFF = "eye-off"
    GLOBE = "globe"
    HANDLE = "handle"
    HISTORY = "history"
    IMPORT = "import"
    INFO = "info"
    KITH = "kith"
    LINK = "link"
    LOCK = "lock"
    MAIL = "mail"
    MATCHED = "matched"
    MERGE = "merge"
    MESSAGE = "message"
    MORE = "more"
    NEW = "new"
    NOTE = "note"
    OFFLINE = "offline"
    PAUSE = "pause"
    PENDING = "pending"
    PEOPLE = "people"
    PERSON = "person"
    PERSON_ADD = "person-add"
    PHONE = "phone"
    PICTURE = "picture"
    PLAY = "play"
    QUOTE = "quote"
    REDO = "redo"
    REMOVE = "remove"
    SEARCH = "search"
    SERVER = "server"
    SETTINGS = "settings"
    SHIELD = "shield"
    SIGN_OUT = "sign-out"
    SLIDERS = "sliders"
    STAR = "star"
    STAR_FULL = "star-full"
    STEP = "step"
    SYNC = "sync"
    UNDO = "undo"
    UP = "up"
    WAITING = "waiting"
    WARNING = "warning"


DIRECTED: Final = frozenset(
    {Icon.BACK, Icon.CHEVRON_LEFT, Icon.CHEVRON_RIGHT, Icon.UNDO, Icon.REDO, Icon.SIGN_OUT}
)
"""They point along the way of reading, and are turned round where that goes from right to left."""


@cache
def _source(which: Icon) -> str:
    return (FOLDER / f"{which.value}.svg").read_text(encoding="utf-8")


def pixmap(which: Icon, colour: QColor, side: int, ratio: float = 1.0) -> QPixmap:
    """Draw one icon, `side` logical pixels wide, for a screen of this pixel ratio."""
    turned = which in DIRECTED and QGuiApplication.isRightToLeft()
    key = f"kith-icon {which.value} {colour.name()} {side} {ratio} {turned}"
    found = QPixmap()
    if QPixmapCache.find(key, found):
        return found
    renderer = QSvgRenderer(
        QByteArray(_source(which).replace("currentColor", colour.name()).encode())
    )
    drawn = QPixmap(QSize(round(side * ratio), round(side * ratio)))
    drawn.fill(Qt.GlobalColor.transparent)
    painter = QPainter(drawn)
    if turned:
        painter.translate(drawn.width(), 0)
        painter.scale(-1, 1)
    renderer.render(painter, QRectF(drawn.rect()))
    painter.end()
    drawn.setDevicePixelRatio(ratio)
    QPixmapCache.insert(key, drawn)
    return drawn


def paint(painter: QPainter, which: Icon, rect: QRectF, colour: QColor) -> None:
    """Draw one icon into a rectangle."""
    ratio = painter.device().devicePixelRatio()
    painter.drawPixmap(rect.topLeft(), pixmap(which, colour, round(rect.width()), ratio))


def icon(which: Icon, tone: str = "text", side: int = 20, air: int = 0) -> QIcon:
    """Make an icon in today's colours, with so many pixels of air between it and its words."""
    look = theme.now()
    made = QIcon()
    for ratio in RATIOS:
        for colour, mode in ((tone, QIcon.Mode.Normal), ("faint", QIcon.Mode.Disabled)):
            drawn = pixmap(which, look.colour(colour), look.px(side), ratio)
            made.addPixmap(_with_air(drawn, air) if air else drawn, mode)
    return made


def _with_air(drawn: QPixmap, air: int) -> QPixmap:
    size, ratio = drawn.deviceIndependentSize().toSize(), drawn.devicePixelRatio()
    made = QPixmap(QSize(round((size.width() + air) * ratio), round(size.height() * ratio)))
    made.setDevicePixelRatio(ratio)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    painter.drawPixmap(air if QGuiApplication.isRightToLeft() else 0, 0, drawn)
    painter.end()
    return made


def dot(colour: str, side: int) -> QIcon:
    """Make a disc of one colour, with a little air around it."""
    made = QIcon()
    size = theme.now().px(side)
    for ratio in RATIOS:
        drawn = QPixmap(QSize(round(size * ratio), round(size * ratio)))
        drawn.fill(Qt.GlobalColor.transparent)
        painter = QPainter(drawn)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colour))
        air = round(size * ratio / 8)
        painter.drawEllipse(drawn.rect().adjusted(air, air, -air, -air))
        painter.end()
        drawn.setDevicePixelRatio(ratio)
        made.addPixmap(drawn)
    return made


def dress(
    owner: QAbstractButton | QAction, which: Icon, tone: str, side: int, air: int = 0
) -> None:
    """Give a button or an action an icon that follows the colours of the day."""
    owner.setProperty(WORN, f"{which.value} {tone} {side} {air}")
    owner.setIcon(icon(which, tone, side, air))


def dress_again(widgets: Iterable[QWidget]) -> None:
    """Draw the icons of buttons and actions in the colours of now."""
    for widget in widgets:
        for owner in (widget, *widget.actions()):
            worn = owner.property(WORN)
            if isinstance(owner, QAbstractButton | QAction) and isinstance(worn, str):
                name, tone, side, air = worn.split()
                owner.setIcon(icon(Icon(name), tone, int(side), int(air)))
