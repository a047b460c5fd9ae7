"""The launcher, as a shell runs it; what it finds on the computer are small scripts of ours."""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SHELL = shutil.which("dash") or "sh"

PYTHON = """#!/bin/sh
# Stands for Python: answers the launcher's questions, makes environments, writes down each call.
echo "$*" >>"$CALLS"
case $* in
*version_info*) exit "${OLD_PYTHON-0}" ;;
*ensurepip*) exit "${NO_VENV-0}" ;;
"-m venv "*) mkdir -p "$3/bin" && cp "$0" "$3/bin/python" ;;
"-m pip "*) sleep "${PIP_TAKES-0}"; exit "${PIP_FAILS-0}" ;;
*)
    echo "ran $* in $PWD with $PYTHONPATH $PYTHONSAFEPATH ${QT_QPA_PLATFORM-}"
    exit "${ENDS_WITH-0}"
    ;;
esac
"""


class Computer:
    """A clone of the repository on a computer of our making."""

    def __init__(self, folder: Path) -> None:
        self.clone = folder / "clone"
        self.tools = folder / "tools"
        self.calls_file = folder / "calls"
        self.clone.mkdir()
        self.tools.mkdir()
        self.calls_file.touch()
        for name in ("kith", "requirements.txt", "requirements-test.txt"):
            shutil.copy(ROOT / name, self.clone)
        self.tool("python3.13", PYTHON)
        self.libraries("all")
        self.user(1000)
        self.tool("apt-get", '#!/bin/sh\necho "apt-get $*" >>"$CALLS"\nexit "${APT_FAILS-0}"\n')
        self.environment = {
            "PATH": f"{self.tools}:/usr/bin:/bin",
            "HOME": str(folder / "home"),
            "CALLS": str(self.calls_file),
            "DISPLAY": ":1",
        }

    def tool(self, name: str, script: str) -> None:
        path = self.tools / name
        path.write_text(script)
        path.chmod(0o755)

    def user(self, number: int) -> None:
        self.tool("id", f"#!/bin/sh\necho {number}\n")

    def libraries(self, which: str) -> None:
        """Have the system know all the libraries that Qt needs, or only the C library."""
        names = ["libc.so.6"]
        if which == "all":
            words = (ROOT / "kith").read_text().split("qt_libraries='")[1].split("'")[0]
            names += [pair.partition("=")[0] for pair in words.split()]
        listed = "\n".join(f"\t{name} (libc6,x86-64) => /usr/lib/{name}" for name in names)
        self.tool("ldconfig", f"#!/bin/sh\ncat <<'END'\n{listed}\nEND\n")

    def kith(self, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [SHELL, str(self.clone / "kith"), *words],
            capture_output=True,
            text=True,
            env={**self.environment, **more},
            cwd=self.tools,
            timeout=60,
            check=False,
        )

    def calls(self, begin: str) -> list[str]:
        return [line for line in self.calls_file.read_text().splitlines() if line.startswith(begin)]


@pytest.fixture
def computer(tmp_path: Path) -> Computer:
    return Computer(tmp_path)


def test_the_launcher_is_plain_shell() -> None:
    for shell in filter(shutil.which, ("dash", "sh", "bash")):
        subprocess.run([shell, "-n", str(ROOT / "kith")], check=True)
    assert (ROOT / "kith").read_text().startswith("#!/bin/sh\n")
    assert os.access(ROOT / "kith", os.X_OK)


def test_the_first_start_installs_and_the_second_does_not(computer: Computer) -> None:
    for _ in range(2):
        done = computer.kith("sync", "a book.vcf")
        assert done.returncode == 0, done.stderr
        assert done.stdout.startswith(
            f"ran -m app sync a book.vcf in {computer.tools} with {computer.clone} 1"
        )
    assert len(computer.calls("-m venv")) == len(computer.calls("-m pip")) == 1
    assert "--require-hashes" in computer.calls("-m pip")[0]


def test_new_requirements_are_installed_afresh(computer: Computer) -> None:
    computer.kith("sync")
    with (computer.clone / "requirements.txt").open("a") as file:
        file.write("# changed\n")
    computer.kith("sync")
    assert len(computer.calls("-m venv")) == 2


