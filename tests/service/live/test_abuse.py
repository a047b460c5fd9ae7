"""Requests without end, without sense or without hurry cost the service little."""

import asyncio
import gzip
import json

import pytest
import uvicorn
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from app.service import wire_protocol
from app.service.wire_protocol import WireProtocol
from tests.contract.outside import Service
from tests.processes import memory
from tests.service.live.conftest import fresh
from tests.service.live.wires import Wire

MIB = 1024 * 1024


async def test_a_head_without_end_is_refused(service: Service) -> None:
    (ann,) = service.people(fresh())
    wire = Wire(service.url)
    wire.request("GET", "/v1/me", ann.token, more=f"x-long: {'x' * 100_000}")
    answer = await wire.answer()
    assert answer.status == 400
    wire.close()


async def test_what_is_no_request_gets_a_problem(service: Service) -> None:
    wire = Wire(service.url)
    await wire.feed(b"This is not HTTP.\r\n\r\n")
    answer = await wire.answer()
    assert (answer.status, answer.json()["type"]) == (400, "urn:kith:problem:bad-request")
    wire.close()


@pytest.mark.parametrize(
    "body",
    [
        b"[" * 200_000,
        b'{"fields":' * 100_000,
        b'{"fields":{"name":' + b"[" * 100_000 + b"]" * 100_000 + b"}}",
        b"\xff\xfe",
        b"",
        b"null",
        b'{"fields":{"name":"\\ud800"}}',
        b'{"fields":{"name":1e999}}',
    ],
    ids=["deep", "nested", "deep inside", "no text", "empty", "null", "half", "huge"],
)
async def test_a_body_without_sense_is_refused(service: Service, body: bytes) -> None:
    (ann,) = service.people(fresh())
    wire = Wire(service.url)
    wire.request("PATCH", "/v1/me", ann.token, body)
    answer = await wire.answer()
    assert answer.status == 422, answer
    assert json.loads(answer.body)["type"].endswith(":invalid")
    wire.close()


async def test_a_body_that_is_too_large_is_refused_before_it_is_read(service: Service) -> None:
    (ann,) = service.people(fresh())
    wire = Wire(service.url)
    await wire.feed(
        b"PATCH /v1/me HTTP/1.1\r\nhost: kith\r\ntransfer-encoding: chunked\r\n"
        b"authorization: Bearer %b\r\n\r\n" % ann.token.encode()
    )
    pieces = 0
    while not wire.received and not wire.is_ended and pieces < 1_000:
        await wire.feed(b"10000\r\n" + b" " * 0x10000 + b"\r\n")
        wire.pull()
        pieces += 1
    assert pieces < 300
    assert (await wire.answer()).status == 413
    wire.close()


@pytest.mark.parametrize(("method", "path"), [("PATCH", "/v1/me"), ("PUT", "/v1/me/picture")])
async def test_a_body_that_would_grow_is_not_let_grow(
    service: Service, method: str, path: str
) -> None:
    (ann,) = service.people(fresh())
    before = memory(service.process.pid)
    wire = Wire(service.url)
    bomb = gzip.compress(b" " * (64 * MIB))
    wire.request(method, path, ann.token, bomb, more="content-encoding: gzip\r\n")
    answer = await wire.answer()
    assert answer.status == 415, answer
    assert json.loads(answer.body)["type"].endswith(":unsupported-media-type")
    assert memory(service.process.pid) - before < 16 * MIB
    wire.close()


async def test_a_body_that_comes_byte_by_byte_holds_nobody_up(service: Service) -> None:
    (ann,) = service.people(fresh())
    head = b"PATCH /v1/me HTTP/1.1\r\nhost: kith\r\ncontent-length: 20\r\n"
    slow = [Wire(service.url) for _ in range(100)]
    for wire in slow:
        await wire.feed(head + b"authorization: Bearer %b\r\n\r\n{" % ann.token.encode())
    for _ in range(3):
        for wire in slow:
            await wire.feed(b" ")
        ann.publish(status="There")
    assert ann.get("/v1/me")["fields"]["status"] == "There"
    for wire in slow:
        wire.close()


async def test_many_who_begin_and_never_end_leave_room_for_others(service: Service) -> None:
    (ann,) = service.people(fresh())
    idle = [Wire(service.url) for _ in range(200)]
    for wire in idle:
        await wire.feed(b"GET /v1/me HTTP/1.1\r\nx-slow: ")
    assert ann.get("/v1/me")["address"] == ann.address
    for wire in idle:
        wire.close()


async def test_what_never_comes_whole_is_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    """The protocol alone, on this loop, with little patience."""
    server = uvicorn.Server(
        uvicorn.Config(
            _hello, port=0, http=WireProtocol, ws="none", lifespan="off", log_config=None
        )
    )
    server.config.load()
    server.lifespan = server.config.lifespan_class(server.config)
    await server.startup()
    async with asyncio.TaskGroup() as group:
        group.create_task(server.main_loop())
        port = server.servers[0].sockets[0].getsockname()[1]
        steady = Wire(f"http://127.0.0.1:{port}")
        await steady.feed(HELLO)
        assert (await steady.answer()).status == 200
        monkeypatch.setattr(wire_protocol, "REQUEST_S", 0.2)
        await steady.feed(HELLO)  # comes whole at once, or the little patience might be too little
        assert (await steady.answer()).status == 200
        never = Wire(f"http://127.0.0.1:{port}")
        await never.feed(b"GET / HTTP/1.1\r\nx-slow: ")
        while not never.is_ended:
            await never.more()
        await steady.feed(HELLO)
        assert (await steady.answer()).status == 200
        never.close()
        steady.close()
        server.should_exit = True
    await server.shutdown()


HELLO = b"GET / HTTP/1.1\r\nhost: kith\r\n\r\n"


async def _hello(scope: Scope, receive: Receive, send: Send) -> None:
    await PlainTextResponse("hello")(scope, receive, send)
