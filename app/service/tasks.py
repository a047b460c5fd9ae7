"""The one owner of the service's background tasks."""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any, Final

from app.service.problems import Unavailable

PAUSE_S: Final = 0.5

log = logging.getLogger(__name__)


async def patiently(work: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Do something that never ends, again from its beginning whenever the database was away."""
    while True:
        try:
            await work()
        except Unavailable:
            await asyncio.sleep(PAUSE_S)


class Tasks:
    """Tasks that live as long as the service; one that fails ends the service."""

    def __init__(self, on_failure: Callable[[], None]) -> None:
        self._on_failure = on_failure
        self._tasks: set[asyncio.Task[None]] = set()

    def start(self, work: Coroutine[Any, Any, None], name: str) -> None:
        """Run something until `close`."""
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._on_done)

    async def close(self) -> None:
        """Cancel what still runs and wait for its end."""
        for task in self._tasks:
            task.cancel()
        while self._tasks:
            await asyncio.wait(self._tasks)

    def _on_done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if task.cancelled():
            return
        error = task.exception()
        if error is not None:
            log.error("task %s failed", task.get_name(), exc_info=error)
            self._on_failure()
