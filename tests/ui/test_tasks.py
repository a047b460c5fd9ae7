"""Who owns the coroutines of the window."""

import asyncio

import shiboken6
from PySide6.QtCore import SIGNAL
from PySide6.QtWidgets import QLabel

from app.errors import Unreachable
from tests.ui.conftest import Run, until
from ui.tasks import Tasks


def test_a_failure_is_reported_and_forgotten(run: Run) -> None:
    async def story() -> None:
        told: list[Exception] = []
        tasks = Tasks(told.append)

        async def fail() -> None:
            raise Unreachable("away")

        tasks.start(fail(), name="one")
        await until(lambda: not tasks.is_running("one"))
        assert [type(each) for each in told] == [Unreachable]

    run(story())


def test_the_same_name_again_cancels_the_older_one(run: Run) -> None:
    async def story() -> None:
        ended: list[int] = []
        go_on = asyncio.Event()
        tasks = Tasks(lambda error: None)

        async def work(number: int) -> None:
            await go_on.wait()
            ended.append(number)

        for number in range(3):
            tasks.start(work(number), name="search")
            await asyncio.sleep(0)
        go_on.set()
        await until(lambda: not tasks.is_running("search"))
        assert ended == [2]

    run(story())


def test_closing_cancels_everything_and_waits(run: Run) -> None:
    async def story() -> None:
        begun: list[str] = []
        ended: list[str] = []
        tasks = Tasks(lambda error: None)

        async def work() -> None:
            begun.append("begun")
            try:
                await asyncio.Event().wait()
            finally:
                ended.append("cleaned")

        tasks.start(work(), name="one")
        tasks.start(work(), name="two")
        await until(lambda: len(begun) == 2)
        await tasks.close()
        assert ended == ["cleaned", "cleaned"]

    run(story())


def test_what_a_widget_started_ends_with_it(run: Run) -> None:
    async def story() -> None:
        told: list[Exception] = []
        tasks = Tasks(told.append)
        widget = QLabel()

        async def work() -> None:
            await asyncio.sleep(0)
            widget.setText("too late")

        tasks.start(work(), name="show", of=widget)
        await asyncio.sleep(0)
        shiboken6.delete(widget)
        await until(tasks.is_idle)
        assert told == []

    run(story())


def test_closing_waits_for_what_was_stopped_too(run: Run) -> None:
    async def story() -> None:
        told: list[str] = []
        tasks = Tasks(lambda error: None)

        async def work() -> None:
            told.append("begun")
            try:
                await asyncio.Event().wait()
            finally:
                for _ in range(3):  # as an import does that is taken back
                    await asyncio.sleep(0)
                told.append("taken back")

        tasks.start(work(), name="import")
        await until(lambda: told)
        tasks.stop("import")
        await tasks.close()
        assert told == ["begun", "taken back"]

    run(story())


def test_a_widget_keeps_nothing_of_what_has_ended(run: Run) -> None:
    async def story() -> None:
        tasks = Tasks(lambda error: None)
        widget = QLabel()
        heard = SIGNAL("destroyed(QObject*)")

        async def work() -> None:
            await asyncio.sleep(0)

        receivers = []
        for _ in range(3):
            tasks.start(work(), name="show", of=widget)
            await until(tasks.is_idle)
            receivers.append(widget.receivers(heard))
        assert len({*receivers}) == 1  # PySide keeps one of its own

    run(story())
