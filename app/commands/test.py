"""`kith test`: every test, by pytest; what is not ours to read is handed on to it."""

import argparse
import os
import subprocess
import sys
from pathlib import Path
from typing import Final, NoReturn

LINTERS: Final = (
    ("ruff", "format", "--check", "."),
    ("ruff", "check", "."),
    ("mypy",),
    ("lint-imports",),
)
# A long test is not told where it stands after two minutes; it has a bound of its own.
LONG: Final = ("-o", "faulthandler_timeout=0")
SHORT: Final = ("-m", "not long")
# All the short ones mostly wait; what is measured in the long ones wants the machine to itself.
SIDE_BY_SIDE: Final = ("-n", "auto", "--maxprocesses", "4", "--dist", "loadfile")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the words of this command."""
    parser.add_argument("--long", action="store_true", help="run the slow, full-length tests too")
    parser.add_argument("--lint", action="store_true", help="run the linters instead of the tests")
    parser.epilog = "Everything else is handed on to pytest: ./kith test tests/unit -k word"


def run(options: argparse.Namespace) -> int:
    """Become pytest, so that its exit code and Ctrl-C are ours; or run the linters in turn."""
    if not options.lint:
        _become_pytest(options)
    return _lint()


def _become_pytest(options: argparse.Namespace) -> NoReturn:
    chosen: tuple[str, ...] = LONG if options.long else SHORT
    if not (options.long or options.others):
        chosen = (*chosen, *SIDE_BY_SIDE)
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", "pytest", *chosen, *options.others])


def _lint() -> int:
    root = Path(__file__).parents[2]
    environment = {**os.environ, "PYTHONPATH": str(root)}
    for name, *words in LINTERS:
        command = [str(Path(sys.executable).with_name(name)), *words]
        code = subprocess.run(command, cwd=root, env=environment, check=False).returncode
        if code:
            return code
    return 0
