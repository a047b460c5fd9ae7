"""Cursors and page tokens: opaque to clients, and forgeable by nobody."""

import struct
from base64 import urlsafe_b64decode
from binascii import b2a_base64
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from hmac import compare_digest
from typing import Final, NamedTuple

from app.domain import Cursor

LIFETIME_DAYS: Final = 30
DAY_S: Final = 86_400
MAC_BYTES: Final = 8
_ACCOUNT = struct.Struct(">Q")
_LIFE = struct.Struct(">QH")
"""The incarnation, less its first byte, and the day; what is before them is the number."""
_PAGE = struct.Struct(">QQQQHH")
_URL_SAFE: Final = bytes.maketrans(b"+/", b"-_")


class NotHonoured(Exception):
    """A cursor that is foreign, forged, expired, or of another life of the database."""


class Position(NamedTuple):
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
    """Writes and reads cursors under one key.

    A cursor stands in every event, so it holds no more than it must: whose it is only goes into
    its signature, since the reader says who they are.
    """

    def __init__(self, key: bytes) -> None:
        self._cursor_mac = blake2b(digest_size=MAC_BYTES, key=key, person=b"cursor")
        self._page_mac = blake2b(digest_size=MAC_BYTES, key=key, person=b"page")

    def issue(self, position: Position, now: float) -> Cursor:
        """Write a cursor; two of one day and one position are the same."""
        account_id, seq, incarnation = position
        return Cursor(self.issue_many([(account_id, seq)], incarnation, now)[0].decode())

    def issue_many(
        self, places: Iterable[tuple[int, int]], incarnation: int, now: float
    ) -> list[bytes]:
        """Write a cursor for each account and number."""
        life = _life(incarnation, now // DAY_S)
        cursors = []
        for account_id, seq in places:
            data = seq.to_bytes((seq.bit_length() + 7) // 8, "big") + life
            cursors.append(_text(data + self._sign(account_id, data)))
        return cursors

    def read(self, cursor: str, account_id: int, now: float) -> Position:
        """Read a cursor of this account that is not too old; raises `NotHonoured`."""
        data, mac = _parted(cursor)
        if len(data) < _LIFE.size - 1 or not compare_digest(mac, self._sign(account_id, data)):
            raise NotHonoured
        seq, life = data[: 1 - _LIFE.size], data[1 - _LIFE.size :]
        incarnation, day = _LIFE.unpack(b"\0" + life)
        if now // DAY_S - day > LIFETIME_DAYS:
            raise NotHonoured
        return Position(account_id, int.from_bytes(seq, "big"), incarnation)

    def issue_page(self, page: Page, now: float) -> str:
        """Write a page token, which lives as long as a cursor."""
        place = page.account_id, page.since, page.key, page.until, page.limit
        data = _PAGE.pack(*place, int(now // DAY_S))
        return _text(data + _mac(self._page_mac, data)).decode()

    def read_page(self, token: str, account_id: int, now: float) -> Page:
        """Read a page token of this account that is not too old; raises `NotHonoured`."""
        data, mac = _parted(token)
        if len(data) != _PAGE.size or not compare_digest(mac, _mac(self._page_mac, data)):
            raise NotHonoured
        *place, day = _PAGE.unpack(data)
        page = Page(*place)
        if page.account_id != account_id or now // DAY_S - day > LIFETIME_DAYS:
            raise NotHonoured
        return page

    def _sign(self, account_id: int, data: bytes) -> bytes:
        return _mac(self._cursor_mac, _ACCOUNT.pack(account_id) + data)


@lru_cache(maxsize=16)
def _life(incarnation: int, day: float) -> bytes:
    return _LIFE.pack(incarnation, int(day))[1:]


def _mac(started: "blake2b", data: bytes) -> bytes:
    mac = started.copy()
    mac.update(data)
    return mac.digest()


def _text(raw: bytes) -> bytes:
    return b2a_base64(raw, newline=False).translate(_URL_SAFE).rstrip(b"=")


def _parted(text: str) -> tuple[bytes, bytes]:
    try:
        raw = urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
    except ValueError:
        raise NotHonoured from None
    return raw[:-MAC_BYTES], raw[-MAC_BYTES:]
