"""Books of 1,000, 10,000 and 100,000 addresses matched and stored, against 1,000,000 accounts.

`python -m tests.bench.bench_sync [--accounts N] [--database sqlite|postgresql]`. Beside each book,
in the same run: the bare join, the bare HTTP round trip of the same bytes, and the bare store.
100,000 addresses are ten calls, each on disk before its answer; of the limits alike. A new book is
matched and stored; the same again only matched.
"""

import argparse
import json
import random
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Final, NamedTuple, TypeVar

import httpx
import psycopg

from app.service.directory import new_ident
from app.service.keys import Keys, load_keys
from tests.bench.bare_sync import Bare, bare_postgresql, bare_sqlite
from tests.bench.bench_delta import beside, uploading
from tests.bench.echo import an_echo
from tests.contract.outside import Service, serve
from tests.engines import ENGINES, new_database, running_postgresql

ROUNDS: Final = {1_000: 9, 10_000: 5, 100_000: 3}
"""How often each size of a book is measured."""
CALL: Final = 10_000
SHARE: Final = 0.4
FIRST: Final = 12_010_000_000
FRESH: Final = "--discovery-burst=100000000"
MADE: Final = 100_000
"""Accounts that came at once; within them, they lie in their order."""
MATCH_GOAL, STORE_GOAL = 1.5, 2.0
"""Times the limit, at 100,000."""

_ACCOUNT: Final = (
    "id, address_key, sealed, fields, privacy, auto_sync, reach, head, me_seq, budget, budget_at,"
    " online, last_seen, incarnation, base"
)

T = TypeVar("T")


@dataclass(frozen=True)
class Bench:
    """One engine, filled, with the limits beside it."""

    service: Service
    client: httpx.Client
    echo: str
    bare: Bare
    accounts: int


class Times(NamedTuple):
    """What one book took."""

    new: float
    same: float
    join: float
    transport: float
    store: float


def main(accounts: int, engine: str) -> None:
    """Print the table of an engine."""
    with {"sqlite": on_sqlite, "postgresql": on_postgresql}[engine](accounts) as bench:
        print(f"{engine}, {accounts:,} accounts, {SHARE:.0%} of each book; medians, in ms")
        print(
            f"{'addresses':>9}{'MB up':>7}{'join':>8}{'HTTP':>8}{'store':>8}"
            f"{'same book':>11} : join + HTTP{'new book':>11} : join + HTTP + store"
        )
        owners = count(1)
        for size, rounds in ROUNDS.items():
            if size * SHARE <= accounts:
                report(bench, size, [next(owners) for _ in range(rounds)])
        report_neighbour(bench)


