"""Content lines as the standards ask: folded at 75 bytes, or quoted-printable for version 2.1."""

_WIDTH = 75
_QUOTED_WIDTH = 70


def folded(line: str) -> str:
    """Fold a line, never inside a letter."""
    data = line.encode()
    if len(data) <= _WIDTH:
        return line + "\r\n"
    pieces = []
    start, width = 0, _WIDTH
    while start < len(data):
        end = _letter_end(data, start + width)
        pieces.append(data[start:end].decode())
        start, width = end, _WIDTH - 1
    return "\r\n ".join(pieces) + "\r\n"


def _letter_end(data: bytes, end: int) -> int:
    """Go back to where a letter ends: bytes 10xxxxxx go on inside one."""
    while end < len(data) and data[end] & 0xC0 == _INSIDE:
        end -= 1
    return end


_INSIDE = 0x80


def quoted_line(head: str, value: str) -> str:
    """Write a value as quoted-printable UTF-8; a line that goes on begins with a coded byte."""
    data = value.replace("\r\n", "\n").replace("\n", "\r\n").encode()
    lines = [f"{head};CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:"]
    for byte in data:
        full = len(lines[-1]) >= _QUOTED_WIDTH and byte not in _SEPARATORS
        coded = f"={byte:02X}" if full or byte not in _LITERAL else chr(byte)
        if full:
            lines[-1] += "="
            lines.append(coded)
        else:
            lines[-1] += coded
    return "\r\n".join(lines) + "\r\n"


_SEPARATORS = frozenset(b";\\")
"""Coded, they would no longer separate or escape."""

_LITERAL = frozenset(range(0x21, 0x7F)) - {ord("=")} | {ord(" ")}
