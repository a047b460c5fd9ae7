"""After an import the same table says of every card what became of it."""

import asyncio
import time
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from app.domain import Address, Origin, Profile, Relation, State
from app.errors import Trouble
from app.importers import Card, Value
from app.people import Fate, PlannedCard, Reason, Rejected, Written
from app.session import Entry
from tests.ui.conftest import Run, until
from tests.ui.living import ADDRESSES, BO, living
from ui import wording
from ui.importing.dialog import ImportDialog
from ui.importing.outcome import outcome_of
from ui.importing.plan import Item, Shelf
from ui.importing.table import OUTCOME_ROLE
from ui.theme import Theme

NUMBERS = (Address("12025550101"), Address("12025550102"))
BAD = Value("555-01", "", 9)


def an_entry(address: Address, state: State = State.PENDING, **parts: object) -> Entry:
    relation = Relation(
        address=address,
        contact=True,
        subscribed=True,
        favorite=False,
        blocked=(),
        visibility=0,
        paired=False,
        state=state,
        origin=Origin.IMPORT,
    )
    values: dict[str, object] = {
        "address": address,
        "text": f"+{address}",
        "label": "",
        "relation": relation,
        "profile": Profile(address),
        "waiting": False,
        "failure": None,
        "deferred_until": None,
    }
    return Entry(**(values | parts))  # type: ignore[arg-type]  # every member is named


def an_item(*addresses: Address, rejected: tuple[tuple[Value, Trouble], ...] = ()) -> Item:
    written = tuple(Written(each, f"+{each}", "") for each in addresses)
    card = Card(source="book.vcf", line=3, name="Ada")
    planned = PlannedCard(
        fate=Fate.NEW,
        reason=Reason.NOBODY,
        card=card,
        digest=b"",
        written=written,
        rejected=rejected,
    )
    return Item(0, planned)


@pytest.mark.parametrize(
    ("parts", "words", "why"),
    [
        ({"state": State.MATCHED}, "Matched", "on Kith"),
        ({}, "Pending", "not on Kith yet"),
        ({"waiting": True}, "Waiting", "waits"),
        ({"failure": "invalid"}, "Refused", "invalid"),
        ({"waiting": True, "deferred_until": time.time() + 7 * 86400}, "Retry: ", "in an hour"),
        ({"kept": False}, "Withdrawn", "no more"),
    ],
)
def test_an_address_says_what_became_of_it(parts: dict[str, Any], words: str, why: str) -> None:
    found = outcome_of(an_item(NUMBERS[0]), lambda address: an_entry(address, **parts))
    assert found.words.startswith(words)
    assert why in found.why


def test_of_several_addresses_the_one_that_got_furthest_speaks() -> None:
    entries = {
        NUMBERS[0]: an_entry(NUMBERS[0], failure="invalid"),
        NUMBERS[1]: an_entry(NUMBERS[1], state=State.MATCHED),
    }
    assert outcome_of(an_item(*NUMBERS), entries.get).words == "Matched"


def test_what_could_not_be_used_says_why() -> None:
    found = outcome_of(an_item(rejected=((BAD, Trouble.TOO_SHORT),)), lambda _address: None)
    assert found.words == "No number"
    assert "555-01: This number is too short" in found.why
    line = Item(-1, None, Rejected("book.vcf", 40, "rubbish", "not-a-property"))
    assert outcome_of(line, lambda _address: None).words == "Unreadable"


def test_what_comes_later_is_not_just_now() -> None:
    now = time.time()
    assert wording.moment(now + 3 * 86400, now) == wording.day(now + 3 * 86400, now)
    assert wording.moment(now + 5, now) == "just now"


def test_the_table_tells_it_live_and_nothing_can_be_left_out_any_more(
    run: Run, dress: Theme, tmp_path: Path
) -> None:
    book = tmp_path / "family.csv"
    book.write_text(f"Name,Phone\nNobody,+12025550177\nBo,+{ADDRESSES[BO]}\nBroken,+1 202 555 01\n")

    async def story() -> None:
        async with living(tmp_path / "home") as world:
            dialog = ImportDialog(world.session, world.tasks)
            dialog.show()
            dialog.read([book])
            await until(lambda: dialog.stack.currentWidget() is dialog.preview)
            QTest.mouseClick(dialog.preview.go, Qt.MouseButton.LeftButton)
            await until(lambda: dialog.stack.currentWidget() is dialog.report)
            table = dialog.report.table

            def told() -> list[str]:
                rows = range(table.items.rowCount())
                return [table.items.index(at, 0).data(OUTCOME_ROLE).words for at in rows]

            await until(lambda: told() == ["Pending", "Matched", "No number"])
            table.selectRow(2)
            await until(lambda: "too short" in dialog.report.why.text())
            QTest.keyClick(table, Qt.Key.Key_Space)
            assert table.items.left_out == set()
            dialog.report.shelves.chosen.emit(Shelf.TROUBLE)
            assert told() == ["No number"]
            dialog.close()
            await asyncio.sleep(0)

    run(story())