@contextmanager
def on_sqlite(accounts: int) -> Iterator[Bench]:
    """Fill the service's own file."""
    people = range(FIRST, FIRST + accounts)
    with (
        tempfile.TemporaryDirectory() as folder,
        serve(Path(folder), FRESH) as service,
        an_echo() as echo,
        httpx.Client(timeout=120) as client,
        bare_sqlite(Path(folder) / "bare.db", people) as bare,
    ):
        with closing(sqlite3.connect(service.data / "kith.db", isolation_level=None)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            holes = ", ".join("?" * len(_ACCOUNT.split(",")))
            insert = f"INSERT INTO account ({_ACCOUNT}) VALUES ({holes})"
            connection.executemany(insert, account_rows(people, service))
            connection.execute("COMMIT")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        yield Bench(service, client, echo, bare, accounts)


@contextmanager
def on_postgresql(accounts: int) -> Iterator[Bench]:
    """Fill a database of its own on a PostgreSQL of its own."""
    people = range(FIRST, FIRST + accounts)
    with running_postgresql() as server, tempfile.TemporaryDirectory() as folder:
        url = new_database(server)
        with (
            serve(Path(folder), FRESH, "--database", url) as service,
            an_echo() as echo,
            httpx.Client(timeout=120) as client,
            bare_postgresql(url, people) as bare,
            psycopg.connect(url, autocommit=True) as connection,
        ):
            with connection.cursor().copy(f"COPY account ({_ACCOUNT}) FROM STDIN".encode()) as copy:
                for row in account_rows(people, service):
                    copy.write_row(row)
            connection.execute("VACUUM account")
            yield Bench(service, client, echo, bare, accounts)


def account_rows(people: Sequence[int], service: Service) -> Iterator[tuple[object, ...]]:
    """Make accounts as the service does, but for tokens: nobody calls as one of them."""
    keys: Keys = load_keys(service.data / "address.key")
    for start in range(0, len(people), MADE):
        texts = [str(number) for number in people[start : start + MADE]]
        for key, sealed, text in sorted(zip(*keys.lock(texts), texts, strict=True)):
            fields = json.dumps({"name": f"Somebody {text}", "status": "Here"})
            told = (key, sealed, fields, "", 1, "everyone")
            yield (new_ident(key), *told, 0, 0, 0.0, time.time(), 0, None, 0, 0)


def report(bench: Bench, size: int, owners: Sequence[int]) -> None:
    """Measure a size of a book some times and print a line."""
    bodies = make_bodies(make_book(bench, size, 0))
    rows = [one_round(bench, size, owner) for owner in owners]
    times = Times(*(1000 * statistics.median(column) for column in zip(*rows, strict=True)))
    match = times.join + times.transport
    print(
        f"{size:>9,}{sum(map(len, bodies)) / 1e6:>7.2f}"
        f"{times.join:>8.1f}{times.transport:>8.1f}{times.store:>8.1f}"
        f"{times.same:>11.1f}{times.same / match:>10.2f} x "
        f"{times.new:>11.1f}{times.new / (match + times.store):>10.2f} x",
        end=f"   (goals {MATCH_GOAL}, {STORE_GOAL})\n" if size == max(ROUNDS) else "\n",
        flush=True,
    )


def report_neighbour(bench: Bench) -> None:
    """Time small requests of somebody else, beside an upload and beside nothing."""
    other, loader = bench.service.people("13990000001", "13990000002")
    idle = beside(bench.client, other)
    with uploading(loader, max(ROUNDS)):
        busy = beside(bench.client, other)
    print(f"small requests of another: 99 % within {idle:.1f} ms, {busy:.1f} beside an upload")


def one_round(bench: Bench, size: int, owner: int) -> Times:
    """Measure everything once, one after the other, in seconds."""
    book = make_book(bench, size, owner)
    bodies = make_bodies(book)
    (person,) = bench.service.people(str(13_980_000_000 + owner))
    headers = {"Authorization": f"Bearer {person.token}"}

    def send(url: str, body: bytes) -> httpx.Response:
        answer = bench.client.post(url, content=body, headers=headers)
        assert answer.status_code == 200, answer.text[:200]
        return answer

    url = bench.service.url + "/v1/contacts/sync"
    new, answers = timed(lambda: [send(url, body) for body in bodies])
    assert sum(len(answer.json()["matched"]) for answer in answers) == int(size * SHARE)
    same, _ = timed(lambda: [send(url, body) for body in bodies])
    transport = 0.0
    for body, answer in zip(bodies, answers, strict=True):
        bench.client.put(bench.echo, content=answer.content)
        start = time.perf_counter()
        send(bench.echo, body)
        transport += time.perf_counter() - start
    parts = make_parts(book)
    join, found = timed(lambda: [bench.bare.join(part) for part in parts])
    assert sum(found) == int(size * SHARE)
    store, _ = timed(lambda: bench.bare.keep(owner, parts))
    return Times(new, same, join, transport, store)


def make_book(bench: Bench, size: int, seed: int) -> list[int]:
    """Return numbers in any order, some of whom are registered."""
    chance = random.Random(f"{size} {seed}")
    known = chance.sample(range(FIRST, FIRST + bench.accounts), int(size * SHARE))
    book = [*known, *chance.sample(range(14_000_000_000, 19_000_000_000), size - len(known))]
    chance.shuffle(book)
    return book


def make_bodies(book: Sequence[int]) -> list[bytes]:
    """Return the calls that upload a book."""
    calls = (
        {"entries": [{"addresses": [str(number) for number in part]}]} for part in make_parts(book)
    )
    return [json.dumps(call, separators=(",", ":")).encode() for call in calls]


def make_parts(book: Sequence[int]) -> list[Sequence[int]]:
    """Return what of a book goes into each call."""
    return [book[start : start + CALL] for start in range(0, len(book), CALL)]


def timed(work: Callable[[], T]) -> tuple[float, T]:
    """Return how long something took, in seconds, and what came of it."""
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


if __name__ == "__main__":
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--accounts", type=int, default=1_000_000)
    words.add_argument("--database", choices=ENGINES)
    chosen = words.parse_args()
    for each in [chosen.database] if chosen.database else ENGINES:
        main(chosen.accounts, each)
