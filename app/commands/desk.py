"""`kith desk`: a few people of a world side by side in one window, for testers."""

import argparse
from pathlib import Path
from typing import Final

from app.commands import window
from app.commands.demo import png
from app.worlds.files import WORLDS, is_seeded
from app.worlds.watched import MOST
from app.worlds.weather import Weather

FEWEST: Final = 2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the words of this command."""
    parser.add_argument(
        "world",
        metavar="WORLD",
        nargs="?",
        type=_world,
        help="a world file, the name of one that comes with Kith, or seed-7-1000: a thousand people"
        " from the seed 7; without it you are asked",
    )
    parser.add_argument(
        "--people", metavar="ANA,BO", type=_names, default=(), help="two to four ids of the world"
    )
    parser.add_argument(
        "--weather",
        metavar="BO=SLOW",
        type=_weather,
        action="append",
        default=[],
        help="what is between somebody and the service: " + ", ".join(Weather),
    )
    parser.add_argument(
        "--screenshot", metavar="FILE.png", type=png, help="draw the window into this file, and end"
    )


def run(options: argparse.Namespace) -> int:
    """Become the window."""
    return window.run(options)


def _world(text: str) -> Path:
    if is_seeded(Path(text)):
        return Path(text)
    places = (Path(text), WORLDS / text, WORLDS / f"{text}.json")
    found = next((place for place in places if place.is_file()), None)
    if found is None:
        shipped = ", ".join(sorted(path.stem for path in WORLDS.glob("*.json")))
        raise argparse.ArgumentTypeError(
            f"there is no world {text}; name a file, seed-7-1000, or one of {shipped}"
        )
    return found


def _names(text: str) -> tuple[str, ...]:
    names = tuple(dict.fromkeys(text.split(",")))
    if not FEWEST <= len(names) <= MOST:
        raise argparse.ArgumentTypeError("two to four different people fit side by side")
    return names


def _weather(text: str) -> tuple[str, Weather]:
    name, _, word = text.partition("=")
    if word not in set(Weather):
        raise argparse.ArgumentTypeError(f"say NAME=WEATHER, with one of {', '.join(Weather)}")
    return name, Weather(word)
