"""Readers on slow lines, with much to hear: two nodes rely on each other, and nobody starves."""

import asyncio
import time
from contextlib import suppress

import pytest

from app.service.barrier import LATE_S
from tests.contract.outside import Person
from tests.service.live.conftest import fresh
from tests.service.live.wires import Ended, Replica, Stream
from tests.service.nodes.conftest import Nodes

BACKLOG = 150
LARGE = "N" * 12_000
CUTS = 2
TRIES = 5
"""A computer that is too busy to look into the database in time cuts off as well."""


@pytest.fixture
def backlog(nodes: Nodes) -> tuple[list[Person], Person, str]:
    """People who joined, somebody at the other node who has not heard of it, and since when."""
    ((_, viewer),) = nodes.people(fresh())
    addresses = [fresh() for _ in range(BACKLOG)]
    cursor = viewer.sync(*addresses)["cursor"]
    return [person for person, _ in nodes.people(*addresses, name=LARGE)], viewer, cursor


def slow(viewer: Person, cursor: str | None) -> Stream:
    """A stream whose reader takes little; most of what waits for it is still with the service."""
    return Stream(viewer.service.url, receive_buffer=4096).open(viewer.token, cursor)


async def begin(stream: Stream) -> None:
    """Read until something has come from which a reader can go on."""
    while not any(event.id for event in stream.events()):
        await stream.more()


async def test_a_slow_reader_from_whom_nothing_is_taken_hears_all_on_one_line(
    backlog: tuple[list[Person], Person, str],
) -> None:
    """Longer than a node may send what it has read, though others change all the while."""
    (ann, *_), viewer, cursor = backlog
    is_whole = False
    for _ in range(TRIES):
        stream = slow(viewer, cursor)
        await begin(stream)
        over = time.monotonic() + 1.5 * LATE_S
        while time.monotonic() < over:
            await asyncio.to_thread(ann.publish, status=str(time.monotonic()))
        with suppress(Ended):
            await stream.until_data(b"event: ready")
            is_whole = True
        stream.close()
        if is_whole:
            break
    assert is_whole


async def test_a_slow_reader_who_is_cut_again_and_again_gets_further_each_time(
    backlog: tuple[list[Person], Person, str],
) -> None:
    people, viewer, cursor = backlog
    who_hide = people[-CUTS:]
    replica = Replica(cursor=cursor)
    is_whole = False
    cuts = 0
    while not is_whole:
        known, stream = len(replica.relations), slow(viewer, replica.cursor)
        await begin(stream)
        if who_hide:
            await asyncio.to_thread(who_hide.pop().relate, viewer.address, visibility=8)
        try:
            await stream.until_data(b"event: ready")
            is_whole = True
        except Ended:
            cuts += 1
        for event in stream.events():
            replica.apply(event)
        stream.close()
        assert is_whole or len(replica.relations) > known
    assert cuts >= CUTS
    listed = viewer.get("/v1/contacts?limit=10000")["relations"]
    assert {each["address"]: each["profile"] for each in listed} == replica.profiles
    assert sum(profile["fields"] == {} for profile in replica.profiles.values()) == CUTS
