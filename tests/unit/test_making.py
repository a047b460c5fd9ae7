"""How far a world is made, how long the rest takes, and the clock of what happens in it."""

import asyncio

import pytest

from app.worlds.making import Making, Part
from app.worlds.pausing import Pausing
from tests.wait import PATIENCE_S


def test_the_share_counts_work_and_each_part_counts_things() -> None:
    told = []
    making = Making(lambda each: told.append(each.share))
    assert making.share == 0
    making.plan(Part.PEOPLE, 100, 100)
    making.plan(Part.RULES, 5, 300)
    making.did(Part.PEOPLE, 100, 100)
    making.did(Part.RULES, 5, 300)
    assert told == [0.25, 1.0]
    assert (making.done[Part.RULES], making.total[Part.RULES]) == (5, 5)
    assert making.total[Part.RELATIONS] == 0


def test_what_is_left_is_told_when_enough_has_passed() -> None:
    making = Making(_began=100.0)
    making.plan(Part.PEOPLE, 100, 100)
    assert making.left_s(now=120.0) is None, "nothing is done"
    making.did(Part.PEOPLE, 25, 25)
    assert making.left_s(now=101.0) is None, "too early"
    assert making.left_s(now=105.0) == pytest.approx(15.0)


async def test_a_step_jumps_to_the_next_and_stands_again() -> None:
    clock, done = Pausing(), []
    clock.pause(True)
    clock.step()
    clock.step()

    async def work() -> None:
        for turn in range(3):
            await clock.sleep(1000)
            done.append((turn, clock.now()))

    task = asyncio.get_running_loop().create_task(work())
    await _until(lambda: len(done) == 2)
    assert [turn for turn, _ in done] == [0, 1]
    assert done[1][1] == pytest.approx(done[0][1] + 1000)
    assert not task.done()
    before = clock.now()
    clock.step()
    await asyncio.wait_for(task, PATIENCE_S)
    assert clock.is_paused
    assert clock.now() == pytest.approx(before + 1000)


async def test_a_step_means_nothing_while_time_runs_and_is_forgotten_by_playing() -> None:
    clock = Pausing()
    clock.step()
    clock.pause(True)
    clock.step()
    clock.pause(False)
    clock.pause(True)
    task = asyncio.get_running_loop().create_task(clock.sleep(0))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert not task.done()
    clock.pause(False)
    await asyncio.wait_for(task, PATIENCE_S)


async def _until(holds: object) -> None:
    assert callable(holds)
    async with asyncio.timeout(PATIENCE_S):
        while not holds():  # noqa: ASYNC110 - nothing tells it but the list itself
            await asyncio.sleep(0.005)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"
