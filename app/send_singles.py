"""Changes of single relations to the service, a few side by side."""

import asyncio
import logging
import time
from typing import Final

from app.errors import OverBudget, Refused, SignedOut, Unreachable
from app.outbox import BatchId, Intent, acknowledge, defer, lease, reject, release
from app.remote import Remote
from app.store import Store
from app.truth import Truth

log = logging.getLogger(__name__)

LEASED: Final = 64
ABREAST: Final = 8
DEFER_S: Final = 600
"""When the service does not say how long an address over budget has to wait."""


class SingleSender:
    """Each change has its own request, its own answer and its own fate."""

    def __init__(self, store: Store, truth: Truth, remote: Remote) -> None:
        self._store = store
        self._truth = truth
        self._remote = remote

    async def send(self) -> int:
        """Send some of what waits; the answer counts it."""
        with self._store.writing() as transaction:
            batch = lease(transaction, time.time(), LEASED, bulk=False)
        if not batch.intents:
            return 0
        abreast = asyncio.Semaphore(ABREAST)
        try:
            problems = await asyncio.gather(
                *(self._send_single(batch.id, intent, abreast) for intent in batch.intents)
            )
        finally:
            with self._store.writing() as transaction:
                release(transaction, batch)
        for problem in problems:
            if problem is not None:
                raise problem
        return len(batch.intents)

    async def _send_single(
        self, batch: BatchId, intent: Intent, abreast: asyncio.Semaphore
    ) -> Unreachable | SignedOut | None:
        async with abreast:
            try:
                await self._make_true(batch, intent)
            except OverBudget as error:
                until = time.time() + (error.retry_after_s or DEFER_S)
                with self._store.writing() as transaction:
                    defer(transaction, batch, [intent], until)
                    transaction.contacts |= self._store.owners([intent.address])
            except (Unreachable, SignedOut) as error:
                return error
            except Refused as error:
                log.warning("the service refused a change: %s", error.slug)
                with self._store.writing() as transaction:
                    reject(transaction, batch, intent, error.detail)
                    transaction.contacts |= self._store.owners([intent.address])
        return None

    async def _make_true(self, batch: BatchId, intent: Intent) -> None:
        with self._truth.flight() as overtaken:
            kept = None
            if intent.erase:
                await self._remote.delete_contact(intent.address)
            if intent.patch is not None:
                kept = await self._remote.patch_contact(intent.address, intent.patch)
            with self._store.writing() as transaction:
                transaction.contacts |= self._store.owners([intent.address])
                acknowledge(transaction, batch, [intent])
                if intent.address in overtaken:
                    return
                if kept is None:
                    self._truth.apply_removed(transaction, intent.address)
                else:
                    self._truth.apply_kept(transaction, [kept], time.time())
                self._truth.note_heard([intent.address])
