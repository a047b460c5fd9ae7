"""One profile change to many live subscribers, beside two that only pass the same bytes on.

`python -m tests.bench.bench_fanout [SUBSCRIBERS…]`. The limits are an asyncio loop in a process of
its own and a NATS server: both have the bytes ready and nothing to decide, to store or to remember.
"""

import asyncio
import json
import resource
import select
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

import httpx

from tests.contract.outside import Person, Service, serve
from tests.nats_server import running_nats
from tests.processes import cpu_seconds, memory

SIZES = (100, 1_000, 3_000)
ROUNDS = 9


@dataclass(frozen=True)
class Fanout:
    """How one change reached everybody; times in milliseconds after it was asked for."""

    first: float
    median: float
    p99: float
    last: float
    cpu_us: float
    """Processor time of the server for each delivery, in microseconds."""


class Crowd:
    """Many sockets that one loop reads, as fast as this process can."""

    def __init__(self, sockets: list[socket.socket]) -> None:
        self._epoll = select.epoll()
        self._sockets = {each.fileno(): each for each in sockets}
        for each in sockets:
            each.setblocking(False)
            self._epoll.register(each, select.EPOLLIN | select.EPOLLET)

    def gather(self, marker: bytes, seconds: float = 30) -> tuple[list[float], bytes]:
        """Wait until a marker has arrived everywhere: the moments, and the bytes of one of them."""
        waiting = dict.fromkeys(self._sockets, b"")
        moments: list[float] = []
        sample = b""
        deadline = time.perf_counter() + seconds
        while waiting:
            assert time.perf_counter() < deadline, f"{len(waiting)} never heard {marker!r}"
            for number, _ in self._epoll.poll(0.5):
                try:
                    data = self._sockets[number].recv(65536)
                except BlockingIOError:
                    continue
                if number not in waiting:
                    continue
                waiting[number] += data
                if marker in waiting[number]:
                    moments.append(time.perf_counter())
                    sample = waiting.pop(number)
        return moments, sample

    def close(self) -> None:
        """Let go of everything."""
        self._epoll.close()
        for each in self._sockets.values():
            each.close()


def measure(crowd: Crowd, pid: int, change: Callable[[str], None]) -> Fanout:
    """Make changes one after the other and take the median round."""
    rounds = []
    with ThreadPoolExecutor(1) as pool:
        for number in range(ROUNDS):
            marker = f"round-{number}-{time.time_ns()}"
            cpu = cpu_seconds(pid)
            started = time.perf_counter()
            changing = pool.submit(change, marker)
            moments, _ = crowd.gather(marker.encode())
            changing.result()
            used = cpu_seconds(pid) - cpu
            after = sorted(1000 * (moment - started) for moment in moments)
            rounds.append((after, used * 1e6 / len(after)))

    def at(place: float) -> float:
        return statistics.median(after[int(place * (len(after) - 1))] for after, _ in rounds)

    return Fanout(
        at(0),
        at(0.5),
        at(0.99),
        at(1),
        statistics.median(used for _, used in rounds),
    )


# ---- ours


def subscribe(service: Service, size: int, numbers: Iterator[int]) -> tuple[Person, list[Person]]:
    """Make an owner whom so many others hear."""
    (owner,) = service.people(str(next(numbers)), name="Owner", status="Here")
    others = service.people(*(str(next(numbers)) for _ in range(size)))
    with httpx.Client(base_url=service.url, timeout=60) as client:

        def keep(token: str, addresses: list[str]) -> None:
            answer = client.post(
                "/v1/contacts/sync",
                json={"entries": [{"addresses": addresses}]},
                headers={"Authorization": f"Bearer {token}"},
            )
            assert answer.is_success, answer.text

        keep(owner.token, [other.address for other in others])
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda other: keep(other.token, [owner.address]), others))
    return owner, others


def listen(url: str, tokens: list[str]) -> Crowd:
    """Open a stream for each token."""
    parts = urlsplit(url)
    sockets = []
    for token in tokens:
        each = socket.create_connection((str(parts.hostname), parts.port or 0))
        each.sendall(
            f"GET /v1/events HTTP/1.1\r\nhost: {parts.netloc}\r\n"
            f"authorization: Bearer {token}\r\n\r\n".encode()
        )
        sockets.append(each)
    crowd = Crowd(sockets)
    crowd.gather(b"event: ready")
    return crowd


