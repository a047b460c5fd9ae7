"""What an import would do, for the screen: words, counts, leaving cards out, mending numbers."""

import re
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

import msgspec

from app.errors import Trouble
from app.importers import Card, Value
from app.importers.encoding import wide_encoding
from app.importers.sniff import BookKind, kind_of
from app.importers.table import look_at_table
from app.people import Fate, ImportPlan, PlannedCard, Reason, Rejected, Written
from ui import wording
from ui.plain import isolated, one_line
from ui.wording import counted, tr


class Shelf(StrEnum):
    """A part of the preview."""

    ALL = "all"
    NEW = "new"
    CHANGED = "changed"
    KNOWN = "known"
    SAME = "same"
    TROUBLE = "trouble"


SHELVES: Final[dict[Shelf, str]] = {
    Shelf.ALL: "All",
    Shelf.NEW: "New",
    Shelf.CHANGED: "Changed",
    Shelf.KNOWN: "Known",
    Shelf.SAME: "Same person",
    Shelf.TROUBLE: "To mend",
}

FATES: Final[dict[Fate, str]] = {
    Fate.NEW: "New",
    Fate.KNOWN: "Known",
    Fate.SAME: "Same as %1",
    Fate.CHANGED: "Adds to %1",
    Fate.NO_ADDRESS: "No number",
}

WHY: Final[dict[Reason, str]] = {
    Reason.NOBODY: "Nobody you have has any of these numbers.",
    Reason.IDENTICAL: "This very card was imported before.",
    Reason.SAME_UID: "The card says that it is the same entry.",
    Reason.SAME_NAME: "Same name, and a number they have.",
    Reason.SAME_ADDRESS: "The numbers are theirs, the name is another.",
    Reason.NOTHING_USABLE: "It is kept, but nobody can be found by it.",
}

UNREADABLE: Final[dict[str, str]] = {
    "not-a-property": "This line is no part of a card that Kith knows.",
    "outside-a-card": "This line stands outside of every card.",
    "too-large": "This is larger than any card may be.",
    "too-deep": "This is a card in a card in a card: it is left out.",
    "not-a-row": "This line has no name, number or mail.",
    "empty-card": "There is nothing on this card.",
    "a-list": "This is a list of people, and not a person.",
    "not-a-book": "This is not an address book.",
}

