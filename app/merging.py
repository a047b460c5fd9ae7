"""Several contacts become one: everything each of them had, in one step that can be undone."""

from base64 import b64encode
from collections.abc import Collection, Sequence
from itertools import chain

import msgspec

from app.cells import APART, CARD, DIGEST, NAME, NOTE, OWNER, PHOTO, RELATION, REMOVED, read_cell
from app.domain import Address, ContactId, Visibility
from app.importers import Card
from app.one_card import Merge, propose_merge
from app.outbox import PARTS
from app.own_cards import addresses_of, details_of, read_cards_by_id
from app.steps import StepWriter
from app.store_rows import CardDetails, decode_card
from app.transaction import Transaction, listed


class Double(msgspec.Struct, frozen=True):
    """Contacts that may all be one person, the fullest first, and what speaks for it."""

    ids: tuple[ContactId, ...]
    reasons: tuple[tuple[str, str], ...]
    """A clue of `app.duplicates.Clue` and the text that is the same."""
    sure: bool


class Merging(msgspec.Struct, frozen=True):
    """What to make one: the contact that stays, those that go into it, and what was chosen."""

    kept: ContactId
    others: tuple[ContactId, ...]
    chosen: dict[str, int] = {}
    """By field of the card: which of the different values."""
    is_safer: bool = True
    """A block or a hidden profile of one address then holds for all of them."""

    @property
    def ids(self) -> tuple[ContactId, ...]:
        """All of them, the one that stays first."""
        return (self.kept, *self.others)


class Strictest(msgspec.Struct, frozen=True):
    """The strictest that is kept about any of some people's addresses."""

    blocked: int
    is_hidden: bool
    is_mixed: bool
    """It does not hold for all of these addresses."""


def read_strictest(reading: Transaction, ids: Sequence[ContactId]) -> Strictest:
    """Find what would have to hold for every address of these people."""
    records = reading.all(
        "SELECT blocked, visibility = ? FROM effective "
        "WHERE contact_id IN (SELECT value FROM json_each(?))",
        Visibility.HIDDEN,
        listed(ids),
    )
    blocked = 0
    for mask, _ in records:
        blocked |= mask
    is_hidden = any(hidden for _, hidden in records)
    is_mixed = any(mask != blocked or bool(hidden) != is_hidden for mask, hidden in records)
    return Strictest(blocked, is_hidden, is_mixed)


def propose(reading: Transaction, merging: Merging, region: str) -> Merge:
    """Make the card that would come of it; nothing changes."""
    return propose_merge(_cards(reading, merging.ids), region, merging.chosen)


def merge(transaction: Transaction, step: StepWriter, merging: Merging, region: str) -> None:
    """Make them one; whoever is gone meanwhile is left out."""
    present = [each for each in merging.ids if not read_cell(transaction, REMOVED, str(each))]
    if len(present) < len(merging.ids):
        merging = msgspec.structs.replace(merging, chosen={})
    kept, *others = present or [merging.kept]
    if not others:
        return
    found = propose_merge(_cards(transaction, present), region, merging.chosen)
    if merging.is_safer:
        _be_strict(transaction, step, present)
    _write_card(transaction, step, present, found)
    _move_addresses(transaction, step, kept, others)
    for other in others:
        _move_marks(transaction, step, kept, other)
        step.write(REMOVED, other, 1)


def _cards(reading: Transaction, ids: Sequence[ContactId]) -> list[Card]:
    cards = read_cards_by_id(reading, ids)
    return [cards[each] for each in ids if each in cards]


def _be_strict(transaction: Transaction, step: StepWriter, ids: Sequence[ContactId]) -> None:
    strictest = read_strictest(transaction, ids)
    if not strictest.is_mixed:
        return
    wanted = {"blocked": strictest.blocked}
    if strictest.is_hidden:
        wanted |= {"visibility": int(Visibility.HIDDEN), "fields": 0}
    for (address,) in transaction.all(
        "SELECT address FROM address WHERE contact_id IN (SELECT value FROM json_each(?))",
        listed(ids),
    ):
        before = read_cell(transaction, RELATION, address)
        nothing = dict.fromkeys(PARTS, 0)
        step.write(RELATION, address, (before or nothing) | wanted, before=before)


def _write_card(
    transaction: Transaction, step: StepWriter, ids: Sequence[ContactId], found: Merge
) -> None:
    kept, card = ids[0], found.card
    names = [read_cell(transaction, NAME, str(each)) for each in ids]
    renamed = any(each[1] for each in names) or len({each[0] for each in names} - {""}) > 1
    source = next((each[2] for each in names if each[2] is not None), None)
    step.write(NAME, kept, [card.name, int(renamed), source])
    step.write(NOTE, kept, card.note)
    several = [decode_card(read_cell(transaction, CARD, str(each))) for each in ids]
    details = _details(
        card, several, {each for one in ids for each in addresses_of(transaction, one)}
    )
    step.write(CARD, kept, msgspec.json.encode(details).decode())
    if card.photo is not None:
        step.write(PHOTO, kept, b64encode(card.photo.data).decode())


def _details(card: Card, several: Sequence[CardDetails], own: Collection[Address]) -> CardDetails:
    unusable = chain.from_iterable(each.unusable for each in several)
    shared = chain.from_iterable(each.shared for each in several)
    uids = chain.from_iterable((each.uid, *each.uids) for each in several)
    return details_of(
        card,
        tuple(dict.fromkeys(unusable)),
        tuple(dict.fromkeys(each for each in shared if each[2] not in own)),
        tuple(dict.fromkeys(uid for uid in uids if uid and uid != card.uid)),
    )


def _move_addresses(
    transaction: Transaction, step: StepWriter, kept: ContactId, others: Sequence[ContactId]
) -> None:
    position = transaction.value(
        "SELECT IFNULL(MAX(position), -1) FROM address WHERE contact_id = ?", kept
    )
    for other in others:
        for address, *rest in transaction.all(
            "SELECT address, text, label FROM address WHERE contact_id = ? ORDER BY position", other
        ):
            position += 1
            step.write(OWNER, address, [kept, position, *rest])


def _move_marks(
    transaction: Transaction, step: StepWriter, kept: ContactId, other: ContactId
) -> None:
    """Know their cards when they come again, and from whom they were told apart."""
    for (digest,) in transaction.all("SELECT digest FROM known_card WHERE contact_id = ?", other):
        step.write(DIGEST, digest.hex(), kept, before=other)
    for pair, one, two in transaction.all(
        "SELECT pair, one, other FROM apart WHERE one = ?1 OR other = ?1", other
    ):
        moved = [kept if each == other else each for each in (one, two)]
        step.write(APART, pair, moved if moved != [kept, kept] else None, before=[one, two])
