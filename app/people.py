"""Judge the cards of a book against the people I have: each one has its fate, with a reason."""

import unicodedata
from collections.abc import Iterable, Iterator
from enum import StrEnum
from hashlib import blake2b

import msgspec

from app.addresses import parse_handle, parse_phone
from app.domain import Address, ContactId
from app.errors import InvalidAddress, Trouble
from app.importers import Card, Photo, Unreadable, Value
from app.one_card import line_of


class Fate(StrEnum):
    """What becomes of one card."""

    NEW = "new"
    """A person I do not have."""
    KNOWN = "known"
    """Nothing on it is news."""
    SAME = "same"
    """An earlier card of these books is the same person: the two come together."""
    CHANGED = "changed"
    """A person I have: the card adds to them."""
    NO_ADDRESS = "no-address"
    """Kept, though nothing on it can be an address."""


class Reason(StrEnum):
    """Why a card has its fate; the screen makes a sentence of it."""

    NOBODY = "nobody-has-these"
    IDENTICAL = "identical"
    SAME_UID = "same-uid"
    SAME_NAME = "same-name-and-address"
    SAME_ADDRESS = "same-address"
    NOTHING_USABLE = "nothing-usable"


class Written(msgspec.Struct, frozen=True, gc=False):
    """An address as the card has it."""

    address: Address
    text: str
    label: str


class Rejected(msgspec.Struct, frozen=True, gc=False):
    """A value that cannot be an address, or a line that cannot be read."""

    source: str
    line: int
    value: str
    reason: str
    """A Trouble of an address, or one of `importers.REASONS`."""


class PlannedCard(msgspec.Struct, frozen=True, kw_only=True):
    """One card and its fate."""

    fate: Fate
    reason: Reason
    card: Card
    digest: bytes
    written: tuple[Written, ...]
    """The addresses that become this person's; one that another person has is not here."""
    rejected: tuple[tuple[Value, Trouble], ...]
    shared: tuple[Written, ...] = ()
    """The addresses that another person has and keeps."""
    contact_id: ContactId | None = None
    """Whom I have already."""
    same_as: int | None = None
    """The number of the earlier card in this plan that is the same person."""
    whom: str = ""
    """The name of that person or card."""

    @property
    def name(self) -> str:
        """The name on the card."""
        return self.card.name


class ImportPlan(msgspec.Struct, frozen=True):
    """What an import would do; nothing has happened yet."""

    cards: tuple[PlannedCard, ...]
    unreadable: tuple[Rejected, ...]
    region: str
    sources: tuple[str, ...]
    unkept: frozenset[Address] = frozenset()
    """Addresses of people I have that the service does not keep for me: they would go there."""

    @property
    def rejected(self) -> tuple[Rejected, ...]:
        """Every value that cannot be used and every line that cannot be read."""
        values = (
            Rejected(planned.card.source, value.line or planned.card.line, value.text, trouble)
            for planned in self.cards
            for value, trouble in planned.rejected
        )
        return (*self.unreadable, *values)

    def count(self, fate: Fate) -> int:
        """How many cards have this fate."""
        return sum(planned.fate is fate for planned in self.cards)

    @property
    def doubles(self) -> int:
        """How many cards are of somebody of whom an earlier card of these books is."""
        seen: set[ContactId] = set()
        count = 0
        for planned in self.cards:
            count += planned.fate is Fate.SAME or planned.contact_id in seen
            if planned.contact_id is not None:
                seen.add(planned.contact_id)
        return count


class ImportReport(msgspec.Struct, frozen=True):
    """What an import did."""

    step_id: int | None
    """The step to undo; `None` if nothing changed."""
    read: int
    added: int
    changed: int
    known: int
    duplicates: int
    contacts: tuple[ContactId, ...]
    """Who was added or changed."""
    addresses: tuple[Address, ...]
    """Every address on the cards, once."""
    rejected: tuple[Rejected, ...]


class KnownPerson(msgspec.Struct, frozen=True, gc=False):
    """As much of a contact as a judgement needs; `is_mine` is false where no card made it."""

    id: ContactId
    name: str
    uid: str
    is_mine: bool
    is_renamed: bool = False
    note: str = ""
    emails: tuple[str, ...] = ()
    said: frozenset[str] = frozenset()
    """Nickname, company and birthday, and the lines that are kept of the card."""
    photo_bytes: int = 0


class KnownPeople(msgspec.Struct, frozen=True):
    """The people I have, as the judgement looks them up."""

    by_address: dict[Address, KnownPerson]
    by_uid: dict[str, KnownPerson]
    by_digest: dict[bytes, KnownPerson]
    unkept: frozenset[Address] = frozenset()
    """Those of the addresses that the service does not keep for me, as after a withdrawal."""


class _Party(msgspec.Struct):
    """A person in the making: one I have, or the first card of one in this plan."""

    name: str
    uid: str
    person: KnownPerson | None = None
    card: int | None = None
    is_mine: bool = True

    def knows(self, card: Card) -> bool:
        """Tell whether a card says of a person I have only what I have."""
        person = self.person
        return (
            person is not None
            and (person.is_renamed or _folded(person.name) == _folded(card.name))
            and card.note in person.note
            and {value.text for value in card.emails} <= set(person.emails)
            and _lines_of(card) <= person.said
            and (card.photo is None or _is_kept(card.photo, person))
        )


