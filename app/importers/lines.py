"""A file of folded content lines -> its logical lines, in constant memory and linear time."""

import re
from collections.abc import Iterator
from itertools import chain
from typing import Final

from app.importers.encoding import LegacyGuess, Readable, Utf8Bytes, decode_named, wide_encoding

FOLD: Final = "\x00"
"""Stands in a logical line wherever the file had a fold, so that its lines can be counted."""

CUT: Final = "\x01"
"""In a line longer than LONGEST_LINE: after its beginning and a FOLD, before its count of folds."""

LONGEST_LINE: Final = 16 * 1024 * 1024
_BLOCK = 256 * 1024
_SHOWN_OF_CUT = 1000


def read_lines(file: Readable) -> Iterator[str]:
    """Stream the logical lines of a vCard or LDIF file, whatever its encoding and line ends."""
    return chain.from_iterable(_Blocks(file, blanks=b" \t"))


def read_plain_lines(file: Readable) -> Iterator[str]:
    """Stream the lines of a file in which nothing is folded."""
    return chain.from_iterable(_Blocks(file, blanks=b""))


class _Blocks:
    """Lists of logical lines, cut where no line goes on."""

    def __init__(self, file: Readable, blanks: bytes) -> None:
        self._file = file
        self._blanks = blanks
        self._guess = LegacyGuess()

    def __iter__(self) -> Iterator[list[str]]:
        carry, skipping = b"", _Skipped()
        for data in self._normal():
            known, carry = len(carry), carry + data
            if skipping:
                carry, known = skipping.pass_over(carry), 0
                if skipping:
                    continue
                yield [skipping.line()]
            cut = _last_cut(carry, known, self._blanks)
            if cut:
                yield self._lines(carry[: cut - 1])
                carry = carry[cut:]
            elif len(carry) > LONGEST_LINE:
                carry = skipping.begin(carry)
        if skipping:
            yield [skipping.line()]
        elif carry:
            yield self._lines(carry.removesuffix(b"\n"))

    def _normal(self) -> Iterator[bytes]:
        """Give the file as UTF-8 (or what it has) with plain line feeds and without NUL."""
        first = self._file.read(_BLOCK)
        encoding, mark = wide_encoding(first)
        rest: Readable = _Chained(first[mark:], self._file)
        if encoding != "utf-8":
            rest = Utf8Bytes(rest, encoding)
        elif indented := _INDENTED.match(first[mark:]):
            rest = _Dedented(rest, indented[1])
        held = b""
        while data := rest.read(_BLOCK):
            data, held = held + data, b""
            if data.endswith(b"\r"):
                data, held = data.rstrip(b"\r"), data[len(data.rstrip(b"\r")) :]
            yield _plain_ends(data)
        if held:
            yield b"\n"

    def _lines(self, block: bytes) -> list[str]:
        if self._blanks and (b"\n " in block or b"\n\t" in block):
            block = block.replace(b"\n ", b"\0").replace(b"\n\t", b"\0")
        try:
            return block.decode().split("\n")
        except UnicodeDecodeError:
            return list(map(self._decode, block.split(b"\n")))

    def _decode(self, line: bytes) -> str:
        """Decode one line, made whole first: folds may stand inside a character."""
        folds = FOLD * line.count(0)
        try:
            return line.decode()
        except UnicodeDecodeError:
            whole = line.replace(b"\0", b"")
        return (decode_named(whole, _charset(whole)) or self._guess.decode(whole)) + folds


class _Skipped:
    """A line too long to hold: its beginning, and the number of folds gone by."""

    def __init__(self) -> None:
        self._shown = b""
        self._folds = 0
        self._open = False

    def __bool__(self) -> bool:
        return self._open

    def begin(self, data: bytes) -> bytes:
        """Start to skip a line; give what is left to look at."""
        self._open, self._folds = True, 0
        self._shown = data[:_SHOWN_OF_CUT].partition(b"\n")[0]
        return self.pass_over(data)

    def pass_over(self, data: bytes) -> bytes:
        """Skip what belongs to the line; give what follows, or the last byte while it goes on."""
        found = _LINE_END.search(data)
        end = found.start() if found else len(data) - 1
        self._folds += data.count(b"\n", 0, end)
        self._open = found is None
        return data[end + 1 :] if found else data[end:]

    def line(self) -> str:
        """Give the stand-in for the line that was skipped."""
        return f"{self._shown.decode('utf-8', 'replace')}{FOLD}{CUT}{self._folds}"


_LINE_END = re.compile(rb"\n(?=[^ \t])")


_INDENTED = re.compile(rb"(?:[ \t]*\r?\n)*([ \t]+)BEGIN:VCARD", re.I)


class _Dedented:
    """A file in which every line is moved in alike, as it is when copied out of a text."""

    def __init__(self, file: Readable, indent: bytes) -> None:
        self._pieces = self._moved_back(file, b"\n" + indent)

    @staticmethod
    def _moved_back(file: Readable, moved: bytes) -> Iterator[bytes]:
        held, extra = b"\n", 1  # a line end before the first line too, and taken off again
        while data := file.read(_BLOCK):
            data = held + data
            end = data.rfind(b"\n")
            cut = end if len(data) - end < len(moved) else len(data)
            data, held = data[:cut].replace(moved, b"\n"), data[cut:]
            if len(data) > extra:
                yield data[extra:]
                extra = 0
        yield held[extra:]

    def read(self, _size: int, /) -> bytes:
        return next(self._pieces, b"")


class _Chained:
    """The bytes already read, then the rest of the file."""

    def __init__(self, first: bytes, file: Readable) -> None:
        self._first = first
        self._file = file

    def read(self, size: int, /) -> bytes:
        first, self._first = self._first, b""
        return first or self._file.read(size)


def _plain_ends(data: bytes) -> bytes:
    if b"\0" in data or b"\1" in data:
        data = data.translate(None, b"\0\1")
    if b"\r" in data:
        data = data.replace(b"\r\r\n", b"\n").replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return data


def _last_cut(data: bytes, known: int, blanks: bytes) -> int:
    """Find where the last logical line begins, looking only at what is new; 0 if nowhere."""
    end = len(data) - 1
    while (end := data.rfind(b"\n", max(known - 1, 0), end)) >= 0:
        if data[end + 1] not in blanks:
            return end + 1
    return 0


def _charset(line: bytes) -> str:
    head = line.partition(b":")[0].upper()
    _, found, name = head.partition(b"CHARSET=")
    return name.partition(b";")[0].strip(b'"').decode("ascii", "replace") if found else "utf-8"
