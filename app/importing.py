"""Carry out an import plan: some cards in each transaction, one step, nothing half done."""

import asyncio
import time
from base64 import b64encode
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import msgspec

from app.cells import (
    CARD,
    NAME,
    NOTE,
    OWNER,
    PHOTO,
    RELATION,
    REMOVED,
    encode_value,
    read_cell,
)
from app.domain import Address, ContactId
from app.errors import Trouble
from app.importers import Card, Mapping, read_book
from app.importers.card import source_name
from app.known import load_known
from app.long_deeds import VALUES
from app.one_card import SAID_ONCE, line_of
from app.outbox import HELD, open_held, want_many
from app.own_cards import details_of
from app.people import (
    Fate,
    ImportPlan,
    ImportReport,
    Judge,
    PlannedCard,
    Reason,
    Rejected,
    Written,
    judge_books,
)
from app.steps import StepWriter, abandon_step, begin_step, drop_if_empty, take_back_last
from app.store import Store
from app.store_rows import CardDetails, decode_card
from app.transaction import Record, Transaction, listed

TOGETHER: Final = 100
"""Cards in one transaction: about ten milliseconds."""
BREATH: Final = 16
"""Cards judged in the thread before it lets the loop's thread have a turn."""

_RELATION_MADE: Final = encode_value(
    {"contact": 1, "subscribed": 1, "favorite": 0, "blocked": 0, "visibility": 0, "fields": 0}
)


ColumnsOf = Callable[[Path], Mapping | None]
"""What is known of the columns of a book, if it is a table."""


def plan_books(
    paths: Sequence[Path], region: str, me: Address | None, store: Path, columns: ColumnsOf
) -> ImportPlan:
    """Read and judge books; meant for a thread, since it takes a second for 20,000 cards."""
    known = load_known(store)
    judge = Judge(known, region, me)
    cards: list[PlannedCard] = []
    unreadable: list[Rejected] = []
    for path in paths:
        for judged in judge_books(read_book(path, columns(path)), judge):
            if isinstance(judged, Rejected):
                unreadable.append(judged)
            else:
                cards.append(judged)
            if not len(cards) % BREATH:
                time.sleep(0)
    sources = tuple(source_name(path) for path in paths)
    return ImportPlan(tuple(cards), tuple(unreadable), region, sources, known.unkept)


class Import:
    """One run of a plan. What it sends is held back until all of it is in the book."""

    def __init__(self, store: Store, plan: ImportPlan) -> None:
        self._store = store
        self._plan = plan
        self._position = 0
        self._targets: list[ContactId] = []
        """The contact of each card that was carried out, in the plan's order."""
        self._added: list[ContactId] = []
        self._changed: list[ContactId] = []

    async def run(self, progress: Callable[[int, int], None]) -> ImportReport:
        """Carry it all out; cancelled or failed, it leaves nothing behind."""
        with self._store.writing() as transaction:
            name = f"Import {', '.join(Path(each).name for each in self._plan.sources)}"
            step = begin_step(transaction, name, time.time(), is_open=True)
        try:
            await self._carry_out(step.id, progress)
        except BaseException:
            await self._take_back(step.id)
            raise
        with self._store.writing() as transaction:
            open_held(transaction)
            transaction.run("UPDATE step SET open = 0 WHERE id = ?", step.id)
            drop_if_empty(transaction, StepWriter(transaction, step.id, self._position))
        return self._report(step.id if self._position else None)

    async def _take_back(self, step_id: int) -> None:
        """Undo it some at a time; cancelled once more, the rest in one go."""
        is_more = True
        try:
            while is_more:
                with self._store.writing() as transaction:
                    is_more = take_back_last(transaction, step_id, VALUES)
                await asyncio.sleep(0)
        finally:
            with self._store.writing() as transaction:
                abandon_step(transaction, step_id)

    async def _carry_out(self, step_id: int, progress: Callable[[int, int], None]) -> None:
        cards = self._plan.cards
        for start in range(0, len(cards), TOGETHER):
            some = cards[start : start + TOGETHER]
            with self._store.writing() as transaction:
                writer = _CardWriter(
                    transaction, StepWriter(transaction, step_id, self._position), some
                )
                for planned in some:
                    self._carry_out_card(writer, planned)
                writer.finish()
                self._position = writer.step.position
            progress(start + len(some), len(cards))
            await asyncio.sleep(0)

    def _carry_out_card(self, writer: "_CardWriter", planned: PlannedCard) -> None:
        target = planned.contact_id
        if planned.same_as is not None:
            target = self._targets[planned.same_as]
        if target is None or not writer.is_there(target):
            target = writer.add(planned)
            self._added.append(target)
        elif planned.fate is Fate.KNOWN:
            writer.keep(target, planned)
        elif writer.merge(target, planned) and planned.fate is Fate.CHANGED:
            self._changed.append(target)
        self._targets.append(target)

    def _report(self, step_id: int | None) -> ImportReport:
        plan = self._plan
        addresses = dict.fromkeys(each.address for card in plan.cards for each in card.written)
        return ImportReport(
            step_id=step_id,
            read=len(plan.cards),
            added=len(self._added),
            changed=len(self._changed),
            known=plan.count(Fate.KNOWN),
            duplicates=plan.doubles,
            contacts=(*self._added, *dict.fromkeys(self._changed)),
            addresses=tuple(addresses),
            rejected=plan.rejected,
        )


