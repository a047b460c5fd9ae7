"""Deeds on thousands of people in an open window: how long each takes, and how long a turn.

`python -m tests.bench.bench_bulk [PEOPLE] [SYNCED]`, by default 100,000 people without a service,
and then an import of 10,000 that is synchronised and taken back. Offscreen without a display.
"""

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from app.account import Account
from app.domain import Address, ContactId
from app.doubles import Merging
from app.exporters import BookFormat
from app.paths import Paths
from app.session import Session
from tests.bench.bench_readers import make_book
from tests.bench.bench_window import TimedApplication, Turns, fill
from tests.contract.outside import Service, serve
from ui.garbage import GarbageCollection
from ui.loop import Loop
from ui.main import HERE
from ui.main_window import MainWindow
from ui.theme import Theme
from ui.window_state import WindowState

CHOSEN: Final = 10_000
SHARE: Final = 3
"""Every third address is registered."""
GLANCE_S: Final = 0.01


class Bench:
    """One session in one window; each deed is timed until nothing of it is left."""

    def __init__(self, session: Session, turns: Turns, app: TimedApplication) -> None:
        self._session, self._turns, self._app = session, turns, app

    async def deed(self, name: str, deed: Callable[[], object], *, is_sent: bool = False) -> None:
        """Time a deed, the rest of it in later turns, and what it sends."""
        async with self.phase(name):
            deed()
            while self._session.doubles.is_busy():  # noqa: ASYNC110 - the loop goes on with it
                await asyncio.sleep(GLANCE_S)
            if is_sent:
                await self._session.settled()

    @asynccontextmanager
    async def phase(self, name: str) -> AsyncIterator[None]:
        """Time what happens inside, the processor's time of this process beside it."""
        await asyncio.sleep(0.5)
        self._turns.all_s.clear()
        self._app.longest_s = 0.0
        start, busy = time.perf_counter(), time.process_time()
        yield
        taken, busy = time.perf_counter() - start, time.process_time() - busy
        await asyncio.sleep(0.5)
        longest = max(self._app.longest_s, *self._turns.all_s)
        print(
            f"  {name:40} {taken * 1000:8.0f} ms, processor {busy * 1000:8.0f} ms, "
            f"longest turn {longest * 1000:5.0f} ms",
            flush=True,
        )


async def measure_here(bench: Bench, session: Session, folder: Path) -> None:
    """Measure what needs no service."""
    ids: list[ContactId] = [row.id for row in session.rows()]
    some = ids[:CHOSEN]
    await bench.deed(f"favorite of {CHOSEN:,}", lambda: session.set_favorite(some, True))
    await bench.deed("its undo", session.undo)
    async with bench.phase("search for people who are there twice"):
        await session.doubles.look()
    pairs = [Merging(one, (other,)) for one, other in zip(ids[:1000], ids[1000:2000], strict=True)]
    await bench.deed("merge of 1,000 pairs", lambda: session.doubles.merge(pairs))
    await bench.deed("its undo", session.undo)
    async with bench.phase("export of 1,000 as vCard"):
        await session.exports.write(folder / "some.vcf", BookFormat.VCARD_4, ids[:1000])
    await bench.deed(f"removal of {CHOSEN:,}", lambda: session.remove(some))
    await bench.deed("its undo", session.undo)


async def measure_synced(bench: Bench, session: Session, book: Path) -> None:
    """Measure what is sent, until the service has it."""
    await session.settled()
    plan = await session.books.plan([book], "US")
    await session.books.run(plan, lambda done, total: None)
    await session.settled()
    ids = [row.id for row in session.rows()]
    await bench.deed(
        "favorite of 1,000", lambda: session.set_favorite(ids[:1000], True), is_sent=True
    )
    await bench.deed("its undo", session.undo, is_sent=True)
    await bench.deed("removal of 1,000", lambda: session.remove(ids[:1000]), is_sent=True)
    await bench.deed("its undo", session.undo, is_sent=True)
    imported = next(step.id for step in session.steps() if step.name.startswith("Import"))
    await bench.deed("undo of the import", lambda: session.undo_step(imported), is_sent=True)


@asynccontextmanager
async def open_window(
    account: Account, home: Path, app: TimedApplication, dress: Theme
) -> AsyncIterator[tuple[Bench, Session]]:
    """Open the window on a session, and measure every turn of its loop."""
    turns = Turns()
    async with Session(account, Paths(home)) as session:
        garbage = GarbageCollection(app)
        window = MainWindow(session, dress, WindowState(home / "window.ini"))
        window.show()
        await asyncio.sleep(1.0)
        with turns.measured():
            yield Bench(session, turns, app), session
        await window.close_window()
        garbage.close()


async def measure(people: int, synced: int, folder: Path, app: TimedApplication) -> None:
    """Measure both tables."""
    dress = Theme(app)
    home = folder / "here"
    home.mkdir()
    if people:
        await fill(home, people)
        print(f"{people:,} people, no service")
        async with open_window(HERE, home, app, dress) as (bench, session):
            await measure_here(bench, session, folder)
    if synced:
        book = folder / "book.vcf"
        make_book(book, synced)
        print(f"{synced:,} people, {synced * 2:,} addresses, and a service")
        with serve(folder / "data", "--discovery-burst", "10000000") as service:
            account = await asyncio.to_thread(register, service, book)
            async with open_window(account, folder / "there", app, dress) as (bench, session):
                await measure_synced(bench, session, book)


def register(service: Service, book: Path) -> Account:
    """Make accounts for some of the people in a book, and one for me."""
    from_file = (line for line in book.read_text().splitlines() if line.startswith("TEL"))
    digits = ("".join(filter(str.isdigit, line.partition(":")[2])) for line in from_file)
    numbers = list(dict.fromkeys(digits))
    for start in range(0, len(numbers), 10_000):
        service.people(*numbers[start : start + 10_000 : SHARE])
    (me,) = service.people("13990000001")
    return Account(service.url, Address(me.address), me.token)


def main(people: int, synced: int) -> None:
    """Print both tables."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    app = TimedApplication()
    with (
        tempfile.TemporaryDirectory() as folder,
        asyncio.Runner(loop_factory=lambda: Loop(app)) as runner,
    ):
        runner.run(measure(people, synced, Path(folder), app))


if __name__ == "__main__":
    sizes = [int(size) for size in sys.argv[1:3]]
    main(*(sizes + [100_000, 10_000][len(sizes) :]))
