"""Changes of single relations to the service, a few side by side."""

import asyncio
import logging
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Final

from app.beside import run_beside
from app.domain import Address
from app.errors import OverBudget, Refused, SignedOut, Unreachable
from app.long_deeds import is_unfinished
from app.outbox import Batch, Intent, acknowledge, defer, lease, reject, release
from app.remote import Remote
from app.store import Store
from app.transaction import Transaction
from app.truth import Truth
from app.wire import KeptRelation

log = logging.getLogger(__name__)

LEASED: Final = 1_000
FEW: Final = 16
"""So many are not worth a thread and connections of their own."""
ABREAST: Final = 8
TURN_S: Final = 2.0
"""No new request of the same turn begins later: something more urgent may be waiting by then."""
TOGETHER: Final = 64
"""Answers in one transaction: about ten milliseconds."""
GLANCE_S: Final = 0.05
DEFER_S: Final = 600
"""When the service does not say how long an address over budget has to wait."""

Problem = Unreachable | SignedOut
Answer = tuple[Intent, KeptRelation | Refused | OverBudget | None]
"""What became of a change: the relation as it is now, why it was not taken, or that it is gone."""
Answers = deque[Answer]
"""Thread-safe where one side appends and the other takes from the left."""


class SingleSender:
    """Each change has its own request, its own answer and its own fate."""

    def __init__(self, store: Store, truth: Truth, remote: Remote) -> None:
        self._store = store
        self._truth = truth
        self._remote = remote

    async def send(self, through: Callable[[int], None]) -> int:
        """Send some of what waits; `through` hears how many have an answer, the answer counts them.

        Raise what kept the others from being sent, once all answers are in the store. While a deed
        is under way nothing is erased: at its end it may be everything, which is a single call.
        """
        with self._store.writing() as transaction:
            erase = False if is_unfinished(transaction) else None
            batch = lease(transaction, time.time(), LEASED, bulk=False, erase=erase)
        if not batch.intents:
            return 0
        answers = Answers()
        try:
            with self._truth.flight() as overtaken:
                async with asyncio.TaskGroup() as tasks:
                    asking = tasks.create_task(self._ask(batch.intents, answers))
                    done = 0
                    while not asking.done() or answers:
                        await asyncio.wait((asking,), timeout=GLANCE_S)
                        done += await self._take(batch, answers, overtaken)
                        through(done)
        finally:
            with self._store.writing() as transaction:
                release(transaction, batch)
        if problems := asking.result():
            raise problems[0]
        return done

    async def _ask(self, intents: Sequence[Intent], answers: Answers) -> list[Problem]:
        """Ask for few on this loop, and for many beside it."""
        if len(intents) <= FEW:
            return await _ask_all([self._remote] * ABREAST, intents, answers)
        return await run_beside(partial(_ask_alone, self._remote, intents, answers))

    # ---- answers

    async def _take(self, batch: Batch, answers: Answers, overtaken: set[Address]) -> int:
        """Take over the answers that are there, some at a time; the answer counts them."""
        count = len(answers)
        for start in range(0, count, TOGETHER):
            some = [answers.popleft() for _ in range(min(TOGETHER, count - start))]
            with self._store.writing() as transaction:
                self._settle(transaction, batch, some, overtaken)
            await asyncio.sleep(0)
        return count

    def _settle(
        self,
        transaction: Transaction,
        batch: Batch,
        some: Sequence[Answer],
        overtaken: set[Address],
    ) -> None:
        taken = [each for each in some if not isinstance(each[1], Refused | OverBudget)]
        for intent, answer in some:
            if isinstance(answer, OverBudget):
                until = time.time() + (answer.retry_after_s or DEFER_S)
                defer(transaction, batch.id, [intent], until)
            elif isinstance(answer, Refused):
                log.warning("the service refused a change: %s", answer.slug)
                reject(transaction, batch.id, intent, answer.detail)
        transaction.contacts |= self._store.owners([intent.address for intent, _ in some])
        acknowledge(transaction, batch.id, [intent for intent, _ in taken])
        fresh = [each for each in taken if each[0].address not in overtaken]
        kept = [answer for _, answer in fresh if isinstance(answer, KeptRelation)]
        self._truth.apply_kept(transaction, kept, time.time())
        for intent, answer in fresh:
            if answer is None:
                self._truth.apply_removed(transaction, intent.address)
        self._truth.note_heard(intent.address for intent, _ in fresh)


# ---- requests, on whichever loop


async def _ask_alone(remote: Remote, intents: Sequence[Intent], answers: Answers) -> list[Problem]:
    """Ask over connections of its own, since the others belong to another loop."""
    remotes = [remote.another() for _ in range(ABREAST)]
    try:
        return await _ask_all(remotes, intents, answers)
    finally:
        for each in remotes:
            await each.close()


async def _ask_all(
    remotes: Sequence[Remote], intents: Sequence[Intent], answers: Answers
) -> list[Problem]:
    """Go through the changes side by side; tell what made some of the sides give up."""
    until = time.monotonic() + TURN_S
    waiting = iter(intents)
    problems = await asyncio.gather(
        *(_ask_some(remote, waiting, answers, until) for remote in remotes)
    )
    return [problem for problem in problems if problem is not None]


async def _ask_some(
    remote: Remote, waiting: Iterator[Intent], answers: Answers, until: float
) -> Problem | None:
    for intent in waiting:
        try:
            answers.append((intent, await _make_true(remote, intent)))
        except (SignedOut, Unreachable) as error:
            if not isinstance(error, OverBudget):
                return error
            answers.append((intent, error))
        except Refused as error:
            answers.append((intent, error))
        if time.monotonic() > until:
            break
    return None


async def _make_true(remote: Remote, intent: Intent) -> KeptRelation | None:
    kept = None
    if intent.erase:
        await remote.delete_contact(intent.address)
    if intent.patch is not None:
        kept = await remote.patch_contact(intent.address, intent.patch)
    return kept
