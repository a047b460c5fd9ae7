"""The same person twice: who it may be and why, and what one card of both would say.

A name alone is never a reason: two people may share one. A number, a mail or a birthday together
with a name is; a number or a mail alone is worth a question, since households share them.
"""

import unicodedata
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from enum import StrEnum
from itertools import combinations
from typing import Final

import msgspec
from rapidfuzz.fuzz import ratio

from app.addresses import canonical, parse_phone
from app.domain import Address
from app.errors import InvalidAddress
from app.importers.card import Card, Value

MOST_SHARING: Final = 5
"""A number that more people have is a switchboard and says nothing of any of them."""

_ALIKE: Final = 88


class Clue(StrEnum):
    """One thing two records have in common."""

    UID = "uid"
    NUMBER = "number"
    HANDLE = "handle"
    MAIL = "mail"
    NAME = "name"
    NAME_ALIKE = "name-alike"
    BIRTHDAY = "birthday"


_OF_ONE_PERSON = frozenset({Clue.UID, Clue.HANDLE})
_NAMES = frozenset({Clue.NAME, Clue.NAME_ALIKE})


class Reason(msgspec.Struct, frozen=True):
    """A clue and the text that both records have."""

    clue: Clue
    text: str


class Person(msgspec.Struct, frozen=True):
    """A record to compare; `key` is what the caller knows it by, the same at the next import."""

    key: str
    card: Card
    addresses: frozenset[Address] = frozenset()


class Likeness(msgspec.Struct, frozen=True):
    """Two records that may be one person; `sure` where nobody needs to look."""

    one: Person
    other: Person
    reasons: tuple[Reason, ...]
    sure: bool


def person_of(key: str, card: Card, region: str) -> Person:
    """Make a card comparable: its numbers in their one form."""
    found: set[Address] = set()
    for value in card.phones:
        with suppress(InvalidAddress):
            found.add(parse_phone(value.text, region))
    for value in card.handles:
        with suppress(InvalidAddress):
            found.add(canonical(value.text))
    return Person(key, card, frozenset(found))


def find_likenesses(
    people: Sequence[Person], apart: Collection[frozenset[str]] = ()
) -> list[Likeness]:
    """Find who is there twice, the sure ones first; pairs of keys in `apart` were told apart."""
    found = []
    for one, other in sorted(_candidates(people)):
        first, second = people[one], people[other]
        if frozenset((first.key, second.key)) in apart:
            continue
        likeness = compare(first, second)
        if likeness:
            found.append(likeness)
    return sorted(found, key=lambda likeness: not likeness.sure)


def _candidates(people: Sequence[Person]) -> set[tuple[int, int]]:
    """Pair up records with a clue in common; linear in the records, since few may share one."""
    by_clue: dict[tuple[str, str], list[int]] = defaultdict(list)
    for place, person in enumerate(people):
        for clue in set(_clues(person)):
            by_clue[clue].append(place)
    return {
        pair
        for places in by_clue.values()
        if len(places) <= MOST_SHARING
        for pair in combinations(places, 2)
    }


def _clues(person: Person) -> Iterator[tuple[str, str]]:
    card = person.card
    yield from (("address", address) for address in person.addresses)
    yield from (("mail", mail) for mail in _mails(card))
    if card.uid:
        yield "uid", card.uid
    if card.birthday:
        yield "birth", f"{card.birthday} {folded_name(card.name)}"


def compare(one: Person, other: Person) -> Likeness | None:
    """Weigh two records; None if nothing but a name speaks for it."""
    reasons = [*_shared(one, other), *_name_reason(one.card, other.card)]
    clues = {reason.clue for reason in reasons}
    if not clues - _NAMES - {Clue.BIRTHDAY} and not (clues & _NAMES and Clue.BIRTHDAY in clues):
        return None
    sure = bool(clues & _OF_ONE_PERSON or clues & _NAMES)
    return Likeness(one, other, tuple(reasons), sure)


def _shared(one: Person, other: Person) -> Iterator[Reason]:
    if one.card.uid and one.card.uid == other.card.uid:
        yield Reason(Clue.UID, one.card.uid)
    for address in sorted(one.addresses & other.addresses):
        yield Reason(Clue.NUMBER if address.isdigit() else Clue.HANDLE, address)
    for mail in sorted(_mails(one.card) & _mails(other.card)):
        yield Reason(Clue.MAIL, mail)
    if one.card.birthday and one.card.birthday == other.card.birthday:
        yield Reason(Clue.BIRTHDAY, one.card.birthday)


def _name_reason(one: Card, other: Card) -> Iterator[Reason]:
    first, second = folded_name(one.name), folded_name(other.name)
    if first and first == second:
        yield Reason(Clue.NAME, one.name)
    elif first and second and ratio(first, second) >= _ALIKE:
        yield Reason(Clue.NAME_ALIKE, f"{one.name} / {other.name}")


def _mails(card: Card) -> set[str]:
    return {value.text.casefold() for value in card.emails}


def folded_name(name: str) -> str:
    """Write a name so that `Okafor, Ada` and `ada OKAFOR` are the same."""
    plain = unicodedata.normalize("NFKD", name).casefold()
    bare = (character for character in plain if not unicodedata.combining(character))
    words = "".join(character if character.isalnum() else " " for character in bare)
    return " ".join(sorted(words.split()))


# ---- merging


class Choice(msgspec.Struct, frozen=True):
    """One field in which the records differ: what they say, and what was chosen first."""

    field: str
    options: tuple[object, ...]
    chosen: int = 0


class Merge(msgspec.Struct, frozen=True):
    """One card of several, and the choices that were made for it."""

    card: Card
    choices: tuple[Choice, ...]


_SINGLE = ("name", "given", "family", "nickname", "org", "birthday", "photo", "uid")


def propose_merge(
    cards: Sequence[Card], region: str, chosen: dict[str, int] | None = None
) -> Merge:
    """Make one card: numbers, mails, notes and kept lines of all, single fields by choice.

    The first card is the one that stays, so its values are chosen where it has any.
    """
    picked = chosen or {}
    choices = [
        Choice(field, options, min(picked.get(field, 0), len(options) - 1))
        for field in _SINGLE
        if (options := _options(cards, field))
    ]
    single = {choice.field: choice.options[choice.chosen] for choice in choices}
    card = msgspec.structs.replace(
        cards[0],
        **single,
        phones=_united(cards, "phones", region),
        emails=_united(cards, "emails", region),
        handles=_united(cards, "handles", region),
        note="\n\n".join(dict.fromkeys(card.note for card in cards if card.note)),
        rest=tuple(dict.fromkeys(line for card in cards for line in card.rest)),
    )
    return Merge(card, tuple(choice for choice in choices if len(choice.options) > 1))


def _options(cards: Iterable[Card], field: str) -> tuple[object, ...]:
    found: list[object] = []
    for card in cards:
        value = getattr(card, field)
        if value and value not in found:
            found.append(value)
    return tuple(found)


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
