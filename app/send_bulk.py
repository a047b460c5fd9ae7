"""Thousands of relations to the service in one request, and its answer to the store."""

import asyncio
import logging
import time
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Final, TypeVar

import msgspec

from app.domain import Address
from app.errors import Refused, SignedOut
from app.outbox import Batch, Intent, acknowledge, defer, lease, reject, release
from app.remote import Remote
from app.store import CHUNK, Store
from app.transaction import Transaction
from app.truth import Truth
from app.wire import Synced, SyncEntry

log = logging.getLogger(__name__)

DEFER_S: Final = 600
"""When the service does not say how long an address over budget has to wait."""

Item = TypeVar("Item")


class BulkSender:
    """One batch at a time; its answer is taken over a few hundred at a time."""

    def __init__(self, store: Store, truth: Truth, remote: Remote) -> None:
        self._store = store
        self._truth = truth
        self._remote = remote

    async def send(self, limit: int) -> int:
        """Send up to so many of what waits; the answer counts them."""
        with self._store.writing() as transaction:
            batch = lease(transaction, time.time(), limit, bulk=True)
        if not batch.intents:
            return 0
        try:
            with self._truth.flight() as overtaken:
                await asyncio.sleep(0)
                answer = await self._remote.sync(_entries(batch.intents))
                await asyncio.sleep(0)
                await self._apply(batch, answer, overtaken)
        except SignedOut:
            raise
        except Refused as error:
            log.warning("the service refused a batch of %d: %s", len(batch.intents), error.slug)
            await self._refuse_or_split(batch, error)
        finally:
            with self._store.writing() as transaction:
                release(transaction, batch)
        return len(batch.intents)

    async def _apply(self, batch: Batch, answer: Synced, overtaken: set[Address]) -> None:
        """Take over an answer a few hundred at a time, each part with its acknowledgement."""
        intents = {intent.address: intent for intent in batch.intents}
        matched = [each for each in answer.matched if each.address in intents]
        pending = [Address(text) for text in answer.pending if text in intents]
        deferred = [Address(text) for text in answer.deferred if text in intents]
        for some in _chunks(matched):
            with self._store.writing() as transaction:
                fresh = [kept for kept in some if kept.address not in overtaken]
                self._truth.apply_kept(transaction, fresh, time.time())
                self._acknowledge(transaction, batch, [intents[kept.address] for kept in some])
            await asyncio.sleep(0)
        for addresses in _chunks(pending):
            here = [intents[address] for address in addresses]
            with self._store.writing() as transaction:
                new = [intent for intent in here if intent.address not in overtaken]
                self._truth.apply_pending(transaction, new, time.time())
                self._acknowledge(transaction, batch, here)
            await asyncio.sleep(0)
        retry_after = answer.retry_after
        wait_s = retry_after if isinstance(retry_after, int) else DEFER_S
        for addresses in _chunks(deferred):
            with self._store.writing() as transaction:
                here = [intents[address] for address in addresses]
                defer(transaction, batch.id, here, time.time() + wait_s)
                transaction.contacts |= self._store.owners(addresses)
            await asyncio.sleep(0)
        with self._store.writing() as transaction:
            for each in answer.rejected:
                if each.address in intents:
                    reject(transaction, batch.id, intents[Address(each.address)], each.reason)
                    transaction.contacts |= self._store.owners([Address(each.address)])

    def _acknowledge(self, transaction: Transaction, batch: Batch, sent: list[Intent]) -> None:
        """Let go what the service has; what it answered of it earlier is not applied after this."""
        addresses = [intent.address for intent in sent]
        acknowledge(transaction, batch.id, sent)
        transaction.contacts |= self._store.owners(addresses)
        self._truth.note_heard(addresses)

    async def _refuse_or_split(self, batch: Batch, error: Refused) -> None:
        """One bad entry must not hold thousands: each one is then sent on its own."""
        with self._store.writing() as transaction:
            transaction.many(
                "UPDATE outbox SET bulk = 0 WHERE address = ? AND batch = ?",
                [(intent.address, batch.id) for intent in batch.intents],
            )
            if len(batch.intents) == 1:
                reject(transaction, batch.id, batch.intents[0], error.detail)


def _chunks(items: Sequence[Item]) -> Iterator[Sequence[Item]]:
    return (items[start : start + CHUNK] for start in range(0, len(items), CHUNK))


def _entries(intents: Sequence[Intent]) -> list[SyncEntry]:
    """Put addresses with the same flags into one entry."""

    def flags(intent: Intent) -> tuple[bool, bool, int]:
        parts = intent.parts
        shown = -1 if parts.visibility is None else parts.visibility
        return bool(parts.contact), bool(parts.subscribed), shown

    return [
        SyncEntry(
            [intent.address for intent in some],
            contact,
            subscribe,
            msgspec.UNSET if visibility < 0 else visibility,
        )
        for (contact, subscribe, visibility), some in groupby(sorted(intents, key=flags), flags)
    ]
