"""Read world files; the format is in world.py."""

import re
from collections.abc import Collection
from pathlib import Path
from typing import Any, Final

import msgspec

from app.errors import KithError
from app.worlds.faults import faults
from app.worlds.seeded import grow
from app.worlds.world import FEWEST, MOST, Recipe, World

WORLDS: Final = Path(__file__).parents[2] / "resources" / "worlds"
MOST_BYTES: Final = 128 * 1024 * 1024
"""A hundred thousand people with every field filled in are less than half of this."""
NAMED: Final = 5
"""How many people are named where somebody else was looked for."""

_SEEDED: Final = re.compile(r"seed-(\d{1,18})-(\d{1,9})")
_AT_BYTE: Final = re.compile(r" \(byte (\d+)\)")


class WorldError(KithError):
    """A world that cannot be made; its text is a whole sentence and says what to do."""


class WorldUnreadable(WorldError):
    """A world file that does not say what a world file says."""

    def __init__(self, path: Path, detail: str) -> None:
        super().__init__(f"{path.name}: {detail}")
        self.path = path
        self.detail = detail


class NotInWorld(WorldError):
    """Somebody was asked for who is not in the world at its beginning."""

    def __init__(self, name: str, world: World) -> None:
        there = [person.id for person in world.people if person.id not in world.late]
        others = len(there) - NAMED
        named = ", ".join(there[:NAMED]) + (f" and {others:,} others" if others > 0 else "")
        if name in world.late:
            said = f"{name} joins this world only later"
        else:
            said = f"there is nobody called {name} in this world"
        super().__init__(f"{said}. At its beginning there are {named}.")


def must_be_there(world: World, names: Collection[str]) -> None:
    """Raise `NotInWorld` for the first who is not there when the world begins."""
    there = {person.id for person in world.people} - world.late
    for name in names:
        if name not in there:
            raise NotInWorld(name, world)


def seeded_path(seed: int, count: int) -> Path:
    """Name the world of a seed as if it were a file."""
    return Path(f"seed-{seed}-{count}")


def is_seeded(path: Path) -> bool:
    """Whether this names the world of a seed, and no file."""
    return _SEEDED.fullmatch(path.name) is not None


def read(path: Path) -> World:
    """Read a world file, or make the world of a recipe; what it names must be in it."""
    if is_seeded(path):
        seed, count = map(int, path.name.split("-")[1:])
        return _grown(path, Recipe(f"{count:,} people from the seed {seed}.", seed, count))
    content = _content(path)
    try:
        members: dict[str, Any] = msgspec.json.decode(content, type=dict[str, Any])
        if "seed" in members:
            return _grown(path, msgspec.json.decode(content, type=Recipe))
        world = msgspec.json.decode(content, type=World)
    except msgspec.DecodeError as error:
        raise WorldUnreadable(path, _said(content, error)) from error
    except UnicodeDecodeError as error:
        raise WorldUnreadable(path, "this is not text in UTF-8; save it as UTF-8") from error
    for fault in faults(world):
        raise WorldUnreadable(path, fault)
    return world


def _content(path: Path) -> bytes:
    try:
        size = path.stat().st_size
        if size > MOST_BYTES:
            raise WorldUnreadable(
                path,
                f"the file has {size / 1e6:,.0f} MB, and at most {MOST_BYTES / 1e6:,.0f} MB are "
                "read; take people out of it, or name a seed instead, as in seed-7-100000",
            )
        return path.read_bytes()
    except OSError as error:
        raise WorldUnreadable(path, error.strerror or "it cannot be read") from error


def _said(content: bytes, error: msgspec.DecodeError) -> str:
    """Say what is wrong, and in which line where that is known."""
    said = str(error)
    if found := _AT_BYTE.search(said):
        before = content[: int(found[1])]
        column = len(before) - (before.rfind(b"\n") + 1) + 1
        at = f"line {_line(before)}, column {column}"
        return f"{at}: {said.replace(found[0], '')}; mend it there"
    if said == "Input data was truncated":
        return f"the file ends in line {_line(content)}, in the middle of something"
    return said


def _line(before: bytes) -> int:
    return before.count(b"\n") + 1


def _grown(path: Path, recipe: Recipe) -> World:
    if not FEWEST <= recipe.count <= MOST:
        asked = f"{recipe.count:,} people from a seed"
        raise WorldUnreadable(path, f"{asked}: say a number from {FEWEST} to {MOST:,}")
    return grow(recipe)
