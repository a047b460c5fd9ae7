"""Fewer bytes for readers who take gzip, and none that tell what others wrote (RFC 1951, 1952).

A packer that compares texts tells by lengths which are alike: who may choose one of them and counts
bytes on the line can guess the others in the same answer (BREACH). So only what stands between the
texts is written once and referred to; every letter of a text costs what that letter costs.
"""

import re
import struct
import zlib
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final

VARY: Final = "Accept-Encoding"
LEAST_BYTES: Final = 500
"""Less is sent as it is."""
MOST_BYTES: Final = 64 * 1024
"""More is sent as it is: to pack it takes longer than to read it, and nobody else is served."""

_WINDOW: Final = 32 * 1024
_REFERABLE: Final = range(4, 259)
_PIECE_BITS: Final = 4096
_HEADER: Final = b"\x1f\x8b\x08" + bytes(6) + b"\xff"
_TRAILER: Final = struct.Struct("<II")
_STORED: Final = struct.Struct("<BHH")
_STORED_BYTES: Final = 0xFFFF
_TEXT: Final = re.compile(
    rb'":"(?<!"state":")(?<!"origin":")((?:[^"\\]+|\\.)+)|":(\d+)|\nid: ([\w-]+)'
)
"""What differs from one person to the next: strings, numbers, cursors."""

Bits = tuple[int, int]
"""A number and how many bits of it count, the lowest first."""

_BLOCK: Final = (0b010, 3)
_LAST_BLOCK: Final = (0b011, 3)
_BLOCK_END: Final = (0, 7)
_STORED_BLOCK: Final = (0, 3)


def accepts_gzip(header: str) -> bool:
    """Tell whether gzip is wanted at least as much as identity (RFC 9110, section 12.5.3)."""
    weights: dict[str, float] = {}
    for each in header.lower().split(","):
        coding, _, parameter = each.partition(";")
        weights[coding.strip().removeprefix("x-")] = _weight(parameter)
    gzip = weights.get("gzip", weights.get("*", 0.0))
    return gzip > 0 and gzip >= weights.get("identity", 0.0)


def pays(size: int) -> bool:
    """Tell whether packing so many bytes is worth the time it takes."""
    return LEAST_BYTES <= size <= MOST_BYTES


def gzipped(data: bytes) -> bytes:
    """Pack a whole answer."""
    symbols = (_LAST_BLOCK, *_symbols(data), _BLOCK_END)
    return _HEADER + _joined(symbols) + _checks(zlib.crc32(data), len(data))


class Packing:
    """A stream as one gzip member: its first piece is packed, and each can be read at once.

    What follows stands in it as it is: live events are few bytes, the same for many readers, and
    thousands of streams stay open.
    """

    __slots__ = ("_checksum", "_size")

    def __init__(self) -> None:
        self._checksum = 0
        self._size = 0

    def add(self, data: bytes) -> bytes:
        """Return what the next piece is sent as."""
        is_first = not self._size
        self._checksum = zlib.crc32(data, self._checksum)
        self._size += len(data)
        return _begun(data) if is_first else _stored(data)

    def end(self) -> bytes:
        """Return what the member ends with."""
        return _joined((_LAST_BLOCK, _BLOCK_END)) + _checks(self._checksum, self._size)


def _weight(parameter: str) -> float:
    name, _, value = (part.strip() for part in parameter.partition("="))
    if not name:
        return 1.0
    return float(value) if name == "q" and _WEIGHT.fullmatch(value) else 0.0


_WEIGHT: Final = re.compile(r"0(\.\d{0,3})?|1(\.0{0,3})?")


def _begun(data: bytes) -> bytes:
    # A block of nothing follows, stored: it fills the last byte, so that a reader need not wait.
    symbols = (_BLOCK, *_symbols(data), _BLOCK_END, _STORED_BLOCK)
    return _HEADER + _joined(symbols) + _STORED.pack(0, 0, _STORED_BYTES)[1:]


def _stored(data: bytes) -> bytes:
    parts: list[bytes] = []
    for start in range(0, len(data), _STORED_BYTES):
        piece = data[start : start + _STORED_BYTES]
        parts += (_STORED.pack(0, len(piece), len(piece) ^ _STORED_BYTES), piece)
    return b"".join(parts)


def _checks(checksum: int, size: int) -> bytes:
    return _TRAILER.pack(checksum, size & 0xFFFFFFFF)


def _symbols(data: bytes) -> Iterator[Bits]:
    """Write each text, and refer to what stands between texts where the same stood before."""
    places: dict[bytes, int] = {}
    start = 0
    for text in _TEXT.finditer(data):
        kind = text.lastindex or 0
        begin, end = text.span(kind)
        yield _between(data[start:begin], start, places)
        yield _letters(text[kind])
        start = end
    yield _between(data[start:], start, places)


def _between(part: bytes, place: int, places: dict[bytes, int]) -> Bits:
    if len(part) not in _REFERABLE:
        return _letters(part)
    distance = place - places.get(part, place - _WINDOW - 1)
    places[part] = place
    return _letters(part) if distance > _WINDOW else _reference(len(part), distance)


def _joined(symbols: Iterable[Bits]) -> bytes:
    """Write one after the other; zeros fill the last byte."""
    written: list[bytes] = []
    waiting = width = 0
    for bits, count in symbols:
        waiting |= bits << width
        width += count
        if width > _PIECE_BITS:
            whole = width // 8
            written.append((waiting & ((1 << 8 * whole) - 1)).to_bytes(whole, "little"))
            waiting >>= 8 * whole
            width -= 8 * whole
    written.append(waiting.to_bytes((width + 7) // 8, "little"))
    return b"".join(written)


# ---- the fixed code of RFC 1951, section 3.2.6; a code stands with its first bit lowest


def _turned(code: int, width: int) -> Bits:
    return int(f"{code:0{width}b}"[::-1], 2), width


_LETTERS: Final = [
    _turned(0x30 + byte, 8) if byte < 144 else _turned(0x190 + byte - 144, 9)  # noqa: PLR2004
    for byte in range(256)
]
_ASCII: Final = bytes(bits & 0xFF for bits, _ in _LETTERS)


def _letters(data: bytes) -> Bits:
    """Write bytes as they are: 8 bits for each of ASCII, as many or one more for others."""
    if data.isascii():
        return int.from_bytes(data.translate(_ASCII), "little"), 8 * len(data)
    bits = width = 0
    for byte in data:
        letter, count = _LETTERS[byte]
        bits |= letter << width
        width += count
    return bits, width


@lru_cache(maxsize=4096)
def _reference(length: int, distance: int) -> Bits:
    """Write "the same as so many bytes at such a distance before"."""
    bits, width = 0, 0
    for more, count in (*_length(length), *_distance(distance)):
        bits |= more << width
        width += count
    return bits, width


def _length(length: int) -> tuple[Bits, Bits]:
    if length == 258:  # noqa: PLR2004 - has a code of its own
        return _turned(0xC5, 8), (0, 0)
    if length < 11:  # noqa: PLR2004 - one for each
        return _turned(length - 2, 7), (0, 0)
    above = length - 3
    extra = above.bit_length() - 3
    code = 4 * extra + (above >> extra) + 1
    symbol = _turned(code, 7) if code < 24 else _turned(0xC0 + code - 24, 8)  # noqa: PLR2004
    return symbol, (above & ((1 << extra) - 1), extra)


def _distance(distance: int) -> tuple[Bits, Bits]:
    above = distance - 1
    extra = max(0, above.bit_length() - 2)
    return _turned(2 * extra + (above >> extra), 5), (above & ((1 << extra) - 1), extra)
