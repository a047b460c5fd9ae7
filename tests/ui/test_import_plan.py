"""Fates in words, leaving cards out, mending numbers, and what people paste."""

from pathlib import Path

import msgspec
import pytest

from app.domain import Address, ContactId
from app.errors import Trouble
from app.importers import REASONS, Card, Value
from app.people import Fate, ImportPlan, PlannedCard, Reason, Rejected, Written
from ui.importing import plan as import_plan
from ui.importing.plan import Shelf
from ui.plain import one_line


def a_card(name: str, fate: Fate = Fate.NEW, **parts: object) -> PlannedCard:
    number = Address(f"1202555{len(name):04d}")
    values: dict[str, object] = {
        "fate": fate,
        "reason": Reason.NOBODY,
        "card": Card(source="book.vcf", line=3, name=name, phones=(Value(f"+{number}"),)),
        "digest": name.encode(),
        "written": (Written(number, f"+{number}", ""),),
        "rejected": (),
    }
    return PlannedCard(**(values | parts))  # type: ignore[arg-type]  # every member is named


def a_plan(*cards: PlannedCard, unreadable: tuple[Rejected, ...] = ()) -> ImportPlan:
    return ImportPlan(cards, unreadable, "US", ("book.vcf",))


BAD = Value("555-01", "", 9)
LINE = Rejected("book.vcf", 40, "rubbish", "not-a-property")


def test_shelves_hold_what_their_names_say() -> None:
    plan = a_plan(
        a_card("Ada"),
        a_card("Bo", Fate.KNOWN),
        a_card("Cyd", Fate.CHANGED, whom="Cyd Old"),
        a_card("Dan", Fate.NO_ADDRESS, rejected=((BAD, Trouble.TOO_SHORT),), written=()),
        unreadable=(LINE,),
    )
    counts = import_plan.count_shelves(import_plan.items(plan))
    assert counts == {
        Shelf.ALL: 5,
        Shelf.NEW: 2,
        Shelf.KNOWN: 1,
        Shelf.CHANGED: 1,
        Shelf.TROUBLE: 2,
    }


def test_search_finds_names_numbers_and_unreadable_lines() -> None:
    shown = import_plan.items(a_plan(a_card("Ada"), a_card("Bob"), unreadable=(LINE,)))
    assert [each.number for each in import_plan.chosen(shown, Shelf.ALL, "ad")] == [0]
    assert [each.number for each in import_plan.chosen(shown, Shelf.ALL, "rubb")] == [-1]
    assert len(import_plan.chosen(shown, Shelf.ALL, "1202")) == 2


def test_a_card_says_what_becomes_of_it() -> None:
    item = import_plan.items(a_plan(a_card("Cyd", Fate.CHANGED, whom="Cyd Old")))[0]
    assert one_line(import_plan.fate_of(item)) == "Adds to Cyd Old"


def test_a_card_adds_to_somebody_who_has_no_name_yet() -> None:
    item = import_plan.items(a_plan(a_card("Cyd", Fate.CHANGED, whom="")))[0]
    assert one_line(import_plan.fate_of(item)) == "Adds to somebody"


@pytest.mark.parametrize("reason", [*REASONS, *Trouble])
def test_every_reason_has_words(reason: str) -> None:
    assert " " in import_plan.why_rejected(str(reason))


def test_the_promise_counts_people_and_numbers_once() -> None:
    changed = a_card("Bo", Fate.CHANGED, contact_id=ContactId(1))
    plan = a_plan(a_card("Ada"), a_card("Eve"), changed)
    everything, one = import_plan.effect(plan, ()), import_plan.effect(plan, {0, 2})
    assert import_plan.promise(everything) == (
        "2 people will be added, 1 changed, 2 numbers go to the service. "
        "Nothing else leaves this computer."
    )
    assert import_plan.deed(everything) == "Add 2, change 1"
    assert import_plan.promise(one).startswith("1 person will be added, 1 number goes")
    assert import_plan.deed(one) == "Add 1 person"


