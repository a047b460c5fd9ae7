"""Events as bytes (Server-Sent Events, WHATWG HTML, section 9.2)."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from app.domain import Cursor
from app.service.items import Item

HEARTBEAT: Final = b":\n\n"
SLICE_BYTES: Final = 64 * 1024

WriteCursor = Callable[[int], Cursor]


def ready(cursor: Cursor) -> bytes:
    """Say that everything missed has been sent."""
    return b"event: ready\nid: %b\ndata: {}\n\n" % cursor.encode()


def reset(cursor: Cursor) -> bytes:
    """Say that the cursor cannot be honoured."""
    return b"event: reset\nid: %b\ndata: {}\n\n" % cursor.encode()


def event(kind: str, data: bytes) -> bytes:
    """Write one event."""
    return b"event: %b\ndata: %b\n\n" % (kind.encode(), data)


def with_id(cursor: Cursor, frame: bytes) -> bytes:
    """Write an event from which a reader can go on."""
    return b"id: %b\n%b" % (cursor.encode(), frame)


class ForMany:
    """An event for many readers, in which only the cursor and a number are each reader's own."""

    def __init__(self, kind: str, begin: bytes, end: bytes) -> None:
        self._begin = b"event: %b\ndata: %b" % (kind.encode(), begin)
        self._end = b"%b\n\n" % end

    def event(self, cursor: bytes, number: int) -> bytes:
        """Write it for one of them."""
        return b"id: %b\n%b%d%b" % (cursor, self._begin, number, self._end)


def events(items: Sequence[Item], position: int, cursor: WriteCursor) -> list[bytes]:
    """Write items in their order; an id stands only where all of its number have been sent.

    So a reader that was cut off anywhere goes on from a place that it has whole. What was sent
    before, such as a message that nobody received, has no id: it must not set the reader back.
    """
    frames = []
    last = len(items) - 1
    for place, item in enumerate(items):
        frame = event(item.kind, item.data)
        if item.seq > position and (place == last or items[place + 1].seq != item.seq):
            frame = with_id(cursor(item.seq), frame)
        frames.append(frame)
    return frames


def slices(frames: Sequence[bytes]) -> Iterator[bytes]:
    """Join whole events to pieces of a moderate size."""
    piece: list[bytes] = []
    size = 0
    for frame in frames:
        piece.append(frame)
        size += len(frame)
        if size >= SLICE_BYTES:
            yield b"".join(piece)
            piece, size = [], 0
    if piece:
        yield b"".join(piece)