class Owner(NamedTuple):
    """Who has an address now, and whether the service keeps it for me."""

    contact_id: ContactId
    removed: int
    source: str | None
    kept: int
    before: Record
    """The value of its cell."""


class _CardWriter:
    """Writes cards in one transaction; what is gathered goes in together at its end."""

    def __init__(
        self, transaction: Transaction, step: StepWriter, some: Sequence[PlannedCard]
    ) -> None:
        self._transaction = transaction
        self.step = step
        self._owners = _owners_of(transaction, some)
        self._positions: dict[ContactId, int] = {}
        self._addresses: list[Record] = []
        self._cards: list[Record] = []
        self._wanted: list[Record] = []
        self._cells: list[Record] = []

    def is_there(self, contact_id: ContactId) -> bool:
        """Tell whether the person is still in the book."""
        removed = self._transaction.value("SELECT removed FROM contact WHERE id = ?", contact_id)
        return removed is not None and not removed

    def add(self, planned: PlannedCard) -> ContactId:
        """Make a record of somebody new."""
        card = planned.card
        contact_id = ContactId(
            self._transaction.run(
                "INSERT INTO contact (name, note, source, card, photo, added_at) "
                "VALUES (?, ?, ?, ?, ?, ?)",
                card.name,
                card.note,
                card.source,
                msgspec.json.encode(_details(planned)).decode(),
                card.photo.data if card.photo else None,
                time.time(),
            )
        )
        self._positions[contact_id] = 0
        self._cells.append((REMOVED, str(contact_id), "1", "0"))
        self._give(contact_id, planned)
        return contact_id

    def merge(self, contact_id: ContactId, planned: PlannedCard) -> bool:
        """Add what a card says more; nothing that was there goes."""
        before = self.step.position + len(self._cells)
        card = planned.card
        beside = [self._name(contact_id, planned), self._photo(contact_id, card)]
        note = read_cell(self._transaction, NOTE, str(contact_id))
        if card.note not in note:
            self.step.write(NOTE, contact_id, f"{note}\n{card.note}".strip())
        details = decode_card(read_cell(self._transaction, CARD, str(contact_id)))
        merged = _merged(details, _details(planned), filter(None, beside))
        self.step.write(CARD, contact_id, msgspec.json.encode(merged).decode())
        self._give(contact_id, planned)
        return self.step.position + len(self._cells) > before

    def _name(self, contact_id: ContactId, planned: PlannedCard) -> str:
        """Take the name of a card where it is news of the same; return the line of the other."""
        name, renamed, source = read_cell(self._transaction, NAME, str(contact_id))
        said = planned.card.name
        if not said or said == name:
            return ""
        is_news = planned.fate is Fate.CHANGED and (
            planned.reason is not Reason.SAME_ADDRESS or bool(_words(name) & _words(said))
        )
        if renamed or (name and not is_news):
            return line_of("name", said)
        self.step.write(NAME, contact_id, [said, renamed, source or planned.card.source])
        return line_of("name", name) if name and planned.reason is Reason.SAME_ADDRESS else ""

    def _photo(self, contact_id: ContactId, card: Card) -> str:
        """Take the picture of a card where there is none; return the line of another one."""
        if card.photo is None:
            return ""
        there = read_cell(self._transaction, PHOTO, str(contact_id))
        data = b64encode(card.photo.data).decode()
        if there and there != data:
            return line_of("photo", card.photo)
        self.step.write(PHOTO, contact_id, data)
        return ""

    def keep(self, contact_id: ContactId, planned: PlannedCard) -> None:
        """Ask for the relation of addresses that have none."""
        self._transaction.contacts.add(contact_id)
        for each in planned.written:
            owner = self._owners.get(each.address)
            if owner is not None and owner.contact_id == contact_id and not owner.kept:
                self._wanted.append((each.address, 1, 1, None, None, None, None, True))
                self._cells.append((RELATION, each.address, None, _RELATION_MADE))
                self._owners[each.address] = owner._replace(kept=1)

    def finish(self) -> None:
        """Write what was gathered."""
        self._transaction.many(_SAVE_ADDRESS, self._addresses)
        self._transaction.many(_SAVE_CARD, self._cards)
        self.step.note(self._cells)
        want_many(self._transaction, self._wanted, HELD)

    def _give(self, contact_id: ContactId, planned: PlannedCard) -> None:
        for each in planned.written:
            owner = self._owners.get(each.address)
            if owner is None or owner.removed or owner.source is None:
                self._give_address(contact_id, each, owner)
        self._cards.append((planned.digest, contact_id))
        self.keep(contact_id, planned)

    def _give_address(self, contact_id: ContactId, written: Written, owner: Owner | None) -> None:
        if owner is not None and not owner.removed and owner.contact_id != contact_id:
            self.step.write(REMOVED, owner.contact_id, 1)
        value = (contact_id, self._next_position(contact_id), written.text, written.label)
        before = None if owner is None else encode_value(list(owner.before))
        self._addresses.append((written.address, *value))
        self._cells.append((OWNER, written.address, before, encode_value(list(value))))
        kept = owner.kept if owner is not None else 0
        self._owners[written.address] = Owner(contact_id, 0, "", kept, value)

    def _next_position(self, contact_id: ContactId) -> int:
        position = self._positions.get(contact_id)
        if position is None:
            position = self._transaction.value(
                "SELECT IFNULL(MAX(position), -1) + 1 FROM address WHERE contact_id = ?", contact_id
            )
        self._positions[contact_id] = position + 1
        return position


