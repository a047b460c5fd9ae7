import asyncio
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec
import psycopg
import pytest

from app.service import listing
from app.service.cursors import Page
from app.service.node import heads
from app.service.store import Tx
from tests.engines import new_database
from tests.service.people import Person, Service, fresh, serve

ROOT = Path(__file__).parents[2]
PROCESSES = 2
OWNERS = 48
VIEWERS = 16
EACH_HEARS = 4


@dataclass
class Replica:
    """What one viewer knows by what the feed told, and how far it has heard."""

    account_id: int
    position: int
    names: dict[str, str] = field(default_factory=dict)

    def follow(self, tx: Tx, service: Service) -> None:
        """Hear what is new; then, in the same moment, it must equal what the service shows."""
        texts = service.node.texts
        items = listing.since(tx, texts, {self.account_id: self.position})[self.account_id]
        for item in items:
            event: Any = msgspec.json.decode(item.data)
            profile = event["profile"] if item.kind == "relation" else event
            self.names[profile["address"]] = profile["fields"].get("name")
        self.position = heads(tx, [self.account_id])[self.account_id]
        page = Page(self.account_id, (1 << 63) - 1, 0, self.position, 1000)
        listed = listing.whole(tx, service.node.directory, page).relations
        shown: list[Any] = [msgspec.json.decode(each) for each in listed]
        assert self.names == {each["address"]: each["profile"]["fields"]["name"] for each in shown}


@dataclass
class NaiveReader:
    """Follows a table by its numbers, which are given before the commit: it loses rows."""

    url: str
    last: int = 0
    seen: int = 0

    def follow(self) -> None:
        with psycopg.connect(self.url, autocommit=True) as connection:
            rows = connection.execute(
                "SELECT id FROM naive WHERE id > %s ORDER BY id", (self.last,)
            ).fetchall()
        self.seen += len(rows)
        self.last = rows[-1][0] if rows else self.last

    def overlap(self) -> int:
        """Have two changes commit in the other order than they began; return how many."""
        change = "INSERT INTO naive (owner_id) VALUES (0)"
        with psycopg.connect(self.url) as early, psycopg.connect(self.url) as late:
            early.execute(change)
            late.execute(change)
            late.commit()
            self.follow()
        return 2


async def _people(service: Service) -> tuple[list[Person], list[Replica]]:
    owners = await service.people(*[fresh() for _ in range(OWNERS)], name="first")
    replicas = []
    for place, viewer in enumerate(await service.people(*[fresh() for _ in range(VIEWERS)])):
        heard = [owners[(place * 5 + step * 7) % OWNERS].address for step in range(EACH_HEARS)]
        await viewer.sync(*heard)
        replicas.append(Replica(await viewer.ident(), 0))
    return owners, replicas


async def _no_gap(server: str, changes: int) -> None:
    url = new_database(server)
    async with serve(url) as service:
        owners, replicas = await _people(service)
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("CREATE TABLE naive (id BIGSERIAL PRIMARY KEY, owner_id BIGINT)")
        naive = NaiveReader(url)
        committed = naive.overlap()
        ids = [str(await owner.ident()) for owner in owners]
        command = [sys.executable, "-m", "tests.service.writers", url, str(changes // PROCESSES)]
        writers = [
            await asyncio.create_subprocess_exec(
                *command, str(seed), *ids, cwd=ROOT, stdout=asyncio.subprocess.PIPE
            )
            for seed in range(PROCESSES)
        ]
        try:
            while any(writer.returncode is None for writer in writers):
                for replica in replicas:
                    naive.follow()
                    await service.node.store.read(lambda tx: replica.follow(tx, service))  # noqa: B023
            committed += sum([int((await writer.communicate())[0]) for writer in writers])
        finally:
            for writer in writers:
                if writer.returncode is None:
                    writer.kill()
                    await writer.wait()
        for replica in replicas:
            await service.node.store.read(lambda tx: replica.follow(tx, service))  # noqa: B023
        naive.follow()
    assert committed > changes * 0.7
    assert naive.seen < committed, "this test would not notice a gap"


async def test_no_change_is_passed_over_however_commits_overlap(postgresql: str) -> None:
    await _no_gap(postgresql, 600)


@pytest.mark.long
@pytest.mark.timeout(3600)
async def test_no_change_of_20_000_is_passed_over(postgresql: str) -> None:
    await _no_gap(postgresql, 20_000)