def test_an_installation_that_failed_is_done_again(computer: Computer) -> None:
    failed = computer.kith("sync", PIP_FAILS="1")
    assert failed.returncode == 1
    assert "next start tries again" in failed.stderr
    assert failed.stdout == ""
    assert computer.kith("sync").returncode == 0
    assert len(computer.calls("-m venv")) == 2


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_an_installation_that_was_interrupted_is_done_again(
    computer: Computer, number: signal.Signals
) -> None:
    with subprocess.Popen(
        [SHELL, str(computer.clone / "kith"), "sync"],
        env={**computer.environment, "PIP_TAKES": "30"},
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as process:
        wait_for(lambda: bool(computer.calls("-m pip")))
        os.killpg(process.pid, number)
    assert process.returncode != 0
    assert computer.kith("sync").returncode == 0
    assert [path.name for path in computer.clone.glob(".venv*")] == [".venv"]


def test_two_at_once_install_once(computer: Computer) -> None:
    started = [
        subprocess.Popen(
            [SHELL, str(computer.clone / "kith"), "sync"],
            env={**computer.environment, "PIP_TAKES": "1"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for _ in range(3)
    ]
    assert [process.wait(timeout=60) for process in started] == [0, 0, 0]
    assert len(computer.calls("-m venv")) == 1


def test_the_test_tools_are_installed_for_tests_only(computer: Computer) -> None:
    computer.kith("sync")
    assert len(computer.calls("-m pip")) == 1
    for _ in range(2):
        done = computer.kith("test", "-k", "word")
        assert done.stdout.startswith(f"ran -m app test -k word in {computer.clone} ")
    first, second = computer.calls("-m pip")
    assert first.endswith("/requirements.txt")
    assert second.endswith("/requirements-test.txt")


@pytest.mark.parametrize(
    ("words", "module"),
    [
        ((), "ui"),
        (("window",), "ui"),
        (("demo",), "ui"),
        (("demo", "--help"), "app"),
        (("watch",), "app"),
        (("-h",), "app"),
    ],
)
def test_the_window_is_a_program_of_its_own(
    computer: Computer, words: tuple[str, ...], module: str
) -> None:
    done = computer.kith(*words)
    assert done.stdout.startswith(" ".join(["ran", "-m", module, *words]) + " in ")


def test_exit_codes_pass_through(computer: Computer) -> None:
    assert computer.kith("sync", ENDS_WITH="2").returncode == 2


def test_it_is_found_through_a_link_and_from_anywhere(computer: Computer) -> None:
    link = computer.tools / "kith"
    link.symlink_to(computer.clone / "kith")
    done = subprocess.run(
        ["kith", "sync"],
        env=computer.environment,
        cwd="/",
        capture_output=True,
        text=True,
        check=False,
    )
    assert f"with {computer.clone} " in done.stdout


def test_state_and_programs_are_kept_apart(computer: Computer, tmp_path: Path) -> None:
    home = tmp_path / "state"
    home.mkdir()
    computer.kith("sync", KITH_HOME=str(home))
    assert list(home.iterdir()) == []


# ---- a screen


def test_the_demo_without_a_display_says_so_and_is_drawn_offscreen(computer: Computer) -> None:
    done = computer.kith("demo", DISPLAY="")
    assert "No display here" in done.stderr
    assert done.stdout.rstrip().endswith(" offscreen")


def test_the_window_without_a_display_says_what_to_do(computer: Computer) -> None:
    done = computer.kith(DISPLAY="")
    assert done.returncode == 1
    assert "--screenshot" in done.stderr


# ---- what the system lacks


def test_missing_libraries_are_named_in_one_line_to_run(computer: Computer) -> None:
    computer.libraries("none")
    done = computer.kith("demo")
    assert done.returncode == 1
    (line,) = [line for line in done.stderr.splitlines() if line.startswith("sudo ")]
    assert line.startswith("sudo apt-get update && sudo apt-get install -y ")
    assert {"libegl1", "libgl1", "libxcb-cursor0"} <= set(line.split())
    assert computer.calls("apt-get") == []


def test_root_has_missing_libraries_installed(computer: Computer) -> None:
    computer.libraries("none")
    computer.user(0)
    done = computer.kith("demo")
    assert done.returncode == 0, done.stderr
    assert len([line for line in done.stderr.splitlines() if "apt-get" in line]) == 1
    (call,) = computer.calls("apt-get")
    assert {"-y", "install", "libegl1"} <= set(call.split())


def test_a_failed_package_manager_ends_with_the_line_to_try(computer: Computer) -> None:
    computer.libraries("none")
    computer.user(0)
    done = computer.kith("demo", APT_FAILS="1")
    assert done.returncode == 1
    assert "apt-get update" in done.stderr
    assert computer.calls("apt-get -qq update")


def test_commands_without_a_window_need_no_libraries(computer: Computer) -> None:
    computer.libraries("none")
    assert computer.kith("watch").returncode == 0


def test_a_python_without_environments_is_completed(computer: Computer) -> None:
    (computer.tools / "readlink").write_text("#!/bin/sh\necho /usr/bin/python3.13\n")
    (computer.tools / "readlink").chmod(0o755)
    done = computer.kith("sync", NO_VENV="1")
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].endswith("install -y python3.13-venv")


def wait_for(condition: Callable[[], bool]) -> None:
    """Wait, but not for ever."""
    deadline = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)
