"""The revocation barrier: after the 2xx of a revoking call not one byte of the value arrives."""

import asyncio
import json
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import pytest

from tests.contract.outside import Person, Service
from tests.service.live.conftest import fresh
from tests.service.live.wires import Answer, Stream, Wire

SET = 16
LONG_NAME = "N" * 300
"""With it, what a viewer missed is worth packing."""
TAKES_GZIP = "accept-encoding: gzip\r\n"


class Owner:
    """Whoever publishes and revokes, each on a connection of its own so that they race."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self._publishing = Wire(person.service.url)
        self._revoking = Wire(person.service.url)

    async def publish(self, status: str | None) -> None:
        body = {"fields": {"status": status}}
        answer = await self._call(self._publishing, "PATCH", "/v1/me", body)
        # Whoever publishes while their account is erased comes before it or too late.
        assert answer.status in {200, 401}, answer

    async def revoke(self, method: str, path: str, body: object = None) -> None:
        answer = await self._call(self._revoking, method, path, body)
        assert answer.status in {200, 204}, answer

    async def leave(self) -> None:
        """Have the account erased."""
        key = self.person.service.operator_key
        self._revoking.request("DELETE", f"/v1/operator/users/{self.person.address}", key)
        answer = await self._revoking.answer()
        assert answer.status == 204, answer

    def join(self) -> None:
        """Have an account at the same address."""
        (self.person,) = self.person.service.people(self.person.address, name=LONG_NAME)

    async def _call(self, wire: Wire, method: str, path: str, body: object) -> Answer:
        data = b"" if body is None else json.dumps(body).encode()
        wire.request(method, path, self.person.token, data)
        return await wire.answer()

    def close(self) -> None:
        self._publishing.close()
        self._revoking.close()


class Watcher:
    """A viewer in every way at once: live, asking, changing, and coming back from the past."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self._start = person.get("/v1/contacts")["cursor"]
        self._live = Stream(person.service.url).open(person.token)
        self._polls = [Wire(person.service.url) for _ in range(4)]
        self._resumed: Stream | None = None
        self._turn = 0

    @property
    def wires(self) -> list[Wire]:
        return [self._live, *self._polls, *([self._resumed] if self._resumed else [])]

    async def ready(self) -> None:
        await self._live.until("ready")

    def ask(self, owner: str) -> None:
        """Have requests on their way while others change things."""
        self._turn += 1
        flag = {"favorite": bool(self._turn % 2)}  # the answer and a live event carry the profile
        entry = {"addresses": [owner], "contact": True}
        more = TAKES_GZIP if self._turn % 4 < 2 else ""
        requests = (
            ("GET", f"/v1/profiles/{owner}", None),
            ("GET", f"/v1/contacts?cursor={self._start}", None),
            ("PATCH", f"/v1/contacts/{owner}", flag),
            ("POST", "/v1/contacts/sync", {"entries": [entry]}),
        )
        for wire, (method, path, body) in zip(self._polls, requests, strict=True):
            data = b"" if body is None else json.dumps(body).encode()
            wire.request(method, path, self.person.token, data, more)
        self._resumed = Stream(self.person.service.url)
        self._resumed.open(self.person.token, self._start, more)

    def mark(self) -> list[tuple[Wire, int]]:
        """Take what has arrived until now; only what comes later counts."""
        for wire in self.wires:
            wire.pull()
        return [(wire, len(wire.received)) for wire in self.wires]

    async def settle(self) -> None:
        """Let everything that is on its way arrive."""
        assert self._resumed is not None
        await self._resumed.until("ready")
        for wire in self._polls:
            await wire.whole()
        self._live.pull()

    async def clear(self) -> None:
        """Begin the next race with nothing received."""
        for wire in self._polls:
            assert (await wire.answer()).status == 200
        assert self._resumed is not None
        self._resumed.close()
        self._resumed = None
        del self._live.received[:]

    def close(self) -> None:
        for wire in self.wires:
            wire.close()


@dataclass(frozen=True)
class Revocation:
    """One way to take a value away, and the way back."""

    name: str
    take: Callable[[Owner, Watcher], Awaitable[None]]
    give: Callable[[Owner, Watcher], Awaitable[None]]
    comes_after: bool = False
    """Whether it takes away only what was published before it."""


def relation(name: str, taken: object, given: object) -> Revocation:
    async def take(owner: Owner, watcher: Watcher) -> None:
        await owner.revoke("PATCH", f"/v1/contacts/{watcher.person.address}", taken)

    async def give(owner: Owner, watcher: Watcher) -> None:
        await owner.revoke("PATCH", f"/v1/contacts/{watcher.person.address}", given)

    return Revocation(name, take, give)


