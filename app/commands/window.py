"""`kith` and `kith window`: the desktop window, which lives in `ui` and is started as a program."""

import argparse
import os
import sys


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the words of this command."""
    parser.add_argument("--service", metavar="URL", help="the service to connect to")
    parser.add_argument("--token", help="my token at that service")


def run(options: argparse.Namespace) -> int:
    """Become the window: nothing in `app` may import it."""
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", "ui", *options.argv])