class Judge:
    """Judges one card after the other, and remembers those before."""

    def __init__(self, known: KnownPeople, region: str, me: Address | None) -> None:
        self._known = known
        self._region = region
        self._me = me
        self._by_address: dict[Address, _Party] = {}
        self._by_uid: dict[str, _Party] = {}
        self._by_digest: dict[bytes, _Party] = {}
        self._by_contact: dict[ContactId, _Party] = {}
        self._number = 0

    def judge(self, card: Card) -> PlannedCard:
        """Decide what becomes of a card."""
        written, rejected = self._addresses(card)
        digest = _digest(card)
        party, reason = self._find(card, digest, written)
        fate = self._fate(party, reason, (card, digest), written)
        if party is None:
            party = _Party(card.name, card.uid, card=self._number)
        same_as = party.card if fate is Fate.SAME else None
        planned = PlannedCard(
            fate=fate,
            reason=reason,
            card=card,
            digest=digest,
            written=tuple(each for each in written if self._is_free(each.address, party)),
            rejected=rejected,
            shared=tuple(each for each in written if not self._is_free(each.address, party)),
            contact_id=party.person.id if party.person else None,
            same_as=same_as,
            whom=party.name if fate not in {Fate.NEW, Fate.NO_ADDRESS} else "",
        )
        self._remember(party, planned)
        return planned

    def _addresses(self, card: Card) -> tuple[list[Written], tuple[tuple[Value, Trouble], ...]]:
        written: dict[Address, Written] = {}
        rejected: list[tuple[Value, Trouble]] = []
        for value, is_phone in _values(card):
            try:
                address = (
                    parse_phone(value.text, self._region) if is_phone else parse_handle(value.text)
                )
            except InvalidAddress as error:
                rejected.append((value, error.detail))
                continue
            if address == self._me:
                rejected.append((value, Trouble.SELF))
            else:
                written.setdefault(address, Written(address, value.text, value.label))
        return list(written.values()), tuple(rejected)

    def _find(
        self, card: Card, digest: bytes, written: list[Written]
    ) -> tuple[_Party | None, Reason]:
        """Find who the card is about, by what speaks most for it."""
        found = self._by_digest.get(digest) or self._party_of(self._known.by_digest.get(digest))
        if found:
            return found, Reason.IDENTICAL
        if card.uid:
            found = self._by_uid.get(card.uid) or self._party_of(self._known.by_uid.get(card.uid))
            if found:
                return found, Reason.SAME_UID
        owners = [self._owner(each.address) for each in written]
        for owner in owners:
            if owner is not None and _folded(owner.name) == _folded(card.name):
                return owner, Reason.SAME_NAME
        for owner in owners:
            shared = sum(each is owner for each in owners)
            if owner is not None and (not owner.is_mine or shared * 2 > len(owners)):
                return owner, Reason.SAME_ADDRESS
        return None, Reason.NOBODY if written else Reason.NOTHING_USABLE

    def _owner(self, address: Address) -> _Party | None:
        return self._by_address.get(address) or self._party_of(self._known.by_address.get(address))

    def _party_of(self, person: KnownPerson | None) -> _Party | None:
        if person is None:
            return None
        made = _Party(person.name, person.uid, person, None, person.is_mine)
        return self._by_contact.setdefault(person.id, made)

    def _fate(
        self,
        party: _Party | None,
        reason: Reason,
        recognised: tuple[Card, bytes],
        written: list[Written],
    ) -> Fate:
        card, digest = recognised
        if party is None:
            return Fate.NEW if written else Fate.NO_ADDRESS
        if reason is Reason.IDENTICAL and digest in self._known.by_digest:
            return Fate.KNOWN
        if party.card is not None:
            return Fate.SAME
        owned = all(self._owner(each.address) is party for each in written)
        is_known = reason is Reason.IDENTICAL or (owned and party.is_mine and party.knows(card))
        return Fate.KNOWN if is_known else Fate.CHANGED

    def _is_free(self, address: Address, party: _Party) -> bool:
        owner = self._owner(address)
        return owner is None or owner is party or not owner.is_mine

    def _remember(self, party: _Party, planned: PlannedCard) -> None:
        if party.card is None and party.person is not None:
            party.card = self._number  # a later card of the same person is a double of this one
        party.is_mine = True
        for each in planned.written:
            self._by_address[each.address] = party
        if planned.card.uid:
            self._by_uid.setdefault(planned.card.uid, party)
        self._by_digest.setdefault(planned.digest, party)
        self._number += 1


def judge_books(
    entries: Iterable[Card | Unreadable], judge: Judge
) -> Iterator[PlannedCard | Rejected]:
    """Judge everything a book holds, in its order."""
    for entry in entries:
        if isinstance(entry, Card):
            yield judge.judge(entry)
        else:
            yield Rejected(entry.source, entry.line, entry.value, entry.reason)


def _values(card: Card) -> Iterator[tuple[Value, bool]]:
    for value in card.phones:
        yield value, True
    for value in card.handles:
        yield value, False


def _lines_of(card: Card) -> set[str]:
    """Collect what a card says beside names, numbers and mails; not when it was written."""
    once = {card.nickname, card.org, card.birthday} - {""}
    return once | {line for line in card.rest if not line.upper().startswith(_NO_NEWS)}


_NO_NEWS = ("REV", "PRODID", "X-KITH-ALSO-REV")


def _is_kept(photo: Photo, person: KnownPerson) -> bool:
    return person.photo_bytes == len(photo.data) or line_of("photo", photo) in person.said


def _folded(name: str) -> str:
    """Write a name in one form: a Mac's book has an accent as a character of its own."""
    return " ".join(unicodedata.normalize("NFC", name).casefold().split())


def _digest(card: Card) -> bytes:
    """Recognise a card that was read before, wherever it stands now."""
    said = (
        card.name,
        card.given,
        card.family,
        card.nickname,
        [(value.text, value.label) for value in (*card.phones, *card.emails, *card.handles)],
        card.note,
        card.org,
        card.birthday,
        card.photo.data if card.photo else b"",
        card.uid,
        card.rest,
    )
    return blake2b(msgspec.msgpack.encode(said), digest_size=16).digest()
