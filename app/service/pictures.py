"""Pictures that people publish: judged before they are decoded, made anew, rid of metadata."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from io import BytesIO
from typing import Final

from PIL import ExifTags, Image

from app.service.myself import StoredPicture
from app.service.problems import ProblemError

PICTURE_BYTES: Final = 512 * 1024
PICTURE_SIDE: Final = 2048
UPLOAD_BYTES: Final = 4 * PICTURE_BYTES
"""How much of a picture that is too large is read before the call is ended."""

DECODERS: Final = 2
"""Pictures decoded at once; each may take 32 MiB."""

QUALITY: Final = 88
_TYPES: Final = {"PNG": "image/png", "JPEG": "image/jpeg", "WEBP": "image/webp"}
_TURNS: Final[dict[object, Image.Transpose]] = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""By the orientation that EXIF names."""
_decoders = ThreadPoolExecutor(DECODERS, "kith-picture")


async def remake(data: bytes) -> StoredPicture:
    """Return a picture made anew of uploaded bytes, or raise 415 or 422."""
    return await asyncio.get_running_loop().run_in_executor(_decoders, remade, data)


def remade(data: bytes) -> StoredPicture:
    """Decode and encode again; an animation becomes its first frame."""
    kind = sniff(data)
    if kind is None:
        raise ProblemError("unsupported-media-type", "Send a PNG, JPEG or WebP picture.")
    if len(data) > PICTURE_BYTES:
        raise ProblemError("picture", f"A picture has at most {PICTURE_BYTES // 1024} KiB.")
    try:
        with Image.open(BytesIO(data), formats=[kind]) as opened:
            _check_size(opened)
            picture = _plain(_turned(opened))
    except (OSError, ValueError, SyntaxError, EOFError, Image.DecompressionBombError) as error:
        raise ProblemError("picture", "This picture is damaged; save it again.") from error
    encoded, kind = _encode(picture, kind)
    digest = sha256(encoded).hexdigest()[:32]
    return StoredPicture(digest, _TYPES[kind], picture.width, picture.height, encoded)


def sniff(data: bytes) -> str | None:
    """Tell the kind of a picture by its first bytes; what the sender calls it does not count."""
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    return None


def _check_size(picture: Image.Image) -> None:
    """Refuse by the header alone: nothing is decoded yet."""
    if max(picture.size) > PICTURE_SIDE:
        raise ProblemError("picture", f"A picture is at most {PICTURE_SIDE} pixels on a side.")


def _turned(picture: Image.Image) -> Image.Image:
    """Turn it as its camera was held. Pillow's own way rewrites all metadata, and fails at some."""
    turn = _TURNS.get(picture.getexif().get(ExifTags.Base.Orientation))
    return picture if turn is None else picture.transpose(turn)


def _plain(picture: Image.Image) -> Image.Image:
    """Return the pixels alone, in one of two modes."""
    if picture.mode.startswith("I"):  # 16 bits of grey, which Pillow would clip
        picture = picture.point(lambda value: value / 256).convert("L")
    has_alpha = "A" in picture.getbands() or "transparency" in picture.info
    plain = picture.convert("RGBA" if has_alpha else "RGB")
    plain.info.clear()
    return plain


def _encode(picture: Image.Image, kind: str) -> tuple[bytes, str]:
    encoded = _save(picture, kind)
    if len(encoded) > PICTURE_BYTES and kind != "WEBP":
        return _save(picture, "WEBP"), "WEBP"
    return encoded, kind


def _save(picture: Image.Image, kind: str) -> bytes:
    file = BytesIO()
    if kind == "PNG":
        picture.save(file, kind)
    else:
        picture.save(file, kind, quality=QUALITY)
    return file.getvalue()
