"""A change that many hear at once: each of them once, in order, and none of them not."""

import asyncio
from pathlib import Path

from tests.contract.outside import Json, Person, Service, serve
from tests.service.live.conftest import fresh
from tests.service.live.wires import Stream

CROWD = 120
"""More than hear of a change in its first part."""
KILLS = 2


def crowd(service: Service) -> tuple[Person, list[Person]]:
    """Somebody whom many follow."""
    owner, *others = service.people(*[fresh() for _ in range(CROWD + 1)], status="0")
    owner.sync(*(other.address for other in others))
    for other in others:
        other.sync(owner.address)
    return owner, others


async def follow(service: Service, people: list[Person], cursors: list[str | None]) -> list[Stream]:
    """Open a stream for each."""
    both = zip(people, cursors, strict=True)
    streams = [Stream(service.url).open(person.token, cursor) for person, cursor in both]
    for stream in streams:
        await stream.until("ready")
    return streams


def profiles(stream: Stream) -> list[Json]:
    """What a stream has told of the owner's changes; not that somebody came online."""
    return [event.data for event in stream.events() if event.kind == "profile"]


def last_id(stream: Stream) -> str | None:
    """Where a reader goes on."""
    return [event.id for event in stream.events() if event.id][-1]


async def test_each_of_many_hears_each_change_once_and_in_order(service: Service) -> None:
    owner, others = crowd(service)
    streams = await follow(service, others, [None] * CROWD)
    for number in range(1, 5):
        owner.publish(status=str(number))
    for stream in streams:
        await stream.until("profile", 4)
        told = profiles(stream)
        first = told[0]["version"]
        assert [(each["version"] - first, each["fields"]["status"]) for each in told] == [
            (number, str(number + 1)) for number in range(4)
        ]
        stream.close()


async def test_what_one_has_heard_before_a_kill_all_hear_after_it(tmp_path: Path) -> None:
    with serve(tmp_path) as service:
        owner, others = crowd(service)
        cursors: list[str | None] = [other.get("/v1/contacts")["cursor"] for other in others]
    for turn in range(1, KILLS + 1):
        with serve(tmp_path) as service:
            here = [Person(service, other.address, other.token) for other in others]
            streams = await follow(service, here, cursors)
            changing = Stream(service.url)
            body = f'{{"fields":{{"status":"{turn}"}}}}'.encode()
            changing.request("PATCH", "/v1/me", owner.token, body)
            await kill_at_the_first(service, streams, f'"status":"{turn}"'.encode())
            cursors = [last_id(stream) for stream in streams]
            heard = [profiles(stream)[-1:] for stream in streams]
            for each in (*streams, changing):
                each.close()
        with serve(tmp_path) as service:
            here = [Person(service, other.address, other.token) for other in others]
            streams = await follow(service, here, cursors)
            cursors = [last_id(stream) for stream in streams]
            for before, stream in zip(heard, streams, strict=True):
                *_, last = [*before, *profiles(stream)]
                assert last["fields"]["status"] == str(turn)
                stream.close()


async def kill_at_the_first(service: Service, streams: list[Stream], text: bytes) -> None:
    """Kill the service as soon as a text has come on any stream, and read what was sent."""
    has_come = asyncio.Event()

    async def read(stream: Stream) -> None:
        while not stream.is_ended:
            await stream.more()
            if text in stream.received:
                has_come.set()

    async with asyncio.TaskGroup() as group:
        for stream in streams:
            group.create_task(read(stream))
        await has_come.wait()
        service.process.kill()
