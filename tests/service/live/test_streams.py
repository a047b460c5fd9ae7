"""What the streams promise beside the events: a steady beat, patience, a bounded memory, an end."""

import asyncio
import re
import time
from pathlib import Path

import pytest

from tests.contract.outside import PATIENCE_S, Person, Service, serve
from tests.processes import memory
from tests.service.live.conftest import fresh
from tests.service.live.wires import Ended, Stream, Wire

KIB = 1024


def friends(service: Service, **fields: str) -> tuple[Person, Person]:
    ann, bob = service.people(fresh(), fresh(), **fields)
    ann.sync(bob.address)
    bob.sync(ann.address)
    return ann, bob


async def beats(stream: Stream, count: int) -> bytes:
    """Everything received until so many heartbeats."""
    while stream.text.count(b":\n\n") < count:
        await stream.more()
    return stream.text


async def test_the_beat_is_the_same_whether_one_who_blocks_me_changes_or_not(
    service: Service,
) -> None:
    viewers = []
    for changes in (0, 100):
        ann, bob = friends(service, name="N")
        ann.relate(bob.address, blocked=["messages", "profile"])
        cursor = bob.get("/v1/contacts")["cursor"]
        stream = Stream(service.url).open(bob.token, cursor)
        await stream.until("ready")
        opened = len(stream.text)
        for number in range(changes):
            ann.publish(status=f"Hidden {number}")
        viewers.append((bob, cursor, stream, opened))
    texts = []
    for bob, cursor, stream, opened in viewers:
        texts.append((await beats(stream, 1))[opened:])
        assert bob.get("/v1/contacts")["cursor"] == cursor
        stream.close()
    assert [set(text.split(b"\n\n")) for text in texts] == [{b":", b""}] * 2


async def opened(service: Service, each: int) -> tuple[Person, list[Stream], list[Stream]]:
    """Somebody, and so many readers of theirs who have stopped, and who are healthy."""
    people = service.people(*(fresh() for _ in range(2 * each + 1)), name="N")
    owner, others = people[0], people[1:]
    owner.sync(*(other.address for other in others))
    for other in others:
        other.sync(owner.address)
    stopped = [Stream(service.url, 4 * KIB).open(other.token) for other in others[:each]]
    healthy = [Stream(service.url).open(other.token) for other in others[each:]]
    for stream in (*stopped, *healthy):
        await stream.until("ready")
    return owner, stopped, healthy


async def test_readers_who_stop_neither_slow_the_others_nor_fill_the_memory(
    service: Service,
) -> None:
    owner, stopped, healthy = await opened(service, 20)
    before = memory(service.process.pid)
    filler = "x" * 12 * KIB
    rounds = 60
    for number in range(rounds):
        owner.publish(about=f"{number} {filler}")
        for stream in healthy:
            stream.pull()
    last = f"{rounds - 1} {filler}".encode()
    for stream in healthy:
        await stream.until_data(last)
    # All that was published is 14 MiB for the 20 who stopped.
    assert memory(service.process.pid) - before < 10 * KIB * KIB
    for stream in stopped:
        await stream.until_data(last)
        # What they missed was not kept for them: they are told how it is now.
        assert stream.text.count(b"event: profile") < rounds
    for stream in (*stopped, *healthy):
        stream.close()


@pytest.mark.long
@pytest.mark.timeout(600)
async def test_a_hundred_who_stopped_leave_a_hundred_others_as_quick(service: Service) -> None:
    owner, stopped, healthy = await opened(service, 100)
    before = memory(service.process.pid)
    taken: list[float] = []

    async def hear(stream: Stream, text: bytes, begun: float) -> None:
        await stream.until_data(text)
        taken.append(time.perf_counter() - begun)
        del stream.received[:]

    for number in range(60):
        text = f"{number} " + "x" * 12 * KIB
        begun = time.perf_counter()
        async with asyncio.TaskGroup() as group:
            group.create_task(asyncio.to_thread(owner.publish, about=text))
            for stream in healthy:
                group.create_task(hear(stream, text.encode(), begun))
    p99 = sorted(taken)[int(len(taken) * 0.99)]
    grown = memory(service.process.pid) - before
    print(f"p99 {p99 * 1000:.0f} ms, {grown / KIB / KIB:.1f} MiB more")  # noqa: T201 - the figures
    # All that was published is 70 MiB for the 100 who stopped.
    assert grown < 30 * KIB * KIB
    assert p99 < 0.25
    for stream in (*stopped, *healthy):
        stream.close()


async def test_a_reader_who_stopped_is_cut_when_a_revocation_needs_it(service: Service) -> None:
    ann, bob = friends(service, name="N")
    stream = Stream(service.url, 4 * KIB).open(bob.token)
    await stream.until("ready")
    for number in range(40):
        ann.publish(about=f"secret {number} " + "x" * 12 * KIB)
    ann.relate(bob.address, visibility=8)
    stream.pull()
    known = len(stream.received)
    while not stream.is_ended:
        await stream.more()
    late = bytes(stream.received[known:])
    assert b"secret 39" not in late
    stream.close()
    again = Stream(service.url).open(bob.token, stream.events()[-1].id)
    events = await again.until("ready")
    assert events[-2].data["fields"] == {}
    again.close()


