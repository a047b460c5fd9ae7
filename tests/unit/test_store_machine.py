"""The store under everything that can happen to it, in any order, with a crash at any point."""

import shutil
import tempfile
import time
from pathlib import Path

import msgspec
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from app.changes import Changes
from app.deeds import Deeds
from app.domain import Address, Block, ContactId, Field, Fields, State, Visibility
from app.doubles import Doubles, Merging
from app.outbox import Batch, acknowledge, counts, lease, open_held, reject, release, release_all
from app.pictures import PictureCache
from app.steps import read_steps, undo_open_steps
from app.store import Store
from app.store_rows import read_entry, read_rows, refresh_rows
from app.truth import Truth
from tests.unit.directory import Directory

ADDRESSES = [Address(f"1800555{number:04d}") for number in range(5)]

addresses = st.sampled_from(ADDRESSES)
texts = st.text("ab", max_size=3)


class StoreMachine(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp())
        self.service = Directory()
        self.batches: list[Batch] = []
        self.open(self.folder / "client.db")

    def open(self, path: Path) -> None:
        self.store = Store(path, Changes())
        self.truth = Truth(PictureCache(self.folder / "pictures"))
        self.deeds = Deeds(self.store, lambda: None)
        self.doubles = Doubles(self.store)
        with self.store.writing() as transaction:
            undo_open_steps(transaction)
            release_all(transaction)
        self.batches.clear()

    def teardown(self) -> None:
        self.settle()
        self.store.close()
        shutil.rmtree(self.folder)

    def ids(self, addresses: set[Address]) -> list[ContactId]:
        return [row.id for row in read_rows(self.store.reading) if row.address in addresses]

    # ---- what a person does

    @rule(name=texts, chosen=st.lists(addresses, min_size=1, max_size=2, unique=True))
    def add(self, name: str, chosen: list[Address]) -> None:
        self.deeds.add_contact(name, ["+" + address for address in chosen], "US")

    @rule(chosen=st.sets(addresses))
    def remove(self, chosen: set[Address]) -> None:
        self.deeds.remove(self.ids(chosen))

    @rule(chosen=st.sets(addresses), on=st.booleans())
    def set_contact(self, chosen: set[Address], on: bool) -> None:
        self.deeds.set_contact(self.ids(chosen), on=on)

    @rule(chosen=st.sets(addresses), on=st.booleans())
    def set_favorite(self, chosen: set[Address], on: bool) -> None:
        self.deeds.set_favorite(self.ids(chosen), on=on)

    @rule(chosen=st.sets(addresses), blocks=st.sets(st.sampled_from(Block)))
    def set_blocked(self, chosen: set[Address], blocks: set[Block]) -> None:
        self.deeds.set_blocked(self.ids(chosen), tuple(blocks))

    @rule(
        chosen=st.sets(addresses),
        visibility=st.sampled_from([*Visibility, 16]),
        fields=st.sets(st.sampled_from(Field)),
    )
    def set_visibility(self, chosen: set[Address], visibility: int, fields: set[Field]) -> None:
        self.deeds.set_visibility(self.ids(chosen), visibility, tuple(fields))

    @rule(chosen=st.sets(addresses), name=texts)
    def rename(self, chosen: set[Address], name: str) -> None:
        for contact_id in self.ids(chosen):
            self.deeds.rename(contact_id, name)

    @rule(chosen=st.sets(addresses, min_size=2, max_size=2), is_safer=st.booleans())
    def merge(self, chosen: set[Address], is_safer: bool) -> None:
        ids = self.ids(chosen)
        if len(ids) == 2:
            self.doubles.merge([Merging(ids[0], (ids[1],), is_safer=is_safer)])

    @rule()
    def undo(self) -> None:
        self.deeds.undo()

    @rule(number=st.integers(0, 5))
    def undo_one(self, number: int) -> None:
        steps = [step for step in read_steps(self.store.reading) if not step.undone]
        if number < len(steps):
            self.deeds.undo(steps[number].id)

    @rule()
    def redo(self) -> None:
        self.deeds.redo()

    # ---- what the network does

    @rule(limit=st.integers(1, 3), bulk=st.booleans())
    def lease(self, limit: int, bulk: bool) -> None:
        with self.store.writing() as transaction:
            batch = lease(transaction, time.time(), limit, bulk=bulk)
        if batch.intents:
            self.batches.append(batch)

    @precondition(lambda self: self.batches)
    @rule(number=st.integers(0, 9))
    def answer(self, number: int) -> None:
        """The service did it, and its answer arrives."""
        batch = self.batches.pop(number % len(self.batches))
        for intent in batch.intents:
            kept = self.service.make_true(intent)
            with self.store.writing() as transaction:
                transaction.contacts |= self.store.owners([intent.address])
                acknowledge(transaction, batch.id, [intent])
                if kept is None:
                    self.truth.apply_removed(transaction, intent.address)
                else:
                    self.truth.apply_kept(transaction, [kept], 1.0)

    @precondition(lambda self: self.batches)
    @rule(number=st.integers(0, 9))
    def lose_answer(self, number: int) -> None:
        """The service did it, and nobody here knows."""
        batch = self.batches.pop(number % len(self.batches))
        for intent in batch.intents:
            self.service.make_true(intent)
        with self.store.writing() as transaction:
            release(transaction, batch)

    @precondition(lambda self: self.batches)
    @rule(number=st.integers(0, 9))
    def reject(self, number: int) -> None:
        batch = self.batches.pop(number % len(self.batches))
        with self.store.writing() as transaction:
            transaction.contacts |= self.store.owners([each.address for each in batch.intents])
            for intent in batch.intents:
                reject(transaction, batch.id, intent, "no")

    @rule(address=addresses, name=texts, version_only=st.booleans())
    def publish(self, address: Address, name: str, version_only: bool) -> None:
        self.service.publish(address, Fields() if version_only else Fields(name=name or None))
        self.tell(address)

    @rule(address=addresses)
    def leave(self, address: Address) -> None:
        self.service.leave(address)
        self.tell(address)

    def tell(self, address: Address) -> None:
        if address in self.service.kept:
            with self.store.writing() as transaction:
                self.truth.apply_kept(transaction, [self.service.answer(address)], 1.0)

    @rule()
    def go_on(self) -> None:
        self.deeds.go_on()

    @rule()
    def crash(self) -> None:
        """Only what is on the disk is left."""
        folder = Path(tempfile.mkdtemp(dir=self.folder))
        for suffix in ("", "-wal"):
            path = self.store.path.with_name(self.store.path.name + suffix)
            if path.exists():
                shutil.copy(path, folder / ("client.db" + suffix))
        self.store.close()
        self.open(folder / "client.db")

    # ---- what must hold

    @invariant()
    def the_rows_are_what_would_be_made_afresh(self) -> None:
        with self.store.writing() as transaction:
            before = transaction.all("SELECT * FROM row ORDER BY contact_id")
            every = [ContactId(each) for (each,) in transaction.all("SELECT id FROM contact")]
            refresh_rows(transaction, every)
            assert transaction.all("SELECT * FROM row ORDER BY contact_id") == before

    @invariant()
    def a_favorite_is_a_contact(self) -> None:
        for row in read_rows(self.store.reading):
            assert row.contact or not row.favorite

    def settle(self) -> None:
        """Once everything has arrived, the service keeps exactly what the screen shows."""
        while self.deeds.go_on():
            continue
        for batch in self.batches:
            with self.store.writing() as transaction:
                release(transaction, batch)
        self.batches.clear()
        with self.store.writing() as transaction:
            open_held(transaction)
        for _ in range(3):
            for bulk in (False, True):
                self.lease(100, bulk)
                while self.batches:
                    self.answer(0)
        assert counts(self.store.reading, time.time()).ready == 0
        failed = {
            address
            for (address,) in self.store.reading.all(
                "SELECT address FROM outbox WHERE failure IS NOT NULL"
            )
        }
        known = {
            entry.address: entry.relation
            for address in ADDRESSES
            if address not in failed
            and self.store.reading.one("SELECT 1 FROM relation WHERE address = ?", address)
            and (entry := read_entry(self.store.reading, address))
        }
        kept = {
            address: _ordered(relation)
            for address, relation in self.service.kept.items()
            if address not in failed
        }
        assert {address: _ordered(relation) for address, relation in known.items()} == kept
        for row in read_rows(self.store.reading):
            if row.address and row.address not in failed:
                assert (row.state is State.MATCHED) == (
                    row.address in kept and kept[row.address]["state"] == "matched"
                )


def _ordered(relation: object) -> dict[str, object]:
    parts: dict[str, object] = msgspec.to_builtins(relation)
    return {
        name: sorted(value) if isinstance(value, list) else value for name, value in parts.items()
    }


StoreMachine.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestStoreMachine = StoreMachine.TestCase
