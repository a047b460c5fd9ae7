"""The service's live events to the store, from the saved cursor on."""

import asyncio
import logging
import time
from collections.abc import Collection, Sequence
from itertools import groupby
from typing import Final

import msgspec

from app import messages, my_outbox, truth
from app.backoff import Backoff, wait_for
from app.domain import Address, Message, Profile
from app.errors import Refused, SignedOut, Unreachable
from app.happenings import Happening, Heard
from app.notice_rows import note_live
from app.pulse import Pulse
from app.remote import Event, Remote
from app.store import CHUNK, Store
from app.transaction import Transaction
from app.truth import Truth
from app.wire import KeptRelation, Me

log = logging.getLogger(__name__)

TOGETHER: Final = 200
"""Events applied in one transaction: a few milliseconds."""

LARGE: Final = 64 * 1024
"""Characters of an event that is applied before more are read: all may be as large."""

Problem = Unreachable | Refused

_KINDS: Final[dict[str, type[Happening]]] = {
    "profile": Profile,
    "relation": KeptRelation,
    "me": Me,
    "message": Message,
}


class Listener:
    """The one loop that listens. A cursor is saved in the transaction that applied its event."""

    def __init__(self, store: Store, truth_: Truth, remote: Remote, pulse: Pulse) -> None:
        self._store = store
        self._truth = truth_
        self._remote = remote
        self._pulse = pulse
        self._backoff = Backoff()
        self._pressed = asyncio.Event()

    def press(self) -> None:
        """Try now, whatever the back-off says."""
        self._pressed.set()

    async def run(self, heard: Heard) -> None:
        """Listen for ever; ends only when the token is no longer good."""
        while True:
            self._pressed.clear()
            try:
                if truth.is_stale(self._store.reading):
                    await self._read_afresh()
                problem = await self._listen(heard)
            except (Unreachable, Refused) as error:
                problem = error
            if problem is None:
                continue
            if isinstance(problem, SignedOut):
                self._pulse.signed_out()
                return
            after = problem.retry_after_s if isinstance(problem, Unreachable) else None
            wait_s = self._backoff.next_s(after)
            log.info("the live stream ended (%s); again in %.1f s", problem, wait_s)
            self._pulse.disconnected(problem, time.time() + wait_s)
            await wait_for(self._pressed, wait_s)

    # ---- the stream

    async def _listen(self, heard: Heard) -> Problem | None:
        """Apply events until the stream ends, and tell why; `None` after a reset."""
        queue: asyncio.Queue[Event | Problem] = asyncio.Queue(TOGETHER)
        async with asyncio.TaskGroup() as tasks:
            reader = tasks.create_task(self._read(queue), name="live stream")
            problem = await self._apply_all(queue, heard)
            reader.cancel()
        return problem

    async def _read(self, queue: asyncio.Queue[Event | Problem]) -> None:
        try:
            async with self._remote.events(truth.load_cursor(self._store.reading)) as events:
                async for event in events:
                    await queue.put(event)
                    if len(event.data) > LARGE:
                        await queue.join()
        except (Unreachable, Refused) as error:
            await queue.put(error)
        else:
            await queue.put(Unreachable("the service closed the stream"))

    async def _apply_all(
        self, queue: asyncio.Queue[Event | Problem], heard: Heard
    ) -> Problem | None:
        while True:
            together = [await queue.get()]
            while not queue.empty():
                together.append(queue.get_nowait())
            events = [each for each in together if isinstance(each, Event)]
            if self._apply(events, heard):
                return None
            for _ in together:
                queue.task_done()
            if isinstance(together[-1], Unreachable | Refused):
                return together[-1]
            await asyncio.sleep(0)

    def _apply(self, events: Sequence[Event], heard: Heard) -> bool:
        """Apply events and their cursor together; tell whether the list must be read afresh."""
        happenings = [(event.kind, _decode(event)) for event in events]
        is_reset = any(kind == "reset" for kind, _ in happenings)
        cursor = next((event.id for event in reversed(events) if event.id), None)
        with self._store.writing() as transaction:
            for told, some in groupby((happening for _, happening in happenings), type):
                if told is KeptRelation:
                    self._apply_relations(transaction, list(some))
                else:
                    for happening in some:
                        self._apply_one(transaction, happening)
            if is_reset:
                truth.mark_stale(transaction, stale=True)
            elif cursor is not None:
                truth.save_cursor(transaction, cursor)
        for kind, happening in happenings:
            if kind == "ready":
                self._backoff.reset()
                self._pulse.connected()
            heard(kind, happening)
        return is_reset

    def _apply_relations(self, transaction: Transaction, told: Sequence[Happening]) -> None:
        """Apply the last word on each address."""
        last = {kept.address: kept for kept in told if isinstance(kept, KeptRelation)}
        self._truth.note_heard(last)
        note_live(transaction, [*last.values()], time.time())
        for address, kept in last.items():
            if kept.removed is True:
                self._truth.apply_removed(transaction, address)
        here = [kept for kept in last.values() if kept.removed is not True]
        self._truth.apply_kept(transaction, here, time.time())

    def _apply_one(self, transaction: Transaction, happening: Happening) -> None:
        if isinstance(happening, Profile):
            self._truth.apply_profile(transaction, happening)
        elif isinstance(happening, Me):
            my_outbox.save_me(transaction, happening)
        elif isinstance(happening, Message):
            me = my_outbox.load_me(transaction)
            messages.apply_message(transaction, happening, me.address if me else happening.to)

    # ---- the whole list

    async def _read_afresh(self) -> None:
        """Read my account and my list from the beginning; what is not in it any more goes."""
        # Before the list is asked for: what is sent while it travels is not in it, and stays.
        gone = truth.kept_addresses(self._store.reading)
        with self._truth.flight() as overtaken:
            page = await self._remote.contacts()
            # After the cursor: what changes of me from here on comes by the stream as well.
            me = await self._remote.me()
            with self._store.writing() as transaction:
                my_outbox.save_me(transaction, me)
                self._truth.forget_versions(transaction)
            cursor = page.cursor
            while True:
                gone.difference_update(kept.address for kept in page.relations)
                await self._apply_list(page.relations, overtaken)
                if not isinstance(page.next, str):
                    break
                page = await self._remote.contacts(page.next)
            await self._remove_list(sorted(gone))
        with self._store.writing() as transaction:
            truth.save_cursor(transaction, cursor)
            truth.mark_stale(transaction, stale=False)

    async def _apply_list(
        self, relations: Sequence[KeptRelation], overtaken: Collection[Address]
    ) -> None:
        for start in range(0, len(relations), CHUNK):
            with self._store.writing() as transaction:
                some = relations[start : start + CHUNK]
                fresh = [kept for kept in some if kept.address not in overtaken]
                self._truth.apply_kept(transaction, fresh, time.time())
            await asyncio.sleep(0)

    async def _remove_list(self, gone: Sequence[Address]) -> None:
        for start in range(0, len(gone), CHUNK):
            with self._store.writing() as transaction:
                for address in gone[start : start + CHUNK]:
                    self._truth.apply_removed(transaction, address)
            await asyncio.sleep(0)


def _decode(event: Event) -> Happening:
    kind = _KINDS.get(event.kind)
    if kind is None:
        return None
    try:
        return msgspec.json.decode(event.data, type=kind)
    except msgspec.MsgspecError:
        log.warning("an event of kind %s was not understood", event.kind)
        return None
