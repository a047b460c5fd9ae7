"""Calls that are made several at a time, and not all at once."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Final, TypeVar

from app.errors import KithError

T = TypeVar("T")
ABREAST: Final = 8


async def abreast(call: Callable[[T], Awaitable[None]], things: Iterable[T]) -> None:
    """Make a call for each thing, a few at a time; the first error ends them all."""
    remaining = iter(things)

    async def work() -> None:
        for thing in remaining:
            await call(thing)

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(ABREAST):
                group.create_task(work())
    except ExceptionGroup as failed:  # not except*: before Python 3.11.4 that wraps what it raises
        known, others = failed.split(KithError)
        if known is None or others is not None:
            raise
        raise known.exceptions[0] from None
