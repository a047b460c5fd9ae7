"""Who owns the coroutines of the window."""

import asyncio

from app.errors import Unreachable
from tests.ui.conftest import Run
from ui.tasks import Tasks


def test_a_failure_is_reported_and_forgotten(run: Run) -> None:
    async def story() -> None:
        told: list[Exception] = []
        tasks = Tasks(told.append)

        async def fail() -> None:
            raise Unreachable("away")

        tasks.start(fail(), name="one")
        await asyncio.sleep(0.01)
        assert [type(each) for each in told] == [Unreachable]
        assert not tasks.is_running("one")

    run(story())


def test_the_same_name_again_cancels_the_older_one(run: Run) -> None:
    async def story() -> None:
        ended: list[int] = []
        tasks = Tasks(lambda error: None)

        async def work(number: int) -> None:
            await asyncio.sleep(0.01)
            ended.append(number)

        for number in range(3):
            tasks.start(work(number), name="search")
        assert tasks.is_running("search")
        await asyncio.sleep(0.05)
        assert ended == [2]

    run(story())


def test_closing_cancels_everything_and_waits(run: Run) -> None:
    async def story() -> None:
        ended: list[str] = []
        tasks = Tasks(lambda error: None)

        async def work() -> None:
            try:
                await asyncio.Event().wait()
            finally:
                ended.append("cleaned")

        tasks.start(work(), name="one")
        await asyncio.sleep(0)
        tasks.start(work(), name="two")
        await asyncio.sleep(0)
        await tasks.close()
        assert ended == ["cleaned", "cleaned"]

    run(story())
