"""What a person can do to the book: each deed is one transaction and one step, without network."""

import time
from collections.abc import Callable, Collection, Mapping

import msgspec

from app import my_outbox
from app.addresses import display, parse_address
from app.bits import blocks_to_mask, fields_to_mask
from app.cells import CARD, MINE, NAME, NOTE, OWNER, RELATION, REMOVED, Value, read_cell
from app.domain import Address, Block, ContactId, Field, Privacy, Visibility
from app.errors import InvalidAddress, Trouble
from app.long_deeds import (
    NOTHING_KEPT,
    Wanted,
    catch_up,
    change_now,
    go_on,
    is_unfinished,
    plan_changes,
    plan_turn,
)
from app.steps import (
    StepWriter,
    begin_step,
    drop_if_empty,
    last_done,
    last_undone,
    mark_turned,
)
from app.store import Store
from app.store_rows import decode_card, read_rows_of
from app.transaction import Transaction, listed
from app.views import Step


class Deeds:
    """Writes what a person decides into the store, and from there into the outbox."""

    def __init__(self, store: Store, my_address: Callable[[], Address | None]) -> None:
        self._store = store
        self._my_address = my_address

    # ---- contacts

    def add_contact(self, name: str, texts: list[str], region: str) -> ContactId:
        """Keep somebody; an address that is kept already gives the one who has it."""
        addresses = {parse_address(text, region): text.strip() for text in texts}
        for address, text in addresses.items():
            if address == self._my_address():
                raise InvalidAddress(text, "self", Trouble.SELF)
        if not addresses:
            raise InvalidAddress("", "invalid", Trouble.EMPTY)
        name = name.strip()
        with self._store.writing() as transaction:
            shown = name or display(next(iter(addresses)))
            step = begin_step(transaction, f"Add {shown}", time.time())
            owner = _owner_of(transaction, addresses)
            if owner is None:
                owner = _make_contact(transaction)
                step.write(REMOVED, owner, 0)
            _name_if_unnamed(step, transaction, owner, name)
            for address, text in addresses.items():
                _give_address(step, transaction, owner, (address, text))
                kept = read_cell(transaction, RELATION, address) or NOTHING_KEPT
                step.write(RELATION, address, kept | {"contact": 1, "subscribed": 1})
        return owner

    def mend_number(self, contact_id: ContactId, bad: str, text: str, region: str) -> None:
        """Give somebody an address in the place of a text that is none, or beside what there is.

        Raise InvalidAddress for text that is no address; one that somebody has stays theirs.
        """
        address = parse_address(text, region)
        if address == self._my_address():
            raise InvalidAddress(text, "self", Trouble.SELF)
        with self._store.writing() as transaction:
            if _owner_of(transaction, [address]) is not None:
                return
            step = self._begin(transaction, "Mend a number of", [contact_id])
            details = decode_card(read_cell(transaction, CARD, str(contact_id)))
            left = tuple(each for each in details.unusable if each[0] != bad)
            mended = msgspec.structs.replace(details, unusable=left)
            step.write(CARD, contact_id, msgspec.json.encode(mended).decode())
            _give_address(step, transaction, contact_id, (address, text))
            kept = read_cell(transaction, RELATION, address) or NOTHING_KEPT
            step.write(RELATION, address, kept | {"contact": 1, "subscribed": 1})

    def rename(self, contact_id: ContactId, name: str) -> None:
        """Give somebody a name of my own; an empty one shows what they publish."""
        with self._store.writing() as transaction:
            step = self._begin(transaction, "Rename", [contact_id])
            _, _, source = read_cell(transaction, NAME, str(contact_id))
            step.write(NAME, contact_id, [name.strip(), 1, source or ""])
            drop_if_empty(transaction, step)

    def set_note(self, contact_id: ContactId, note: str) -> None:
        """Write a note, which never leaves this computer."""
        with self._store.writing() as transaction:
            step = self._begin(transaction, "Note on", [contact_id])
            step.write(NOTE, contact_id, note)
            drop_if_empty(transaction, step)

    def remove(self, ids: Collection[ContactId]) -> None:
        """Take people out of the book, and what the service keeps of them for me."""
        self._change("Remove", dict.fromkeys(ids))

    def set_parts(self, verb: str, ids: Collection[ContactId], parts: dict[str, int]) -> None:
        """Change parts of the relation to every address of these people."""
        self._change(verb, dict.fromkeys(ids, parts))

    def set_contact(self, ids: Collection[ContactId], *, on: bool) -> None:
        """Give or take a contact's rights over my profile."""
        parts = {"contact": 1} if on else {"contact": 0, "favorite": 0}
        self.set_parts("Make a contact of" if on else "Drop as contact", ids, parts)

    def set_favorite(self, ids: Collection[ContactId], *, on: bool) -> None:
        """Choose favorites, who are contacts too."""
        parts = {"contact": 1, "favorite": 1} if on else {"favorite": 0}
        self.set_parts("Favorite" if on else "Unfavorite", ids, parts)

    def set_subscribed(self, ids: Collection[ContactId], *, on: bool) -> None:
        """Follow what they publish, or stop."""
        self.set_parts("Follow" if on else "Unfollow", ids, {"subscribed": int(on)})

    def set_blocked(self, ids: Collection[ContactId], blocks: tuple[Block, ...]) -> None:
        """Block, wholly or in part, or unblock."""
        mask = blocks_to_mask(blocks)
        self.set_parts("Block" if mask else "Unblock", ids, {"blocked": mask})

    def set_visibility(
        self, ids: Collection[ContactId], visibility: int, fields: tuple[Field, ...]
    ) -> None:
        """Choose how my profile shows to these people."""
        mask = fields_to_mask(fields) if visibility == Visibility.CUSTOM else 0
        self.set_parts("Visibility for", ids, {"visibility": visibility, "fields": mask})

    def set_fields(self, chosen: Mapping[ContactId, tuple[Field, ...]]) -> None:
        """Show exactly these fields to each of these people; all of it is one step."""
        custom = int(Visibility.CUSTOM)
        self._change(
            "Visibility for",
            {
                contact_id: {"visibility": custom, "fields": fields_to_mask(fields)}
                for contact_id, fields in chosen.items()
            },
        )

    # ---- myself

    def save_me(self, fields: Mapping[Field, str | None]) -> None:
        """Publish fields of mine."""
        self._save_mine(
            "My profile",
            {my_outbox.FIELD + field.value: value or None for field, value in fields.items()},
        )

    def save_privacy(self, privacy: Privacy) -> None:
        """Decide who sees what."""
        self._save_mine("My privacy", {my_outbox.PRIVACY: my_outbox.privacy_value(privacy)})

    def set_auto_sync(self, *, on: bool) -> None:
        """Follow whoever writes to me, or not."""
        self._save_mine("Automatic sync", {my_outbox.AUTO_SYNC: on})

    def save_picture(self, data: bytes | None, shown: bytes | None) -> None:
        """Publish a picture, or none; the one that is shown now can be brought back."""
        with self._store.writing() as transaction:
            step = begin_step(transaction, "My picture", time.time())
            if shown is not None:
                my_outbox.keep_shown_picture(transaction, shown)
            name = None if data is None else my_outbox.keep_picture(transaction, data)
            step.write(MINE, my_outbox.PICTURE, name)
            drop_if_empty(transaction, step)

    def _save_mine(self, name: str, parts: Mapping[str, Value]) -> None:
        with self._store.writing() as transaction:
            step = begin_step(transaction, name, time.time())
            for part, value in parts.items():
                step.write(MINE, part, value)
            drop_if_empty(transaction, step)

    # ---- steps

    def undo(self, step_id: int | None = None) -> Step | None:
        """Take back one step, the last one if none is named."""
        with self._store.writing() as transaction:
            chosen = last_done(transaction) if step_id is None else step_id
            return self._turn(transaction, chosen, undo=True)

    def redo(self) -> Step | None:
        """Do again what was undone last."""
        with self._store.writing() as transaction:
            return self._turn(transaction, last_undone(transaction), undo=False)

    def is_unfinished(self) -> bool:
        """Tell whether a long deed has a rest."""
        return is_unfinished(self._store.reading)

    def go_on(self) -> bool:
        """Do some of the rest of a long deed; tell whether there is more."""
        with self._store.writing() as transaction:
            return go_on(transaction)

    def _turn(self, transaction: Transaction, step_id: int | None, *, undo: bool) -> Step | None:
        turned = None if step_id is None else mark_turned(transaction, step_id, undo=undo)
        if turned is not None:
            is_next = not is_unfinished(transaction)
            plan_turn(transaction, turned.id, undo=undo)
            if is_next:
                go_on(transaction)
        return turned

    def _change(self, verb: str, changes: Mapping[ContactId, Wanted]) -> None:
        """Change some people now; thousands are gone on with in later turns of the loop."""
        if not changes:
            return
        with self._store.writing() as transaction:
            step = self._begin(transaction, verb, changes)
            is_next = not is_unfinished(transaction) or catch_up(transaction, changes)
            plan_changes(transaction, step.id, changes.items())
            if is_next:
                change_now(transaction, step.id)

    def _begin(self, transaction: Transaction, verb: str, ids: Collection[ContactId]) -> StepWriter:
        return begin_step(transaction, f"{verb} {_whom(transaction, ids)}", time.time())


