"""Work beside the loop: its answer, its error, and its end when nobody wants it any more."""

import asyncio
from threading import get_ident

import pytest

from app.beside import run_beside

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def test_a_coroutine_runs_on_a_loop_of_its_own() -> None:
    async def work() -> tuple[int, asyncio.AbstractEventLoop]:
        await asyncio.sleep(0)
        return get_ident(), asyncio.get_running_loop()

    thread, loop = await run_beside(work)
    assert thread != get_ident()
    assert loop is not asyncio.get_running_loop()


async def test_what_it_raises_is_raised_here() -> None:
    async def work() -> None:
        raise ValueError("so")

    with pytest.raises(ValueError, match="so"):
        await run_beside(work)


async def test_cancelled_here_it_is_cancelled_there_and_waited_for() -> None:
    begun = asyncio.Event()
    here = asyncio.get_running_loop()
    seen: list[str] = []

    async def work() -> None:
        here.call_soon_threadsafe(begun.set)
        try:
            await asyncio.Event().wait()
        finally:
            seen.append("ended")

    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(run_beside(work))
        await begun.wait()
        running.cancel()
    assert running.cancelled()
    assert seen == ["ended"]


async def test_cancelled_before_the_thread_began_it_does_nothing() -> None:
    seen: list[str] = []

    async def work() -> None:
        seen.append("begun")
        await asyncio.Event().wait()

    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(run_beside(work))
        await asyncio.sleep(0)
        running.cancel()
    assert running.cancelled()
    assert seen in ([], ["begun"])
