"""`kith test`: every test, by pytest; what is not ours to read is handed on to it."""

import argparse
import os
import sys


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the words of this command."""
    parser.add_argument("--long", action="store_true", help="run the slow, full-length tests too")
    parser.epilog = "Everything else is handed on to pytest: ./kith test tests/unit -k word"


def run(options: argparse.Namespace) -> int:
    """Become pytest, so that its exit code and Ctrl-C are ours."""
    chosen = [] if options.long else ["-m", "not long"]
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", "pytest", *chosen, *options.others])
