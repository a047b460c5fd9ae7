"""Changes while away, heard on a new connection, beside the same number from a bare feed.

`python -m tests.bench.bench_catchup [CONTACTS…]`. The limit is a process that reads the rows of a
feed by their index and sends them over HTTP. Both are read by a ready-made client, in turn; bytes
are all that comes, with the answer's head.
"""

import socket
import statistics
import sys
import time
import zlib
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

import httpx

from tests.bench.bare_feed import FIRST, ROWS, a_bare_feed
from tests.contract.outside import Person, Service, serve
from tests.service.live.wires import GZIP, dechunk

SIZES = (10_000, 100_000)
CHANGES = 100
FEW = 10
ROUNDS = 15
FRESH = "--discovery-burst=1000000"


@dataclass(frozen=True)
class Question:
    """What is asked, and what the answer has in it once it is whole."""

    url: str
    ending: str
    headers: dict[str, str]

    def ask(self) -> float:
        """Connect, ask, read to the ending: milliseconds."""
        started = time.perf_counter()
        with (
            httpx.Client(verify=False, trust_env=False) as client,
            client.stream("GET", self.url, headers=self.headers) as answer,
        ):
            for line in answer.iter_lines():
                if self.ending in line:
                    break
        return 1000 * (time.perf_counter() - started)

    def weigh(self) -> int:
        """Do the same at the socket: bytes."""
        parts = urlsplit(self.url)
        fields = "".join(f"{name}: {value}\r\n" for name, value in self.headers.items())
        head = f"GET {parts.path}?{parts.query} HTTP/1.1\r\nhost: {parts.netloc}\r\n{fields}\r\n"
        with socket.create_connection((str(parts.hostname), parts.port or 0)) as wire:
            wire.sendall(head.encode())
            received = b""
            while self.ending.encode() not in text_of(received):
                data = wire.recv(1 << 18)
                assert data, "the connection ended early"
                received += data
        return len(received)


def text_of(received: bytes) -> bytes:
    """Return the body so far, as it was before it was packed."""
    head, _, body = received.partition(b"\r\n\r\n")
    if b"transfer-encoding: chunked" in head:
        body = dechunk(received)
    return zlib.decompressobj(GZIP).decompress(body) if b"encoding: gzip" in head else body


def befriend(service: Service, size: int) -> tuple[Person, list[Person]]:
    """Make a viewer with so large a book, a hundred of whom publish."""
    numbers = count(18005700000)
    (viewer,) = service.people(str(next(numbers)))
    people: list[Person] = []
    for start in range(0, size, 10_000):
        names = [str(next(numbers)) for _ in range(start, min(size, start + 10_000))]
        people += service.people(*names, name="N")
    for start in range(0, size, 10_000):
        viewer.sync(*(person.address for person in people[start : start + 10_000]))
    for person in people[:CHANGES]:
        person.sync(viewer.address)
    return viewer, people


def questions(service: Service, viewer: Person, cursor: str) -> dict[str, Question]:
    """Ask for what is newer than a cursor, in every way."""
    made = {}
    for coding in ("identity", "gzip"):
        headers = {"authorization": f"Bearer {viewer.token}", "accept-encoding": coding}
        listed = f"{service.url}/v1/contacts?cursor={cursor}"
        made[f"list, {coding}"] = Question(listed, '"cursor"', headers)
        more = {"last-event-id": cursor}
        made[f"stream, {coding}"] = Question(
            f"{service.url}/v1/events", "event: ready", headers | more
        )
    return made


def main(sizes: list[int]) -> int:
    """Print the table."""
    print("contacts  changes                      ms      bytes   of a bare feed: ms      bytes")
    for size in sizes:
        with (
            TemporaryDirectory() as folder,
            serve(Path(folder), FRESH) as service,
            a_bare_feed() as bare,
        ):
            viewer, people = befriend(service, size)
            cursors = {CHANGES: cursor_of(viewer)}
            for number, person in enumerate(people[:CHANGES]):
                if number == CHANGES - FEW:
                    cursors[FEW] = cursor_of(viewer)
                person.publish(status=f"Changed {number}")
            cursors[0] = cursor_of(viewer)
            for changes, cursor in cursors.items():
                asked = questions(service, viewer, cursor)
                last = str(FIRST + ROWS - 1) if changes else ""
                least = Question(f"{bare}?since={ROWS - changes - 1}", last, {})
                compare(f"{size:>8} {changes:>8} ", asked, least)
    return 0


def compare(row: str, asked: dict[str, Question], least: Question) -> None:
    """Ask everything in turn, some times, and print the medians."""
    rounds = [[least.ask(), *(each.ask() for each in asked.values())] for _ in range(ROUNDS)]
    limit, *ours = map(statistics.median, zip(*rounds, strict=True))
    weight = least.weigh() if least.ending else 0
    for (name, question), spent in zip(asked.items(), ours, strict=True):
        print(
            f"{row}{name:<18}{spent:>6.2f}{question.weigh():>11,}"
            f"{limit:>20.2f}{weight:>11,}   {spent / limit:.1f} x",
            flush=True,
        )


def cursor_of(person: Person) -> str:
    """Return where somebody's feed stands now."""
    return str(person.get("/v1/contacts?limit=1")["cursor"])


if __name__ == "__main__":
    sys.exit(main([int(word) for word in sys.argv[1:]] or list(SIZES)))