def _whom(reading: Transaction, ids: Collection[ContactId]) -> str:
    if len(ids) != 1:
        return f"{len(ids):,} people"
    return next((row.name for row in read_rows_of(reading, ids).values()), "somebody")


def _owner_of(reading: Transaction, addresses: Collection[Address]) -> ContactId | None:
    owner: ContactId | None = reading.value(
        "SELECT c.id FROM address a JOIN contact c ON c.id = a.contact_id "
        "WHERE NOT c.removed AND a.address IN (SELECT value FROM json_each(?)) "
        "ORDER BY c.source IS NULL, c.id LIMIT 1",
        listed(addresses),
    )
    return owner


def _make_contact(transaction: Transaction) -> ContactId:
    """Begin as removed, so that undoing the step that adds it takes it away again."""
    return ContactId(
        transaction.run(
            "INSERT INTO contact (removed, source, added_at) VALUES (1, '', ?)", time.time()
        )
    )


def _name_if_unnamed(
    step: StepWriter, reading: Transaction, contact_id: ContactId, name: str
) -> None:
    old, renamed, source = read_cell(reading, NAME, str(contact_id))
    if source is None or not old:
        step.write(NAME, contact_id, [name, int(bool(name)) or renamed, source or ""])


def _give_address(
    step: StepWriter,
    reading: Transaction,
    contact_id: ContactId,
    written: tuple[Address, str],
) -> None:
    address, text = written
    if _owner_of(reading, [address]) is not None:
        return
    last = reading.value(
        "SELECT IFNULL(MAX(position), -1) FROM address WHERE contact_id = ?", contact_id
    )
    step.write(OWNER, address, [contact_id, last + 1, text, ""])
