"""`kith` and `kith window`: the desktop window, which lives in `ui` and is started as a program."""

import argparse
import os
import sys


def add_arguments(_parser: argparse.ArgumentParser) -> None:
    """Take no words of its own: the window asks."""


def run(options: argparse.Namespace) -> int:
    """Become the window: nothing in `app` may import it."""
    sys.stdout.flush()
    os.execv(sys.executable, [sys.executable, "-m", "ui", *options.argv])
