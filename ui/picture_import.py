"""Makes a picture of mine out of a file: square, small, without what cameras write into it.

Everything here is pure, so that it runs in a thread. The first bytes fix the format: an SVG would
read local files. The size is known before anything is decoded: a bomb would fill the memory.
"""

from enum import StrEnum
from pathlib import Path
from typing import Final

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRect, QSize, Qt
from PySide6.QtGui import QImage, QImageReader, QImageWriter

FILE_BYTES: Final = 32 * 1024 * 1024
SIDE_LIMIT: Final = 16_384
SIDE: Final = 640
QUALITY: Final = 88
FORMATS: Final = {b"\x89PNG": b"png", b"\xff\xd8\xff": b"jpeg", b"RIFF": b"webp"}


class PictureTrouble(StrEnum):
    """Why a file is no picture of mine."""

    UNREADABLE = "unreadable"
    NOT_A_PICTURE = "not-a-picture"
    TOO_LARGE = "too-large"


def read_picture(path: Path) -> bytes | PictureTrouble:
    """Read a file and make a picture of it."""
    try:
        if path.stat().st_size > FILE_BYTES:
            return PictureTrouble.TOO_LARGE
        data = path.read_bytes()
    except OSError:
        return PictureTrouble.UNREADABLE
    return make_picture(data)


def make_picture(data: bytes) -> bytes | PictureTrouble:
    """Turn it upright, take the square in its middle, make it small, encode it anew."""
    form = next((form for start, form in FORMATS.items() if data.startswith(start)), None)
    if form is None:
        return PictureTrouble.NOT_A_PICTURE
    buffer = QBuffer()
    buffer.setData(QByteArray(data))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer, QByteArray(form))
    reader.setAutoDetectImageFormat(False)
    reader.setAutoTransform(True)
    size = reader.size()
    if not size.isValid():
        return PictureTrouble.NOT_A_PICTURE
    if max(size.width(), size.height()) > SIDE_LIMIT:
        return PictureTrouble.TOO_LARGE
    if min(size.width(), size.height()) > SIDE:
        reader.setScaledSize(_expanded(size))
    image = reader.read()
    if image.isNull():
        large = reader.error() is QImageReader.ImageReaderError.InvalidDataError
        return (
            PictureTrouble.TOO_LARGE if large and _is_heavy(size) else PictureTrouble.NOT_A_PICTURE
        )
    return shrink(image)


def shrink(image: QImage) -> bytes:
    """Take the square in the middle of a picture, make it small, encode it."""
    return _encode(_square(image))


def _expanded(size: QSize) -> QSize:
    return size.scaled(QSize(SIDE, SIDE), Qt.AspectRatioMode.KeepAspectRatioByExpanding)


def _is_heavy(size: QSize) -> bool:
    """Whether it would not fit under Qt's limit, so that this is why it failed."""
    limit = QImageReader.allocationLimit() * 1024 * 1024
    return bool(limit) and size.width() * size.height() * 4 > limit


def _square(image: QImage) -> QImage:
    side = min(image.width(), image.height())
    left, top = (image.width() - side) // 2, (image.height() - side) // 2
    cut = image.copy(QRect(left, top, side, side))
    if side <= SIDE:
        return cut
    return cut.scaled(
        SIDE,
        SIDE,
        Qt.AspectRatioMode.IgnoreAspectRatio,
        Qt.TransformationMode.SmoothTransformation,
    )


def _encode(image: QImage) -> bytes:
    made = QBuffer()
    made.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QImageWriter(made, QByteArray(b"png" if image.hasAlphaChannel() else b"jpeg"))
    if not image.hasAlphaChannel():
        writer.setQuality(QUALITY)
    writer.write(image)
    return bytes(made.data().data())
