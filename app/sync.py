"""The outbox to the service, and its answers to the store: in batches, until nothing is left."""

import asyncio
import time
from collections.abc import Callable
from functools import partial
from typing import Final

from app.backoff import Backoff, wait_for
from app.errors import SignedOut, Unreachable
from app.outbox import counts
from app.pulse import Pulse
from app.remote import Remote
from app.send_bulk import BulkSender
from app.send_mine import MySender
from app.send_singles import SingleSender
from app.send_withdrawal import WithdrawalSender
from app.store import Store
from app.truth import Truth

FIRST_BULK: Final = 1_000
"""The first batch is small, so that matches show early."""
BULK: Final = 2_500
"""Later ones are no larger, so that no turn of the loop on any of them is long."""


class Sync:
    """The one loop that sends. Whatever goes wrong, what was leased is released or acknowledged."""

    def __init__(self, store: Store, truth: Truth, remote: Remote, pulse: Pulse) -> None:
        self._store = store
        self._pulse = pulse
        self._mine = MySender(store, remote)
        self._withdrawal = WithdrawalSender(store, truth, remote)
        self._singles = SingleSender(store, truth, remote)
        self._bulk = BulkSender(store, truth, remote)
        self._woken = asyncio.Event()
        self._pressed = asyncio.Event()
        self._backoff = Backoff()
        self._round_ended = asyncio.Event()
        self._problem: Unreachable | SignedOut | None = None

    def wake(self) -> None:
        """Tell that there may be something to send; a wait for the network goes on."""
        self._woken.set()

    def press(self) -> None:
        """Try now, whatever the back-off says."""
        self._pressed.set()
        self._woken.set()

    def press_if_stuck(self) -> None:
        """Try now that the service is known to be there, unless it asked for patience itself."""
        if isinstance(self._problem, Unreachable) and self._problem.retry_after_s is None:
            self.press()

    async def run(self) -> None:
        """Send for ever; ends only when the token is no longer good."""
        while True:
            self._woken.clear()
            self._pressed.clear()
            try:
                await self._send_all()
            except Unreachable as error:
                wait_s = self._backoff.next_s(error.retry_after_s)
                self._end_round(error)
                self._pulse.stuck(error, time.time() + wait_s)
                await wait_for(self._pressed, wait_s)
            except SignedOut as error:
                self._end_round(error)
                self._pulse.signed_out()
                return
            else:
                self._backoff.reset()
                self._end_round(None)
                next_at = counts(self._store.reading, time.time()).next_at
                await wait_for(self._woken, None if next_at is None else next_at - time.time())

    def _end_round(self, problem: Unreachable | SignedOut | None) -> None:
        self._problem = problem
        self._round_ended.set()
        self._round_ended = asyncio.Event()

    async def settled(self) -> None:
        """Wait until all that can be sent was; raise what keeps it from being sent."""
        while not isinstance(self._problem, SignedOut):
            self.press()
            await self._round_ended.wait()
            if self._problem is None and not self._woken.is_set():
                return
            if self._problem is not None:
                raise self._problem
        raise self._problem

    async def _send_all(self) -> None:
        done, sent_any = 0, False
        bulk = FIRST_BULK
        while not self._pulse.is_paused:
            ready = counts(self._store.reading, time.time()).ready
            if not ready:
                break
            sent_any = True
            self._pulse.working(done, done + ready)
            through = await self._send_some(bulk, partial(self._pulse.through, done))
            if not through:
                break
            bulk = BULK
            done += through
        if sent_any:
            self._pulse.settled()

    async def _send_some(self, bulk: int, through: Callable[[int], None]) -> int:
        """Send the most private first: a block goes out before any new address."""
        return (
            await self._mine.send_account()
            or await self._withdrawal.send(through)
            or await self._singles.send(through)
            or await self._bulk.send(bulk)
            or await self._mine.send_messages()
        )
