"""Books of 1,000, 10,000 and 100,000 addresses against 1,000,000 accounts, on both engines.

`python -m tests.bench.bench_match [ACCOUNTS]`. Beside them: the bare join on the same engine, and
the bare HTTP round trip of the same bytes. 100,000 addresses are ten calls.
"""

import json
import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import psycopg

from tests.bench.bench_sync import SHARE, a_join, an_echo, an_indexed_table, timed
from tests.contract.outside import Service, serve
from tests.engines import new_database, running_postgresql

SIZES = (1_000, 10_000, 100_000)
ROUNDS = 3
CALL = 10_000
FIRST = 12_010_000_000
FRESH = "--discovery-burst=1000000"

Join = Callable[[list[int]], int]


@dataclass(frozen=True)
class Bench:
    """One engine, filled, with the bare limits beside it."""

    service: Service
    client: httpx.Client
    echo: str
    join: Join
    accounts: int


def main(accounts: int) -> None:
    print(f"{accounts:,} accounts, {SHARE:.0%} of each book registered; medians of {ROUNDS}, in ms")
    for engine in (on_sqlite, on_postgresql):
        with engine(accounts) as bench:
            for size in SIZES:
                report(engine.__name__.removeprefix("on_"), size, bench)


@contextmanager
def on_sqlite(accounts: int) -> Iterator[Bench]:
    with (
        tempfile.TemporaryDirectory() as folder,
        serve(Path(folder), FRESH) as service,
        an_echo() as echo,
        httpx.Client(timeout=120) as client,
    ):
        fill(service, client, accounts)
        table = an_indexed_table(Path(folder) / "join.db", accounts)
        yield Bench(service, client, echo, lambda book: a_join(table, book), accounts)


@contextmanager
def on_postgresql(accounts: int) -> Iterator[Bench]:
    with running_postgresql() as server, tempfile.TemporaryDirectory() as folder:
        url = new_database(server)
        with (
            serve(Path(folder), FRESH, "--database", url) as service,
            an_echo() as echo,
            httpx.Client(timeout=120) as client,
            psycopg.connect(url, autocommit=True) as connection,
        ):
            fill(service, client, accounts)
            connection.execute("CREATE TABLE bare (address_key BIGINT, id BIGINT)")
            with connection.cursor().copy("COPY bare FROM STDIN") as copy:
                for number in range(FIRST, FIRST + accounts):
                    copy.write_row((number * 2_654_435_761 % (1 << 62), number))
            connection.execute("CREATE UNIQUE INDEX bare_by_key ON bare (address_key) INCLUDE (id)")
            connection.execute("VACUUM ANALYZE bare")
            connection.execute("SET enable_hashjoin = off")
            connection.execute("SET enable_mergejoin = off")
            yield Bench(service, client, echo, lambda book: a_bare_join(connection, book), accounts)


def a_bare_join(connection: psycopg.Connection, book: list[int]) -> int:
    keys = sorted(number * 2_654_435_761 % (1 << 62) for number in book)
    return len(
        connection.execute(
            "SELECT a.id FROM unnest(%b::bigint[]) AS n(value)"
            " JOIN bare a ON a.address_key = n.value",
            (keys,),
        ).fetchall()
    )


def fill(service: Service, client: httpx.Client, accounts: int) -> None:
    headers = {"Authorization": f"Bearer {service.operator_key}"}
    for start in range(FIRST, FIRST + accounts, CALL):
        users = [
            {"address": str(number), "fields": {"name": f"Somebody {number}", "status": "Here"}}
            for number in range(start, start + CALL)
        ]
        answer = client.post(
            service.url + "/v1/operator/users", json={"users": users}, headers=headers
        )
        assert answer.status_code == 201, answer.text


def report(engine: str, size: int, bench: Bench) -> None:
    rows = [one_round(bench, size, seed) for seed in range(ROUNDS)]
    new, same, join, bare = (statistics.median(column) * 1000 for column in zip(*rows, strict=True))
    limit = join + bare
    print(
        f"{engine:>10} {size:>7,}: matched and kept {new:8.1f} ({new / limit:5.2f} x limit)"
        f"   matched again {same:8.1f} ({same / limit:5.2f} x)"
        f"   limit {limit:7.1f} = join {join:7.1f} + HTTP {bare:6.1f}",
        flush=True,
    )


def one_round(bench: Bench, size: int, seed: int) -> tuple[float, float, float, float]:
    chance = random.Random(f"{size} {seed}")
    (person,) = bench.service.people(f"1399{size:06}{seed}")
    headers = {"Authorization": f"Bearer {person.token}"}
    known = chance.sample(range(FIRST, FIRST + bench.accounts), int(size * SHARE))
    book = [*known, *chance.sample(range(14_000_000_000, 19_000_000_000), size - len(known))]
    chance.shuffle(book)
    bodies = [
        json.dumps({"entries": [{"addresses": [str(number) for number in part]}]}).encode()
        for part in (book[start : start + CALL] for start in range(0, size, CALL))
    ]

    def send(url: str, body: bytes) -> httpx.Response:
        answer = bench.client.post(url, content=body, headers=headers)
        assert answer.status_code == 200, answer.text[:200]
        return answer

    url = bench.service.url + "/v1/contacts/sync"
    new, answers = timed(lambda: [send(url, body) for body in bodies])
    assert sum(len(answer.json()["matched"]) for answer in answers) == len(known)
    same, _ = timed(lambda: [send(url, body) for body in bodies])
    bare = 0.0
    for body, answer in zip(bodies, answers, strict=True):
        bench.client.put(bench.echo, content=answer.content)
        start = time.perf_counter()
        send(bench.echo, body)
        bare += time.perf_counter() - start
    join, found = timed(lambda: bench.join(book))
    assert found == len(known)
    return new, same, join, bare


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
