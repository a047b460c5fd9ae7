"""A hundred changes while away, heard on a new connection, beside the same rows from bare SQLite.

`python -m tests.bench.bench_catchup [CONTACTS…]`. The limit is a process that reads a hundred rows
of a feed by their index and sends their bytes over HTTP.
"""

import socket
import statistics
import sys
import time
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from tests.contract.outside import Person, Service, serve

SIZES = (1_000, 10_000)
CHANGES = 100
ROUNDS = 15
FRESH = "--discovery-burst=1000000"


def exchange(url: str, request: str, ending: bytes) -> tuple[float, int]:
    """Connect, ask, read to the ending: milliseconds and bytes."""
    parts = urlsplit(url)
    started = time.perf_counter()
    with socket.create_connection((str(parts.hostname), parts.port or 0)) as wire:
        wire.sendall(request.encode())
        received = b""
        while ending not in received:
            data = wire.recv(1 << 18)
            assert data, "the connection ended early"
            received += data
    return 1000 * (time.perf_counter() - started), len(received)


def median(url: str, request: str, ending: bytes) -> tuple[float, int]:
    """Return the median of some rounds."""
    rounds = [exchange(url, request, ending) for _ in range(ROUNDS)]
    return statistics.median(each for each, _ in rounds), rounds[-1][1]


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


def main(sizes: list[int]) -> int:
    """Print the table."""
    print("contacts                        ms      bytes")
    for size in sizes:
        with TemporaryDirectory() as folder, serve(Path(folder), FRESH) as service:
            viewer, people = befriend(service, size)
            cursor = viewer.get("/v1/contacts?limit=1")["cursor"]
            host = urlsplit(service.url).netloc
            head = f"host: {host}\r\nauthorization: Bearer {viewer.token}\r\n"
            stream = f"GET /v1/events HTTP/1.1\r\n{head}last-event-id: {{}}\r\n\r\n"
            delta = f"GET /v1/contacts?cursor={{}} HTTP/1.1\r\n{head}\r\n"
            health = f"GET /healthz HTTP/1.1\r\n{head}\r\n"
            for number, person in enumerate(people[:CHANGES]):
                person.publish(status=f"Changed {number}")
            now = viewer.get(f"/v1/contacts?cursor={cursor}")["cursor"]
            rows = {
                "an empty answer": median(service.url, health, b'"ok"}'),
                "nothing new, stream": median(service.url, stream.format(now), b"event: ready"),
                "100 changes, stream": median(service.url, stream.format(cursor), b"event: ready"),
                "100 changes, list": median(service.url, delta.format(cursor), b'"cursor"'),
            }
        for name, (spent, received) in rows.items():
            print(f"{size:>8} {name:<20}{spent:>8.2f}{received:>11,}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main([int(word) for word in sys.argv[1:]] or list(SIZES)))
