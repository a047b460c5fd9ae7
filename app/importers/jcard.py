"""jCard (RFC 7095), vCard as JSON -> Card, by way of the content lines it stands for."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import msgspec

from app.errors import CardUnreadable
from app.importers.card import NOT_A_PROPERTY, Card, Unreadable, numbered, source_name
from app.importers.content import escape
from app.importers.vcard import read_cards

_LARGEST: Final = 256 * 1024 * 1024
_SHOWN = 1000


def read_jcard(path: Path) -> Iterator[Card | Unreadable]:
    """Stream the cards of a file; they are numbered, since all may stand in one line."""
    if path.stat().st_size > _LARGEST:
        raise CardUnreadable(path, "it is too large for a jCard: export it as vCard instead")
    try:
        document = msgspec.json.decode(path.read_bytes().removeprefix(b"\xef\xbb\xbf"))
    except (msgspec.DecodeError, RecursionError) as error:
        raise CardUnreadable(path, "it is not whole JSON") from error
    for place, card in enumerate(_cards(document), 1):
        yield from _read_card(card, place, source_name(path))


def _cards(document: Any) -> list[Any]:
    """Find the cards: one by itself, or a list of them."""
    if not isinstance(document, list):
        return []
    return [document] if document[:1] == ["vcard"] else document


def _read_card(card: Any, place: int, source: str) -> Iterator[Card | Unreadable]:
    lines: list[str] = []
    properties = card[1] if _is_card(card) else [card]
    for item in properties:
        line = _content_line(item)
        if line:
            lines.append(line)
        else:
            shown = msgspec.json.encode(item)[:_SHOWN].decode("utf-8", "replace")
            yield Unreadable(source, place, shown, NOT_A_PROPERTY)
    if lines:
        for read in read_cards(["BEGIN:VCARD", *lines, "END:VCARD"], source):
            yield numbered(read, place)


def _is_card(card: Any) -> bool:
    return (
        isinstance(card, list)
        and card[:1] == ["vcard"]
        and all(isinstance(part, list) for part in card[1:2])
        and len(card) > 1
    )


def _content_line(item: Any) -> str:
    """Write `["tel", {"type": "work"}, "uri", "tel:+1"]` as `TEL;TYPE=work:tel:+1`."""
    match item:
        case [str(name), dict(parameters), str(kind), _, *_] if name.isascii():
            group = parameters.pop("group", "")
            head = [f"{group}.{name.upper()}" if group else name.upper()]
            head += (_parameter(key, value) for key, value in parameters.items())
            values = ",".join(_value(value, kind) for value in item[3:])
            return f"{';'.join(head)}:{values}"
        case _:
            return ""


def _parameter(key: str, value: Any) -> str:
    texts = value if isinstance(value, list) else [value]
    joined = ",".join(str(text).replace('"', "'").replace("\n", " ") for text in texts)
    return f'{key.upper()}="{joined}"' if set(joined) & set(";:,") else f"{key.upper()}={joined}"


def _value(value: Any, kind: str) -> str:
    if isinstance(value, list):
        return ";".join(map(_part, value))
    if kind == "uri":
        return "".join(str(value).split())
    return escape(str(value))


def _part(value: Any) -> str:
    texts = value if isinstance(value, list) else [value]
    return ",".join(escape(str(text)) for text in texts)
