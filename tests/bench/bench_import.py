"""A book of 10,000 cards from file to synchronised list: how long, and how long a turn.

`python -m tests.bench.bench_import [CARDS]`
"""

import asyncio
import sys
import tempfile
import time
from asyncio import events
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.account import Account
from app.domain import Address, State
from app.paths import Paths
from app.session import Session
from tests.bench.bench_readers import make_book
from tests.contract.outside import Person, Service, serve

SHARE = 3
"""Every third address is registered."""


class Turns:
    """The longest turns of the loop, phase by phase."""

    def __init__(self) -> None:
        self.longest_s = 0.0

    @contextmanager
    def measured(self) -> Iterator[None]:
        """Time every callback of every loop."""
        run = events.Handle._run

        def timed(handle: events.Handle) -> None:
            start = time.perf_counter()
            run(handle)
            self.longest_s = max(self.longest_s, time.perf_counter() - start)

        events.Handle._run = timed  # type: ignore[assignment,method-assign]  # a benchmark looks inside
        try:
            yield
        finally:
            events.Handle._run = run  # type: ignore[method-assign]  # as it was


async def measure(service: Service, book: Path, home: Path, turns: Turns) -> None:
    numbers = await asyncio.to_thread(addresses_of, book)
    for start in range(0, len(numbers), 10_000):
        await asyncio.to_thread(service.people, *numbers[start : start + 10_000 : SHARE])
    me, other = service.people("13990000001", "13990000002")
    async with Session(Account(service.url, Address(me.address), me.token), Paths(home)) as session:
        await session.settled()
        begun = time.perf_counter()
        shown: list[float] = []
        turns.longest_s = 0.0
        with phase("read and judge", turns):
            plan = await session.books.plan([book], "US")
        with phase("into the store", turns):
            await session.books.run(
                plan, lambda done, total: shown.append(time.perf_counter() - begun)
            )
        with phase("synchronise", turns):
            await session.settled()
        print(f"{'end to end':>18} {(time.perf_counter() - begun) * 1000:8.0f} ms")
        print(f"{'first rows after':>18} {shown[0] * 1000:8.0f} ms")
        with phase("rows of the list", turns):
            rows = session.rows()
        matched = sum(row.state is State.MATCHED for row in rows)
        print(f"{'':>18} {len(rows):8,} people, {matched:,} matched, {len(numbers):,} addresses")
        with phase("the same again", turns):
            await session.books.run(
                await session.books.plan([book], "US"), lambda done, total: None
            )
    print(f"{'the calls alone':>18} {await asyncio.to_thread(bare, other, numbers):8.0f} ms")


@contextmanager
def phase(name: str, turns: Turns) -> Iterator[None]:
    start = time.perf_counter()
    yield
    taken, longest, turns.longest_s = time.perf_counter() - start, turns.longest_s, 0.0
    print(f"{name:>18} {taken * 1000:8.0f} ms   longest turn {longest * 1000:5.0f} ms")


def addresses_of(book: Path) -> list[str]:
    from_file = (line for line in book.read_text().splitlines() if line.startswith("TEL"))
    digits = ("".join(filter(str.isdigit, line.partition(":")[2])) for line in from_file)
    return list(dict.fromkeys(digits))


def bare(person: Person, numbers: list[str]) -> float:
    """The same addresses sent with nothing done about the answers."""
    start = time.perf_counter()
    for first in range(0, len(numbers), 4_000):
        person.sync(*numbers[first : first + 4_000])
    return (time.perf_counter() - start) * 1000


def main(cards: int) -> None:
    turns = Turns()
    with tempfile.TemporaryDirectory() as folder:
        book = Path(folder) / "book.vcf"
        make_book(book, cards)
        size = book.stat().st_size / 1e6
        print(f"{cards:,} cards, {size:.1f} MB")
        with (
            serve(Path(folder) / "data", "--discovery-burst", "10000000") as service,
            turns.measured(),
        ):
            asyncio.run(measure(service, book, Path(folder) / "home", turns))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
