"""One content line: `group.NAME;PARAMETERS:value`, its parameters, escapes and encodings."""

import re
from binascii import Error as Base64Error
from binascii import a2b_base64, a2b_qp
from typing import Final

import msgspec

from app.importers.encoding import LegacyGuess, decode_named

OLDEST: Final = "2.1"
"""The version that folds, escapes and encodes in its own way."""


class Head(msgspec.Struct, frozen=True):
    """What stands before the colon, understood."""

    name: str
    group: str = ""
    label: str = ""
    preferred: bool = False
    base64: bool = False
    quoted: bool = False
    charset: str = ""
    media: str = ""
    parameters: tuple[tuple[str, str], ...] = ()

    @property
    def coded(self) -> bool:
        """Tell whether the value needs `decode_text` before anything else."""
        return self.base64 or self.quoted

    @property
    def plain(self) -> str:
        """Write the head again without what told how the value was encoded."""
        shown = [self.group + "." + self.name if self.group else self.name]
        for name, value in self.parameters:
            if name not in {"ENCODING", "CHARSET"} and value.upper() not in _ENCODINGS:
                shown.append(f"{name}={value}" if name else value)
        return ";".join(shown)


_HEAD = re.compile(r"\s*(?:([\w-]+)\.)?([A-Za-z0-9_-]+)\s*((?:;.*)?)", re.S)
_QUOTED_HEAD = re.compile(r'[^":]*(?:"[^"]*"[^":]*)*(?=:)')
_PARAMETER = re.compile(r';\s*(?:([\w-]+)\s*=\s*)?((?:"[^"]*"|[^";])*)')
_ENCODINGS = {"B": "B", "BASE64": "B", "QUOTED-PRINTABLE": "Q", "QP": "Q"}
_SILENT_TYPES = frozenset({"voice", "internet", "pref", "x400", "uri", "text", ""})
_LABELS = {"cell": "mobile"}


def split_line(line: str) -> tuple[str, str] | None:
    """Cut a line at the colon that ends its head, which is not one between quotes."""
    head, colon, value = line.partition(":")
    if head.count('"') % 2 == 0:
        return (head, value) if colon else None
    found = _QUOTED_HEAD.match(line)
    if found:
        return found[0], line[found.end() + 1 :]
    return head.replace('"', ""), value


def parse_head(text: str) -> Head | None:
    """Understand a head; None if it is none."""
    found = _HEAD.fullmatch(text.lstrip("\ufeff"))
    if not found:
        return None
    group, name, rest = found.groups()
    given = tuple(
        (key.upper(), value.strip()) for key, value in _PARAMETER.findall(rest) if key or value
    )
    types, named = _types_and_named(given)
    encoding = _ENCODINGS.get(named.get("ENCODING", "").upper(), "")
    return Head(
        name=name.upper(),
        group=group or "",
        label=label_of(types),
        preferred="pref" in types or "PREF" in named,
        base64=encoding == "B",
        quoted=encoding == "Q",
        charset=named.get("CHARSET", ""),
        media=named.get("MEDIATYPE", "") or " ".join(types),
        parameters=given,
    )


def _types_and_named(given: tuple[tuple[str, str], ...]) -> tuple[list[str], dict[str, str]]:
    """Sort parameters; version 2.1 leaves out the names of types and encodings."""
    types: list[str] = []
    named: dict[str, str] = {}
    for key, text in given:
        value = text.replace('"', "")
        if not key and value.upper() in _ENCODINGS:
            named["ENCODING"] = value
        elif key in {"", "TYPE"}:
            types += (part.strip() for part in value.lower().split(","))
        else:
            named[key] = value
    return types, named


def label_of(types: list[str]) -> str:
    """Name a kind of number or mail in the one way we use: `work fax`, `mobile`."""
    words = (word.removeprefix("x-") for word in types if word not in _SILENT_TYPES)
    return " ".join(dict.fromkeys(_LABELS.get(word, word) for word in words))


def clean_label(text: str) -> str:
    """Read a label that a person or a program gave: Apple writes `_$!<Mobile>!$_`."""
    return " ".join(text.removeprefix("_$!<").removesuffix(">!$_").lower().split())


# ---- values


_ESCAPE = re.compile(r"\\(.)", re.S)
_ESCAPED = {"n": "\n", "N": "\n", ",": ",", ";": ";", ":": ":", "\\": "\\"}
_ESCAPED_OLDEST = {",": ",", ";": ";", ":": ":", "\\": "\\"}


def unescape(value: str, version: str) -> str:
    """Undo the escapes of that version; a backslash that escapes nothing stays."""
    escaped = _ESCAPED_OLDEST if version == OLDEST else _ESCAPED
    return _ESCAPE.sub(lambda found: escaped.get(found[1], found[0]), value)


def split_parts(value: str) -> list[str]:
    """Split a structured value at its semicolons, except escaped ones, which stay escaped."""
    if "\\" not in value:
        return value.split(";")
    hidden = value.replace("\\\\", "\0").replace("\\;", "\1")
    return [part.replace("\1", "\\;").replace("\0", "\\\\") for part in hidden.split(";")]


def escape(value: str) -> str:
    """Make text safe as a value, as versions 3.0 and 4.0 ask."""
    value = value.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    return value.replace("\r\n", "\n").replace("\r", "\n").replace("\n", "\\n")


def decode_text(head: Head, value: str) -> str:
    """Decode quoted-printable or base64 into the text it stands for."""
    raw = value.encode("utf-8", "surrogateescape")
    data = a2b_qp(raw) if head.quoted else decode_base64(value)
    text = decode_named(data, head.charset or "utf-8")
    return (LegacyGuess().decode(data) if text is None else text).replace("\r\n", "\n")


def decode_base64(value: str) -> bytes:
    """Decode what can be decoded; nothing if it cannot."""
    try:
        return a2b_base64(value.encode("ascii", "ignore") + b"==")
    except Base64Error:
        return b""
