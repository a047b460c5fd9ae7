"""The vCard readers to compare: each gives, for a file, the name and the numbers of every card."""

from collections.abc import Callable, Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import vobject

from app.importers import Card, read_book

Read = Callable[[Path], Iterator[tuple[str, list[str]]]]


def kith(path: Path) -> Iterator[tuple[str, list[str]]]:
    for card in read_book(path):
        if isinstance(card, Card):
            yield card.name, [value.text for value in card.phones]


def unfold_and_split(path: Path) -> Iterator[tuple[str, list[str]]]:
    """The least any reader in Python must do: the limit, which understands next to nothing."""
    text = path.read_bytes().decode("utf-8", "replace").replace("\r\n", "\n").replace("\n ", "")
    for card in text.split("END:VCARD")[:-1]:
        name, phones = "", []
        for line in card.split("\n"):
            head, _, value = line.partition(":")
            if head == "FN":
                name = value
            elif head.startswith("TEL"):
                phones.append(value)
        yield name, phones


def vobject_strict(path: Path) -> Iterator[tuple[str, list[str]]]:
    yield from _vobject(path, lenient=False)


def vobject_lenient(path: Path) -> Iterator[tuple[str, list[str]]]:
    yield from _vobject(path, lenient=True)


def _vobject(path: Path, *, lenient: bool) -> Iterator[tuple[str, list[str]]]:
    text = path.read_bytes().decode("utf-8-sig")
    for card in vobject.readComponents(text, ignoreUnreadable=lenient, allowQP=True):
        name = card.fn.value if hasattr(card, "fn") else ""
        yield name, [tel.value for tel in getattr(card, "tel_list", ())]


def python_vcard4(path: Path) -> Iterator[tuple[str, list[str]]]:
    contact = import_module("pythonvCard4.vcard").Contact
    text = path.read_bytes().decode("utf-8-sig")
    for part in text.split("END:VCARD")[:-1]:
        card = contact.from_vcard(part.strip() + "\nEND:VCARD\n")
        yield card.fn or "", [str(tel.get("value", tel)) for tel in card.tel]


READERS: dict[str, Read] = {
    "kith": kith,
    "unfold and split (limit)": unfold_and_split,
    "vobject": vobject_strict,
    "vobject, ignoreUnreadable": vobject_lenient,
}
if find_spec("pythonvCard4"):
    READERS["pythonvCard4"] = python_vcard4
