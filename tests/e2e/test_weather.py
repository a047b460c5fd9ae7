"""In every weather the session keeps working, and agrees with the service once it clears."""

import asyncio
import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import msgspec

from app.account import Account
from app.domain import Address, Field, Profile
from app.errors import Unreachable
from app.paths import Paths
from app.service import host
from app.service.claim import read_note
from app.session import Session
from app.worlds.files import WORLDS, read
from app.worlds.inhabit import Inhabitants
from app.worlds.weather import RETRY_S, Proxy, Weather, reordered

PATIENCE_S = 60
ROUNDS = 4
BETWEEN_S = 0.25
"""Long enough for the weather to meddle with each change."""


async def until(holds: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not holds():  # noqa: ASYNC110 - a store has no Event for a state
            await asyncio.sleep(0.01)


async def test_every_weather_ends_in_agreement(tmp_path: Path) -> None:
    world = read(WORLDS / "three-people.json")
    async with (
        host.service(tmp_path / "service") as running,
        Inhabitants.of(world, running.url, running.operator_key) as people,
    ):
        await people.settle()
        await people.act("bo", "PATCH", "/v1/contacts/12025550101", {"contact": True})
        async with asyncio.TaskGroup() as group:
            for weather in Weather:
                group.create_task(_live_through(weather, people, running.url, tmp_path))


async def _live_through(weather: Weather, people: Inhabitants, url: str, home: Path) -> None:
    """Let Bo talk and Ana act while the weather is bad; then compare with what the service says."""
    bo = people.address("bo")
    async with Proxy(url) as proxy:
        account = Account(proxy.url, people.address("ana"), people.tokens["ana"], embedded=True)
        async with Session(account, Paths(home / weather)) as session:
            await until(lambda: session.knows_me() and session.rows())
            proxy.change(weather)
            extra = Address(f"1202555012{list(Weather).index(weather)}")
            session.add_contact(weather, [f"+{extra}"], "US")
            session.save_me({Field.ABOUT: f"in weather {weather}"})
            for turn in range(ROUNDS):
                status = f"{weather} {turn}"
                await people.act("bo", "PATCH", "/v1/me", {"fields": {"status": status}})
                await asyncio.sleep(BETWEEN_S)
            proxy.change(Weather.CLEAR)
            session.sync_now()
            await _all_sent(session)
            await _agree(session, people, bo)
            kept = (await people.ask("ana", f"/v1/contacts/{extra}")).decode()
            assert '"contact":true' in kept


async def _all_sent(session: Session) -> None:
    """Wait until all is sent; what was on its way before it cleared may still fail."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            try:
                return await session.settled()
            except Unreachable:
                await asyncio.sleep(0.02)


async def _agree(session: Session, people: Inhabitants, address: Address) -> None:
    """Wait until the screen's copy is what the service answers now."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            answer = await people.ask("ana", f"/v1/profiles/{address}")
            told = msgspec.json.decode(answer, type=Profile)
            if session.view(address).fields == told.fields:
                return
            await asyncio.sleep(0.02)


async def test_a_session_goes_on_where_its_service_came_back(tmp_path: Path) -> None:
    world = read(WORLDS / "three-people.json")
    async with (
        host.service(tmp_path / "service") as running,
        Inhabitants.of(world, running.url, running.operator_key) as people,
        AsyncExitStack() as first_place,
        Proxy(running.url) as second_place,
    ):
        await people.settle()
        await people.act("bo", "PATCH", "/v1/contacts/12025550101", {"contact": True})
        place = await first_place.enter_async_context(Proxy(running.url))
        account = Account(place.url, people.address("ana"), people.tokens["ana"], embedded=True)
        async with Session(account, Paths(tmp_path / "ana")) as session:
            await until(lambda: session.knows_me() and session.rows())
            await first_place.aclose()
            await people.act("bo", "PATCH", "/v1/me", {"fields": {"status": "moved house"}})
            session.move(second_place.url)
            bo = people.address("bo")
            await until(lambda: session.view(bo).fields.status == "moved house")


async def test_everybody_follows_a_service_that_comes_back_at_another_port(tmp_path: Path) -> None:
    world = read(WORLDS / "three-people.json")
    async with (
        host.service(tmp_path / "service") as running,
        Inhabitants.of(world, running.url, running.operator_key) as people,
        Proxy(running.url) as proxy,
    ):
        await people.settle()
        await people.act("bo", "PATCH", "/v1/contacts/12025550101", {"contact": True})

        def follow(url: str) -> None:
            people.move(url)
            proxy.move(url)

        running.moved = follow
        account = Account(proxy.url, people.address("ana"), people.tokens["ana"], embedded=True)
        async with Session(account, Paths(tmp_path / "ana")) as session:
            await until(lambda: session.knows_me() and session.rows())
            first = running.url
            with _take_the_port_of(first, tmp_path / "service"):
                await until(lambda: running.url != first)
                await _say(people, "at another port")
                bo = people.address("bo")
                await until(lambda: session.view(bo).fields.status == "at another port")


@contextmanager
def _take_the_port_of(url: str, folder: Path) -> Iterator[None]:
    """Kill the service of a folder, and have its port before it can come back there."""
    note = read_note(folder)
    assert note is not None
    assert note.pid is not None
    port = urlsplit(url).port
    os.kill(note.pid, signal.SIGKILL)
    deadline = time.monotonic() + PATIENCE_S
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        while True:  # nothing else of this loop runs before it is ours
            try:
                taken.bind(("127.0.0.1", port or 0))
                taken.listen()
                break
            except OSError:
                assert time.monotonic() < deadline
        yield


async def _say(people: Inhabitants, status: str) -> None:
    """Have Bo say something, as soon as the service answers."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            with suppress(Unreachable):
                return await people.act("bo", "PATCH", "/v1/me", {"fields": {"status": status}})
            await asyncio.sleep(0.02)


async def test_who_is_limited_is_told_for_how_long(tmp_path: Path) -> None:
    async with (
        host.service(tmp_path / "service") as running,
        Proxy(running.url) as proxy,
        httpx.AsyncClient(trust_env=False) as client,
    ):
        proxy.change(Weather.LIMITED)
        answers = [await client.get(f"{proxy.url}/healthz") for _ in range(2)]
        refused = next(answer for answer in answers if answer.status_code == 429)
        assert refused.headers["retry-after"] == str(RETRY_S)
        assert refused.headers["content-type"] == "application/problem+json"


async def test_offline_refuses_and_clear_lets_through(tmp_path: Path) -> None:
    async with host.service(tmp_path / "service") as running, Proxy(running.url) as proxy:
        proxy.change(Weather.OFFLINE)
        assert await _status(proxy.url) is None
        proxy.change(Weather.CLEAR)
        assert await _status(proxy.url) == 200
        proxy.change(Weather.LIMITED)
        assert {await _status(proxy.url) for _ in range(2)} == {200, 429}
        proxy.change(Weather.RESTART)
        assert {await _status(proxy.url) for _ in range(2)} == {200, None}


async def test_the_weather_meddles_with_what_would_come_in_gzip(tmp_path: Path) -> None:
    world = read(WORLDS / "three-people.json")
    async with (
        host.service(tmp_path / "service") as running,
        Inhabitants.of(world, running.url, running.operator_key) as people,
        Proxy(running.url) as proxy,
        httpx.AsyncClient(trust_env=False, timeout=PATIENCE_S) as client,
    ):
        await people.settle()
        cursor = msgspec.json.decode(await people.ask("ana", "/v1/contacts"))["cursor"]
        entry = {"addresses": [str(number) for number in range(12025550200, 12025550220)]}
        await people.act("ana", "POST", "/v1/contacts/sync", {"entries": [entry]})
        headers = {
            "authorization": f"Bearer {people.tokens['ana']}",
            "accept-encoding": "gzip",
            "last-event-id": cursor,
        }
        proxy.change(Weather.DUPLICATED)
        direct = await _until_ready(client, running.url, headers)
        twice = await _until_ready(client, proxy.url, headers)
        assert direct == ("gzip", 20)
        assert twice == (None, 40)


async def _until_ready(
    client: httpx.AsyncClient, url: str, headers: dict[str, str]
) -> tuple[str | None, int]:
    """How a stream is packed, and how many relations it tells until nothing missed is left."""
    relations = 0
    async with client.stream("GET", f"{url}/v1/events", headers=headers) as answer:
        async for line in answer.aiter_lines():
            relations += line == "event: relation"
            if line == "event: ready":
                break
        return answer.headers.get("content-encoding"), relations


async def _status(url: str) -> int | None:
    async with httpx.AsyncClient(trust_env=False) as client:
        try:
            return (await client.get(f"{url}/healthz")).status_code
        except httpx.TransportError:
            return None


def test_profiles_are_told_backwards_and_the_place_in_the_feed_comes_last() -> None:
    first = b"id: 1\nevent: profile\ndata: a"
    second = b"id: 2\nevent: profile\ndata: b"
    ready = b"id: 3\nevent: ready\ndata: {}"
    assert reordered([first, second, ready]) == [
        b"event: profile\ndata: b",
        b"id: 2\nevent: profile\ndata: a",
        ready,
    ]
