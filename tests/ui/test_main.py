"""The program itself, as a process: it starts, draws, recovers and ends in order."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QImage

ROOT = Path(__file__).parents[2]
PATIENCE_S = 60


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    started: list[subprocess.Popen[str]] = []

    def start_it(*words: str) -> subprocess.Popen[str]:
        environment = {
            **os.environ,
            "KITH_HOME": str(tmp_path),
            "QT_QPA_PLATFORM": "offscreen",
            "PYTHONPATH": str(ROOT),
        }
        started.append(
            subprocess.Popen(
                [sys.executable, "-m", "ui", *words],
                env=environment,
                stderr=subprocess.PIPE,
                text=True,
            )
        )
        return started[-1]

    yield start_it
    for each in started:
        if each.poll() is None:
            each.kill()
        each.communicate()


WHO_IMPORTS = """
import sys, threading
from pathlib import Path

class Listening:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"ui", "PySide6"}:
            heard.append(f"{threading.current_thread() is threading.main_thread()} {name}")

heard = []
sys.meta_path.insert(0, Listening())
from app import cli
from ui import main
code = main.run(cli.parse(sys.argv[2:]))
Path(sys.argv[1]).write_text("\\n".join(heard))
sys.exit(code)
"""


def test_what_knows_qt_is_imported_beside_no_paint(tmp_path: Path) -> None:
    """PySide makes its types as they are asked for: a thread may not while the window paints."""
    heard, picture = tmp_path / "heard.txt", tmp_path / "picture.png"
    environment = {"KITH_HOME": str(tmp_path / "home"), "QT_QPA_PLATFORM": "offscreen"}
    subprocess.run(
        [sys.executable, "-c", WHO_IMPORTS, heard, "demo", "--screenshot", picture],
        env={**os.environ, **environment, "PYTHONPATH": str(ROOT)},
        check=True,
        timeout=PATIENCE_S,
        capture_output=True,
    )
    lines = heard.read_text().splitlines()
    assert "True ui.ways" in lines
    assert "True ui.importing.dialog" in lines
    assert [line for line in lines if line.startswith("False")] == []


def wait_for(holds: Callable[[], Any]) -> Any:
    """Wait for a true answer of another process."""
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        if answer := holds():
            return answer
        time.sleep(0.05)
    pytest.fail("it never came")


def service_pid(folder: Path) -> int | None:
    """Read which process serves a folder; its note may be half written."""
    try:
        pid: int = json.loads((folder / "service.json").read_text())["pid"]
    except (FileNotFoundError, ValueError, KeyError):
        return None
    return pid if is_alive(pid) else None


def is_alive(pid: int) -> bool:
    stat = Path(f"/proc/{pid}/stat")
    try:
        return stat.read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_the_demo_draws_itself_and_leaves_nothing_running(
    start: Callable[..., subprocess.Popen[str]], tmp_path: Path
) -> None:
    picture = tmp_path / "demo.png"
    demo = start("demo", "--screenshot", str(picture))
    pid = wait_for(lambda: service_pid(tmp_path / "demo" / "service"))
    assert demo.wait(PATIENCE_S) == 0, demo.communicate()
    image = QImage(str(picture))
    assert (image.width(), image.height()) >= (1000, 700)
    assert not is_alive(pid)


def test_a_home_that_is_none_ends_with_a_sentence(
    start: Callable[..., subprocess.Popen[str]], tmp_path: Path
) -> None:
    (tmp_path / "demo").touch()
    demo = start("demo", "--screenshot", str(tmp_path / "demo.png"))
    _, said = demo.communicate(timeout=PATIENCE_S)
    assert demo.returncode == 1
    assert f"kith: {tmp_path / 'demo'}: " in said
    assert "Traceback" not in said


def test_a_request_to_end_ends_window_and_service(
    start: Callable[..., subprocess.Popen[str]], tmp_path: Path
) -> None:
    folder = tmp_path / "service"
    folder.mkdir()
    window = start("window")
    pid = wait_for(lambda: service_pid(folder))
    window.send_signal(signal.SIGTERM)
    assert window.wait(PATIENCE_S) == 0, window.communicate()
    assert not is_alive(pid)


def test_a_service_that_was_killed_is_started_again(
    start: Callable[..., subprocess.Popen[str]], tmp_path: Path
) -> None:
    folder = tmp_path / "service"
    folder.mkdir()
    window = start("window")
    pid = wait_for(lambda: service_pid(folder))
    os.kill(pid, signal.SIGKILL)
    again = wait_for(lambda: service_pid(folder) not in {None, pid} and service_pid(folder))
    assert window.poll() is None
    window.send_signal(signal.SIGINT)
    assert window.wait(PATIENCE_S) == 0, window.communicate()
    assert not is_alive(again)


def test_a_window_that_was_killed_leaves_no_service(
    start: Callable[..., subprocess.Popen[str]], tmp_path: Path
) -> None:
    folder = tmp_path / "service"
    folder.mkdir()
    window = start("window")
    pid = wait_for(lambda: service_pid(folder))
    window.kill()
    window.wait(PATIENCE_S)
    wait_for(lambda: not is_alive(pid))


@pytest.mark.parametrize(
    ("language", "direction"), [("ar_EG", "RightToLeft"), ("en_US", "LeftToRight")]
)
def test_the_window_begins_where_the_language_of_the_system_does(
    language: str, direction: str
) -> None:
    script = (
        "from PySide6.QtWidgets import QApplication\n"
        "from ui.main import read_as_the_system\n"
        "app = QApplication([])\n"
        "read_as_the_system(app)\n"
        "print(app.layoutDirection().name)\n"
    )
    spoken = {"LANG": f"{language}.UTF-8", "LANGUAGE": "", "LC_ALL": ""}
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, **spoken, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == direction


def test_wrong_words_are_refused(start: Callable[..., subprocess.Popen[str]]) -> None:
    assert start("serve", "--data", "x").wait(PATIENCE_S) == 2
