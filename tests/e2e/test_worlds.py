"""Worlds made real on a running service, through public calls alone."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
import pytest

from app.domain import Audience, Block, Field, Message, Visibility
from app.errors import Unreachable
from app.remote import Remote
from app.service import host
from app.wire import KeptRelation, Me, PutPrivacy
from app.worlds.files import WORLDS, read, seeded_path
from app.worlds.inhabit import Inhabitants, WorldRefused
from app.worlds.living import live
from app.worlds.making import Making, Part
from app.worlds.world import Happening, Note, Tie, World, WorldPerson

SMALL = [path for path in sorted(WORLDS.glob("*.json")) if path.stem not in {"town", "city"}]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[host.Running]:
    async with host.service(tmp_path / "service") as service:
        yield service


def inhabitants(world: World, running: host.Running) -> Inhabitants:
    return Inhabitants.of(world, running.url, running.operator_key)


class Clock:
    """Time that passes only in sleep, and ends."""

    def __init__(self, end: float) -> None:
        self.time = 0.0
        self.end = end

    def now(self) -> float:
        return self.time

    async def sleep(self, seconds: float) -> None:
        self.time += seconds
        await asyncio.sleep(0)
        if self.time > self.end:
            raise TimeoutError


async def live_for(people: Inhabitants, seconds: float) -> None:
    clock = Clock(seconds)
    try:
        await live(people, now=clock.now, sleep=clock.sleep)
    except TimeoutError:
        return


@pytest.mark.parametrize("path", SMALL, ids=lambda path: path.stem)
async def test_every_shipped_world_can_be_lived_in(path: Path, running: host.Running) -> None:
    world = read(path)
    async with inhabitants(world, running) as people:
        await people.settle()
        assert set(people.tokens) == {person.id for person in world.people} - world.late
        await live_for(people, 30)


@pytest.mark.long
@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", ["town", "city"])
async def test_a_large_world_can_be_lived_in(name: str, running: host.Running) -> None:
    world = read(WORLDS / f"{name}.json")
    async with inhabitants(world, running) as people:
        await people.settle()
        assert len(people.tokens) == len(world.people)
        await live_for(people, 5)


async def test_a_world_that_is_there_is_found_as_it_was_left(running: host.Running) -> None:
    world = World(about="a test", me="ana", people=(WorldPerson(id="ana", address="ana"),))
    async with inhabitants(world, running) as people:
        await people.settle()
        await people.act("ana", "PATCH", "/v1/me", {"fields": {"status": "Changed"}})
    async with inhabitants(world, running) as people:
        await people.settle()
        me = await ask_me(people, "ana")
        assert me.fields.status == "Changed"


async def test_whoever_is_missing_from_a_world_is_made_again(running: host.Running) -> None:
    names = ("ana", "bo")
    world = World(
        about="a test",
        people=tuple(WorldPerson(id=name, address=name) for name in names),
        relations=(Tie(owner="bo", to="ana", contact=True, subscribed=True),),
    )
    async with inhabitants(world, running) as people:
        await people.settle()
        await people.leave("bo")
        await people.leave("bo")
    async with inhabitants(world, running) as people:
        await people.settle()
        assert set(people.tokens) == set(names)
        assert [kept.address for kept in (await contacts(people, "bo"))] == ["ana"]


async def test_in_a_resumed_world_people_sign_in_when_they_do_something(
    running: host.Running,
) -> None:
    world = World(
        about="a test",
        people=tuple(WorldPerson(id=name, address=name) for name in ("ana", "bo", "cy")),
        happenings=(
            Happening(after=1, who="ana", message=Note(to="bo", text="Hello")),
            Happening(after=2, who="cy", join=True),
        ),
    )
    async with inhabitants(world, running) as people:
        await people.settle()
        await live_for(people, 5)
    async with inhabitants(world, running) as people:
        await people.resume()
        assert people.tokens == {}
        assert not await people.wake("cy"), "who joins later is not there at the beginning"
        assert await people.wake("bo")
        await live_for(people, 5)
        assert set(people.tokens) == {"ana", "bo", "cy"}


async def test_relations_and_rules_are_as_the_file_says(running: host.Running) -> None:
    rules = PutPrivacy(audiences={Field.STATUS: Audience.NOBODY}, searchable=Audience.CONTACTS)
    world = World(
        about="a test",
        people=(
            WorldPerson(id="ana", address="+1 202 555 0101", privacy=rules, auto_sync=False),
            WorldPerson(id="bo", address="bo"),
        ),
        relations=(
            Tie(owner="ana", to="bo", contact=True, subscribed=True),
            Tie(owner="ana", to="+1 202 555 0199", contact=True, favorite=True, visibility=8),
        ),
        pairs=(("ana", "bo"),),
    )
    async with inhabitants(world, running) as people:
        await people.settle()
        me = await ask_me(people, "ana")
        assert me.privacy.audiences[Field.STATUS] is Audience.NOBODY
        assert me.privacy.audiences[Field.NAME] is Audience.EVERYONE
        assert (me.privacy.searchable, me.auto_sync) == (Audience.CONTACTS, False)
        kept = {str(each.address): each for each in await contacts(people, "ana")}
        assert (kept["bo"].contact, kept["bo"].subscribed, kept["bo"].paired) == (True,) * 3
        other = kept["12025550199"]
        assert (other.favorite, other.visibility, other.subscribed) == (True, 8, False)


async def test_many_relations_are_made_in_one_call_and_are_as_the_file_says(
    running: host.Running,
) -> None:
    ties = tuple(
        Tie(owner="ana", to=f"p{place}", contact=True, subscribed=place % 2 == 0, visibility=rule)
        for place in range(40)
        for rule in [Visibility.PUBLIC if place % 3 else Visibility.HIDDEN]
    )
    people_ = [WorldPerson(id=name, address=name) for name in ("ana", *(tie.to for tie in ties))]
    world = World(about="a test", people=tuple(people_), relations=ties)
    told: list[int] = []
    making = Making(lambda each: told.append(each.done[Part.RELATIONS]))
    async with Inhabitants.of(world, running.url, running.operator_key, making) as people:
        await people.settle()
        assert told == [0, 40]
        kept = {str(each.address): each for each in await contacts(people, "ana")}
        for tie in ties:
            found = kept[tie.to]
            assert (found.contact, found.subscribed) == (tie.contact, tie.subscribed)
            assert found.visibility == tie.visibility


async def test_progress_comes_to_all_that_was_planned(running: host.Running) -> None:
    shares: list[float] = []
    making = Making(lambda each: shares.append(each.share))
    world = read(seeded_path(7, 30))
    async with Inhabitants.of(world, running.url, running.operator_key, making) as people:
        await people.settle()
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert making.done == making.total
    assert making.total[Part.PEOPLE] == 30
    assert making.total[Part.RELATIONS] == len(world.relations)
    assert making.total[Part.RULES] > 0


async def test_what_the_service_refuses_names_whom_it_is_about(running: host.Running) -> None:
    world = World(
        about="a test",
        people=tuple(WorldPerson(id=name, address=name) for name in ("ana", "bo")),
        relations=(Tie(owner="bo", to="ana", contact=True, favorite=True, visibility=77),),
    )
    async with inhabitants(world, running) as people:
        with pytest.raises(WorldRefused, match=r"says of bo: .* make the world again"):
            await people.settle()


async def test_happenings_come_in_their_order_and_again(running: host.Running) -> None:
    said = tuple(
        Happening(after=after, every=10, who="ana", message=Note(to="bo", text=text))
        for after, text in ((2, "second"), (1, "first"))
    )
    world = World(
        about="a test",
        people=tuple(WorldPerson(id=name, address=name) for name in ("ana", "bo")),
        happenings=said,
    )
    async with inhabitants(world, running) as people:
        await people.settle()
        await live_for(people, 15)
        assert await texts(people, "bo", 4) == ["first", "second", "first", "second"]


async def test_what_somebodys_rules_forbid_does_not_end_a_world(running: host.Running) -> None:
    world = World(
        about="a test",
        people=tuple(WorldPerson(id=name, address=name) for name in ("ana", "bo")),
        relations=(Tie(owner="ana", to="bo", blocked=(Block.MESSAGES,)),),
        happenings=(
            Happening(after=1, who="ana", message=Note(to="bo", text="Refused")),
            Happening(after=2, who="bo", message=Note(to="ana", text="Unheard")),
            Happening(after=3, who="ana", relation=Tie(to="bo", blocked=())),
            Happening(after=4, who="ana", message=Note(to="bo", text="Hello")),
        ),
    )
    async with inhabitants(world, running) as people:
        await people.settle()
        await live_for(people, 5)
        assert await texts(people, "bo", 1) == ["Hello"]


async def test_a_service_that_is_away_ends_a_world(tmp_path: Path) -> None:
    world = World(
        about="a test",
        people=(WorldPerson(id="ana", address="ana"),),
        happenings=(Happening(after=1, every=1, who="ana", message=Note(to="bo", text="…")),),
    )
    async with host.service(tmp_path) as running, inhabitants(world, running) as people:
        await people.settle()
        people.client.base_url = "http://127.0.0.1:1"  # nobody answers there
        with pytest.raises(Unreachable):
            await live_for(people, 5)


@asynccontextmanager
async def as_one(people: Inhabitants, name: str) -> AsyncIterator[Remote]:
    remote = Remote(str(people.client.base_url), people.tokens[name])
    try:
        yield remote
    finally:
        await remote.close()


async def ask_me(people: Inhabitants, name: str) -> Me:
    async with as_one(people, name) as remote:
        return await remote.me()


async def contacts(people: Inhabitants, name: str) -> list[KeptRelation]:
    async with as_one(people, name) as remote:
        return (await remote.contacts()).relations


async def texts(people: Inhabitants, name: str, count: int) -> list[str]:
    """Read the first messages that wait for somebody."""
    found: list[str] = []
    async with as_one(people, name) as remote, remote.events(None) as events:
        async for event in events:
            if event.kind == "message":
                found.append(msgspec.json.decode(event.data, type=Message).text)
            if len(found) == count:
                break
    return found
