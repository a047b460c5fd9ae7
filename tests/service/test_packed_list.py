"""The list of relations in gzip, for those who ask for it."""

import gzip
import json
from collections.abc import Mapping

import httpx
import pytest

from tests.service.people import Person, Service, fresh

GZIP = {"accept-encoding": "gzip"}
IDENTITY = {"accept-encoding": "identity"}


async def a_reader(service: Service, count: int = 10, status: str = "S") -> tuple[Person, str]:
    """Somebody with a cursor, after which so many people have said something new."""
    viewer, *others = await service.people(*(fresh() for _ in range(count + 1)), name="N")
    await viewer.sync(*(other.address for other in others))
    for other in others:
        await other.sync(viewer.address)
    _, cursor = await viewer.whole_list()
    for other in others:
        await other.publish(status=status)
    return viewer, f"/v1/contacts?cursor={cursor}"


async def raw(
    viewer: Person, path: str, headers: Mapping[str, str]
) -> tuple[httpx.Response, bytes]:
    """An answer, and its body as it was sent."""
    headers = {"authorization": f"Bearer {viewer.token}", **headers}
    async with viewer.service.client.stream("GET", path, headers=headers) as answer:
        return answer, b"".join([piece async for piece in answer.aiter_raw()])


async def test_gzip_holds_the_same_list(service: Service) -> None:
    viewer, path = await a_reader(service)
    plain, body = await raw(viewer, path, IDENTITY)
    packed, less = await raw(viewer, path, GZIP)
    assert gzip.decompress(less) == body
    assert len(less) < 1000
    assert len(body) > 2400
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    for answer, sent in ((plain, body), (packed, less)):
        assert answer.headers["vary"] == "Accept-Encoding"
        assert answer.headers["content-length"] == str(len(sent))
        assert answer.headers["content-type"] == "application/json"


@pytest.mark.parametrize("header", ["", "identity", "br", "gzip;q=0", "*;q=0"])
async def test_whoever_takes_no_gzip_gets_none(service: Service, header: str) -> None:
    viewer, path = await a_reader(service)
    answer, body = await raw(viewer, path, {"accept-encoding": header})
    assert "content-encoding" not in answer.headers
    assert len(json.loads(body)["relations"]) == 10


async def test_several_headers_are_one_list(service: Service) -> None:
    viewer, path = await a_reader(service)
    headers = [
        ("authorization", f"Bearer {viewer.token}"),
        ("accept-encoding", "br"),
        ("accept-encoding", "gzip"),
    ]
    answer = await service.client.get(path, headers=headers)
    assert answer.headers["content-encoding"] == "gzip"


async def test_little_is_sent_as_it_is(service: Service) -> None:
    viewer, path = await a_reader(service, count=1)
    _, body = await raw(viewer, path, IDENTITY)
    answer, same = await raw(viewer, path, GZIP)
    assert same == body
    assert "content-encoding" not in answer.headers


async def test_much_is_sent_as_it_is(service: Service) -> None:
    viewer, path = await a_reader(service, count=5, status="S" * 15_000)
    answer, body = await raw(viewer, path, GZIP)
    assert "content-encoding" not in answer.headers
    assert len(json.loads(body)["relations"]) == 5


async def test_a_head_tells_the_size_of_what_would_come(service: Service) -> None:
    viewer, path = await a_reader(service)
    _, body = await raw(viewer, path, GZIP)
    answer = await viewer.call("HEAD", path, headers=GZIP)
    assert answer.headers["content-length"] == str(len(body))
    assert answer.headers["content-encoding"] == "gzip"


@pytest.mark.parametrize("parts", [{"blocked": ["profile"]}, {"visibility": 8}])
async def test_changes_that_are_hidden_leave_no_trace_in_gzip(
    service: Service, parts: dict[str, object]
) -> None:
    viewer, path = await a_reader(service)
    (hidden,) = await service.people(fresh(), name="N")
    await hidden.relate(viewer.address, contact=True, **parts)
    await viewer.sync(hidden.address)
    _, before = await raw(viewer, path, GZIP)
    for number in range(20):
        await hidden.publish(status=f"Number {number}")
    _, after = await raw(viewer, path, GZIP)
    assert after == before
    assert after.startswith(b"\x1f\x8b")


async def test_the_description_tells_which_answers_are_packed(service: Service) -> None:
    document = (await service.client.get("/openapi.json")).json()
    packed = {
        path
        for path, calls in document["paths"].items()
        for call in calls.values()
        if "Content-Encoding" in call["responses"].get("200", {}).get("headers", {})
    }
    assert packed == {"/v1/contacts", "/v1/events"}
