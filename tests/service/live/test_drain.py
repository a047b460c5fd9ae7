"""A node that ends says so, while it still has readers, and then ends in order."""

import asyncio
import gc
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from app.service import server
from app.service.server import Options
from tests.contract.outside import PATIENCE_S
from tests.service.live.conftest import fresh
from tests.service.live.wires import Stream

KIB = 1024


async def until_draining(client: httpx.AsyncClient) -> httpx.Response:
    """Ask until the answer is no longer that it is ready."""
    async with asyncio.timeout(PATIENCE_S):
        answer = await client.get("/readyz")
        while answer.status_code == 200:
            answer = await client.get("/readyz")
    return answer


async def test_a_node_that_ends_is_not_ready_but_still_answers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "STREAMS_S", PATIENCE_S)
    ends: list[Callable[[], object]] = []
    ready = asyncio.get_running_loop().create_future()
    async with asyncio.TaskGroup() as group:
        running = group.create_task(server.serve(Options(tmp_path), ready.set_result, ends.append))
        url = await ready
        async with httpx.AsyncClient(base_url=url, timeout=PATIENCE_S, verify=False) as client:
            key = (tmp_path / "operator.key").read_text().strip()
            made = await client.post(
                "/v1/operator/users",
                json={"users": [{"address": fresh()}]},
                headers={"Authorization": f"Bearer {key}"},
            )
            token = made.json()["users"][0]["token"]
            stuck = Stream(url, 4 * KIB).open(token)
            await stuck.until("ready")
            for number in range(40):
                about = f"{number} " + "x" * 12 * KIB
                await client.patch(
                    "/v1/me",
                    json={"fields": {"about": about}},
                    headers={"Authorization": f"Bearer {token}"},
                )
            assert (await client.get("/readyz")).json() == {"status": "ok"}
            ends[0]()
            answer = await until_draining(client)
            assert (answer.status_code, answer.json()) == (503, {"status": "draining"})
            assert (await client.get("/healthz")).status_code == 200
        stuck.close()
        assert await running
    gc.unfreeze()  # the service keeps what is there when it starts out of the collector's sight
