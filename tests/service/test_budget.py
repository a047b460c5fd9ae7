"""One discovery budget over every way to learn whether an address exists."""

import asyncio
from collections.abc import AsyncIterator
from itertools import count
from pathlib import Path

import pytest

from app.service.budget import Allowance
from tests.service.people import DAY_S, Person, Service, fresh, serve, slug

MOST_IN_30_DAYS = 10_000 + 30 * 24 * 6
SINGLE: dict[str, tuple[str, str, object]] = {
    "profile": ("GET", "/v1/profiles/{}", None),
    "picture": ("GET", "/v1/profiles/{}/picture", None),
    "relation": ("PATCH", "/v1/contacts/{}", {"subscribed": True}),
}
_strangers = count(13010000000)


def strangers(number: int) -> list[str]:
    """Addresses nobody has."""
    return [str(next(_strangers)) for _ in range(number)]


@pytest.fixture
async def small(database: Path | str) -> AsyncIterator[Service]:
    async with serve(database, Allowance(5, 6)) as running:
        yield running


@pytest.fixture
async def small_file(tmp_path: Path) -> AsyncIterator[Service]:
    """On a file alone: many calls, each a commit of its own."""
    async with serve(tmp_path / "kith.db", Allowance(5, 6)) as running:
        yield running


async def learned(person: Person, addresses: list[str]) -> int:
    """How many of these the caller gets an answer for."""
    answer = await person.sync(*addresses)
    return len(answer["matched"]) + len(answer["pending"])


async def test_a_greedy_caller_learns_at_most_14320_in_30_days(tmp_path: Path) -> None:
    async with serve(tmp_path / "kith.db") as service:
        await be_greedy(service)


async def be_greedy(service: Service) -> None:
    (greedy,) = await service.people(fresh())
    total = await learned(greedy, strangers(10_000))
    assert total == 10_000
    for _ in range(30):
        service.clock.now += DAY_S
        total += await learned(greedy, strangers(300))
    assert total <= MOST_IN_30_DAYS
    assert total >= MOST_IN_30_DAYS - 1


async def test_asking_often_gains_nothing(small_file: Service) -> None:
    (greedy,) = await small_file.people(fresh())
    total = await learned(greedy, strangers(10))
    for _ in range(240):
        small_file.clock.now += 60
        total += await learned(greedy, strangers(3))
    assert 5 + 23 <= total <= 5 + 24


async def test_a_year_of_unchanged_daily_syncs_costs_nothing(small_file: Service) -> None:
    (person,) = await small_file.people(fresh())
    book = strangers(5)
    await person.sync(*book)
    head = await person.head()
    for _ in range(365):
        assert await learned(person, book) == 5
    assert (await person.sync(*strangers(1)))["deferred"]
    assert await person.head() == head


async def test_what_is_deferred_is_the_end_of_the_request_and_is_never_answered(
    small: Service,
) -> None:
    there, person = await small.pair()
    unknown = strangers(5)
    answer = await person.sync(*unknown, there.address)
    assert answer["pending"] == unknown
    assert answer["deferred"] == [there.address]
    assert answer["retry_after"] == 600
    listed, _ = await person.whole_list()
    assert set(listed) == set(unknown)
    small.clock.now += answer["retry_after"]
    assert (await person.sync(*unknown, there.address))["deferred"] == []


async def test_a_clock_that_is_set_back_refills_nothing(small: Service) -> None:
    (person,) = await small.people(fresh())
    assert await learned(person, strangers(5)) == 5
    small.clock.now -= 30 * DAY_S
    assert await learned(person, strangers(5)) == 0
    small.clock.now += 30 * DAY_S
    assert await learned(person, strangers(5)) == 0


async def test_every_single_way_is_charged_once(small: Service) -> None:
    there, person = await small.pair()
    address, other, third, fourth = strangers(4)
    for _ in range(3):
        await person.get(f"/v1/profiles/{there.address}")
        await person.relate(address, contact=True)
        await person.relate(there.address, subscribed=True)
        assert (await person.send(other, "Hello")).status_code == 202
        assert (await person.call("GET", f"/v1/profiles/{third}/picture")).status_code == 404
        await person.drop(address)
        await person.get(f"/v1/profiles/{fourth}")
    (new,) = strangers(1)
    for answer in (
        await person.call("GET", f"/v1/profiles/{new}"),
        await person.call("GET", f"/v1/profiles/{new}/picture"),
        await person.call("PATCH", f"/v1/contacts/{new}", json={"contact": True}),
        await person.send(new, "Hello"),
    ):
        assert (answer.status_code, slug(answer)) == (429, "over-budget")
        assert int(answer.headers["retry-after"]) == 600
    assert (await person.call("GET", f"/v1/contacts/{new}")).status_code == 404
    assert (await person.sync(new))["deferred"] == [new]


async def test_questions_about_my_own_side_are_free_and_tell_nothing(small: Service) -> None:
    there, person = await small.pair()
    (nobody,) = strangers(1)
    await person.sync(*strangers(5))
    for path in ("/v1/contacts/{}", "/v1/me/preview?viewer={}"):
        known = await person.call("GET", path.format(there.address))
        unknown = await person.call("GET", path.format(nobody))
        assert known.status_code == unknown.status_code
        assert known.text.replace(there.address, "X") == unknown.text.replace(nobody, "X")
    relations = [{"address": each, "contact": True} for each in (there.address, nobody)]
    answer = await person.call("POST", "/v1/me/impact", json={"relations": relations})
    effects = {effect.pop("address"): effect for effect in answer.json()["gains"]}
    assert effects.get(there.address) == effects.get(nobody)


async def test_the_budget_survives_a_restart_and_is_one_for_all_tokens(
    database: Path | str,
) -> None:
    async with serve(database, Allowance(5, 6)) as first:
        (person,) = await first.people(fresh())
        assert await learned(person, strangers(3)) == 3
    async with serve(database, Allowance(5, 6)) as second:
        path = f"/v1/operator/users/{person.address}/tokens"
        token = (await second.operator("POST", path)).json()["token"]
        again = Person(second, person.address, person.token)
        other = Person(second, person.address, token)
        assert await learned(again, strangers(1)) == 1
        assert await learned(other, strangers(3)) == 1


async def test_many_connections_with_many_tokens_share_one_budget(small: Service) -> None:
    """All at once, in every way: five are told something, and nobody a sixth."""
    (person,) = await small.people(fresh())
    path = f"/v1/operator/users/{person.address}/tokens"
    tokens = [(await small.operator("POST", path)).json()["token"] for _ in range(4)]

    async def is_told(token: str, way: str) -> bool:
        caller = Person(small, person.address, token)
        (new,) = strangers(1)
        if way == "sync":
            return await learned(caller, [new]) == 1
        if way == "message":
            return (await caller.send(new, "Hello")).status_code == 202
        method, path, body = SINGLE[way]
        answer = await caller.call(method, path.format(new), json=body)
        assert answer.status_code in {200, 404, 429}
        return answer.status_code != 429

    ways = ("sync", "message", *SINGLE)
    told = await asyncio.gather(*(is_told(token, way) for way in ways for token in tokens))
    assert sum(told) == 5


async def test_removing_buys_nothing(small: Service) -> None:
    (person,) = await small.people(fresh())
    book = strangers(5)
    await person.sync(*book)
    for address in book:
        await person.drop(address)
    assert await learned(person, strangers(5)) == 0
    await person.call("DELETE", "/v1/me/contacts")
    assert await learned(person, strangers(5)) == 0
    assert await learned(person, book) == 5