def ours(service: Service, owner: Person, others: list[Person]) -> tuple[Fanout, float, bytes]:
    """Measure the service; also its memory in MB with all streams open, and one event's bytes."""
    pid = service.process.pid
    crowd = listen(service.url, [other.token for other in others])
    with httpx.Client(base_url=service.url) as client:

        def change(marker: str) -> None:
            answer = client.patch(
                "/v1/me",
                json={"fields": {"status": marker}},
                headers={"Authorization": f"Bearer {owner.token}"},
            )
            assert answer.is_success, answer.text

        time.sleep(2)  # the streams' own presence is written
        change("warm")
        _, sample = crowd.gather(b"warm")
        found = measure(crowd, pid, change)
        held = memory(pid) / 1e6
    crowd.close()
    return found, held, sample


# ---- the limits


async def bare() -> None:
    """Write what is sent on the first connection to all others."""
    loop = asyncio.get_running_loop()
    transports: list[asyncio.Transport] = []

    class Protocol(asyncio.Protocol):
        def connection_made(self, transport: asyncio.BaseTransport) -> None:
            assert isinstance(transport, asyncio.Transport)
            transports.append(transport)

        def data_received(self, data: bytes) -> None:
            for transport in transports[1:]:
                transport.write(data)

    server = await loop.create_server(Protocol, "127.0.0.1", 0, backlog=4096)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.Event().wait()


@contextmanager
def bare_loop(size: int) -> Iterator[tuple[int, socket.socket, Crowd]]:
    """Run the bare loop with so many connections."""
    command = [sys.executable, "-m", "tests.bench.bench_fanout", "--bare"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        address = ("127.0.0.1", int(process.stdout.readline()))
        trigger = socket.create_connection(address)
        time.sleep(0.1)  # so that it is the first
        crowd = Crowd([socket.create_connection(address) for _ in range(size)])
        time.sleep(0.5)
        yield process.pid, trigger, crowd
        crowd.close()
        trigger.close()
        process.terminate()


def limit(size: int, sample: bytes) -> Fanout:
    """Measure the bare loop with an event's bytes."""
    with bare_loop(size) as (pid, trigger, crowd):

        def change(marker: str) -> None:
            trigger.sendall((sample + b" " * 40)[: len(sample)] + marker.encode())

        change("warm")
        crowd.gather(b"warm")
        return measure(crowd, pid, change)


def nats(size: int, sample: bytes) -> Fanout:
    """Measure a NATS server that sends an event's bytes to so many on one subject."""
    with running_nats() as server:
        address = ("127.0.0.1", server.port)
        publisher, *others = (socket.create_connection(address) for _ in range(size + 1))
        for each in others:
            each.sendall(b'CONNECT {"verbose":false}\r\nSUB fanout 1\r\nPING\r\n')
        publisher.sendall(b'CONNECT {"verbose":false}\r\n')
        crowd = Crowd(others)
        crowd.gather(b"PONG")

        def change(marker: str) -> None:
            data = (sample + b" " * 40)[: len(sample)] + marker.encode()
            publisher.sendall(b"PUB fanout %d\r\n%b\r\n" % (len(data), data))

        change("warm")
        crowd.gather(b"warm")
        found = measure(crowd, server.pid, change)
        crowd.close()
        publisher.close()
    return found


def main(sizes: list[int]) -> int:
    """Print the table."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    print("subscribers           first  median     p99    last (ms)   CPU each (us)   memory (MB)")
    numbers = count(18005600000)
    for size in sizes:
        with TemporaryDirectory() as folder, serve(Path(folder)) as service:
            owner, others = subscribe(service, size, numbers)
            found, held, sample = ours(service, owner, others)
        bound, bus = limit(size, sample), nats(size, sample)
        for name, each in (("kith", found), ("bare loop", bound), ("nats", bus)):
            print(
                f"{size:>6} {name:<12}"
                f"{each.first:>8.1f}{each.median:>8.1f}{each.p99:>8.1f}{each.last:>8.1f}"
                f"{each.cpu_us:>18.1f}" + (f"{held:>14.0f}" if each is found else "")
            )
        ratios = {
            "last": round(found.last / bound.last, 2),
            "last to nats": round(found.last / bus.last, 2),
            "cpu": round(found.cpu_us / bound.cpu_us, 2),
        }
        print(f"{size:>6} ratio       {json.dumps(ratios)}", flush=True)
    return 0


if __name__ == "__main__":
    if sys.argv[1:2] == ["--bare"]:
        _, _most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (_most, _most))
        asyncio.run(bare())
    sys.exit(main([int(word) for word in sys.argv[1:]] or list(SIZES)))
