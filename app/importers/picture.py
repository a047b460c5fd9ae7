"""Pictures inside books: what kind the bytes are, and `data:` URIs."""

from urllib.parse import unquote_to_bytes

from app.importers.card import Photo
from app.importers.content import decode_base64

_SIGNS = (
    (b"\xff\xd8", "image/jpeg"),
    (b"\x89PNG", "image/png"),
    (b"GIF8", "image/gif"),
    (b"BM", "image/bmp"),
)


def picture_type(data: bytes, said: str = "") -> str:
    """Name the media type by the bytes themselves; by what was said only where they are silent."""
    for sign, name in _SIGNS:
        if data.startswith(sign):
            return name
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "image/webp"
    word = said.strip().lower().rpartition("/")[2]
    return f"image/{word}" if word.isalnum() else "application/octet-stream"


def photo_from_uri(uri: str) -> Photo | None:
    """Read a `data:` URI, also one whose commas a writer has escaped."""
    head, comma, body = uri.replace("\\,", ",").replace("\\;", ";").partition(",")
    data = decode_base64(body) if head.lower().endswith("base64") else unquote_to_bytes(body)
    return Photo(picture_type(data, head[5:].partition(";")[0]), data) if comma and data else None
