"""What was let go of is forgotten after a month, and gives nobody anything."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.service.budget import Allowance
from app.service.forget import BATCH, KEPT_S, Forgetting
from app.service.store import Tx
from tests.contract import outside
from tests.engines import new_database
from tests.service.people import DAY_S, Service, fresh, serve, slug
from tests.service.test_budget import MOST_IN_30_DAYS, learned, strangers
from tests.wait import wait_until


@pytest.fixture
async def small(database: Path | str) -> AsyncIterator[Service]:
    async with serve(database, Allowance(5, 6)) as running:
        yield running


async def sweep(service: Service) -> None:
    await Forgetting(service.node, no_pause).sweep()


async def no_pause(_: float) -> None:
    await asyncio.sleep(0)


async def rows(service: Service) -> int:
    """How many relations there are, kept or not."""

    def count(tx: Tx) -> int:
        row = tx.one("SELECT COUNT(*) FROM relation")
        assert row is not None
        return int(row[0])

    return await service.node.store.read(count)


async def test_what_is_kept_is_kept_for_ever_and_what_is_not_for_a_month(service: Service) -> None:
    person, friend = await service.pair(name="N")
    gone, kept, looked_at = fresh(), fresh(), fresh()
    _, cursor = await person.whole_list()
    await person.sync(gone, kept, friend.address)
    await person.get(f"/v1/profiles/{looked_at}")
    await person.drop(gone)
    await sweep(service)
    service.clock.now += 30 * DAY_S
    await sweep(service)
    assert await rows(service) == 4
    assert (await person.get(f"/v1/contacts?cursor={cursor}"))["removed"] == [gone]
    service.clock.now += 2 * DAY_S
    await sweep(service)
    assert await rows(service) == 2
    listed, _ = await person.whole_list()
    assert set(listed) == {kept, friend.address}
    answer = await person.call("GET", f"/v1/contacts?cursor={cursor}")
    assert (answer.status_code, slug(answer)) == (410, "reset")


async def test_a_page_that_was_asked_for_too_long_ago_is_asked_for_afresh(service: Service) -> None:
    (person,) = await service.people(fresh())
    await person.sync(*strangers(3))
    page = (await person.get("/v1/contacts?limit=2"))["next"]
    service.clock.now += 30 * DAY_S
    assert len((await person.get(f"/v1/contacts?page={page}"))["relations"]) == 1
    service.clock.now += DAY_S
    assert (await person.call("GET", f"/v1/contacts?page={page}")).status_code == 422


async def test_a_copy_is_taken_back_before_it_is_forgotten(service: Service) -> None:
    viewer, owner = await service.pair(name="N")
    await viewer.sync(owner.address)
    shown = await viewer.get(f"/v1/profiles/{owner.address}")
    await viewer.drop(owner.address)
    await sweep(service)
    since = await viewer.head()
    service.clock.now += KEPT_S + 1
    await sweep(service)
    (heard,) = await viewer.heard(since)
    blank = f'{{"address":"{owner.address}","version":{shown["version"] + 1},"fields":{{}}}}'
    assert (heard.kind, heard.data.decode()) == ("profile", blank)
    assert await rows(service) == 1
    service.clock.now += KEPT_S + 1
    await sweep(service)
    assert await rows(service) == 0
    again = await viewer.get(f"/v1/profiles/{owner.address}")
    assert again["fields"] == {"name": "N"}
    assert again["version"] > shown["version"] + 1


async def test_no_version_goes_back_whichever_way_somebody_is_met_again(
    generous: Service,
) -> None:
    viewer, writer, stranger = await generous.people(fresh(), fresh(), fresh(), name="N")
    owner, other = await generous.pair(name="N")
    await viewer.sync(owner.address)
    for turn in range(5):
        await owner.publish(name=f"N {turn}")
    before = (await viewer.get(f"/v1/contacts/{owner.address}"))["profile"]["version"]
    await viewer.drop(owner.address)
    for _ in range(2):
        generous.clock.now += KEPT_S + 1
        await sweep(generous)
        await sweep(generous)
        generous.clock.now += KEPT_S + 1
    await sweep(generous)
    assert await rows(generous) == 0
    await writer.send(viewer.address, "Hello")
    nobody = fresh()
    await viewer.relate(other.address, contact=True)
    synced = await viewer.sync(owner.address, nobody)
    met = [
        synced["matched"][0]["profile"],
        (await viewer.get(f"/v1/contacts/{nobody}"))["profile"],
        (await viewer.get(f"/v1/contacts/{other.address}"))["profile"],
        (await viewer.get(f"/v1/contacts/{writer.address}"))["profile"],
        await viewer.get(f"/v1/profiles/{stranger.address}"),
        await viewer.get(f"/v1/profiles/{fresh()}"),
    ]
    assert all(profile["version"] > before for profile in met), met


async def test_forgetting_gives_no_address_for_nothing(small: Service) -> None:
    (person,) = await small.people(fresh())
    book = strangers(5)
    assert await learned(person, book) == 5
    await person.call("DELETE", "/v1/me/contacts")
    small.clock.now += KEPT_S + 1
    await sweep(small)
    assert await rows(small) == 0
    assert await learned(person, book) == 5
    assert await learned(person, strangers(1)) == 0


async def test_who_lets_go_of_all_each_day_learns_no_more_in_30_days(tmp_path: Path) -> None:
    async with serve(tmp_path / "kith.db") as service:
        (greedy,) = await service.people(fresh())
        total = await learned(greedy, strangers(10_000))
        for _ in range(30):
            await greedy.call("DELETE", "/v1/me/contacts")
            service.clock.now += DAY_S
            await sweep(service)
            total += await learned(greedy, strangers(300))
        assert MOST_IN_30_DAYS - 1 <= total <= MOST_IN_30_DAYS
        service.clock.now += 2 * KEPT_S
        await greedy.call("DELETE", "/v1/me/contacts")
        await sweep(service)
        service.clock.now += 2 * KEPT_S
        await sweep(service)
        assert await rows(service) == 0


async def test_many_are_forgotten_a_few_at_a_time(generous: Service) -> None:
    (person,) = await generous.people(fresh())
    await person.sync(*strangers(2 * BATCH + 1))
    await person.call("DELETE", "/v1/me/contacts")
    generous.clock.now += KEPT_S + 1
    left = []

    async def note(_: float) -> None:
        left.append(await rows(generous))

    await Forgetting(generous.node, note).sweep()
    assert left == [BATCH + 1, 1, 0]


async def test_one_node_forgets_for_all(postgresql: str) -> None:
    url = new_database(postgresql)
    async with serve(url) as one, serve(url) as other:
        first, second = sorted((one, other), key=lambda each: each.node.id)
        (person,) = await one.people(fresh())
        address = fresh()
        await person.sync(address)
        await person.drop(address)
        for each in (first, second):
            each.clock.now += KEPT_S + 1
        await sweep(second)
        assert await rows(one) == 1
        await sweep(first)
        assert await rows(one) == 0


def test_a_running_service_forgets(tmp_path: Path) -> None:
    with outside.serve(tmp_path) as service:
        (person,) = service.people(fresh())
        address = fresh()
        person.sync(address)
        assert person.call("DELETE", f"/v1/contacts/{address}").status_code == 204
    with sqlite3.connect(tmp_path / "kith.db") as connection:
        connection.execute("UPDATE relation SET removed_at = removed_at - ?", (KEPT_S + 1,))
    with outside.serve(tmp_path):
        wait_until(lambda: connection.execute("SELECT COUNT(*) FROM relation").fetchone() == (0,))
    connection.close()
