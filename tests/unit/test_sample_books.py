"""The address books that come with Kith read as they are meant to."""

from pathlib import Path

import pytest

from app.addresses import parse_address, parse_phone
from app.demo import BOOK, REGION
from app.errors import InvalidAddress
from app.importers import Card, read_book
from app.worlds.files import WORLDS, read

BOOKS = sorted(BOOK.parent.iterdir())
CARDS = {
    "demo.vcf": 61,
    "desktop.vcf": 6,
    "google.csv": 6,
    "old-phone.vcf": 7,
    "outlook.csv": 5,
    "tablet.vcf": 6,
}


def cards_of(path: Path) -> list[Card]:
    entries = list(read_book(path))
    cards = [entry for entry in entries if isinstance(entry, Card)]
    assert len(cards) == len(entries), "a line that cannot be read"
    return cards


def numbers_of(card: Card) -> list[str | None]:
    found: list[str | None] = []
    for value in card.phones:
        try:
            found.append(parse_phone(value.text, REGION))
        except InvalidAddress:
            found.append(None)
    return found


@pytest.mark.parametrize("path", BOOKS, ids=lambda path: path.name)
def test_every_book_is_read_whole(path: Path) -> None:
    cards = cards_of(path)
    assert len(cards) == CARDS[path.name]
    assert all(card.name for card in cards)
    assert any(None in numbers_of(card) for card in cards) or path.name == "old-phone.vcf"


def test_the_demo_book_holds_every_kind_of_card() -> None:
    here = {parse_address(person.address, REGION) for person in read(WORLDS / "demo.json").people}
    cards = cards_of(BOOK)
    numbers = [number for card in cards for number in numbers_of(card)]
    assert sum(number in here for number in numbers) >= 35
    assert sum(number is not None and number not in here for number in numbers) >= 12
    assert numbers.count(None) >= 4
    assert len([number for number in numbers if number]) > len(
        {number for number in numbers if number}
    )
    assert any(not number.isascii() for card in cards for number in [v.text for v in card.phones])


def test_photos_and_letters_come_through() -> None:
    names = {
        card.name: card
        for path in BOOKS
        for card in cards_of(path)
        if card.photo or not card.name.isascii()
    }
    assert {"Ada Okafor", "Hugo Lindqvist"} <= {name for name, card in names.items() if card.photo}
    assert {"Ωμέγα Παπαδοπούλου", "ليلى حداد", "Renée O'Neill", "美玲 陈"} <= names.keys()
