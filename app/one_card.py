"""One card of several that are one person: all that they say, and a choice where they differ."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from itertools import count
from typing import Final

import msgspec

from app.addresses import parse_phone
from app.errors import InvalidAddress
from app.exporters.vcard import photo_line
from app.importers.card import Card, Photo, Value
from app.importers.content import Head, escape, parse_head, split_line


class Choice(msgspec.Struct, frozen=True):
    """One field in which the cards differ: what they say, and what was chosen."""

    field: str
    options: tuple[object, ...]
    chosen: int = 0


class Merge(msgspec.Struct, frozen=True):
    """One card of several, and the choices that were made for it."""

    card: Card
    choices: tuple[Choice, ...]


CHOSEN: Final = ("name", "nickname", "org", "birthday", "photo")
"""What a person has one of, in the order in which it is asked."""


SAID_ONCE: Final = ("nickname", "org", "birthday")
"""Those of them that are words, and not the name."""


def propose_merge(
    cards: Sequence[Card], region: str, chosen: Mapping[str, int] | None = None
) -> Merge:
    """Make one card: numbers, mails, notes and kept lines of all, single fields by choice.

    The first card is the one that stays, so its values are chosen where it has any. What is not
    chosen stays on the card as a line of its own.
    """
    picked = chosen or {}
    choices = [
        Choice(field, options, min(picked.get(field, 0), len(options) - 1))
        for field in CHOSEN
        if (options := _options(cards, field))
    ]
    single = {choice.field: choice.options[choice.chosen] for choice in choices}
    named = _named(cards, single.get("name", ""))
    others = [card for card in cards if card.name != named[0].name]
    card = msgspec.structs.replace(
        cards[0],
        **single,
        given=next((card.given for card in named if card.given), ""),
        family=next((card.family for card in named if card.family), ""),
        uid=next((card.uid for card in cards if card.uid), ""),
        phones=_united(cards, "phones", region),
        emails=_united(cards, "emails", region),
        handles=_united(cards, "handles", region),
        note="\n\n".join(dict.fromkeys(card.note for card in cards if card.note)),
        rest=_lines([*named, *others], len(named), choices),
    )
    return Merge(card, tuple(choice for choice in choices if len(choice.options) > 1))


def _options(cards: Iterable[Card], field: str) -> tuple[object, ...]:
    found: list[object] = []
    for card in cards:
        value = getattr(card, field)
        if value and value not in found:
            found.append(value)
    return tuple(found)


def _named(cards: Iterable[Card], name: object) -> list[Card]:
    return [card for card in cards if card.name == name]


def _united(cards: Iterable[Card], field: str, region: str) -> tuple[Value, ...]:
    """Take each number once, however it is written; the first writing stays."""
    by_form: dict[str, Value] = {}
    for card in cards:
        for value in getattr(card, field):
            form = _one_form(value.text, field, region)
            kept = by_form.setdefault(form, value)
            if value.label and not kept.label:
                by_form[form] = msgspec.structs.replace(kept, label=value.label)
    return tuple(by_form.values())


def _one_form(text: str, field: str, region: str) -> str:
    if field == "phones":
        with suppress(InvalidAddress):
            return parse_phone(text, region)
    return text.casefold()


# ---- lines

_ONCE: Final = frozenset({"N", "REV", "PRODID", "KIND", "GENDER", "ANNIVERSARY", "BDAY", "UID"})
"""A card may have one of each; a second one is kept under another name."""
_SECOND: Final = "X-KITH-ALSO-"


def _lines(cards: Sequence[Card], named: int, choices: Iterable[Choice]) -> tuple[str, ...]:
    """Keep every line, those of the cards with the chosen name first, and what was not chosen."""
    lines: dict[str, None] = {}
    taken: set[str] = set()
    groups: set[str] = set()
    for number, card in enumerate(cards):
        if number == named:
            taken.add("N")
        heads = [(line, _head_of(line)) for line in card.rest]
        new = {line: head for line, head in heads if line not in lines}
        written = [_apart(line, head, taken, groups) for line, head in new.items()]
        lines.update(dict.fromkeys(written))
        taken |= {head.name for head in new.values() if not head.group}
        groups |= {_head_of(line).group for line in written}
    for choice in choices:
        others = (each for at, each in enumerate(choice.options) if at != choice.chosen)
        lines.update(dict.fromkeys(line_of(choice.field, each) for each in others))
    return tuple(lines)


def _head_of(line: str) -> Head:
    return parse_head((split_line(line) or ("", ""))[0]) or Head("")


def _apart(line: str, head: Head, taken: Collection[str], groups: Collection[str]) -> str:
    """Keep a line from meaning something else among those of an earlier card."""
    if head.group and head.group in groups:
        number = next(number for number in count(2) if f"{head.group}-{number}" not in groups)
        return line.replace(head.group, f"{head.group}-{number}", 1)
    if not head.group and head.name in _ONCE and head.name in taken:
        return _SECOND + line.lstrip()
    return line


_PROPERTY: Final = {
    "name": "FN",
    "nickname": "NICKNAME",
    "org": "ORG",
    "birthday": _SECOND + "BDAY",
}


def line_of(field: str, value: object) -> str:
    """Write a field that another card has already filled as a line that is kept beside it."""
    if isinstance(value, Photo):
        return photo_line(value)
    return f"{_PROPERTY[field]}:{escape(str(value))}"
