"""A world on its way to the desk: its progress, its end in the middle, and what keeps it away."""

import argparse
import asyncio
import errno
import os
import tempfile
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from app.paths import Paths
from app.worlds.files import WORLDS, seeded_path
from app.worlds.making import Making, Part
from tests.ui.conftest import Run, until
from tests.ui.desks import WORLD, click, desk_windows, shown, side_by_side
from ui.desk.main import FAILED, show, words_for
from ui.desk.making import MakingPage
from ui.desk.opened import NoRoom, open_world
from ui.desk.wishes import Wish
from ui.theme import Theme

SEEDED = seeded_path(7, 40)
RULES = WORLDS / "own-rules.json"


@pytest.fixture(autouse=True)
def _dressed(dress: Theme) -> None:
    """Have colours to paint with."""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    made = tmp_path / "temporary"
    made.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(made))
    return made


def test_a_world_can_be_given_up_in_the_middle_and_made_again(
    run: Run, dress: Theme, tmp_path: Path, folder: Path
) -> None:
    async def work() -> None:
        before = children()
        async with shown(dress, tmp_path, SEEDED) as window:
            page = window.making
            seen: list[tuple[str, int]] = []

            def give_up(value: int) -> None:
                if value and not seen:
                    seen.append((page.counts[Part.PEOPLE].text(), len(children() - before)))
                    click(page.cancel)

            page.bar.valueChanged.connect(give_up)
            await until(page.choose.isVisible)
            # The bar moves before the words do: nothing was told yet.
            assert seen == [("", 1)]
            assert page.nothing.title.text() == "Nothing is on the desk"
            assert children() == before
            assert not left_in(folder)
            assert not window.reset.isEnabled()
            click(page.again)
            await until(lambda: window.panes)
            assert page.counts[Part.PEOPLE].text() == "People: 40 of 40"
            assert len(children() - before) == 1

    run(work())
    assert not left_in(folder)


def test_closing_the_desk_ends_the_making(
    run: Run, dress: Theme, tmp_path: Path, folder: Path
) -> None:
    async def work() -> None:
        before = children()
        async with shown(dress, tmp_path, SEEDED) as window:
            window.making.bar.valueChanged.connect(lambda _value: window.close())
            await until(lambda: not desk_windows())
        assert children() == before
        assert not left_in(folder)

    run(work())


def test_a_world_that_cannot_be_made_says_why_and_offers_another(
    run: Run, dress: Theme, tmp_path: Path
) -> None:
    async def work() -> None:
        broken = tmp_path / "broken.json"
        broken.write_text('{"about": "a test",\n "people": [}')
        async with shown(dress, tmp_path, WORLD, ("ana", "bo")) as window:
            await side_by_side(window, "ana", "bo")
            window.wished.emit(Wish(broken))
            page = window.making
            await until(page.choose.isVisible)
            assert "could not be made" in page.nothing.title.text()
            assert page.nothing.text.text().startswith("Broken.json: line 2, column 13: ")
            broken.write_text(WORLD.read_text())
            click(page.again)
            await side_by_side(window, "ana", "bo", "cy")

    run(work())


@pytest.mark.parametrize(
    ("world", "people", "said"),
    [
        (WORLD, ("ana", "zoe"), "there is nobody called zoe in this world. At its beginning"),
        (Path("nowhere.json"), (), "nowhere.json: No such file"),
        (seeded_path(7, 100_001), (), "say a number from 3 to 100,000"),
        (RULES, ("ana", "work", "custom", "hidden", "public"), "at most 4 people fit"),
    ],
)
def test_what_the_command_line_asked_for_in_vain_ends_it_with_a_sentence(
    run: Run, capsys: pytest.CaptureFixture[str], world: Path, people: tuple[str, ...], said: str
) -> None:
    async def work() -> None:
        options = argparse.Namespace(
            world=world,
            people=people[:4],
            weather=[(name, "slow") for name in people[4:]],
            screenshot=None,
        )
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        nowhere = Paths(Path("nowhere"))
        assert await show(options, nowhere, Theme(app), asyncio.Event()) == FAILED

    run(work())
    assert said in capsys.readouterr().err


def test_a_disk_without_room_is_told_with_what_to_do(run: Run, tmp_path: Path) -> None:
    error = NoRoom(tmp_path, 220_000_000, 10_000_000)
    assert f"needs 220 MB in {tmp_path}, and 10 MB are free" in str(error)
    assert "TMPDIR" in str(error)


def test_only_a_full_disk_is_told_to_be_full() -> None:
    full = "No space left on device"
    assert words_for(OSError(errno.ENOSPC, full)).startswith(f"{full}. Make room")
    assert words_for(PermissionError(errno.EACCES, "Permission denied")) == "Permission denied."
    assert "within 60 seconds" in words_for(TimeoutError())


def test_what_is_left_is_told_where_it_is_long(dress: Theme) -> None:
    page = MakingPage()
    page.begin(Path("town.json"))
    assert page.bar.maximum() == 0, "nothing is known yet"
    making = Making()
    making.plan(Part.PEOPLE, 10_000, 10_000)
    making.plan(Part.RELATIONS, 2_000, 10_000)
    making.did(Part.PEOPLE, 10_000, 10_000)
    page.show_progress(making)
    assert (page.bar.value(), page.bar.maximum()) == (500, 1000)
    assert page.counts[Part.PEOPLE].text() == "People: 10,000 of 10,000"
    assert page.counts[Part.RELATIONS].text() == "Relations: 0 of 2,000"
    assert page.left.text() == ""
    making._began -= 100
    page.show_progress(making)
    assert page.left.text() == "100 seconds left"


async def _open_and_close(path: Path) -> None:
    async with open_world(path, (), lambda _making: None):
        pass


def test_a_closed_world_leaves_nothing(run: Run, folder: Path) -> None:
    run(_open_and_close(WORLD))
    assert not left_in(folder)


def left_in(folder: Path) -> list[Path]:
    return [*folder.iterdir()]


def children() -> set[str]:
    """List the processes that were started here and have not been waited for (Linux)."""
    tasks = Path(f"/proc/{os.getpid()}/task").glob("*/children")
    return {pid for task in tasks for pid in task.read_text().split()}
