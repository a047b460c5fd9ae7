"""Read world files; the format is in world.py."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import msgspec
from msgspec import UNSET

from app.errors import KithError
from app.worlds.pictures import MOTIFS
from app.worlds.seeded import grow
from app.worlds.world import Drawing, Happening, Recipe, World

WORLDS: Final = Path(__file__).parents[2] / "resources" / "worlds"


class WorldUnreadable(KithError):
    """A world file that does not say what a world file says."""

    def __init__(self, path: Path, detail: str) -> None:
        super().__init__(f"{path.name}: {detail}")
        self.path = path
        self.detail = detail


def read(path: Path) -> World:
    """Read a world file, or make the world of a recipe; what it names must be in it."""
    try:
        content = path.read_bytes()
        members: dict[str, Any] = msgspec.json.decode(content, type=dict[str, Any])
        if "seed" in members:
            return grow(msgspec.json.decode(content, type=Recipe))
        world = msgspec.json.decode(content, type=World)
    except (OSError, msgspec.DecodeError) as error:
        raise WorldUnreadable(path, str(error)) from error
    fault = _fault(world)
    if fault:
        raise WorldUnreadable(path, fault)
    return world


def _fault(world: World) -> str:
    ids = [person.id for person in world.people]
    if len(set(ids)) < len(ids):
        return "two people have the same id"
    named = [tie.owner for tie in world.relations] + [deed.who for deed in world.happenings]
    named += [name for pair in world.pairs for name in pair]
    strangers = set(named) - set(ids) | ({world.me} - {""} - set(ids))
    if strangers:
        return f"there is nobody called {min(strangers)!r}"
    unknown = {drawing.motif for drawing in _drawings(world)} - set(MOTIFS)
    if unknown:
        return f"there is no motif {min(unknown)!r}"
    for deed in world.happenings:
        if _deeds(deed) != 1:
            return f"{deed.who!r} after {deed.after:g} s: a happening is exactly one deed"
    return ""


def _drawings(world: World) -> Iterator[Drawing]:
    for person in world.people:
        if person.picture:
            yield person.picture
    for deed in world.happenings:
        yield from filter(None, deed.picture)


def _deeds(happening: Happening) -> int:
    parts = (
        happening.publish,
        happening.picture,
        happening.privacy is not UNSET,
        happening.relation is not UNSET,
        happening.message is not UNSET,
        happening.join,
        happening.leave,
    )
    return sum(bool(part) for part in parts)
