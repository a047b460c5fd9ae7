"""Changes while away, heard on a new connection, beside the same number from a bare feed.

`python -m tests.bench.bench_catchup [CONTACTS…]`. The limit is a process that reads the rows of a
feed by their index and sends them over HTTP. Bytes are all that comes, with the answer's head.
"""

import socket
import statistics
import sys
import time
import zlib
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from tests.bench.bare_feed import FIRST, ROWS, a_bare_feed
from tests.contract.outside import Person, Service, serve
from tests.service.live.wires import dechunk

SIZES = (10_000, 100_000)
CHANGES = 100
FEW = 10
ROUNDS = 15
FRESH = "--discovery-burst=1000000"
LAST = str(FIRST + ROWS - 1).encode()
GZIP = "accept-encoding: gzip\r\n"


def exchange(url: str, request: str, ending: bytes) -> tuple[float, int]:
    """Connect, ask, read to the ending: milliseconds and bytes."""
    parts = urlsplit(url)
    started = time.perf_counter()
    with socket.create_connection((str(parts.hostname), parts.port or 0)) as wire:
        wire.sendall(request.encode())
        received = b""
        while not received or ending not in text_of(received):
            data = wire.recv(1 << 18)
            assert data, "the connection ended early"
            received += data
    return 1000 * (time.perf_counter() - started), len(received)


def text_of(received: bytes) -> bytes:
    """Return the body so far, as it was before it was packed."""
    head, _, body = received.partition(b"\r\n\r\n")
    if b"transfer-encoding: chunked" in head:
        body = dechunk(received)
    if b"content-encoding: gzip" in head:
        body = zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(body)
    return body


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


def asked(service: Service, viewer: Person, cursor: str) -> dict[str, tuple[float, int]]:
    """Ask for what is newer than a cursor, in every way."""
    host = urlsplit(service.url).netloc
    head = f"host: {host}\r\nauthorization: Bearer {viewer.token}\r\n"
    stream = f"GET /v1/events HTTP/1.1\r\n{head}last-event-id: {cursor}\r\n"
    listed = f"GET /v1/contacts?cursor={cursor} HTTP/1.1\r\n{head}"
    return {
        "stream": median(service.url, f"{stream}\r\n", b"event: ready"),
        "stream, gzip": median(service.url, f"{stream}{GZIP}\r\n", b"event: ready"),
        "list": median(service.url, f"{listed}\r\n", b'"cursor"'),
        "list, gzip": median(service.url, f"{listed}{GZIP}\r\n", b'"cursor"'),
    }


def main(sizes: list[int]) -> int:
    """Print the table."""
    print("contacts  changes                  ms      bytes   of a bare feed: ms      bytes")
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
                request = f"GET /?since={ROWS - changes - 1} HTTP/1.1\r\nhost: bare\r\n\r\n"
                limit, least = median(bare, request, LAST if changes else b"")
                for way, (spent, received) in asked(service, viewer, cursor).items():
                    print(
                        f"{size:>8} {changes:>8} {way:<14}{spent:>6.2f}{received:>11,}"
                        f"{limit:>20.2f}{least:>11,}   {spent / limit:.1f} x",
                        flush=True,
                    )
    return 0


def cursor_of(person: Person) -> str:
    """Return where somebody's feed stands now."""
    return str(person.get("/v1/contacts?limit=1")["cursor"])


if __name__ == "__main__":
    sys.exit(main([int(word) for word in sys.argv[1:]] or list(SIZES)))
