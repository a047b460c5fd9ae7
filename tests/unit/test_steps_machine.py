"""Import, merge, edit, undo and redo in any order: each step leads back to exactly what was."""

import asyncio
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from app.changes import Changes
from app.deeds import Deeds
from app.domain import Address, Block, ContactId, Visibility
from app.doubles import Doubles, Merging
from app.importers import read_book
from app.importing import Import
from app.known import load_known
from app.outbox import acknowledge, lease, release_all
from app.people import ImportPlan, Judge, PlannedCard, judge_books
from app.pictures import PictureCache
from app.steps import read_steps, undo_open_steps
from app.store import Store
from app.store_rows import read_rows
from app.truth import Truth

NUMBERS = [f"+1800555{number:04d}" for number in range(4)]
NAMES = ["Ada", "Bo", "ada"]
PICTURE = "PHOTO;ENCODING=b;TYPE=PNG:iVBORw0KGgo="

cards = st.builds(
    lambda name, numbers, extra: "\r\n".join(
        ["BEGIN:VCARD", "VERSION:3.0", f"FN:{name}", *numbers, *extra, "END:VCARD", ""]
    ),
    st.sampled_from(NAMES),
    st.lists(st.sampled_from([f"TEL:{each}" for each in NUMBERS]), max_size=2, unique=True),
    st.sets(st.sampled_from(["NOTE:a", "NOTE:b", "EMAIL:a@a.example", "UID:u", "X-A:1", PICTURE])),
)
places = st.integers(0, 5)

CONTACTS = "SELECT id, name, note, renamed, source, card, hex(photo) FROM contact WHERE NOT removed"
ADDRESSES = (
    "SELECT e.address, contact_id, position, text, label, kept, contact, subscribed, favorite, "
    "blocked, visibility, fields FROM effective e JOIN contact c ON c.id = e.contact_id "
    "WHERE NOT c.removed"
)
APART = "SELECT * FROM apart"


class StepsMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.open()
        self.past = [self.said()]
        self.future: list[object] = []

    def open(self) -> None:
        self.store = Store(self.folder / "client.db", Changes())
        with self.store.writing() as transaction:
            undo_open_steps(transaction)
            release_all(transaction)
        self.deeds = Deeds(self.store, lambda: None)
        self.doubles = Doubles(self.store)

    def teardown(self) -> None:
        self.store.close()
        shutil.rmtree(self.folder)

    def said(self) -> object:
        """All that the book says now."""
        return [
            sorted(map(repr, self.store.reading.all(sql))) for sql in (CONTACTS, ADDRESSES, APART)
        ]

    def do(self, deed: Callable[[], object]) -> None:
        """Do it; a step leads on, and without one nothing has changed."""
        newest = self.newest()
        deed()
        self.finish()
        if self.newest() != newest:
            self.past.append(self.said())
        assert self.said() == self.past[-1]
        if not any(step.undone for step in read_steps(self.store.reading)):
            self.future.clear()

    def newest(self) -> tuple[int, float]:
        """Name the newest step; a number is given again when its step is forgotten."""
        return max(((each.id, each.at) for each in read_steps(self.store.reading)), default=(0, 0))

    def finish(self) -> None:
        while self.deeds.go_on():
            continue

    def some(self, *numbers: int) -> list[ContactId]:
        ids = sorted(row.id for row in read_rows(self.store.reading))
        return [*dict.fromkeys(ids[number % len(ids)] for number in numbers)] if ids else []

    # ---- deeds

    @rule(several=st.lists(cards, min_size=1, max_size=3))
    def bring(self, several: list[str]) -> None:
        path = self.folder / "book.vcf"
        path.write_text("".join(several), newline="")
        judge = Judge(load_known(self.store.path), "US", None)
        judged = [
            each for each in judge_books(read_book(path), judge) if isinstance(each, PlannedCard)
        ]
        plan = ImportPlan(tuple(judged), (), "US", (str(path),))
        self.do(lambda: asyncio.run(Import(self.store, plan).run(lambda done, total: None)))

    @rule(one=places, other=places, chosen=st.integers(0, 1), is_safer=st.booleans())
    def merge(self, one: int, other: int, chosen: int, is_safer: bool) -> None:
        ids = self.some(one, other)
        if len(ids) == 2:
            merging = Merging(ids[0], (ids[1],), {"name": chosen, "photo": chosen}, is_safer)
            self.do(lambda: self.doubles.merge([merging]))

    @rule(one=places, other=places)
    def keep_apart(self, one: int, other: int) -> None:
        ids = self.some(one, other)
        if len(ids) == 2:
            self.do(lambda: self.doubles.keep_apart(ids))

    @rule(one=places, other=places, what=st.sampled_from(["block", "hide", "favorite", "remove"]))
    def edit(self, one: int, other: int, what: str) -> None:
        ids = self.some(one, other)
        deeds: dict[str, Callable[[], object]] = {
            "block": lambda: self.deeds.set_blocked(ids, (Block.PROFILE,)),
            "hide": lambda: self.deeds.set_visibility(ids, Visibility.HIDDEN, ()),
            "favorite": lambda: self.deeds.set_favorite(ids, on=True),
            "remove": lambda: self.deeds.remove(ids),
        }
        self.do(deeds[what])

    @rule(one=places, text=st.sampled_from(["", "x"]))
    def write(self, one: int, text: str) -> None:
        for each in self.some(one):
            self.do(lambda each=each: self.deeds.rename(each, text))  # type: ignore[misc]  # bound
            self.do(lambda each=each: self.deeds.set_note(each, text))  # type: ignore[misc]

    # ---- back and forth

    @rule()
    def undo(self) -> None:
        if self.deeds.undo() is not None:
            self.future.append(self.past.pop())
        self.finish()
        assert self.said() == self.past[-1]

    @rule()
    def redo(self) -> None:
        if self.deeds.redo() is not None:
            self.past.append(self.future.pop())
        self.finish()
        assert self.said() == self.past[-1]

    @rule()
    def sync(self) -> None:
        """The service has all that waits, and nobody is there."""
        truth = Truth(PictureCache(self.folder / "pictures"))
        for bulk in (False, True):
            with self.store.writing() as transaction:
                batch = lease(transaction, 1e12, 1000, bulk=bulk)
                for intent in batch.intents:
                    if intent.patch is None:
                        truth.apply_removed(transaction, Address(intent.address))
                truth.apply_pending(
                    transaction, [each for each in batch.intents if each.patch is not None], 1.0
                )
                acknowledge(transaction, batch.id, batch.intents)
        assert self.said() == self.past[-1]

    @rule()
    def restart(self) -> None:
        self.store.close()
        self.open()
        assert self.said() == self.past[-1]


TestStepsMachine = StepsMachine.TestCase
TestStepsMachine.settings = settings(max_examples=15, stateful_step_count=12)
