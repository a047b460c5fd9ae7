"""Kith as a library, with the names that mesibo's users know.

```python
async with Kith(Account(url, address, token), Paths(folder)) as kith:
    kith.add_listener(MyListener())
    kith.sync_contacts(["18005550001"], subscribe=True, sync_now=True)
    profile = kith.get_profile("18005550001")
    profile.favorite = True
    profile.save()
    with kith.events() as events:
        async for event in events:
            print(event.name, event.values)
```
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from app.account import Account
from app.addresses import canonical
from app.bits import blocks_to_mask, fields_to_mask
from app.changes import Change, Kind
from app.domain import Address, Block, Field, Fields, Message, Relation, State, Visibility
from app.domain import Profile as View
from app.happenings import Happening
from app.outbox import Parts
from app.paths import Paths
from app.session import Session, SessionState
from app.views import SyncReport
from app.wire import KeptRelation


@dataclass(frozen=True, slots=True)
class Event:
    """One call of a listener, as a value: its name and what it is called with."""

    name: str
    values: tuple[object, ...]


class Listener:
    """Derive from it and override what you want to hear; the rest does nothing."""

    def on_profile_updated(self, profile: "Profile") -> None:
        """Hear that what somebody shows me has changed."""

    def on_contact_joined(self, profile: "Profile") -> None:
        """Hear that a pending address is there now."""

    def on_sync_progress(self, done: int, total: int) -> None:
        """Hear how far a synchronisation is."""

    def on_sync_finished(self, report: SyncReport) -> None:
        """Hear that all that can be sent was sent."""

    def on_message(self, message: Message) -> None:
        """Hear a message, or what became of one of mine."""


class Profile:
    """One address: what is published there for me, and what I keep about it.

    `contact`, `subscribe`, `favorite`, `block`, `visibility` and `fields` may be set; `save` sends
    what differs then. Everything else is a copy of the moment when it was asked for.
    """

    def __init__(self, kith: "Kith", view: View, relation: Relation) -> None:
        self._kith = kith
        self.address = view.address
        self.published: Fields = view.fields
        self.state: State = relation.state
        self.contact = relation.contact
        self.subscribe = relation.subscribed
        self.favorite = relation.favorite
        self.block: tuple[Block, ...] = relation.blocked
        self.visibility: int = relation.visibility
        self.fields: tuple[Field, ...] = relation.fields or ()

    @property
    def name(self) -> str | None:
        """The published name."""
        return self.published.name

    @property
    def status(self) -> str | None:
        """The published status."""
        return self.published.status

    @property
    def picture(self) -> bytes | None:
        """The local copy of the published picture; where it is missing it is fetched."""
        return self._kith.session.picture(self.address)

    def save(self) -> None:
        """Send what was changed; it waits where the service cannot be reached."""
        custom = self.visibility == Visibility.CUSTOM
        self._kith.session.by_address.save(
            self.address,
            Parts(
                contact=int(self.contact or self.favorite),
                subscribed=int(self.subscribe),
                favorite=int(self.favorite),
                blocked=blocks_to_mask(self.block),
                visibility=self.visibility,
                fields=fields_to_mask(self.fields) if custom else 0,
            ),
        )

    def add_listener(self, listener: Listener) -> Callable[[], None]:
        """Hear of this address alone, after the global listeners; the answer ends it."""
        return self._kith.add_listener(listener, self.address)


class Kith:
    """One signed-in client, without a window."""

    def __init__(self, account: Account | None, paths: Paths) -> None:
        self.session = Session(account, paths)
        self._listeners: list[tuple[Address | None, Listener]] = []
        self._streams: list[asyncio.Queue[Event]] = []
        self._versions: dict[Address, int] = {}
        self._shown: SessionState = self.session.state

    async def __aenter__(self) -> Self:
        await self.session.__aenter__()
        self.session.hear(self._on_happening)
        self.session.changes.subscribe(self._on_change)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.session.__aexit__(kind, error, trace)

    # ---- profiles and contacts

    def get_profile(self, address: str) -> Profile:
        """Answer from the local copy, blank if unknown; the service is asked once, behind it."""
        known = canonical(address)
        self.session.ask_profile(known)
        return self._profile(known)

    def sync_contact(
        self,
        address: str,
        add_contact: bool = True,
        subscribe: bool = True,
        visibility: int | None = None,
        sync_now: bool = False,
    ) -> None:
        """Synchronise one address with flags of its own."""
        self.sync_contacts([address], add_contact, subscribe, visibility, sync_now)

    def sync_contacts(
        self,
        addresses: Iterable[str] = (),
        add_contact: bool = True,
        subscribe: bool = True,
        visibility: int | None = None,
        sync_now: bool = False,
    ) -> None:
        """Put addresses into the queue, each with these flags; without any, send the queue."""
        known = [canonical(address) for address in addresses]
        parts = Parts(contact=int(add_contact), subscribed=int(subscribe), visibility=visibility)
        self.session.by_address.queue(known, parts)
        if sync_now or not known:
            self.session.by_address.send_queue()

    def enable_auto_sync_contacts(self, enable: bool) -> None:
        """Follow whoever writes to me, or not."""
        self.session.set_auto_sync(enable)

    async def settled(self) -> None:
        """Wait until all that can be sent was; raise what keeps it from being sent."""
        await self.session.settled()

    def send_message(self, address: str, text: str) -> None:
        """Write to somebody."""
        self.session.send_message(canonical(address), text)

    # ---- listeners

    def add_listener(self, listener: Listener, address: str | None = None) -> Callable[[], None]:
        """Hear of everything, or of one address; the answer ends it."""
        entry = (None if address is None else canonical(address), listener)
        self._listeners.append(entry)
        return lambda: self._listeners.remove(entry) if entry in self._listeners else None

    @contextmanager
    def events(self) -> Iterator[AsyncIterator[Event]]:
        """Give everything that listeners hear from now on, as one iterator."""
        queue: asyncio.Queue[Event] = asyncio.Queue()
        self._streams.append(queue)
        try:
            yield _drain(queue)
        finally:
            self._streams.remove(queue)

    def _profile(self, address: Address) -> Profile:
        entry = self.session.entry(address)
        relation = entry.relation if entry else Relation(address)
        return Profile(self, self.session.view(address), relation)

    def _tell(self, address: Address | None, name: str, *values: object) -> None:
        """Call the global listeners first, then those of the address, then the iterators."""
        listeners = tuple(self._listeners)
        for wanted in (None, address) if address is not None else (None,):
            for subject, listener in listeners:
                if subject == wanted:
                    getattr(listener, name)(*values)
        for queue in self._streams:
            queue.put_nowait(Event(name, values))

    def _on_happening(self, _kind: str, happening: Happening) -> None:
        if isinstance(happening, View):
            self._on_view(happening)
        elif isinstance(happening, KeptRelation):
            self._on_view(happening.profile)
            if happening.joined is True:
                address = happening.address
                self._tell(address, "on_contact_joined", self._profile(address))
        elif isinstance(happening, Message):
            me = self.session.me()
            mine = me is not None and happening.sender == me.address
            self._tell(happening.to if mine else happening.sender, "on_message", happening)

    def _on_view(self, view: View) -> None:
        if self._versions.get(view.address, 0) < view.version:
            self._versions[view.address] = view.version
            self._tell(view.address, "on_profile_updated", self._profile(view.address))

    def _on_change(self, change: Change) -> None:
        before, now = self._shown, self.session.state
        if Kind.STATE not in change.kinds or before == now:
            return
        self._shown = now
        if now.total and (now.done, now.total) != (before.done, before.total):
            self._tell(None, "on_sync_progress", now.done, now.total)
        if before.total and not now.total and now.last_synced != before.last_synced:
            self._tell(None, "on_sync_finished", self.session.by_address.report())


async def _drain(queue: asyncio.Queue[Event]) -> AsyncIterator[Event]:
    while True:
        yield await queue.get()
