"""One signed-in client: the screen's only door to contacts, profiles and the service."""

import time
from collections.abc import Callable, Collection
from pathlib import Path
from types import TracebackType
from typing import Self

from app import my_outbox, store_rows
from app.account import Account
from app.changes import Change, Changes, Kind
from app.deeds import Deeds
from app.domain import Address, Block, ContactId, Field, Message, Privacy
from app.errors import Unreachable
from app.outbox import counts, release_all
from app.paths import Paths
from app.people import ImportPlan, ImportReport
from app.steps import read_steps, undo_open_steps
from app.store import Store
from app.views import Entry, Person, Row, SessionState, Status, Step, Unusable
from app.wire import FieldAudience, Impact, Me, Preview, Suppose

__all__ = [
    "Entry",
    "ImportPlan",
    "ImportReport",
    "Person",
    "Row",
    "Session",
    "SessionState",
    "Status",
    "Step",
    "Unusable",
]


class Session:
    """With no account, or with the service away, everything works and waits in the outbox."""

    def __init__(self, account: Account | None, paths: Paths) -> None:
        self.account = account
        self.paths = paths
        self.changes = Changes()
        self.state = SessionState(Status.OFFLINE)
        folder = paths.account_dir(account.url, account.address) if account else paths.local_dir
        self._store = Store(folder / "client.db", self.changes)
        self._deeds = Deeds(self._store, lambda: account.address if account else None)

    async def __aenter__(self) -> Self:
        with self._store.writing() as transaction:
            undo_open_steps(transaction)
            release_all(transaction)
        self._show(self.state.status)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._store.close()

    # ---- reading

    def rows(self) -> list[Row]:
        """Every line of the list, in no particular order."""
        return store_rows.read_rows(self._store.reading)

    def rows_of(self, ids: Collection[ContactId]) -> dict[ContactId, Row]:
        """Read the lines of these contacts; one that is gone is not in the answer."""
        return store_rows.read_rows_of(self._store.reading, ids)

    def person(self, contact_id: ContactId) -> Person | None:
        """Everything about one person."""
        return store_rows.read_person(self._store.reading, contact_id)

    def entry(self, address: Address) -> Entry | None:
        """One address, whoever it belongs to."""
        return store_rows.read_entry(self._store.reading, address)

    def owners(self, addresses: Collection[Address]) -> dict[Address, ContactId]:
        """Say whose each address is; one that is nobody's is not in the answer."""
        return store_rows.read_owners(self._store.reading, addresses)

    def me(self) -> Me | None:
        """My own account, with what is still on its way; `None` without an account."""
        address = self.account.address if self.account else None
        return my_outbox.shown_me(self._store.reading, address)

    def steps(self) -> list[Step]:
        """Read the history, the newest first."""
        return read_steps(self._store.reading)

    # ---- doing

    def add_contact(self, name: str, addresses: list[str], region: str) -> ContactId:
        """Keep somebody; raise InvalidAddress for text that is no address."""
        return self._deeds.add_contact(name, addresses, region)

    def rename(self, contact_id: ContactId, name: str) -> None:
        """Give somebody a name of my own."""
        self._deeds.rename(contact_id, name)

    def set_note(self, contact_id: ContactId, note: str) -> None:
        """Write a note, which never leaves this computer."""
        self._deeds.set_note(contact_id, note)

    def remove(self, ids: Collection[ContactId]) -> None:
        """Take people out of the book."""
        self._deeds.remove(ids)

    def set_contact(self, ids: Collection[ContactId], on: bool) -> None:
        """Give or take a contact's rights over my profile."""
        self._deeds.set_contact(ids, on=on)

    def set_favorite(self, ids: Collection[ContactId], on: bool) -> None:
        """Choose favorites."""
        self._deeds.set_favorite(ids, on=on)

    def set_subscribed(self, ids: Collection[ContactId], on: bool) -> None:
        """Follow what they publish, or stop."""
        self._deeds.set_subscribed(ids, on=on)

    def set_blocked(self, ids: Collection[ContactId], blocks: tuple[Block, ...]) -> None:
        """Block, wholly or in part, or unblock."""
        self._deeds.set_blocked(ids, blocks)

    def set_visibility(
        self, ids: Collection[ContactId], visibility: int, fields: tuple[Field, ...] = ()
    ) -> None:
        """Choose how my profile shows to these people."""
        self._deeds.set_visibility(ids, visibility, fields)

    def save_me(self, fields: dict[Field, str | None]) -> None:
        """Publish fields of mine; `None` removes one."""
        self._deeds.save_me(fields)

    def save_picture(self, data: bytes | None) -> None:
        """Publish a picture of mine, or none."""
        self._deeds.save_picture(data)

    def save_privacy(self, privacy: Privacy) -> None:
        """Decide who sees what of me."""
        self._deeds.save_privacy(privacy)

    def set_auto_sync(self, on: bool) -> None:
        """Follow whoever writes to me, or not."""
        self._deeds.set_auto_sync(on=on)

    def undo(self) -> Step | None:
        """Take back the last step."""
        return self._deeds.undo()

    def undo_step(self, step_id: int) -> Step | None:
        """Take back one step of the history."""
        return self._deeds.undo(step_id)

    def redo(self) -> Step | None:
        """Do again what was undone last."""
        return self._deeds.redo()

    # ---- pictures and messages

    def picture(self, address: Address) -> bytes | None:
        """Read the local copy; where it is missing a fetch begins, and a Change follows."""
        return None

    def my_picture(self) -> bytes | None:
        """My own picture as it is, or as it will be."""
        return None

    def messages(self, address: Address) -> list[Message]:
        """Read the messages with one address, the oldest first."""
        return []

    def send_message(self, address: Address, text: str) -> None:
        """Write to somebody; it waits where the service cannot be reached."""
        raise Unreachable("there is no service yet")

    # ---- questions to the service

    async def preview(self, *, viewer: str | None = None, as_: str | None = None) -> Preview:
        """Ask what somebody sees of me, and why."""
        raise Unreachable("there is no service yet")

    async def audience(self, field: Field) -> FieldAudience:
        """Ask who sees one field of mine."""
        raise Unreachable("there is no service yet")

    async def impact(self, suppose: Suppose) -> Impact:
        """Ask who would gain and lose what."""
        raise Unreachable("there is no service yet")

    # ---- books

    async def plan_import(self, paths: list[Path], region: str) -> ImportPlan:
        """Read and judge books; nothing changes."""
        raise Unreachable("not yet")

    async def run_import(
        self, plan: ImportPlan, progress: Callable[[int, int], None]
    ) -> ImportReport:
        """Do what was planned, as one step; cancelled, it leaves nothing behind."""
        raise Unreachable("not yet")

    # ---- the road to the service

    def sync_now(self) -> None:
        """Try at once, whatever the back-off says."""

    def pause(self, on: bool) -> None:
        """Stop and go on with sending; reading goes on."""
        self._show(Status.PAUSED if on else Status.OFFLINE)

    def _show(self, status: Status) -> None:
        waiting = counts(self._store.reading, time.time()).waiting
        self.state = SessionState(status, waiting=waiting)
        self.changes.publish(Change(Kind.STATE))
