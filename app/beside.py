"""Long work in a thread, beside the loop: it says how far it is, and can be left."""

import asyncio
import time
from collections.abc import Callable, Coroutine
from contextlib import suppress
from threading import Event
from typing import Any, Final, TypeVar

Progress = Callable[[int, int], None]
GoOn = Callable[[int, int], bool]
"""Say how much of how much is done; the answer is whether anybody still wants the rest."""

_TELL_S: Final = 0.05

Found = TypeVar("Found")


async def work_beside(work: Callable[[GoOn], Found], progress: Progress | None = None) -> Found:
    """Run it in a thread; cancelled, wait for its end, which `go_on` saying no brings about."""
    left = Event()
    loop = asyncio.get_running_loop()
    told_at = 0.0

    def tell(done: int, total: int) -> None:
        if progress is not None and not left.is_set():
            progress(done, total)

    def go_on(done: int, total: int) -> bool:
        nonlocal told_at
        if time.monotonic() - told_at > _TELL_S:
            told_at = time.monotonic()
            loop.call_soon_threadsafe(tell, done, total)
        return not left.is_set()

    running = loop.run_in_executor(None, work, go_on)
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        left.set()
        await asyncio.wait([running])  # it reads a file that may be closed after this
        raise


async def run_beside(work: Callable[[], Coroutine[Any, Any, Found]]) -> Found:
    """Run a coroutine on a plain loop in a thread, where an await costs a fraction of one on Qt's.

    Cancelled here, it is cancelled there, and waited for.
    """
    is_left = False
    there: list[tuple[asyncio.AbstractEventLoop, asyncio.Task[Any]]] = []

    async def begin() -> Found:
        task = asyncio.current_task()
        assert task is not None
        there.append((asyncio.get_running_loop(), task))
        if is_left:
            raise asyncio.CancelledError
        return await work()

    def run() -> tuple[Found, ...]:
        try:
            return (asyncio.run(begin()),)
        except asyncio.CancelledError:  # Qt's threads would never tell of it
            return ()

    running = asyncio.get_running_loop().run_in_executor(None, run)
    try:
        (found,) = await asyncio.shield(running)
    except asyncio.CancelledError:
        is_left = True
        for loop, task in there:
            with suppress(RuntimeError):  # it has come to its end already
                loop.call_soon_threadsafe(task.cancel)
        await asyncio.wait([running])
        raise
    return found
