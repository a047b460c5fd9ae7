"""A book that is held already: ten changes in it, all of it from the beginning, and its neighbours.

`python -m tests.bench.bench_delta [CONTACTS…]`. The limit of each answer is a server that does
nothing but send the same bytes; small requests of somebody else are timed while a whole book is
uploaded, and beside them while nothing is.
"""

import statistics
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from tests.bench.bench_catchup import FRESH, befriend
from tests.bench.echo import an_echo
from tests.contract.outside import Json, Person, serve

SIZES = (10_000, 100_000)
CHANGES = 10
ROUNDS = 5
CALL = 10_000
FIRST = 18_105_700_000


def main(sizes: list[int]) -> int:
    """Print the table."""
    print(
        "contacts                              ms       bytes     as sent"
        "   the same bytes from a bare server"
    )
    for size in sizes:
        with (
            TemporaryDirectory() as folder,
            serve(Path(folder), FRESH) as service,
            an_echo() as echo,
            httpx.Client(timeout=120) as client,
        ):
            viewer, people = befriend(service, size)
            asks = Asks(client, viewer, echo)
            cursor = asks.get("?limit=1")["cursor"]
            for number, person in enumerate(people[:CHANGES]):
                person.publish(status=f"Changed {number}")
            print(f"{size:>8} {'10 changes':<20}{asks.times(f'?cursor={cursor}')}")
            print(f"{size:>8} {'all of it':<20}{asks.times('')}", flush=True)
            idle = beside(client, people[0])
            with uploading(people[1], size):
                busy = beside(client, people[0])
            print(f"{size:>8} small requests of another, 99 % within: {idle:.1f} ms,", end=" ")
            print(f"{busy:.1f} ms while a book is uploaded", flush=True)
    return 0


class Asks:
    """One person's list, asked over one connection."""

    def __init__(self, client: httpx.Client, person: Person, echo: str) -> None:
        self._client = client
        self._echo = echo
        self._url = person.service.url + "/v1/contacts"
        self._headers = {"Authorization": f"Bearer {person.token}"}
        self._answers: list[bytes] = []
        self._sent = 0

    def get(self, query: str) -> Json:
        """Ask once."""
        answer = self._client.get(self._url + query, headers=self._headers)
        assert answer.status_code == 200, answer.text[:200]
        self._answers.append(answer.content)
        self._sent += answer.num_bytes_downloaded
        found: Json = answer.json()
        return found

    def times(self, query: str) -> str:
        """Ask some times, page after page; say how long it took, beside the bare bytes."""
        spent, bare = [], []
        for _ in range(ROUNDS):
            self._answers.clear()
            self._sent = 0
            started = time.perf_counter()
            page = self.get(query)
            while "next" in page:
                page = self.get(f"?page={page['next']}")
            spent.append(1000 * (time.perf_counter() - started))
            bare.append(self._bare())
        ours, limit = statistics.median(spent), statistics.median(bare)
        received = sum(map(len, self._answers))
        return f"{ours:>9.1f}{received:>12,}{self._sent:>12,}{limit:>8.1f} ms, {ours / limit:.1f} x"

    def _bare(self) -> float:
        """Fetch the same bytes from a server that only carries them."""
        spent = 0.0
        for answer in self._answers:
            self._client.put(self._echo, content=answer)
            started = time.perf_counter()
            self._client.get(self._echo).json()
            spent += time.perf_counter() - started
        return 1000 * spent


@contextmanager
def uploading(person: Person, size: int) -> Iterator[None]:
    """Synchronise a new book of that size again and again until the end of the block."""
    ending = threading.Event()

    def upload() -> None:
        start = FIRST
        while not ending.is_set():
            for first in range(start, start + size, CALL):
                person.sync(*map(str, range(first, first + CALL)))
                if ending.is_set():
                    return
            start += size

    thread = threading.Thread(target=upload)
    thread.start()
    try:
        yield
    finally:
        ending.set()
        thread.join()


def beside(client: httpx.Client, person: Person) -> float:
    """Time small requests, in milliseconds: 99 of 100 are quicker than the answer."""
    url, headers = person.service.url + "/v1/me", {"Authorization": f"Bearer {person.token}"}
    spent = []
    for _ in range(300):
        started = time.perf_counter()
        assert client.get(url, headers=headers).status_code == 200
        spent.append(1000 * (time.perf_counter() - started))
        time.sleep(0.005)
    return sorted(spent)[int(0.99 * len(spent))]


if __name__ == "__main__":
    sys.exit(main([int(word) for word in sys.argv[1:]] or list(SIZES)))
