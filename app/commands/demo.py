"""`kith demo`: the window on an embedded service with a small living world."""

import argparse
from pathlib import Path

from app.commands import window


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the words of this command."""
    parser.add_argument(
        "--screenshot",
        metavar="FILE.png",
        type=png,
        help="draw the window into this file, and end",
    )


def run(options: argparse.Namespace) -> int:
    """Become the window."""
    return window.run(options)


def png(text: str) -> Path:
    """Read the name of a picture to write."""
    path = Path(text)
    if path.suffix.lower() != ".png":
        raise argparse.ArgumentTypeError(f"{text} does not end in .png")
    if not path.parent.is_dir():
        raise argparse.ArgumentTypeError(f"there is no folder {path.parent}")
    return path
