"""What qasync leaves out, and a window with a live stream needs."""

import asyncio
import math
from collections.abc import AsyncIterator

from PySide6.QtWidgets import QApplication

from app.backoff import wait_for
from tests.wait import PATIENCE_S
from ui.loop import Loop


def test_a_generator_nobody_finished_is_ended_on_the_loop(qapp: QApplication) -> None:
    ended: list[str] = []

    async def stream() -> AsyncIterator[int]:
        try:
            yield 1
        finally:
            await asyncio.sleep(0)  # as a connection does that is closed
            ended.append("closed")

    async def read_a_little() -> None:
        async for _ in stream():
            break
        async with asyncio.timeout(PATIENCE_S):
            while not ended:  # noqa: ASYNC110 - nobody is told when a generator is collected
                await asyncio.sleep(0.01)

    with asyncio.Runner(loop_factory=lambda: Loop(qapp)) as runner:
        runner.run(read_a_little())
    assert ended == ["closed"]


def test_it_can_be_told_to_wait_for_longer_than_a_timer_takes(qapp: QApplication) -> None:
    async def wait() -> None:
        for seconds in (30 * 86_400.0, math.inf):
            event = asyncio.Event()
            asyncio.get_running_loop().call_soon(event.set)
            await wait_for(event, seconds)

    with asyncio.Runner(loop_factory=lambda: Loop(qapp)) as runner:
        runner.run(wait())
