"""What is late is late by itself: a burst takes no longer than one piece."""

import asyncio
import socket
from urllib.parse import urlsplit

import pytest

from app.worlds import weather
from app.worlds.weather import Delayed, Proxy


async def test_what_came_together_is_late_together() -> None:
    clock, slept = [0.0], list[float]()
    pieces = [b"one", b"two", b"three", b""]

    async def read() -> bytes:
        return pieces.pop(0)

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        clock[0] += seconds

    async with Delayed(read, lambda: 0.5, now=lambda: clock[0], sleep=sleep) as delayed:
        while pieces:  # noqa: ASYNC110 - all are read in as many turns of the loop
            await asyncio.sleep(0)
        assert [await delayed.next() for _piece in range(4)] == [b"one", b"two", b"three", b""]
        assert await delayed.next() == b"", "the end stays the end"
    assert slept == [0.5]


async def test_whoever_is_cancelled_while_a_piece_is_late_loses_nothing() -> None:
    pieces = [b"one", b""]

    async def read() -> bytes:
        return pieces.pop(0)

    late = [3600.0]
    async with Delayed(read, lambda: late[0]) as delayed:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.01):
                await delayed.next()
        late[0] = 0.0
        assert await delayed.next() == b"one"


async def test_a_break_in_the_middle_is_handed_on_after_what_came_before() -> None:
    pieces = [b"one"]

    async def read() -> bytes:
        if pieces:
            return pieces.pop(0)
        raise ConnectionResetError

    async with Delayed(read, lambda: 0.0) as delayed:
        assert await delayed.next() == b"one"
        with pytest.raises(ConnectionResetError):
            await delayed.next()


async def test_the_end_waits_for_what_is_being_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    closing, closed = asyncio.Event(), list[bool]()
    close = weather._close

    async def slowly(writer: asyncio.StreamWriter) -> None:
        closing.set()
        await asyncio.sleep(0.05)
        await close(writer)
        closed.append(True)

    monkeypatch.setattr(weather, "_close", slowly)
    async with weather.Proxy("http://127.0.0.1:1") as proxy:
        proxy.change(weather.Weather.OFFLINE)
        place = urlsplit(proxy.url)
        _reader, writer = await asyncio.open_connection(place.hostname, place.port)
        await closing.wait()
    assert closed
    writer.close()
    await writer.wait_closed()


@pytest.mark.parametrize("turns", range(5))
async def test_nobody_who_was_just_let_in_outlives_the_end(turns: int) -> None:
    before = asyncio.all_tasks()
    async with Proxy("http://127.0.0.1:9") as proxy:
        place = urlsplit(proxy.url)
        caller = socket.create_connection((place.hostname, place.port))
        for _turn in range(turns):
            await asyncio.sleep(0)
    caller.close()
    assert asyncio.all_tasks() == before
