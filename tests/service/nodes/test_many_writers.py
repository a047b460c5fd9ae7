"""Sixty-four who write at once, through two nodes, into accounts that they share."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field

import httpx
import pytest

from tests.contract.outside import PATIENCE_S, Person, Service
from tests.service.live.conftest import fresh
from tests.service.live.wires import Replica, Stream
from tests.service.nodes.conftest import Nodes

FIELDS = ("name", "status", "about", "email")
OWNERS = 16
WRITERS = OWNERS * len(FIELDS)
VIEWERS = 6
SHORT, LONG = 3, 300
BUSY = 503


@dataclass
class Writer:
    """Writes growing numbers into one field of an account in which others write as well."""

    person: Person
    field: str
    written: int = 0
    busy: int = 0

    async def write(self, client: httpx.AsyncClient, changes: int) -> None:
        """Write so often; a node may say that it is busy, and is asked again."""
        headers = {"Authorization": f"Bearer {self.person.token}"}
        while self.written < changes:
            body = {"fields": {self.field: text(self.field, self.written + 1)}}
            answer = await client.patch("/v1/me", json=body, headers=headers)
            if answer.status_code == BUSY:
                self.busy += 1
                continue
            assert answer.status_code == 200, answer.text
            self.written += 1


@dataclass
class Reader:
    """Follows a stream; what it is told of a field never goes back."""

    stream: Stream
    replica: Replica = field(default_factory=Replica)
    _applied: int = 0

    def apply(self) -> None:
        """Apply what has come."""
        events = self.stream.events()
        for event in events[self._applied :]:
            before = dict(self.replica.profiles)
            self.replica.apply(event)
            for address, profile in self.replica.profiles.items():
                old, new = before.get(address, profile)["fields"], profile["fields"]
                assert all(number(old, name) <= number(new, name) for name in FIELDS)
        self._applied = len(events)


def text(name: str, value: int) -> str:
    return f"{value}@example.com" if name == "email" else str(value)


def number(fields: Mapping[str, str], name: str) -> int:
    return int(fields.get(name, "0").partition("@")[0])


async def many_write(nodes: Nodes, changes: int) -> None:
    owners = nodes.people(*[fresh() for _ in range(OWNERS)], name="0")
    viewers = nodes.people(*[fresh() for _ in range(VIEWERS)])
    addresses = [owner.address for owner, _ in owners]
    for owner, _ in owners:
        owner.privacy(audiences=dict.fromkeys(FIELDS, "everyone"))
    for viewer, _ in viewers:
        viewer.sync(*addresses)
    readers = []
    for place, both in enumerate(viewers):
        here = both[place % 2]
        readers.append(Reader(Stream(here.service.url).open(here.token)))
        await readers[-1].stream.until("ready")
    writers = [
        Writer(owner[place % 2], name) for owner in owners for place, name in enumerate(FIELDS)
    ]
    await write_all(nodes, writers, changes)
    wanted = {name: text(name, changes) for name in FIELDS}
    for owner, owner_there in owners:
        assert owner.get("/v1/me")["fields"] == owner_there.get("/v1/me")["fields"] == wanted
    for (viewer, _), reader in zip(viewers, readers, strict=True):
        for address in addresses:
            await told(reader, address, wanted)
        listed = viewer.get("/v1/contacts")["relations"]
        profiles = {each["address"]: each["profile"] for each in listed}
        assert reader.replica.profiles == profiles
        reader.stream.close()
    print(f"{WRITERS * changes} changes, {sum(writer.busy for writer in writers)} refused as busy")  # noqa: T201 - the figure


async def write_all(nodes: Nodes, writers: list[Writer], changes: int) -> None:
    """Have everybody write at once."""
    async with (
        connected(nodes.first) as first,
        connected(nodes.second) as second,
        asyncio.TaskGroup() as group,
    ):
        for writer in writers:
            client = first if writer.person.service is nodes.first else second
            group.create_task(writer.write(client, changes))


def connected(node: Service) -> httpx.AsyncClient:
    limits = httpx.Limits(max_connections=WRITERS)
    return httpx.AsyncClient(base_url=node.url, timeout=PATIENCE_S, limits=limits, trust_env=False)


async def told(reader: Reader, address: str, wanted: dict[str, str]) -> None:
    """Wait until a reader was told the last of an account."""
    while True:
        reader.apply()
        if reader.replica.profiles.get(address, {}).get("fields") == wanted:
            return
        assert not reader.stream.is_ended, "the stream ended"
        await reader.stream.more()


async def test_what_64_write_at_two_nodes_is_all_kept_and_heard_in_order(nodes: Nodes) -> None:
    await many_write(nodes, SHORT)


@pytest.mark.long
@pytest.mark.timeout(1800)
async def test_what_64_write_at_two_nodes_is_all_kept_in_many_changes(nodes: Nodes) -> None:
    await many_write(nodes, LONG)
