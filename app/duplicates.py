"""The same person twice: who it may be, and why.

A name alone is never a reason: two people may share one. A number, a mail or a birthday together
with a name is; a number or a mail alone is worth a question, since households share them.
"""

import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from enum import StrEnum
from hashlib import blake2b
from typing import Final

import msgspec
from rapidfuzz.fuzz import ratio

from app.domain import Address
from app.importers.card import Card

MOST_SHARING: Final = 5
"""A number that more people have is a switchboard and says nothing of any of them."""

_ALIKE: Final = 88
BREATH: Final = 50
"""People looked at between two calls of `breathe`: a fraction of a millisecond."""


class Clue(StrEnum):
    """One thing two records have in common."""

    UID = "uid"
    NUMBER = "number"
    HANDLE = "handle"
    MAIL = "mail"
    NAME = "name"
    NAME_ALIKE = "name-alike"
    BIRTHDAY = "birthday"


_NAMES = frozenset({Clue.NAME, Clue.NAME_ALIKE})
_OF_THEIR_OWN = frozenset({Clue.UID, Clue.NUMBER, Clue.HANDLE, Clue.MAIL})


class Reason(msgspec.Struct, frozen=True):
    """A clue and the text that both records have."""

    clue: Clue
    text: str


class Person(msgspec.Struct, frozen=True, gc=False):
    """A record to compare; `key` is what the caller knows it by."""

    key: str
    card: Card
    addresses: frozenset[Address] = frozenset()

    @property
    def mark(self) -> str:
        """Recognise the record when it is imported again and has another key."""
        card = self.card
        said = (
            folded_name(card.name),
            sorted(self.addresses),
            sorted(_mails(card)),
            card.uid,
            card.birthday,
        )
        return blake2b(msgspec.msgpack.encode(said), digest_size=16).hexdigest()


class Likeness(msgspec.Struct, frozen=True):
    """Two records that may be one person; `sure` where nobody needs to look."""

    one: Person
    other: Person
    reasons: tuple[Reason, ...]
    sure: bool


class Group(msgspec.Struct, frozen=True):
    """Records that may all be one person, by the keys, and every reason once."""

    keys: tuple[str, ...]
    reasons: tuple[Reason, ...]
    sure: bool


def find_likenesses(
    people: Sequence[Person],
    apart: Collection[frozenset[str]] = (),
    breathe: Callable[[], object] = lambda: None,
) -> list[Likeness]:
    """Find who is there twice, the sure ones first; pairs of keys or marks in `apart` are not.

    `breathe` is called after every few people; what it raises ends the search.
    """
    found = []
    for one, other in _candidates(people, breathe):
        first, second = people[one], people[other]
        likeness = compare(first, second)
        if likeness is not None and not _is_apart(first, second, apart):
            found.append(likeness)
    return sorted(found, key=lambda likeness: not likeness.sure)


def _is_apart(one: Person, other: Person, apart: Collection[frozenset[str]]) -> bool:
    return bool(apart) and (
        frozenset((one.key, other.key)) in apart or frozenset((one.mark, other.mark)) in apart
    )


def _candidates(
    people: Sequence[Person], breathe: Callable[[], object]
) -> Iterator[tuple[int, int]]:
    """Pair up records with a clue in common; linear in the records, since few may share one.

    Clues are kept as hashes: a chance meeting of two is caught by the comparison.
    """
    first: dict[int, int] = {}
    sharing: dict[int, list[int]] = {}
    for place, person in enumerate(people):
        for clue in set(_clues(person)):
            before = first.setdefault(clue, place)
            if before != place:
                sharing.setdefault(clue, [before]).append(place)
        if not place % BREATH:
            breathe()
    by_place = _partners(sharing.values())
    for count, (place, others) in enumerate(sorted(by_place.items())):
        for other in sorted(others):
            yield place, other
        if not count % BREATH:
            breathe()


def _partners(sharing: Iterable[list[int]]) -> dict[int, set[int]]:
    """Say for each place which later ones share a clue with it."""
    found: dict[int, set[int]] = {}
    for places in sharing:
        if len(places) <= MOST_SHARING:
            for number, place in enumerate(places[:-1]):
                found.setdefault(place, set()).update(places[number + 1 :])
    return found


def _clues(person: Person) -> Iterator[int]:
    card = person.card
    yield from (hash(("address", address)) for address in person.addresses)
    yield from (hash(("mail", mail)) for mail in _mails(card))
    if card.uid:
        yield hash(("uid", card.uid))
    if card.birthday:
        yield hash(("birth", card.birthday, folded_name(card.name)))


def compare(one: Person, other: Person) -> Likeness | None:
    """Weigh two records; None if nothing but a name speaks for it."""
    reasons = [*_shared(one, other), *_name_reason(one.card, other.card)]
    clues = {reason.clue for reason in reasons}
    if not clues & _OF_THEIR_OWN and not (clues & _NAMES and Clue.BIRTHDAY in clues):
        return None
    born = {one.card.birthday, other.card.birthday} - {""}
    sure = Clue.NAME in clues and bool(clues & _OF_THEIR_OWN) and len(born) < 2  # noqa: PLR2004
    return Likeness(one, other, tuple(reasons), sure)


def _shared(one: Person, other: Person) -> Iterator[Reason]:
    for address in sorted(one.addresses & other.addresses):
        yield Reason(Clue.NUMBER if address.isdigit() else Clue.HANDLE, address)
    for mail in sorted(_mails(one.card) & _mails(other.card)):
        yield Reason(Clue.MAIL, mail)
    if one.card.uid and one.card.uid == other.card.uid:
        yield Reason(Clue.UID, one.card.uid)
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
    if name.isascii():
        bare = name.casefold()
    else:
        plain = unicodedata.normalize("NFKD", name).casefold()
        bare = "".join(letter for letter in plain if not unicodedata.combining(letter))
    words = "".join(letter if letter.isalnum() else " " for letter in bare)
    return " ".join(sorted(words.split()))


# ---- groups


def grouped(likenesses: Iterable[Likeness], apart: Collection[frozenset[str]] = ()) -> list[Group]:
    """Put together whom likenesses connect: the sure ones among themselves, then the others.

    Where two of a group were told apart, being each like a third, nobody is sure of any.
    """
    listed = [*likenesses]
    sure = [
        msgspec.structs.replace(group, sure=not any(pair.issubset(group.keys) for pair in apart))
        for group in _connected([each for each in listed if each.sure], sure=True)
    ]
    group_of = {key: number for number, group in enumerate(sure) for key in group.keys}
    open_ones = [
        each
        for each in listed
        if not each.sure
        and (each.one.key not in group_of or group_of[each.one.key] != group_of.get(each.other.key))
    ]
    return [*sure, *_connected(open_ones, sure=False)]


def _connected(likenesses: Sequence[Likeness], *, sure: bool) -> list[Group]:
    leader: dict[str, str] = {}

    def lead(key: str) -> str:
        while leader.setdefault(key, key) != key:
            leader[key] = key = leader[leader[key]]
        return key

    for each in likenesses:
        leader[lead(each.other.key)] = lead(each.one.key)
    keys: dict[str, dict[str, None]] = {}
    reasons: dict[str, dict[Reason, None]] = {}
    for each in likenesses:
        leading = lead(each.one.key)
        keys.setdefault(leading, {}).update({each.one.key: None, each.other.key: None})
        reasons.setdefault(leading, {}).update(dict.fromkeys(each.reasons))
    return [
        Group(tuple(members), tuple(reasons[leading]), sure) for leading, members in keys.items()
    ]
