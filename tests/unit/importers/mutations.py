"""Cards broken in the ways that programs break them; every line that is in them has a token."""

import itertools
import re
from collections.abc import Callable
from random import Random

Lines = list[str]

SHAPES = (
    "FN:{}",
    "N:{};given;;;",
    "N;CHARSET=UTF-8:family;{};;;",
    "TEL;TYPE=CELL:+1{}",
    "TEL;WORK;VOICE:{}",
    'TEL;VALUE=uri;TYPE="voice,home":tel:{}',
    "EMAIL;TYPE=INTERNET:{}@example.org",
    "NOTE:one\\n{}\\, two\\",
    "NOTE;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:=C3=A9 {}",
    "ORG:{};Sales",
    "BDAY:{}",
    "UID:urn:{}",
    "NICKNAME:{}",
    'ADR;TYPE=home;LABEL="a: b; c":;;{};Köln;;;',
    "item1.TEL:{}",
    "item1.X-ABLabel:_$!<{}>!$_",
    "item2.URL:https://{}.example",
    "X-THING;X-A=b:{}",
    "LOGO;ENCODING=b:{}",
    "IMPP:xmpp:{}",
    "X-KITH:{}",
    "PHOTO;VALUE=uri:https://{}.example",
    "AGENT:{}",
    "no colon {}",
    "{} with a space: and a colon",
    "BEGIN:{}",
    "END:{}",
)


def broken_book(random: Random) -> tuple[bytes, list[str]]:
    """Make a small book, break it, and give its bytes with the tokens that must not be lost."""
    numbers = itertools.count(random.randrange(10**6))
    lines: Lines = []
    for _ in range(random.randint(1, 3)):
        lines += ["BEGIN:VCARD", f"VERSION:{random.choice(('2.1', '3.0', '4.0'))}"]
        for _ in range(random.randint(0, 9)):
            lines.append(random.choice(SHAPES).format(f"tok{next(numbers):07}z"))
        lines.append("END:VCARD")
    for _ in range(random.randint(0, 6)):
        random.choice(BREAKS)(lines, random)
    text = random.choice(("\n", "\r\n", "\r", "\r\r\n")).join(lines) + random.choice(("", "\n"))
    tokens = re.findall(r"tok\d{7}z", text.lower())
    return text.encode(random.choice(("utf-8", "utf-8", "utf-8-sig", "utf-16"))), tokens


def broken_bytes(random: Random) -> bytes:
    """Break a book anywhere, inside letters and all."""
    data = bytearray(broken_book(random)[0])
    for _ in range(random.randint(1, 12)):
        place = random.randrange(len(data) + 1)
        match random.randrange(5):
            case 0:
                data[place : place + random.randint(0, 40)] = b""
            case 1:
                data[place:place] = random.randbytes(random.randint(1, 6))
            case 2:
                data[place:place] = random.choice(PIECES)
            case 3:
                data[place : place + 1] = bytes([random.randrange(256)])
            case _:
                start = random.randrange(len(data) + 1)
                data[place:place] = data[start : start + random.randint(1, 200)]
    return bytes(data)


PIECES = (
    *(b"BEGIN:VCARD\n", b"END:VCARD\n", b"\n ", b"\r\n\t", b"=\n", b":", b";", b'"', b"\\", b"\0"),
    *(b"\xef\xbb\xbf", b"\xff\xfe", b"\xc3", b"ENCODING=QUOTED-PRINTABLE", b"ENCODING=b"),
    *(b"AGENT:\nBEGIN:VCARD\n", b"VERSION:2.1\n", b"CHARSET=idna", b"data:image/png;base64,"),
    *(b"item1.", b"item1.X-ABLabel:x\n", b"PHOTO;BASE64:QUJD\n", b"\x01", b"\x85", b"\xe2\x80\xa8"),
)


def _delete(lines: Lines, random: Random) -> None:
    if len(lines) > 1:
        lines.pop(random.randrange(len(lines)))


def _repeat(lines: Lines, random: Random) -> None:
    lines.insert(random.randrange(len(lines)), random.choice(lines))


def _swap(lines: Lines, random: Random) -> None:
    one, other = random.randrange(len(lines)), random.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]


def _insert(lines: Lines, random: Random) -> None:
    piece = random.choice(
        ("", "BEGIN:VCARD", "END:VCARD", "VERSION:2.1", "AGENT:", ";;;", "\ufeff")
    )
    lines.insert(random.randrange(len(lines) + 1), piece)


def _fold(lines: Lines, random: Random) -> None:
    place = random.randrange(len(lines))
    cut = random.randint(0, len(lines[place]))
    lines[place] = lines[place][:cut] + "\n" + random.choice(" \t") + lines[place][cut:]


def _lower(lines: Lines, random: Random) -> None:
    place = random.randrange(len(lines))
    lines[place] = lines[place].lower()


def _soft_break(lines: Lines, random: Random) -> None:
    lines[random.randrange(len(lines))] += "="


def _space(lines: Lines, random: Random) -> None:
    place = random.randrange(len(lines))
    lines[place] = lines[place].replace(":", " : ", 1) + "  "


BREAKS: tuple[Callable[[Lines, Random], None], ...] = (
    _delete,
    _repeat,
    _swap,
    _insert,
    _fold,
    _lower,
    _soft_break,
    _space,
)