def privacy(name: str, taken: object, given: object) -> Revocation:
    async def take(owner: Owner, _: Watcher) -> None:
        await owner.revoke("PUT", "/v1/me/privacy", taken)

    async def give(owner: Owner, _: Watcher) -> None:
        await owner.revoke("PUT", "/v1/me/privacy", given)

    return Revocation(name, take, give)


def sync(owner: Owner, watcher: Watcher, *, contact: bool) -> Awaitable[None]:
    entry = {"addresses": [watcher.person.address], "contact": contact}
    return owner.revoke("POST", "/v1/contacts/sync", {"entries": [entry]})


async def leave(owner: Owner, _: Watcher) -> None:
    await owner.leave()


async def join(owner: Owner, watcher: Watcher) -> None:
    owner.join()
    await owner.publish("neutral")
    await sync(owner, watcher, contact=True)


REVOCATIONS = (
    relation("block", {"blocked": ["messages", "profile"]}, {"blocked": []}),
    relation("hide", {"visibility": 8}, {"visibility": 0}),
    relation("no contact", {"contact": False}, {"contact": True}),
    privacy("audience", {"audiences": {"status": "nobody"}}, {"audiences": {"status": "contacts"}}),
    Revocation(
        "withdrawn",
        lambda owner, _: owner.revoke("PATCH", "/v1/me", {"fields": {"status": None}}),
        lambda owner, _: owner.publish("neutral"),
        comes_after=True,
    ),
    Revocation(
        "bulk",
        lambda owner, watcher: sync(owner, watcher, contact=False),
        lambda owner, watcher: sync(owner, watcher, contact=True),
    ),
    Revocation(
        "let go",
        lambda owner, watcher: owner.revoke("DELETE", f"/v1/contacts/{watcher.person.address}"),
        lambda owner, watcher: sync(owner, watcher, contact=True),
    ),
    Revocation(
        "all withdrawn",
        lambda owner, _: owner.revoke("DELETE", "/v1/me/contacts"),
        lambda owner, watcher: sync(owner, watcher, contact=True),
    ),
    Revocation("erased", leave, join),
)


def visibility_set(*fields: str) -> object:
    return {"sets": [{"id": SET, "name": "Some", "fields": fields}]}


async def use_set(owner: Owner, watcher: Watcher) -> None:
    await owner.revoke("PUT", "/v1/me/privacy", visibility_set("name", "status"))
    path = f"/v1/contacts/{watcher.person.address}"
    await owner.revoke("PATCH", path, {"visibility": SET})


BY_SET = (
    privacy("set", visibility_set("name"), visibility_set("name", "status")),
    privacy("set gone", {"sets": []}, visibility_set("name", "status")),
)


async def race(
    owner: Owner, watcher: Watcher, revocation: Revocation, chance: random.Random
) -> None:
    canary = f"canary-{chance.getrandbits(64):016x}"
    publishing = asyncio.ensure_future(owner.publish(canary))  # noqa: TID251 - a race needs two
    if revocation.comes_after:
        await publishing
    await asyncio.sleep(chance.choice((0, 0, 0.001, 0.002, 0.004)))
    watcher.ask(owner.person.address)
    await asyncio.sleep(chance.choice((0, 0, 0.001)))
    await revocation.take(owner, watcher)
    marks = watcher.mark()
    await publishing
    await watcher.settle()
    for wire, length in marks:
        late = wire.since(length)
        assert canary.encode() not in late, f"{revocation.name}: {late!r}"
    await revocation.give(owner, watcher)
    await owner.publish("neutral")
    await watcher.clear()


async def races(service: Service, count: int) -> None:
    """Run pairs of an owner and a watcher side by side; the last of them go by a visibility set."""
    owners = [
        Owner(person) for person in service.people(*(fresh() for _ in range(3)), name=LONG_NAME)
    ]
    watchers = []
    for owner in owners:
        (viewer,) = service.people(fresh(), name="Viewer")
        viewer.sync(owner.person.address)
        owner.person.sync(viewer.address)
        watchers.append(Watcher(viewer))
        await watchers[-1].ready()
    await use_set(owners[-1], watchers[-1])
    chance = random.Random(count)

    async def run(owner: Owner, watcher: Watcher) -> None:
        ways = BY_SET if owner is owners[-1] else REVOCATIONS
        for _ in range(count // len(owners)):
            await race(owner, watcher, chance.choice(ways), chance)

    async with asyncio.TaskGroup() as group:
        for owner, watcher in zip(owners, watchers, strict=True):
            group.create_task(run(owner, watcher))
    for owner, watcher in zip(owners, watchers, strict=True):
        owner.close()
        watcher.close()


async def test_nothing_revoked_arrives_after_the_answer(service: Service) -> None:
    await races(service, 300)


@pytest.mark.long
@pytest.mark.timeout(1800)
async def test_nothing_revoked_arrives_after_the_answer_in_ten_thousand_races(
    service: Service,
) -> None:
    await races(service, 10_000)
