"""What a change made for viewers counts as on its way from its commit on."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from app.service.store import Parts, Store, Tx
from tests.service.people import Service
from tests.wait import until

T = TypeVar("T")


class HeldStore:
    """A store whose answer to the next change in parts is kept back after the commit."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.is_committed = asyncio.Event()
        self.may_answer = asyncio.Event()

    async def read(self, work: Callable[[Tx], T]) -> T:
        return await self._store.read(work)

    async def write(self, work: Callable[[Tx], T]) -> T:
        return await self._store.write(work)

    async def write_in_parts(self, work: Callable[[Tx], Parts[T]], told: Callable[[T], None]) -> T:
        found = await self._store.write_in_parts(work, told)
        self.is_committed.set()
        await self.may_answer.wait()
        return found

    async def close(self) -> None:
        await self._store.close()


async def test_a_revocation_waits_for_a_change_that_has_yet_to_send_its_views(
    service: Service,
) -> None:
    ann, bob = await service.pair(name="N", status="S")
    await bob.sync(ann.address)
    await ann.sync(bob.address)
    held = service.node.store = HeldStore(service.node.store)
    async with asyncio.TaskGroup() as group:
        group.create_task(ann.publish(status="canary"))
        await held.is_committed.wait()
        revoking = group.create_task(ann.relate(bob.address, visibility=8))
        await until(lambda: service.node.barrier.waits > 0 or revoking.done())
        assert not revoking.done()
        held.may_answer.set()