_SAVE_ADDRESS: Final = """
    INSERT INTO address (address, contact_id, position, text, label) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (address) DO UPDATE SET contact_id = excluded.contact_id,
        position = excluded.position, text = excluded.text, label = excluded.label
"""
_SAVE_CARD: Final = """
    INSERT INTO known_card (digest, contact_id) VALUES (?, ?)
    ON CONFLICT (digest) DO UPDATE SET contact_id = excluded.contact_id
"""


def _owners_of(reading: Transaction, some: Sequence[PlannedCard]) -> dict[Address, Owner]:
    records = reading.all(
        "SELECT e.address, e.contact_id, c.removed, c.source, e.kept, e.position, e.text, e.label "
        "FROM json_each(?) chosen CROSS JOIN effective e ON e.address = chosen.value "
        "JOIN contact c ON c.id = e.contact_id",
        listed(each.address for planned in some for each in planned.written),
    )
    return {
        address: Owner(owner, removed, source, kept, (owner, *value))
        for address, owner, removed, source, kept, *value in records
    }


def _details(planned: PlannedCard) -> CardDetails:
    unusable = (
        (value.text, value.label, trouble.value)
        for value, trouble in planned.rejected
        if trouble is not Trouble.SELF
    )
    shared = ((each.text, each.label, each.address) for each in planned.shared)
    return details_of(planned.card, tuple(unusable), tuple(shared))


def _words(name: str) -> set[str]:
    return set(name.casefold().split())


def _merged(old: CardDetails, new: CardDetails, beside: Iterable[str]) -> CardDetails:
    """Add what a card says more; what is said already, and otherwise, stays as a line beside it."""
    pairs = {field: (getattr(old, field), getattr(new, field)) for field in SAID_ONCE}
    also = [line_of(field, b) for field, (a, b) in pairs.items() if a and b and a != b]
    return msgspec.structs.replace(
        old,
        given=old.given or new.given,
        family=old.family or new.family,
        nickname=old.nickname or new.nickname,
        org=old.org or new.org,
        birthday=old.birthday or new.birthday,
        uid=old.uid or new.uid,
        emails=tuple(dict.fromkeys((*old.emails, *new.emails))),
        unusable=tuple(dict.fromkeys((*old.unusable, *new.unusable))),
        rest=tuple(dict.fromkeys((*old.rest, *new.rest, *also, *beside))),
        shared=tuple(dict.fromkeys((*old.shared, *new.shared))),
    )