def test_a_book_without_news_has_nothing_to_import_but_what_was_withdrawn() -> None:
    plan = a_plan(a_card("Ada", Fate.KNOWN), a_card("Bo", Fate.KNOWN))
    nothing = import_plan.effect(plan, ())
    assert nothing.is_nothing
    assert import_plan.deed(nothing) == "Nothing to import"
    assert "there already" in import_plan.promise(nothing)
    withdrawn = frozenset(each.address for each in plan.cards[0].written)
    again = import_plan.effect(msgspec.structs.replace(plan, unkept=withdrawn), ())
    assert import_plan.deed(again) == "Look 1 number up"
    news = a_card("Bo", Fate.CHANGED, contact_id=ContactId(1))
    changed = import_plan.effect(a_plan(news), ())
    assert import_plan.promise(changed).startswith("1 person will be changed, 1 number goes")
    assert import_plan.deed(changed) == "Change 1 person"
    assert import_plan.promise(import_plan.effect(plan, {0, 1})) == "No card is chosen."


def test_leaving_a_card_out_keeps_the_others_pointing_at_their_person() -> None:
    plan = a_plan(a_card("A"), a_card("Ada"), a_card("Ada 2", Fate.SAME, same_as=1), a_card("Eve"))
    left = import_plan.without(plan, {0})
    assert [each.name for each in left.cards] == ["Ada", "Ada 2", "Eve"]
    assert left.cards[1].same_as == 0


def test_the_first_double_takes_the_place_of_a_card_left_out() -> None:
    plan = a_plan(
        a_card("Ada"),
        a_card("Ada 2", Fate.SAME, same_as=0, whom="Ada"),
        a_card("Ada 3", Fate.SAME, same_as=0, whom="Ada"),
    )
    left = import_plan.without(plan, {0})
    assert [(each.fate, each.same_as) for each in left.cards] == [(Fate.NEW, None), (Fate.SAME, 0)]


def test_a_double_of_somebody_i_have_still_adds_to_them() -> None:
    known = ContactId(5)
    plan = a_plan(
        a_card("Ada", Fate.CHANGED, contact_id=known),
        a_card("Ada 2", Fate.SAME, same_as=0, contact_id=known),
    )
    left = import_plan.without(plan, {0})
    assert [(each.fate, each.contact_id) for each in left.cards] == [(Fate.CHANGED, known)]


def test_a_mended_number_takes_the_place_of_the_bad_one() -> None:
    plan = a_plan(a_card("Dan", Fate.NO_ADDRESS, rejected=((BAD, Trouble.TOO_SHORT),), written=()))
    good = Written(Address("12025550101"), "202 555 0101", "")
    card = import_plan.mend(plan, 0, BAD, good).cards[0]
    assert (card.fate, card.written, card.rejected) == (Fate.NEW, (good,), ())


def test_what_failed_makes_a_book_with_name_number_and_reason() -> None:
    plan = a_plan(a_card("Dan", rejected=((BAD, Trouble.TOO_SHORT),)), unreadable=(LINE,))
    first, second = import_plan.failed_cards(plan)
    assert (first.name, first.phones[0].text) == ("Dan", "555-01")
    assert first.note.startswith("book.vcf:9: This number is too short")
    assert second.name == "rubbish"


@pytest.mark.parametrize(
    ("line", "name", "number"),
    [
        ("Ada Okafor  +1 800 555 0001", "Ada Okafor", "+1 800 555 0001"),
        ("+1 (800) 555-0001; Ada", "Ada", "+1 (800) 555-0001"),
        ("8005550001", "", "8005550001"),
        ("Ada", "Ada", ""),
        ("Ada <+49 171/1234567>", "Ada", "+49 171/1234567"),
    ],
)
def test_a_pasted_line_is_a_name_and_a_number(line: str, name: str, number: str) -> None:
    assert import_plan.pasted_people(f"\n{line}\n\n") == [(name, number)]


def test_a_book_says_what_it_is(tmp_path: Path) -> None:
    card = tmp_path / "a.vcf"
    card.write_text("BEGIN:VCARD\nVERSION:3.0\nFN:Ada\nEND:VCARD\n")
    table = tmp_path / "b.csv"
    table.write_bytes("Name;Phone\nZoë;+1 800 555 0001\n".encode("utf-16"))
    assert import_plan.describe([card]) == "vCard, UTF-8"
    assert import_plan.describe([table]).startswith("Table (CSV), UTF-16")
