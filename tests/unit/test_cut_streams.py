"""A live stream that ends anywhere gives the client the events that came whole, and no other."""

import asyncio
import zlib
from contextlib import suppress

import pytest

from app.errors import Unreachable
from app.remote import Remote
from tests.service.live.wires import GZIP, dechunk, parse_events
from tests.wait import PATIENCE_S

pytestmark = pytest.mark.anyio

HEAD = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n"
EVENTS = (
    b'event: profile\nid: 1\ndata: {"address":"ann"}\n\n',
    b":\n\n",
    'event: me\nid: 2\ndata: {"status":"Über ☕"}\n\n'.encode(),
    b"id: 3\nevent: ready\ndata: {}\n\n",
)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def chunked(pieces: list[bytes], more: bytes = b"") -> bytes:
    """An answer as it is on the line, without an end."""
    return HEAD + more + b"\r\n" + b"".join(b"%x\r\n%b\r\n" % (len(each), each) for each in pieces)


def packed() -> list[bytes]:
    packer = zlib.compressobj(wbits=GZIP)
    return [packer.compress(each) + packer.flush(zlib.Z_SYNC_FLUSH) for each in EVENTS]


async def heard(line: bytes) -> list[tuple[str, str, str]]:
    """What the client makes of an answer that ends so."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(line)
        writer.close()

    found: list[tuple[str, str, str]] = []
    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server, asyncio.timeout(PATIENCE_S):
        client = Remote(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", "token")
        with suppress(Unreachable):
            async with client.events(None) as events:
                async for each in events:
                    found.append((each.kind, each.id, each.data))
        await client.close()
    return found


@pytest.mark.parametrize("is_packed", [False, True])
async def test_a_stream_cut_at_any_byte_tells_what_came_whole(is_packed: bool) -> None:
    line = chunked(packed(), b"content-encoding: gzip\r\n") if is_packed else chunked([*EVENTS])
    known = await heard(line)
    assert [ident for _, ident, _ in known] == ["1", "2", "3"]
    for cut in range(line.index(b"\r\n\r\n") + 4, len(line)):
        body = dechunk(line[:cut])
        text = zlib.decompressobj(GZIP).decompress(body) if is_packed else body
        assert await heard(line[:cut]) == known[: len(list(parse_events(text)))], cut
