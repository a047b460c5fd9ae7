"""The window: start to rows, a key to the list, filtering, a thousand changes a second.

`python -m tests.bench.bench_window [PEOPLE…]`, by default 10,000 and 100,000; offscreen where there
is no display. The limit is a bare Qt window that reads the same names from the same file.
"""

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from asyncio import events
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles
from typing import Any, Final

import msgspec
from PySide6.QtCore import QEvent, QObject
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from app.changes import Change, Kind
from app.domain import ContactId
from app.paths import Paths
from app.session import Row, Session
from tests.ui.people import name_of
from ui import garbage
from ui.contact_model import ContactModel
from ui.loop import Loop
from ui.main import HERE
from ui.main_window import MainWindow
from ui.shelf import Filter
from ui.theme import Theme
from ui.window_state import WindowState

WORDS: Final = ("ada ", "okaf", "0123", "berg")
STARTS: Final = 5
CHANGES: Final = 1000
SECONDS: Final = 5.0
BATCH: Final = 20
LATER_S: Final = 3.0
"""By then the window has made what nobody needs before the rows."""


class Turns(QObject):
    """How long the loop was busy without a pause: callbacks and Qt's own events."""

    def __init__(self) -> None:
        super().__init__()
        self.all_s: list[float] = []

    @contextmanager
    def measured(self) -> Iterator[None]:
        """Time every callback of the loop."""
        run = events.Handle._run

        def timed(handle: events.Handle) -> None:
            start = time.perf_counter()
            run(handle)
            self.all_s.append(time.perf_counter() - start)

        events.Handle._run = timed  # type: ignore[assignment,method-assign]  # a benchmark looks inside
        try:
            yield
        finally:
            events.Handle._run = run  # type: ignore[method-assign]  # as it was


class TimedApplication(QApplication):
    """Notes how long each of Qt's events takes."""

    def __init__(self) -> None:
        super().__init__([])
        self.longest_s = 0.0

    def notify(self, receiver: QObject, event: QEvent) -> bool:
        start = time.perf_counter()
        done = super().notify(receiver, event)
        self.longest_s = max(self.longest_s, time.perf_counter() - start)
        return done


class Shown(Session):
    """A session whose rows are changed from outside, as by a very busy service."""

    given: dict[ContactId, Row]

    def rows(self) -> list[Row]:
        return list(self.given.values())

    def rows_of(self, ids: Collection[ContactId]) -> dict[ContactId, Row]:
        return {each: self.given[each] for each in ids if each in self.given}


# ---- start to rows


def start_once(home: Path, kind: str) -> tuple[float, float]:
    """Start a program of its own; return how long until its rows were painted, and its memory."""
    words = [sys.executable, "-m", f"tests.bench.{kind}", str(home)]
    environment = {
        **os.environ,
        "QT_QPA_PLATFORM": "offscreen",
        "KITH_HOME": str(home),
        "PYTHONPYCACHEPREFIX": str(home / "compiled"),
        "PYTHONDONTWRITEBYTECODE": "",
    }
    begun = time.time()
    out = subprocess.run(words, env=environment, capture_output=True, text=True, check=True).stdout
    painted, memory = out.split()
    return float(painted) - begun, float(memory)


# ---- inside one window


async def fill(home: Path, people: int) -> None:
    """Put people into a book, by importing them."""
    book = home / "book.csv"
    lines = [f"{name_of(number)} {number},+1{2025550000 + number}" for number in range(people)]
    Paths(home).service_dir.mkdir()
    book.write_text("Name,Phone\n" + "\n".join(lines), encoding="utf-8")
    async with Session(HERE, Paths(home)) as session:
        await session.books.run(await session.books.plan([book], "US"), lambda done, total: None)
    book.unlink()


def measure_filter(model: ContactModel) -> dict[str, float]:
    """Filter by each word, one letter after the other."""
    times: list[float] = []
    for _ in range(5):
        for word in WORDS:
            for end in range(1, len(word) + 1):
                start = time.perf_counter()
                model.show(Filter(text=word[:end]))
                times.append(time.perf_counter() - start)
            model.show(Filter())
    return {"filter, median": median(times), "filter, 95 %": quantiles(times, n=20)[-1]}


