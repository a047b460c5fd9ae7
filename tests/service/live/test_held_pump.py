"""A revocation waits for what the pump has read and not written yet."""

import asyncio
import gc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from app.service import server
from app.service.server import Options
from app.service.stream import Batch
from app.service.stream_reader import StreamReader
from tests.engines import new_database
from tests.service.live.conftest import fresh
from tests.service.live.wires import Stream
from tests.wait import PATIENCE_S


async def test_a_revocation_waits_for_the_pump(
    tmp_path: Path, postgresql: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a node among others: one that is alone sends most of what is new without reading it."""
    is_read, may_write = asyncio.Event(), asyncio.Event()
    may_write.set()
    read = StreamReader.batches

    async def held(reader: StreamReader, positions: dict[int, int]) -> dict[int, Batch]:
        found = await read(reader, positions)
        is_read.set()
        await may_write.wait()
        return found

    monkeypatch.setattr(StreamReader, "batches", held)
    ends: list[Callable[[], object]] = []
    ready = asyncio.get_running_loop().create_future()
    async with asyncio.TaskGroup() as group:
        options = Options(tmp_path, database=new_database(postgresql))
        running = group.create_task(server.serve(options, ready.set_result, ends.append))
        url = await ready
        key = (tmp_path / "operator.key").read_text().strip()
        async with httpx.AsyncClient(base_url=url, timeout=PATIENCE_S, verify=False) as client:

            async def call(token: str, method: str, path: str, body: object) -> Any:
                headers = {"Authorization": f"Bearer {token}"}
                answer = await client.request(method, path, json=body, headers=headers)
                assert answer.is_success, answer.text
                return answer.json()

            users = [{"address": fresh(), "fields": {"name": "canary"}} for _ in range(2)]
            made = await call(key, "POST", "/v1/operator/users", {"users": users})
            (owner, hers), (viewer, his) = [each.values() for each in made["users"]]
            await call(his, "PATCH", f"/v1/contacts/{owner}", {"subscribed": True})
            stream = Stream(url).open(his)
            await stream.until("ready")
            may_write.clear()
            is_read.clear()
            await call(his, "PATCH", f"/v1/contacts/{owner}", {"favorite": True})
            await is_read.wait()
            revoking = group.create_task(
                call(hers, "PATCH", f"/v1/contacts/{viewer}", {"visibility": 8})
            )
            has_waited = "kith_barrier_waits_total 1\n"
            async with asyncio.timeout(PATIENCE_S):
                while has_waited not in (await client.get("/metrics")).text:
                    assert not revoking.done()
            assert not revoking.done()
            may_write.set()
            await revoking
            stream.pull()
            known = len(stream.received)
            await stream.until_data(b'"fields":{}')
            assert b"canary" not in stream.received[known:]
        stream.close()
        ends[0]()
        assert await running
    gc.unfreeze()  # the service keeps what is there when it starts out of the collector's sight
