"""Cursors and page tokens: opaque to clients, and forgeable by nobody."""

import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from hashlib import blake2b
from typing import Final

from app.domain import Cursor

LIFETIME_DAYS: Final = 30
DAY_S: Final = 86_400
MAC_BYTES: Final = 8
_CURSOR = struct.Struct(">QQQH")
_PAGE = struct.Struct(">QQQQH")


class NotHonoured(Exception):
    """A cursor that is foreign, forged, expired, or of another life of the database."""


@dataclass(frozen=True, slots=True)
class Position:
    """Where a feed stands: a sequence number, in one life of the database."""

    account_id: int
    seq: int
    incarnation: int


@dataclass(frozen=True, slots=True)
class Page:
    """Where a listing goes on: after `key`, for the state between two sequence numbers."""

    account_id: int
    since: int
    key: int
    until: int
    limit: int


class Cursors:
    """Writes and reads cursors under one key."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def issue(self, position: Position, now: float) -> Cursor:
        """Write a cursor; two of one day and one position are the same."""
        day = int(now // DAY_S)
        return Cursor(
            self._sign(_CURSOR.pack(position.account_id, position.seq, position.incarnation, day))
        )

    def read(self, cursor: str, account_id: int, now: float) -> Position:
        """Read a cursor of this account that is not too old; raises `NotHonoured`."""
        owner, seq, incarnation, day = _CURSOR.unpack(self._verify(cursor, _CURSOR.size))
        if owner != account_id or now // DAY_S - day > LIFETIME_DAYS:
            raise NotHonoured
        return Position(owner, seq, incarnation)

    def issue_page(self, page: Page) -> str:
        """Write a page token."""
        return self._sign(_PAGE.pack(page.account_id, page.since, page.key, page.until, page.limit))

    def read_page(self, token: str, account_id: int) -> Page:
        """Read a page token of this account; raises `NotHonoured`."""
        page = Page(*_PAGE.unpack(self._verify(token, _PAGE.size)))
        if page.account_id != account_id:
            raise NotHonoured
        return page

    def _sign(self, data: bytes) -> str:
        return urlsafe_b64encode(data + self._mac(data)).rstrip(b"=").decode()

    def _verify(self, text: str, size: int) -> bytes:
        try:
            raw = urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
        except ValueError:
            raise NotHonoured from None
        data = raw[:-MAC_BYTES]
        if len(data) != size or raw[-MAC_BYTES:] != self._mac(data):
            raise NotHonoured
        return data

    def _mac(self, data: bytes) -> bytes:
        return blake2b(data, digest_size=MAC_BYTES, key=self._key).digest()
