"""Faces: a picture, or initials on a colour that stays with the person."""

import re
import zlib
from functools import lru_cache
from typing import Final

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QImage,
    QImageReader,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPixmap,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui import icons, plain, theme
from ui.icons import Icon

SIDE_LIMIT: Final = 2048
ALLOCATION_LIMIT_MB: Final = 32
SIGNATURES: Final = {b"\x89PNG": b"png", b"\xff\xd8\xff": b"jpeg", b"RIFF": b"webp"}
COMMAS: Final = re.compile("[,\u060c\uff0c]")
AFTER_A_NAME: Final = {"jr", "sr", "ii", "iii", "phd", "md", "mba", "esq", "inc", "ltd", "gmbh"}
"""What follows a comma and is no given name."""


def initials(name: str) -> str:
    """Take the first letter of the given and of the family name; only letters count."""
    words = [word for word in _in_order(plain.one_line(name)).split() if word[0].isalpha()]
    first = [word[0].upper() for word in (words[:1] + words[-1:] if len(words) > 1 else words)]
    return "".join(letter[0] for letter in first)


def _in_order(name: str) -> str:
    """Put the given name first where a book wrote "Family, Given"."""
    family, *others = COMMAS.split(name)
    given = [word for word in others if word.replace(".", "").strip().lower() not in AFTER_A_NAME]
    return " ".join((*given, family))


@lru_cache(maxsize=4096)
def hue(stable_id: str) -> int:
    """Choose a hue that a renaming does not change."""
    return zlib.crc32(stable_id.encode()) * 137 % 360


def decode(data: bytes, side: int) -> QImage:
    """Decode a picture into a square of `side` pixels; a null image if it is not a decent one.

    Pure, so that it may run in a thread. The first bytes fix the format and the size is known
    before anything is decoded: an SVG would read local files, a bomb would fill the memory.
    """
    form = next((form for start, form in SIGNATURES.items() if data.startswith(start)), None)
    if form is None:
        return QImage()
    buffer = QBuffer()
    buffer.setData(QByteArray(data))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer, QByteArray(form))
    reader.setAutoDetectImageFormat(False)
    size = reader.size()
    if not size.isValid() or max(size.width(), size.height()) > SIDE_LIMIT:
        return QImage()
    reader.setScaledSize(
        size.scaled(QSize(side, side), Qt.AspectRatioMode.KeepAspectRatioByExpanding)
    )
    image = reader.read()
    if image.isNull():
        return image
    left, top = (image.width() - side) // 2, (image.height() - side) // 2
    return image.copy(left, top, side, side)


def limit_decoding() -> None:
    """Refuse pictures that would need much memory, in the whole program."""
    QImageReader.setAllocationLimit(ALLOCATION_LIMIT_MB)


def paint(
    painter: QPainter, box: QRectF, name: str, stable_id: str, picture: QPixmap | None = None
) -> None:
    """Draw a face into a square."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    if picture is not None and not picture.isNull():
        circle = QPainterPath()
        circle.addEllipse(box)
        painter.setClipPath(circle)
        painter.drawPixmap(box.toRect(), picture)
    else:
        _paint_initials(painter, box, initials(name), stable_id)
    painter.restore()


def paint_presence(painter: QPainter, face: QRectF, ground: QColor) -> None:
    """Draw the dot of somebody who is online, on the edge of the face."""
    look = theme.now()
    side = max(face.width() * 0.26, look.px(9))
    dot = QRectF(face.right() - side * 0.92, face.bottom() - side * 0.92, side, side)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(ground)
    painter.drawEllipse(dot)
    inset = side * 0.18
    painter.setBrush(look.colour("success"))
    painter.drawEllipse(dot.adjusted(inset, inset, -inset, -inset))
    painter.restore()


def _paint_initials(painter: QPainter, box: QRectF, letters: str, stable_id: str) -> None:
    dark = theme.now().dark
    shade = hue(stable_id)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor.fromHsl(shade, 82 if dark else 120, 66 if dark else 219))
    painter.drawEllipse(box)
    ink = QColor.fromHsl(shade, 130 if dark else 140, 205 if dark else 72)
    if not letters:
        side = round(box.width() * 0.56)
        place = QRectF(0, 0, side, side)
        place.moveCenter(QPointF(round(box.center().x()), round(box.center().y())))
        icons.paint(painter, Icon.PERSON, place, ink)
        return
    painter.setPen(ink)
    font = theme.font(bold=True)
    font.setPixelSize(max(1, round(box.width() * (0.36 if len(letters) > 1 else 0.42))))
    painter.setFont(font)
    painter.drawText(box, Qt.AlignmentFlag.AlignCenter, letters)


class Avatar(QWidget):
    """A face of a fixed size."""

    def __init__(self, side: int = 40) -> None:
        super().__init__()
        self._side = theme.px(side)
        self._name, self._id = "", ""
        self._picture: QPixmap | None = None
        self._online = False
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    @property
    def pixels(self) -> int:
        """The side of a picture that is sharp here."""
        return round(self._side * self.devicePixelRatioF())

    def show_face(self, name: str, stable_id: str, *, online: bool = False) -> None:
        """Show this person, without a picture for now."""
        self._name, self._id, self._online = name, stable_id, online
        self._picture = None
        self.setAccessibleName(plain.one_line(name))
        self.update()

    def show_picture(self, data: bytes | None) -> None:
        """Show this picture, or the initials again."""
        image = decode(data, self.pixels) if data else QImage()
        self._picture = None if image.isNull() else QPixmap.fromImage(image)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(self._side, self._side)

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        box = QRectF(0, 0, self._side, self._side)
        paint(painter, box, self._name, self._id, self._picture)
        if self._online:
            paint_presence(painter, box, theme.now().colour("page"))
