"""The making of a world on the command line: it tells how far it is, and can be ended."""

import io
import os
import signal
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from app import cli
from app.commands.progress import ProgressLine, words
from app.worlds.making import Making, Part


class Terminal(io.StringIO):
    """What somebody looks at; does something as soon as there is something to see."""

    def __init__(self, then: Callable[[], object] = lambda: None) -> None:
        super().__init__()
        self._then = then

    def isatty(self) -> bool:
        return True

    def write(self, text: str) -> int:
        written = super().write(text)
        self._then()
        return written


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "table.txt"
    path.write_text("world seed-7-50\nowner me\nviewer name\np1 -\n")
    return path


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    made = tmp_path / "temporary"
    made.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(made))
    return made


def test_an_interrupt_in_the_making_leaves_no_process_and_no_file(
    table: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = children()
    seen: list[int] = []

    def interrupt() -> None:
        if not seen:
            seen.append(len(children() - before))
            signal.raise_signal(signal.SIGINT)

    terminal = Terminal(interrupt)
    monkeypatch.setattr(sys, "stderr", terminal)
    assert cli.main(["check", str(table)]) == cli.INTERRUPTED
    assert seen == [1], "the service ran"
    assert "50 of 50 people, 0 of" in terminal.getvalue()
    assert "(Ctrl+C ends it)" in terminal.getvalue()
    assert children() == before
    assert not [*folder.iterdir()]


def test_progress_is_taken_away_when_the_world_is_there(
    table: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    assert cli.main(["check", str(table)]) == 0
    *_, making, result = terminal.getvalue().split("\r\x1b[K")
    assert making.startswith("Making the world: ")
    assert result == "0 passed, 0 failed\n", "what expects nothing is neither"
    assert not [*folder.iterdir()]


def test_nothing_is_told_where_nobody_looks() -> None:
    stream = io.StringIO()
    line = ProgressLine(stream)
    line.show(Making())
    line.clear()
    assert stream.getvalue() == ""


def test_what_is_left_is_told_where_it_is_long() -> None:
    making = Making(_began=0.0)
    making.plan(Part.PEOPLE, 100_000, 100_000)
    making.did(Part.PEOPLE, 50_000, 50_000)
    assert words(making, 30.0).startswith("Making the world: 50,000 of 100,000 people; 30 s left (")
    assert "left" not in words(making, 9.0)


def children() -> set[str]:
    """List the processes that were started here and have not been waited for (Linux)."""
    tasks = Path(f"/proc/{os.getpid()}/task").glob("*/children")
    return {pid for task in tasks for pid in task.read_text().split()}
