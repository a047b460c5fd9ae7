"""Many viewers asked on a running service: a few at a time, told in order, woken once."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest

from app.service import host
from app.worlds.abreast import ABREAST
from app.worlds.checking import check
from app.worlds.expectations import Table, TableUnreadable, parse_table
from app.worlds.inhabit import Inhabitants
from app.worlds.world import World, WorldPerson

NAMES = tuple(f"p{number}" for number in range(20))
WORLD = World(about="a test", people=tuple(WorldPerson(id=name, address=name) for name in NAMES))


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def people(tmp_path: Path) -> AsyncIterator[Inhabitants]:
    async with (
        host.service(tmp_path / "service") as running,
        Inhabitants.of(WORLD, running.url, running.operator_key) as there,
    ):
        await there.settle()
        yield there


def table_of(*viewers: str) -> Table:
    rows = "".join(f"{viewer} - hide\n" for viewer in viewers)
    return parse_table(f"world w.json\nowner p0\nviewer name email\n{rows}", Path("t.txt"))


async def test_a_few_are_asked_at_a_time_and_found_in_the_order_of_the_table(
    people: Inhabitants,
) -> None:
    now, most = 0, 0
    told: list[tuple[int, int]] = []

    async def begun(_request: httpx.Request) -> None:
        nonlocal now, most
        now += 1
        most = max(most, now)

    async def ended(_answer: httpx.Response) -> None:
        nonlocal now
        now -= 1

    people.client.event_hooks = {"request": [begun], "response": [ended]}
    viewers = [*reversed(NAMES[1:]), "contact", "everyone"]
    found = await check(table_of(*viewers), people, lambda *counts: told.append(counts))
    assert [each.cell.viewer for each in found[::2]] == viewers
    assert all(each.passed for each in found)
    assert told == [(done, len(viewers)) for done in range(1, len(viewers) + 1)]
    assert most == ABREAST


async def test_of_several_mistakes_the_first_line_is_told(people: Inhabitants) -> None:
    with pytest.raises(TableUnreadable, match="line 5: p0 has no set 999999") as told:
        await check(table_of("p1", "999999", "unknown", "another", "p2"), people)
    assert told.value.line == 5


async def test_who_is_woken_twice_at_once_is_there_for_both(people: Inhabitants) -> None:
    await people.resume()
    people.tokens.clear()
    assert all(await asyncio.gather(people.wake("p3"), people.wake("p3")))
    assert not people.asleep.get("p3")
