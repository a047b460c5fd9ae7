"""Sixty-four who write at once, through two nodes, into accounts that they share."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass

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
CHANGES = 150
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


class Reader:
    """Follows a stream as a client does; what it is told of a field never goes back."""

    def __init__(self, person: Person) -> None:
        self.replica = Replica()
        self._person = person
        self._open()

    async def begin(self) -> None:
        """Wait until what happens from now on is told."""
        await self.stream.until("ready")

    async def follow(self) -> None:
        """Take what comes, for ever."""
        while True:
            await self._take()

    async def told(self, address: str, wanted: dict[str, str]) -> None:
        """Wait until the last of an account was told."""
        self._apply()
        while self.replica.profiles.get(address, {}).get("fields") != wanted:
            await self._take()
            self._apply()

    async def _take(self) -> None:
        await self.stream.more()
        if self.stream.is_ended:  # a computer that is too busy cuts off
            self._apply()
            self.stream.close()
            self._open()

    def _open(self) -> None:
        self.stream = Stream(self._person.service.url).open(self._person.token, self.replica.cursor)
        self._applied = 0

    def _apply(self) -> None:
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
        readers.append(Reader(both[place % 2]))
        await readers[-1].begin()
    writers = [
        Writer(owner[place % 2], name) for owner in owners for place, name in enumerate(FIELDS)
    ]
    await write_all(nodes, writers, readers, changes)
    wanted = {name: text(name, changes) for name in FIELDS}
    for owner, owner_there in owners:
        assert owner.get("/v1/me")["fields"] == owner_there.get("/v1/me")["fields"] == wanted
    for (viewer, _), reader in zip(viewers, readers, strict=True):
        for address in addresses:
            await reader.told(address, wanted)
        listed = viewer.get("/v1/contacts")["relations"]
        profiles = {each["address"]: each["profile"] for each in listed}
        assert reader.replica.profiles == profiles
        reader.stream.close()
    print(f"{WRITERS * changes} changes, {sum(writer.busy for writer in writers)} refused as busy")  # noqa: T201 - the figure


async def write_all(
    nodes: Nodes, writers: list[Writer], readers: list[Reader], changes: int
) -> None:
    """Have everybody write at once, and be heard."""
    async with (
        connected(nodes.first) as first,
        connected(nodes.second) as second,
        asyncio.TaskGroup() as group,
    ):
        following = [group.create_task(reader.follow()) for reader in readers]
        clients = {nodes.first.url: first, nodes.second.url: second}
        await asyncio.gather(
            *(writer.write(clients[writer.person.service.url], changes) for writer in writers)
        )
        for each in following:
            each.cancel()


def connected(node: Service) -> httpx.AsyncClient:
    limits = httpx.Limits(max_connections=WRITERS)
    return httpx.AsyncClient(base_url=node.url, timeout=PATIENCE_S, limits=limits, trust_env=False)


@pytest.mark.long
@pytest.mark.timeout(1800)
async def test_what_64_write_at_two_nodes_is_all_kept_in_many_changes(nodes: Nodes) -> None:
    await many_write(nodes, CHANGES)
