"""A book of 10,000 addresses synchronised end to end, beside the bare join and the bare round trip.

`python -m tests.bench.bench_sync`
"""

import json
import random
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import httpx

from tests.contract.outside import ROOT, Service, serve

ACCOUNTS = 100_000
BOOK = 10_000
SHARE = 0.4
ROUNDS = 9
FIRST = 12_010_000_000

T = TypeVar("T")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        joined = an_indexed_table(Path(folder) / "join.db")
        with serve(Path(folder) / "data") as service, an_echo() as echo, httpx.Client() as client:
            fill(service, client)
            rows = [one_round(service, client, echo, joined, seed) for seed in range(ROUNDS)]
    names = ("new book", "same book", "bare join", "bare HTTP")
    best = dict(zip(names, map(statistics.median, zip(*rows, strict=True)), strict=True))
    limit = best["bare join"] + best["bare HTTP"]
    print(f"{BOOK:,} addresses, {SHARE:.0%} of them registered, {ACCOUNTS:,} accounts; medians")
    for name, seconds in best.items():
        print(f"{name:>10} {seconds * 1000:8.1f} ms  {seconds / limit:5.2f} x limit")
    print(f"{'limit':>10} {limit * 1000:8.1f} ms")


def one_round(
    service: Service, client: httpx.Client, echo: str, joined: sqlite3.Connection, seed: int
) -> tuple[float, ...]:
    """Measure everything once, one after the other."""
    chance = random.Random(seed)
    (person,) = service.people(str(13_990_000_000 + seed))
    known = chance.sample(range(FIRST, FIRST + ACCOUNTS), int(BOOK * SHARE))
    unknown = chance.sample(range(14_000_000_000, 19_000_000_000), BOOK - len(known))
    book = [*known, *unknown]
    chance.shuffle(book)
    body = json.dumps({"entries": [{"addresses": [str(number) for number in book]}]}).encode()
    headers = {"Authorization": f"Bearer {person.token}"}

    def send(url: str) -> httpx.Response:
        answer = client.post(url, content=body, headers=headers, timeout=60)
        assert answer.status_code == 200, answer.text[:200]
        return answer

    sync = service.url + "/v1/contacts/sync"
    fresh, answer = timed(lambda: send(sync))
    assert len(answer.json()["matched"]) == len(known)
    same, _ = timed(lambda: send(sync))
    client.put(echo, content=answer.content)
    bare, _ = timed(lambda: send(echo))
    join, found = timed(lambda: a_join(joined, book))
    assert found == len(known)
    return fresh, same, join, bare


def timed(work: Callable[[], T]) -> tuple[float, T]:
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


def fill(service: Service, client: httpx.Client) -> None:
    """Register everybody."""
    headers = {"Authorization": f"Bearer {service.operator_key}"}
    for start in range(FIRST, FIRST + ACCOUNTS, 10_000):
        users = [
            {"address": str(number), "fields": {"name": f"Somebody {number}", "status": "Here"}}
            for number in range(start, start + 10_000)
        ]
        answer = client.post(
            service.url + "/v1/operator/users", json={"users": users}, headers=headers, timeout=60
        )
        assert answer.status_code == 201, answer.text


def an_indexed_table(path: Path, accounts: int = ACCOUNTS) -> sqlite3.Connection:
    """The directory as a bare table."""
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE account (address_key INTEGER PRIMARY KEY, id INTEGER)")
    connection.executemany(
        "INSERT INTO account VALUES (?, ?)",
        ((number * 2_654_435_761 % (1 << 62), number) for number in range(FIRST, FIRST + accounts)),
    )
    connection.commit()
    return connection


def a_join(connection: sqlite3.Connection, book: list[int]) -> int:
    """Look a book up, sorted, in one statement."""
    keys = sorted(number * 2_654_435_761 % (1 << 62) for number in book)
    return len(
        connection.execute(
            "SELECT a.id FROM json_each(?) n CROSS JOIN account a ON a.address_key = n.value",
            (json.dumps(keys),),
        ).fetchall()
    )


@contextmanager
def an_echo() -> Iterator[str]:
    """A server that does nothing: takes a body, and answers with the bytes it was given before."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.bench.echo"], stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


if __name__ == "__main__":
    main()
