"""Card -> vCard 4.0, 3.0 or 2.1."""

from base64 import b64encode
from collections.abc import Iterator, Sequence

from app.exporters.lines import folded, quoted_line
from app.importers.card import Card, Photo, Value
from app.importers.content import OLDEST, escape, label_of, parse_head, split_line, split_parts

_NEWEST = "4.0"


def vcard_text(card: Card, version: str) -> str:
    """Write one card; what Kith did not use of it is written again."""
    lines = _Lines(version)
    lines.add("VERSION", version)
    lines.add_text("FN", card.name)
    if not _is_kept(card.rest, "N", [card.family, card.given]):
        lines.add_parts("N", [card.family, card.given, "", "", ""])
    lines.add_text("NICKNAME", card.nickname)
    lines.add_values("TEL", card.phones, card.rest)
    lines.add_values("EMAIL", card.emails, card.rest)
    lines.add_values("X-KITH", card.handles, card.rest)
    lines.add_text("NOTE", card.note)
    if card.org and not _is_kept(card.rest, "ORG", [card.org]):
        lines.add_parts("ORG", [card.org])
    _add_birthday(lines, card.birthday)
    lines.add_text("UID", card.uid)
    if card.photo:
        lines.add_photo(card.photo)
    for line in card.rest:
        lines.add_kept(line)
    return "BEGIN:VCARD\r\n" + "".join(lines) + "END:VCARD\r\n"


def _is_kept(rest: Sequence[str], name: str, parts: list[str]) -> bool:
    """Tell whether the fuller form of a property, as it was read, is among the lines kept."""
    for line in rest:
        if line.upper().startswith((name + ":", name + ";")):
            _, value = split_line(line) or ("", "")
            kept = split_parts(value)
            return len(kept) > 1 and kept[: len(parts)] == [escape(part) for part in parts]
    return False


def _add_birthday(lines: "_Lines", birthday: str) -> None:
    if birthday.startswith("--") and lines.version != _NEWEST:
        lines.add("BDAY;X-APPLE-OMIT-YEAR=1604", "1604" + birthday[1:])
    elif birthday and not birthday[-1].isdigit():
        lines.add_text("BDAY;VALUE=text", birthday)
    else:
        lines.add_text("BDAY", birthday)


class _Lines:
    """The lines of one card in one version."""

    def __init__(self, version: str) -> None:
        self.version = version
        self._lines: list[str] = []
        self._labels = 0

    def __iter__(self) -> Iterator[str]:
        return iter(self._lines)

    def add(self, head: str, value: str) -> None:
        """Write a value that is escaped already."""
        if self.version != OLDEST:
            self._lines.append(folded(f"{head}:{value}"))
        elif value.isascii() and value.isprintable():
            self._lines.append(f"{head}:{value}\r\n")
        else:
            self._lines.append(quoted_line(head, value))

    def add_text(self, head: str, text: str) -> None:
        """Write a text; an empty one only where the standard asks for it."""
        if text or head == "FN":
            self.add(head, self._escaped(text))

    def add_parts(self, head: str, parts: list[str]) -> None:
        """Write a structured value."""
        separated = ";".join(self._escaped(part) for part in parts)
        self.add(head, separated)

    def _escaped(self, text: str) -> str:
        if self.version != OLDEST:
            return escape(text)
        return text.replace("\\", "\\\\").replace(";", "\\;")

    def add_values(self, name: str, values: Sequence[Value], rest: Sequence[str]) -> None:
        """Write numbers, mails or handles with their labels."""
        for value in values:
            types = [_TYPES.get(word, word) for word in value.label.split()]
            if not value.label:
                self.add(name, self._escaped(value.text))
            elif label_of(types) == value.label and _STANDARD.issuperset(types):
                self.add(name + self._typed(types), self._escaped(value.text))
            else:
                self._add_labelled(name, value, rest)

    def _typed(self, types: list[str]) -> str:
        if self.version == OLDEST:
            return "".join(";" + word.upper() for word in types)
        return "".join(f";TYPE={word}" for word in types)

    def _add_labelled(self, name: str, value: Value, rest: Sequence[str]) -> None:
        """Write a label of the person's own as Apple does, in a group no other line has."""
        self._labels += 1
        while any(line.startswith(f"kith{self._labels}.") for line in rest):
            self._labels += 1
        group = f"kith{self._labels}."
        self.add(group + name, self._escaped(value.text))
        self.add(group + "X-ABLabel", self._escaped(value.label))

    def add_photo(self, photo: Photo) -> None:
        """Write the picture's bytes."""
        if self.version == _NEWEST:
            data = b64encode(photo.data).decode()
            self._lines.append(folded(f"PHOTO:data:{photo.type};base64,{data}"))
        else:
            self.add_kept(photo_line(photo))

    def add_kept(self, line: str) -> None:
        """Write a line as it was read, in this version's way of coding it."""
        text, value = split_line(line) or (line, "")
        head = parse_head(text)
        if head is None or not head.base64:
            self.add(text, value)
        elif self.version == _NEWEST:
            kind = head.media.split()[0] if head.media else "octet-stream"
            media = kind if "/" in kind else _MEDIA.get(head.name, "application") + "/" + kind
            self.add(head.name, f"data:{media};base64,{value}")
        elif self.version == OLDEST:
            self._lines.append(folded(f"{head.plain};ENCODING=BASE64:{value}") + "\r\n")
        else:
            self._lines.append(folded(f"{head.plain};ENCODING=b:{value}"))


def photo_line(photo: Photo) -> str:
    """Write a picture as a line of version 3.0, not folded."""
    kind = photo.type.removeprefix("image/").upper() if photo.type[:6] == "image/" else ""
    typed = f";TYPE={kind}" if kind else ""
    return f"PHOTO;ENCODING=b{typed}:{b64encode(photo.data).decode()}"


_TYPES = {"mobile": "cell"}
_STANDARD = frozenset(
    {"home", "work", "cell", "fax", "pager", "car", "isdn", "video", "msg", "modem", "bbs", "other"}
)
_MEDIA = {"LOGO": "image", "PHOTO": "image", "SOUND": "audio"}