async def test_a_message_that_never_left_comes_by_the_next_stream(service: Service) -> None:
    ann, bob = friends(service, name="N")
    stopped = Stream(service.url, 4 * KIB).open(bob.token)
    await stopped.until("ready")
    for number in range(60):
        ann.send(bob.address, f"{number} " + "x" * 16_000)
    stopped.close()
    again = Stream(service.url).open(bob.token)
    events = await again.until("ready")
    texts = [event.data["text"] for event in events if event.kind == "message"]
    # The kernel took the first few, which count as received.
    assert [int(text.split()[0]) for text in texts[-40:]] == [*range(20, 60)]
    again.close()


async def test_an_end_in_order_ends_the_streams_in_order(tmp_path: Path) -> None:
    with serve(tmp_path) as service:
        ann, _ = friends(service, name="N")
        stream = Stream(service.url).open(ann.token)
        await stream.until("ready")
        service.process.terminate()
        while not stream.is_ended:
            await stream.more()
        assert bytes(stream.received).endswith(b"0\r\n\r\n")
        assert await asyncio.to_thread(service.process.wait, PATIENCE_S) == 0
        stream.close()


async def test_acknowledged_writes_survive_being_killed(tmp_path: Path) -> None:
    await kill_and_look(tmp_path, kills=4)


@pytest.mark.long
@pytest.mark.timeout(1800)
async def test_acknowledged_writes_survive_being_killed_two_hundred_times(tmp_path: Path) -> None:
    await kill_and_look(tmp_path, kills=200)


async def kill_and_look(folder: Path, kills: int) -> None:
    """Write as fast as can be, kill, start again: what was answered must be there."""
    acknowledged: dict[str, tuple[Person, int]] = {}
    with serve(folder) as service:
        tokens = {
            person.address: person.token for person in service.people(*(fresh() for _ in range(4)))
        }
    for turn in range(kills):
        with serve(folder) as service:
            people = [Person(service, address, token) for address, token in tokens.items()]
            for person in people:
                if person.address in acknowledged:
                    about = person.get("/v1/me")["fields"]["about"]
                    assert int(about) >= acknowledged[person.address][1]

            began = {person.address: asyncio.Event() for person in people}

            async def write(person: Person) -> None:
                wire = Wire(service.url)
                number = turn * 1_000_000  # noqa: B023
                while not wire.is_ended:
                    number += 1
                    body = f'{{"fields":{{"about":"{number}"}}}}'.encode()
                    try:
                        wire.request("PATCH", "/v1/me", person.token, body)
                        answer = await wire.answer()
                    except (OSError, Ended):
                        break
                    assert answer.status == 200
                    acknowledged[person.address] = (person, number)
                    began[person.address].set()  # noqa: B023
                wire.close()

            async with asyncio.TaskGroup() as group:
                for person in people:
                    group.create_task(write(person))
                for each in began.values():
                    await each.wait()
                await asyncio.sleep(0.05 * (turn % 5))
                service.process.kill()
    assert len(acknowledged) == len(tokens)


async def test_head_of_the_stream_is_an_answer_without_end(service: Service) -> None:
    (ann,) = service.people(fresh())
    wire = Wire(service.url)
    wire.request("HEAD", "/v1/events", ann.token)
    answer = await wire.answer()
    assert (answer.status, answer.body) == (200, b"")
    wire.close()


async def test_a_deleted_account_ends_its_streams(service: Service) -> None:
    (ann,) = service.people(fresh())
    stream = Stream(service.url).open(ann.token)
    await stream.until("ready")
    service.operator("DELETE", f"/v1/operator/users/{ann.address}")
    while not stream.is_ended:
        await stream.more()
    stream.close()


async def test_presence_follows_the_streams(service: Service) -> None:
    ann, bob = friends(service, name="N")
    assert "presence" not in bob.sees(ann)
    watching = Stream(service.url).open(bob.token)
    await watching.until("ready")
    stream = Stream(service.url).open(ann.token)
    await watching.until_data(b'"online":true')
    stream.close()
    await watching.until_data(b'"online":false')
    presence = bob.sees(ann)["presence"]
    assert presence["online"] is False
    assert presence["last_seen"].endswith("Z")
    watching.close()


async def test_figures_are_whole_however_large(service: Service) -> None:
    text = service.call("GET", "/metrics").text
    assert re.search(r"^kith_memory_peak_bytes [0-9]{7,}$", text, re.MULTILINE)


async def test_figures_name_nobody(service: Service) -> None:
    ann, _ = friends(service, name="Nobody")
    stream = Stream(service.url).open(ann.token)
    await stream.until("ready")
    text = service.call("GET", "/metrics").text
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    assert any(line.startswith("kith_streams_open ") for line in lines)
    # A name and a number, and no labels: there is no place for anybody.
    assert all(re.fullmatch(r"kith_[a-z_]+ [0-9.e+-]+", line) for line in lines)
    assert service.call("GET", "/healthz").json() == {"status": "ok"}
    assert service.call("GET", "/readyz").json() == {"status": "ok"}
    stream.close()
