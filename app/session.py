"""One signed-in client: the screen's only door to contacts, profiles and the service."""

import asyncio
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from importlib import import_module
from types import TracebackType
from typing import Self

from app import messages, my_outbox, store_rows
from app.account import Account, folder_of
from app.books import Books
from app.by_address import ByAddress
from app.changes import Change, Changes, Kind
from app.deeds import Deeds
from app.domain import Address, Block, ContactId, Field, Message, Picture, Privacy, Profile
from app.doubles import Doubles
from app.errors import Unreachable
from app.exporting import Exports
from app.happenings import Heard, Hearers, Network
from app.mine import Mine
from app.notices import Notices
from app.outbox import release_all, release_leased
from app.paths import Paths
from app.pending import Pending
from app.pictures import PictureCache
from app.pulse import Pulse
from app.steps import read_steps, undo_open_steps
from app.store import Store
from app.views import Entry, Person, Row, SessionState, Status, Step, Unusable
from app.wire import FieldAudience, Impact, Me, Preview, Suppose

__all__ = ["Entry", "Person", "Row", "Session", "SessionState", "Status", "Step", "Unusable"]


class Session:
    """With no account, or with the service away, everything works and waits in the outbox."""

    def __init__(self, account: Account | None, paths: Paths) -> None:
        self.account = account
        self.paths = paths
        self.changes = Changes()
        self.state = SessionState(Status.OFFLINE)
        self.folder = folder = folder_of(account, paths)
        self._store = Store(folder / "client.db", self.changes)
        self._pictures = PictureCache(folder / "pictures")
        self._deeds = Deeds(self._store, self._my_address)
        self.notices = Notices(self._store)
        self.pending = Pending(self._store)
        self.mine = Mine(self._store)
        self.doubles = Doubles(self._store)
        self.books = Books(self._store, paths.tables_file, self._my_address)
        self.exports = Exports(self._store)
        self.by_address = ByAddress(self._store)
        self._pulse = Pulse(self._store, self._show)
        self._network: Network | None = None
        self._begun = asyncio.Event()
        self._started = asyncio.Event()
        self._running: asyncio.Task[None] | None = None
        self._rest: asyncio.Task[None] | None = None
        """The rest of a deed on thousands of people."""
        self._hearers = Hearers()

    async def __aenter__(self) -> Self:
        if self._store.is_alone:
            with self._store.writing() as transaction:
                self.books.cut_short = undo_open_steps(transaction)
                release_all(transaction)
        self._pulse.show()
        self.changes.subscribe(self._on_change)
        self._begin_rest()
        if self.account is not None and self.account.token:
            self.begin(self.account)
        return self

    def begin(self, account: Account) -> None:
        """Start to talk to the service, once it is known where it is and by which token."""
        self.account = account
        self._running = asyncio.create_task(self._run(), name="session")
        self._begun.set()
        self.changes.publish(Change(Kind.ME | Kind.STATE))

    def move(self, url: str) -> None:
        """Go on with the same service at another place: its port may change when it starts anew."""
        if self.account is not None and self.account.token:
            self.account = replace(self.account, url=url)
        if self._network is not None:
            self._network.move(url)

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            await _end(self._rest, self._running)
        finally:
            self._network = None
            self._pulse.close()
            self._store.close()

    async def ended(self) -> None:
        """Wait for the loops to end, which only a surprise makes them do; it is raised here."""
        await self._begun.wait()
        running = self._running
        assert running is not None
        try:
            await asyncio.shield(running)
        finally:
            if running.done() and running is self._running:
                self._begun.clear()

    async def _run(self) -> None:
        engine = await asyncio.to_thread(import_module, "app.engine")
        account = self.account  # it may have moved meanwhile
        async with engine.start(account, self._store, self._pictures, self._pulse) as network:
            self._network = network
            self._started.set()
            try:
                await network.run(self._hearers.tell)
            except ExceptionGroup:
                self._network = None
                self._started.clear()
                self._pulse.stopped()
                raise

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

    def addresses(self, ids: Collection[ContactId]) -> dict[Address, ContactId]:
        """Read every address of these people, with whose it is."""
        return store_rows.read_addresses(self._store.reading, ids)

    def me(self) -> Me | None:
        """My own account, with what is still on its way; `None` without an account."""
        return my_outbox.shown_me(self._store.reading, self._my_address())

    def _my_address(self) -> Address | None:
        return self.account.address if self.account else None

    def knows_me(self) -> bool:
        """Tell whether the service has said what my account is; until then `me` is a blank."""
        return my_outbox.load_me(self._store.reading) is not None

    def steps(self) -> list[Step]:
        """Read the history, the newest first."""
        return read_steps(self._store.reading)

    # ---- doing

    def add_contact(self, name: str, addresses: list[str], region: str) -> ContactId:
        """Keep somebody; raise InvalidAddress for text that is no address."""
        return self._deeds.add_contact(name, addresses, region)

    def mend_number(self, contact_id: ContactId, bad: str, text: str, region: str) -> None:
        """Give somebody an address in the place of a text that is none."""
        self._deeds.mend_number(contact_id, bad, text, region)

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

    def set_fields(self, chosen: Mapping[ContactId, tuple[Field, ...]]) -> None:
        """Show exactly these fields to each of these people; all of it is one step."""
        self._deeds.set_fields(chosen)

    def save_me(self, fields: dict[Field, str | None]) -> None:
        """Publish fields of mine; `None` removes one."""
        self._deeds.save_me(fields)

    def save_picture(self, data: bytes | None) -> None:
        """Publish a picture of mine, or none."""
        self._deeds.save_picture(data, self.my_picture())

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

    def photo(self, contact_id: ContactId) -> bytes | None:
        """Read the picture that came with a card."""
        return store_rows.read_photo(self._store.reading, contact_id)

    # ---- pictures and messages

    def picture(self, address: Address) -> bytes | None:
        """Read the local copy; where it is missing a fetch begins, and a Change follows."""
        shown = store_rows.read_profile(self._store.reading, address).fields.picture
        return self._picture(address, shown)

    def my_picture(self) -> bytes | None:
        """Read my own picture as it is, or as it will be."""
        draft = my_outbox.draft_picture(self._store.reading)
        if draft is not None:
            return draft.value
        me = my_outbox.load_me(self._store.reading)
        return self._picture(me.address, me.fields.picture) if me else None

    def _picture(self, address: Address, shown: Picture | None) -> bytes | None:
        if shown is None:
            return None
        data = self._pictures.load(address, shown.hash)
        if data is None and self._network is not None:
            self._network.ask_picture(address, shown.hash)
        return data

    def messages(self, address: Address) -> list[Message]:
        """Read the messages with one address, the oldest first."""
        return messages.read_messages(self._store.reading, address)

    def see_messages(self, contact: ContactId) -> None:
        """Note that I have looked at what this person wrote."""
        with self._store.writing() as transaction:
            entries = store_rows.read_entries(transaction, contact)
            messages.mark_read(transaction, [each.address for each in entries])

    def send_message(self, address: Address, text: str) -> None:
        """Write to somebody; it waits where the service cannot be reached."""
        me = self.me()
        if me is None:
            raise Unreachable("there is no account yet")
        with self._store.writing() as transaction:
            messages.write(transaction, me.address, address, text)

    def send_again(self, message_id: str) -> None:
        """Send once more what the service refused."""
        with self._store.writing() as transaction:
            messages.want_again(transaction, message_id)

    # ---- for programs

    def view(self, address: Address) -> Profile:
        """Read the local copy of what somebody publishes for me; blank if nothing."""
        return store_rows.read_profile(self._store.reading, address)

    def ask_profile(self, address: Address) -> None:
        """Ask the service for somebody's profile in the background, once."""
        if self._network is not None:
            self._network.ask_profile(address)

    # ---- questions to the service

    async def preview(self, *, viewer: str | None = None, as_: str | None = None) -> Preview:
        """Ask what somebody sees of me, and why."""
        return await self._connected().preview(viewer, as_)

    async def audience(self, field: Field) -> FieldAudience:
        """Ask who sees one field of mine."""
        return await self._connected().audience(field)

    async def impact(self, suppose: Suppose) -> Impact:
        """Ask who would gain and lose what."""
        return await self._connected().impact(suppose)

    def _connected(self) -> Network:
        if self._network is None:
            raise Unreachable("there is no connection")
        return self._network

    # ---- the road to the service

    def sync_now(self) -> None:
        """Try at once, whatever the back-off says."""
        if self._network is not None:
            self._network.press()
        elif self.account is not None and self._running is not None and self._running.done():
            with self._store.writing() as transaction:  # a surprise ended the loops
                release_leased(transaction)
            self.begin(self.account)

    def pause(self, on: bool) -> None:
        """Stop and go on with sending; reading goes on."""
        self._pulse.paused(on=on)
        self.sync_now()

    async def settled(self) -> None:
        """Wait until all that can be sent was; raise what keeps it from being sent.

        What is over the budget of discovery does not count: it waits for hours.
        """
        if self._running is None:
            raise Unreachable("there is no account yet")
        settling = asyncio.create_task(self._settle(), name="settling")
        try:
            await asyncio.wait((settling, self._running), return_when=asyncio.FIRST_COMPLETED)
            if self._running.done():
                await self._running  # raises what surprised it
            await settling
        finally:
            settling.cancel()

    async def _settle(self) -> None:
        if self._rest is not None:  # of a deed: what it changes is to be sent as well
            await asyncio.wait((self._rest,))
        await self._started.wait()
        await self._connected().settled()

    def hear(self, hearer: Heard) -> Callable[[], None]:
        """Call this with the kind and the value of every live event; the answer ends it."""
        return self._hearers.add(hearer)

    def _begin_rest(self) -> None:
        if self._deeds.is_unfinished() and (self._rest is None or self._rest.done()):
            self._rest = asyncio.create_task(self._go_on(), name="rest of a deed")

    async def _go_on(self) -> None:
        more = self._deeds.go_on()
        while more:  # no pause after the last: a deed begun in it would be forgotten
            await asyncio.sleep(0)
            more = self._deeds.go_on()

    def _on_change(self, change: Change) -> None:
        if Kind.STEPS in change.kinds:
            self._begin_rest()
        if Kind.OUTBOX in change.kinds:
            self._pulse.show_soon()
            if self._network is not None:
                self._network.wake()

    def _show(self, state: SessionState) -> None:
        if state != self.state:
            self.state = state
            self.changes.publish(Change(Kind.STATE))


async def _end(*tasks: asyncio.Task[None] | None) -> None:
    """Cancel tasks and wait for the end of all; what surprised one is raised here."""
    running = [task for task in tasks if task is not None]
    for task in running:
        task.cancel()
    if running:
        await asyncio.wait(running)
    for task in running:
        if not task.cancelled():
            task.result()
