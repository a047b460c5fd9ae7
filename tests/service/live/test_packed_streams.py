"""What was missed, in gzip for those who take it; what follows is readable as it comes."""

import zlib
from pathlib import Path

import httpx
import pytest

from tests.contract.outside import PATIENCE_S, Person, Service, serve
from tests.service.live.conftest import fresh
from tests.service.live.wires import GZIP, Stream, dechunk, parse_events

TAKES_GZIP = "accept-encoding: gzip\r\n"


def a_reader(service: Service, missed: int = 10) -> tuple[Person, Person, str]:
    """A viewer, somebody they hear of, and a cursor after which a few people changed."""
    viewer, *others = service.people(*(fresh() for _ in range(missed + 1)), name="N")
    viewer.sync(*(other.address for other in others))
    for other in others:
        other.sync(viewer.address)
    cursor = str(viewer.get("/v1/contacts?limit=1")["cursor"])
    for number, other in enumerate(others):
        other.publish(status=f"Über {number}")
    return viewer, others[0], cursor


async def test_a_backlog_is_packed_and_live_events_follow_at_once(service: Service) -> None:
    viewer, ann, cursor = a_reader(service)
    plain = Stream(service.url).open(viewer.token, cursor)
    packed = Stream(service.url).open(viewer.token, cursor, TAKES_GZIP)
    missed = await plain.until("ready")
    assert await packed.until("ready") == missed
    assert len(missed) == 11
    assert packed.is_packed
    assert not plain.is_packed
    assert len(packed.received) < 0.75 * len(plain.received)
    for number in range(3):
        ann.publish(status=f"Live {number}")
        assert await packed.until("profile", 11 + number) == await plain.until(
            "profile", 11 + number
        )
    plain.close()
    packed.close()


async def test_the_bytes_after_the_backlog_are_those_of_everybody(service: Service) -> None:
    """A live event is encoded once for many readers; in gzip it stands as it is."""
    viewer, ann, cursor = a_reader(service)
    packed = Stream(service.url).open(viewer.token, cursor, TAKES_GZIP)
    await packed.until("ready")
    ann.publish(status="As it is")
    await packed.until("profile", 11)
    assert b'"status":"As it is"' in packed.received
    packed.close()


@pytest.mark.parametrize(
    "more", ["", "accept-encoding: identity\r\n", "accept-encoding: gzip;q=0\r\n"]
)
async def test_whoever_takes_no_gzip_gets_the_events_themselves(
    service: Service, more: str
) -> None:
    viewer, _, cursor = a_reader(service)
    stream = Stream(service.url).open(viewer.token, cursor, more)
    await stream.until("ready")
    head, _, body = bytes(stream.received).partition(b"\r\n\r\n")
    assert b"content-encoding" not in head
    assert b"\r\nvary: Accept-Encoding\r\n" in head
    assert body.partition(b"\r\n")[2].startswith(b"id: ")
    stream.close()


@pytest.mark.parametrize("cursor", [True, False])
async def test_without_a_backlog_nothing_is_packed(service: Service, cursor: bool) -> None:
    viewer, ann, _ = a_reader(service, 1)
    now = str(viewer.get("/v1/contacts?limit=1")["cursor"])
    stream = Stream(service.url).open(viewer.token, now if cursor else None, TAKES_GZIP)
    await stream.until("ready")
    assert not stream.is_packed
    assert len(stream.received) < 300
    ann.publish(status="Live")
    await stream.until("profile")
    stream.close()


async def test_a_large_backlog_is_sent_as_it_is(service: Service) -> None:
    viewer, ann, bob = service.people(fresh(), fresh(), fresh(), name="N")
    others = [ann, bob, *service.people(*(fresh() for _ in range(3)), name="N")]
    viewer.sync(*(other.address for other in others))
    for other in others:
        other.sync(viewer.address)
    cursor = str(viewer.get("/v1/contacts?limit=1")["cursor"])
    for other in others:
        other.publish(about="x" * 15_000)
    stream = Stream(service.url).open(viewer.token, cursor, TAKES_GZIP)
    assert len(await stream.until("ready")) == 6
    assert not stream.is_packed
    stream.close()


async def test_a_reader_who_stalls_reads_the_rest_of_the_member(service: Service) -> None:
    viewer, ann, cursor = a_reader(service)
    stream = Stream(service.url, receive_buffer=4096).open(viewer.token, cursor, TAKES_GZIP)
    for number in range(40):
        ann.publish(about=f"{number} " + "x" * 12_000)
    await stream.until("ready")
    while f"39 {'x' * 12_000}".encode() not in stream.text:
        assert not stream.is_ended
        await stream.more()
    stream.close()


async def test_a_stream_that_the_service_ends_is_whole(tmp_path: Path) -> None:
    with serve(tmp_path) as service:
        viewer, ann, cursor = a_reader(service)
        stream = Stream(service.url).open(viewer.token, cursor, TAKES_GZIP)
        await stream.until("ready")
        ann.publish(status="Last")
        heard = await stream.until("profile", 11)
        service.process.terminate()
        while not stream.received.endswith(b"\r\n0\r\n\r\n"):
            assert not stream.is_ended
            await stream.more()
    reader = zlib.decompressobj(GZIP)
    text = reader.decompress(dechunk(bytes(stream.received)))
    assert reader.eof  # checksum and size were right
    assert not reader.unused_data
    assert list(parse_events(text)) == heard
    stream.close()


async def test_a_ready_made_client_reads_event_by_event(service: Service) -> None:
    viewer, ann, cursor = a_reader(service)
    headers = {"authorization": f"Bearer {viewer.token}", "last-event-id": cursor}
    async with (
        httpx.AsyncClient(timeout=PATIENCE_S, verify=False, trust_env=False) as client,
        client.stream("GET", f"{service.url}/v1/events", headers=headers) as answer,
    ):
        assert answer.headers["content-encoding"] == "gzip"
        lines = answer.aiter_lines()
        async for line in lines:
            if line == "event: ready":
                break
        for number in range(3):
            ann.publish(status=f"Live {number}")
            async for line in lines:
                if f"Live {number}" in line:
                    break


@pytest.mark.parametrize("parts", [{"blocked": ["profile"]}, {"visibility": 8}])
async def test_hidden_changes_leave_no_trace_in_a_packed_backlog(
    service: Service, parts: dict[str, object]
) -> None:
    viewer, _, cursor = a_reader(service)
    (hidden,) = service.people(fresh(), name="N")
    hidden.relate(viewer.address, contact=True, **parts)
    viewer.sync(hidden.address)
    bodies = []
    for changes in (0, 30):
        for number in range(changes):
            hidden.publish(status=f"Number {number}")
        stream = Stream(service.url).open(viewer.token, cursor, TAKES_GZIP)
        await stream.until("ready")
        bodies.append(dechunk(bytes(stream.received)))
        stream.close()
    assert bodies[0] == bodies[1]