KINDS: Final[dict[BookKind, str]] = {
    BookKind.VCARD: "vCard",
    BookKind.TABLE: "Table (CSV)",
    BookKind.LDIF: "LDIF",
    BookKind.JCARD: "jCard",
    BookKind.SQLITE: "Thunderbird",
}


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the preview: a card by its number in the plan, or something unreadable."""

    number: int
    planned: PlannedCard | None
    unreadable: Rejected | None = None
    folded: str = ""
    """What a search looks at."""


def items(plan: ImportPlan) -> list[Item]:
    """List what was read: the cards in their order, then what could not be read."""
    cards = [
        Item(number, planned, None, _folded(planned)) for number, planned in enumerate(plan.cards)
    ]
    return cards + [Item(-1, None, each, each.value.casefold()) for each in plan.unreadable]


def belongs(item: Item, shelf: Shelf) -> bool:
    """Whether the preview shows this item on that shelf."""
    if shelf is Shelf.ALL:
        return True
    if item.planned is None or shelf is Shelf.TROUBLE:
        return shelf is Shelf.TROUBLE and (item.planned is None or bool(item.planned.rejected))
    if shelf is Shelf.NEW:
        return item.planned.fate in (Fate.NEW, Fate.NO_ADDRESS)
    return item.planned.fate.value == shelf.value


def chosen(shown: list[Item], shelf: Shelf, text: str) -> list[Item]:
    """Choose the items of a shelf which have these words in them."""
    words = text.casefold().split()
    return [
        item
        for item in shown
        if belongs(item, shelf) and all(word in item.folded for word in words)
    ]


def _folded(planned: PlannedCard) -> str:
    numbers = [value.text for value in planned.card.phones]
    return " ".join((planned.name, *numbers)).casefold()


def count_shelves(shown: list[Item]) -> Counter[Shelf]:
    """Count the items of each shelf."""
    return Counter(shelf for item in shown for shelf in Shelf if belongs(item, shelf))


# ---- words


def name_of(item: Item) -> str:
    """Name a card, or show the line that is none."""
    if item.planned is None:
        return one_line(item.unreadable.value)[:120] if item.unreadable else ""
    return one_line(item.planned.name) or tr("Without a name")


def numbers_of(item: Item) -> str:
    """Show what will be looked up, and what is wrong."""
    if item.planned is None:
        return said_of(item.unreadable) if item.unreadable else ""
    numbers = [one_line(each.text) for each in item.planned.written]
    bad = [f"{one_line(value.text)} ✗" for value, _trouble in item.planned.rejected]
    return " · ".join(numbers + bad) or tr("No number")


def fate_of(item: Item) -> str:
    """Say in two words what becomes of it."""
    if item.planned is None:
        return tr("Unreadable")
    words = tr(FATES[item.planned.fate])
    whom = item.planned.whom
    return words.replace("%1", isolated(whom) if one_line(whom) else tr("somebody"))


def said_of(rejected: Rejected) -> str:
    """Say where something stands and what is wrong with it."""
    where = f"{one_line(rejected.source)}:{rejected.line}" if rejected.line else rejected.source
    return f"{why_rejected(rejected.reason)} ({where})"


def why_rejected(reason: str) -> str:
    """Say what is wrong with a value or a line."""
    if reason in UNREADABLE:
        return tr(UNREADABLE[reason])
    return wording.trouble(Trouble(reason)) if reason in list(Trouble) else reason


@dataclass(frozen=True, slots=True)
class Effect:
    """How many people an import would add and change, and how many numbers it sends."""

    chosen: int
    added: int
    changed: int
    numbers: int

    @property
    def is_nothing(self) -> bool:
        """Whether it would change nothing, here or at the service."""
        return not (self.added or self.changed or self.numbers)


def effect(plan: ImportPlan, left_out: Collection[int]) -> Effect:
    """Count what the import will do without the cards that are left out."""
    kept = [each for number, each in enumerate(plan.cards) if number not in left_out]
    fates = Counter(each.fate for each in kept)
    news = [card for card in kept if card.fate is not Fate.KNOWN]
    sent = {each.address for card in news for each in card.written}
    sent |= {each.address for card in kept for each in card.written if each.address in plan.unkept}
    return Effect(
        chosen=len(kept),
        added=fates[Fate.NEW] + fates[Fate.NO_ADDRESS],
        changed=len({card.contact_id for card in news} - {None}),
        numbers=len(sent),
    )


def promise(will: Effect) -> str:
    """Say in one sentence what the import will do."""
    if not will.chosen:
        return tr("No card is chosen.")
    if will.is_nothing:
        return tr("Everybody in this book is there already, and nothing in it is news.")
    changed = counted(will.changed, "%1 person will be changed", "%1 people will be changed")
    if will.added:
        changed = counted(will.changed, "%1 changed", "%1 changed")
    pieces = (
        (will.added, counted(will.added, "%1 person will be added", "%1 people will be added")),
        (will.changed, changed),
        (
            will.numbers,
            counted(will.numbers, "%1 number goes to the service", "%1 numbers go to the service"),
        ),
    )
    shown = [text for count, text in pieces if count]
    return tr("%1. Nothing else leaves this computer.").replace("%1", ", ".join(shown))


def deed(will: Effect) -> str:
    """Say on the button what it does."""
    if will.added and will.changed:
        words = tr("Add %1, change %2").replace("%1", wording.number(will.added))
        return words.replace("%2", wording.number(will.changed))
    if will.added:
        return counted(will.added, "Add %1 person", "Add %1 people")
    if will.changed:
        return counted(will.changed, "Change %1 person", "Change %1 people")
    if will.numbers:
        return counted(will.numbers, "Look %1 number up", "Look %1 numbers up")
    return tr("Nothing to import")


def new_contacts(plan: ImportPlan, left_out: Collection[int]) -> int:
    """Count the new people who have an address: they become contacts."""
    return sum(
        bool(card.written) and card.fate is Fate.NEW
        for number, card in enumerate(plan.cards)
        if number not in left_out
    )


def describe(paths: Collection[Path]) -> str:
    """Say what kind of books these are and how they are written; meant for a thread."""
    return " · ".join(dict.fromkeys(_describe(path) for path in paths))


def _describe(path: Path) -> str:
    if path.is_dir():
        return tr("A folder of books")
    kind = kind_of(path)
    if kind is BookKind.SQLITE:
        return tr(KINDS[kind])
    if kind is BookKind.TABLE:
        encoding = look_at_table(path).encoding
    else:
        with path.open("rb") as file:
            encoding, _mark = wide_encoding(file.read(4096))
    return f"{tr(KINDS[kind])}, {encoding.upper()}"


# ---- changing the plan


def without(plan: ImportPlan, left_out: Collection[int]) -> ImportPlan:
    """Leave cards out. A card that was the same as one of them takes its place."""
    places: dict[int, int] = {}
    heirs: dict[int, int] = {}
    cards: list[PlannedCard] = []
    for number, planned in enumerate(plan.cards):
        if number in left_out:
            continue
        first = planned.same_as
        places[number] = len(cards)
        if first is None:
            cards.append(planned)
        elif first in left_out and heirs.setdefault(first, number) == number:
            cards.append(_heir(planned))
        else:
            same_as = places[heirs.get(first, first)]
            cards.append(msgspec.structs.replace(planned, same_as=same_as))
    return msgspec.structs.replace(plan, cards=tuple(cards))


def _heir(planned: PlannedCard) -> PlannedCard:
    if planned.contact_id is not None:
        return msgspec.structs.replace(planned, fate=Fate.CHANGED, same_as=None)
    fate = Fate.NEW if planned.written else Fate.NO_ADDRESS
    return msgspec.structs.replace(planned, fate=fate, same_as=None, whom="")


def mend(plan: ImportPlan, number: int, value: Value, written: Written) -> ImportPlan:
    """Put a number that was mended in the place of the bad one."""
    planned = plan.cards[number]
    rejected = tuple(pair for pair in planned.rejected if pair[0] != value)
    fate = Fate.NEW if planned.fate is Fate.NO_ADDRESS else planned.fate
    if planned.fate is Fate.KNOWN:
        fate = Fate.CHANGED
    fixed = msgspec.structs.replace(
        planned, fate=fate, written=(*planned.written, written), rejected=rejected
    )
    cards = (*plan.cards[:number], fixed, *plan.cards[number + 1 :])
    return msgspec.structs.replace(plan, cards=cards)


def failed_cards(plan: ImportPlan) -> list[Card]:
    """Make a book of what could not be used, to be mended and imported again."""
    made = []
    for planned in plan.cards:
        for value, trouble in planned.rejected:
            card = planned.card
            why = why_rejected(trouble.value)
            note = f"{card.source}:{value.line or card.line}: {why}"
            made.append(Card(source="", name=card.name, uid=card.uid, phones=(value,), note=note))
    for each in plan.unreadable:
        made.append(Card(source="", name=each.value[:200], note=said_of(each)))
    return made


# ---- what is pasted

_NUMBER: Final = re.compile(r"[+(]?\d[\d ()./\-]{5,}\d")


def is_card_text(text: str) -> bool:
    """Whether pasted text is a book in itself."""
    return "BEGIN:VCARD" in text.upper()


def pasted_people(text: str) -> list[tuple[str, str]]:
    """Read lines as people write them: a name, a number, in any order, or one of the two."""
    found = []
    for line in text.splitlines():
        if not line.strip():
            continue
        match = _NUMBER.search(line)
        number = match.group() if match else ""
        name = (line.replace(number, " ") if number else line).strip(" \t,;:|<>-")
        found.append((" ".join(name.split()), number.strip()))
    return found
