"""Starts coroutines for widgets, cancels them, and reports what failed.

A page has a `Tasks` of its own, closed with the page; the same name started again cancels the
older task, so a new search ends the one before it.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

from PySide6.QtCore import QObject

log = logging.getLogger(__name__)


class Tasks:
    """The tasks that a person started; nobody else in `ui` makes any."""

    def __init__(self, report: Callable[[Exception], None]) -> None:
        self.report = report
        self._running: dict[str, asyncio.Task[object]] = {}
        self._stopped: set[asyncio.Task[object]] = set()
        """Those that were cancelled and have not ended yet."""

    def start(
        self, work: Coroutine[Any, Any, object], *, name: str, of: QObject | None = None
    ) -> None:
        """Run `work`; one of the same name that still runs is cancelled first.

        It ends with the widget that it is `of`: what it would show has no place any more.
        """
        self.stop(name)
        task = asyncio.create_task(self._guard(work), name=name)
        self._running[name] = task
        task.add_done_callback(lambda _task: work.close())  # cancelled before it began
        if of is not None:
            ending = of.destroyed.connect(lambda _object: task.cancel())
            task.add_done_callback(lambda _task: QObject.disconnect(ending))
        task.add_done_callback(self._forget)

    def stop(self, name: str) -> None:
        """Cancel the task of that name, if there is one."""
        task = self._running.pop(name, None)
        if task is not None:
            task.cancel()
            self._stopped.add(task)
            task.add_done_callback(self._stopped.discard)

    def is_running(self, name: str) -> bool:
        """Whether a task of that name has not ended yet."""
        return name in self._running

    def is_idle(self) -> bool:
        """Whether nothing runs."""
        return not self._running

    async def close(self) -> None:
        """Cancel everything and wait until it has ended."""
        tasks = [*self._running.values(), *self._stopped]
        self._running.clear()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _guard(self, work: Coroutine[Any, Any, object]) -> None:
        try:
            await work
        except Exception as error:
            log.warning("a task failed: %s", type(error).__name__)
            self.report(error)

    def _forget(self, task: asyncio.Task[object]) -> None:
        if self._running.get(task.get_name()) is task:
            del self._running[task.get_name()]