def measure_keys(window: MainWindow) -> dict[str, float]:
    """Type into the search field; each time until the list is painted again."""
    times: list[float] = []
    window.list.focus_search()
    for word in WORDS:
        for letter in word:
            start = time.perf_counter()
            QTest.keyClicks(window.list.search, letter)
            window.list.table.viewport().repaint()
            times.append(time.perf_counter() - start)
        window.list.clear()
    return {"key to list, median": median(times), "key to list, longest": max(times)}


async def measure_changes(
    session: Shown, window: MainWindow, app: TimedApplication
) -> dict[str, float]:
    """Change a thousand people a second, half of them in sight."""
    ids = [row.id for row in window.model.rows()]
    turns = Turns()
    app.longest_s = 0.0
    chosen = ids[len(ids) // 2]
    window.show_contact(chosen)
    top = window.list.table.rowAt(0)
    busy = time.process_time()
    start = time.perf_counter()
    with turns.measured():
        for step in range(int(CHANGES * SECONDS / BATCH)):
            near = [ids[(len(ids) // 2 + each) % len(ids)] for each in range(-5, 5)]
            far = [ids[(step * 37 + each * 101) % len(ids)] for each in range(10)]
            for contact in (*near, *far):
                session.given[contact] = msgspec.structs.replace(
                    session.given[contact], status=f"status {step}"
                )
            session.changes.publish(Change(Kind.CONTACTS, frozenset((*near, *far))))
            await asyncio.sleep(
                max(0.0, start + (step + 1) * BATCH / CHANGES - time.perf_counter())
            )
    assert window.list.table.rowAt(0) == top
    assert window.list.table.current() == chosen
    share = (time.process_time() - busy) / (time.perf_counter() - start)
    return {
        "share of a core": share,
        "longest turn": max(turns.all_s, default=0.0),
        "longest event of Qt": app.longest_s,
    }


async def measure(home: Path, people: int, dress: Theme, app: TimedApplication) -> dict[str, float]:
    """Measure one window on a book of so many."""
    async with Session(HERE, Paths(home)) as real:
        rows = real.rows()
    session = Shown(None, Paths(home / "shown"))
    session.given = {row.id: row for row in rows}
    found: dict[str, float] = {}
    async with session:
        window = MainWindow(session, dress, WindowState(home / "window.ini"))
        window.show()
        await asyncio.sleep(LATER_S)
        with garbage.passed_by():  # as the program does
            found |= measure_filter(window.model)
            found |= measure_keys(window)
            await asyncio.sleep(0.3)
            found |= await measure_changes(session, window, app)
        await window.close_window()
    return found


def main(sizes: list[int]) -> None:
    """Print the table for each size."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    app = TimedApplication()
    garbage.GarbageCollection(app)
    dress = Theme(app)
    for people in sizes:
        with tempfile.TemporaryDirectory() as folder:
            home = Path(folder)

            async def work(home: Path = home, people: int = people) -> dict[str, float]:
                await fill(home, people)
                return await measure(home, people, dress, app)

            with asyncio.Runner(loop_factory=lambda: Loop(app)) as runner:
                found: dict[str, Any] = runner.run(work())
            print(f"\n{people:,} people")
            for kind, words in (("window_once", "ours"), ("bare_window", "the limit")):
                start_once(home, kind)  # the first compiles, as it does for whoever installs
                starts = [start_once(home, kind) for _ in range(STARTS)]
                seconds, memory = median(s for s, _ in starts), median(m for _, m in starts)
                print(
                    f"  {'start to rows, ' + words:34} {seconds * 1000:8.0f} ms {memory:6.0f} MiB"
                )
            for name, value in found.items():
                shown = f"{value:8.0%}" if name.startswith("share") else f"{value * 1000:8.1f} ms"
                print(f"  {name:34} {shown}")


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or [10_000, 100_000])
