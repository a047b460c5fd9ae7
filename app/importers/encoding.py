"""Which bytes mean which letters: byte order marks, charsets by name, a guess where none is."""

import codecs
import re
from typing import Final, Protocol

BOMS: Final = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

_NAMED = frozenset(
    [
        *("utf-8", "utf-16", "utf-16-le", "utf-16-be", "ascii", "koi8-r", "koi8-u", "mac-roman"),
        *(f"iso8859-{part}" for part in (*range(1, 12), 13, 14, 15, 16)),
        *(f"cp{page}" for page in (437, 850, 852, 866, 874, 932, 949, 950, *range(1250, 1259))),
        *("gb2312", "gbk", "gb18030", "hz", "big5", "big5hkscs", "tis-620"),
        *("shift_jis", "euc_jp", "iso2022_jp", "euc_kr"),
    ]
)
"""Charsets a file may name. Others that Python knows (idna, punycode) can take quadratic time."""


class Readable(Protocol):
    """Anything that gives bytes in pieces."""

    def read(self, size: int, /) -> bytes:
        """Give at most so many bytes, none at the end."""
        ...


def wide_encoding(head: bytes) -> tuple[str, int]:
    """Name the encoding that the first bytes of a file show, and the length of its mark."""
    for mark, name in BOMS:
        if head.startswith(mark):
            return name, len(mark)
    sample = head[:4096]
    if not sample or sample.count(0) * 4 < len(sample):
        return "utf-8", 0
    zeros = [sample[start::4].count(0) * 8 > len(sample) for start in range(4)]
    return _BY_ZEROS.get(tuple(zeros), "utf-8"), 0


_BY_ZEROS: dict[tuple[bool, ...], str] = {
    (False, True, False, True): "utf-16-le",
    (True, False, True, False): "utf-16-be",
    (False, True, True, True): "utf-32-le",
    (True, True, True, False): "utf-32-be",
}


class Utf8Bytes:
    """A file in a wide or a named encoding, read as if it were UTF-8."""

    def __init__(self, file: Readable, encoding: str) -> None:
        self._file = file
        self._decoder = codecs.getincrementaldecoder(encoding)(errors="replace")

    def read(self, size: int, /) -> bytes:
        """Give about so many bytes, none only at the end."""
        while True:
            data = self._file.read(size)
            text = self._decoder.decode(data, final=not data)
            if text or not data:
                return text.encode("utf-8", "replace")


def decode_named(data: bytes, charset: str) -> str | None:
    """Decode by the charset's name, if it is one that we know and it fits."""
    try:
        name = codecs.lookup(charset).name
        return data.decode(name) if name in _NAMED else None
    except (LookupError, UnicodeDecodeError, ValueError):
        return None


class LegacyGuess:
    """One guess for all bytes of a file that are not UTF-8; it firms up with what it has seen."""

    def __init__(self) -> None:
        self._encoding = ""
        self._sample = b""

    def decode(self, data: bytes) -> str:
        """Decode UTF-8 if it is that, and by the guess if it is not."""
        try:
            return data.decode()
        except UnicodeDecodeError:
            pass
        if len(self._sample) < _ENOUGH:
            self._sample += b"\n" + data[:_ENOUGH]
            self._encoding = guess_legacy(self._sample)
        return data.decode(self._encoding, "replace")


_ENOUGH = 2048
_HIGH_RUN = re.compile(rb"[\x80-\xff]+")
_CYRILLIC_LETTER = re.compile(rb"[\xa8\xb8\xc0-\xff]")
_LATIN_LEFTOVERS = re.compile(rb"[\x81\x8d\x8f\x90\x9d]")


def guess_legacy(data: bytes) -> str:
    """Name the likeliest encoding of text that is not UTF-8.

    Chinese comes in runs of byte pairs, Cyrillic in long runs of letters, and Western text has
    single high bytes between plain letters: enough to tell them apart without tables of languages.
    """
    runs = _HIGH_RUN.findall(data)
    high = sum(map(len, runs))
    if runs and all(len(run) % 2 == 0 for run in runs) and _is_common_chinese(data):
        return "cp949" if high >= _ENOUGH_PAIRS and _leads_in_hangul(runs) else "gb18030"
    if _is_japanese(data):
        return "cp932"
    letters = sum(len(_CYRILLIC_LETTER.findall(run)) for run in runs)
    if runs and high >= 3 * len(runs) and letters >= 0.9 * high:
        return "cp1251"
    return "latin-1" if _LATIN_LEFTOVERS.search(data) else "cp1252"


_ENOUGH_PAIRS = 20
"""Bytes of Chinese in which a lead beyond Hangul is as good as certain."""


_LAST_OF_HANGUL = 0xC8


def _leads_in_hangul(runs: list[bytes]) -> bool:
    return all(max(run[::2]) <= _LAST_OF_HANGUL for run in runs)


def _is_japanese(data: bytes) -> bool:
    try:
        text = data.decode("cp932")
    except UnicodeDecodeError:
        return False
    wide = [character for character in text if not character.isascii()]
    return 3 * sum("\u3040" <= character <= "\u30ff" for character in wide) > len(wide)


def _is_common_chinese(data: bytes) -> bool:
    """Tell whether byte pairs are Chinese in daily use, and not another script's letters."""
    try:
        data.decode("gb2312")
    except UnicodeDecodeError:
        return False
    leads = b"".join(run[::2] for run in _HIGH_RUN.findall(data))
    return 2 * len(_DAILY_LEAD.findall(leads)) > len(leads)


_DAILY_LEAD = re.compile(rb"[\xb0-\xd7]")
