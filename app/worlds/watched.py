"""A world whose doings are told: who did what, just before it goes to the service."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from app.worlds.inhabit import Inhabitants
from app.worlds.world import Drawing, World

Told = Callable[[str, str], None]
"""Called with a person's id and what they do, in a few words."""

SIDE_BY_SIDE: Final = 3
MOST: Final = 4


def _nobody(_name: str, _deed: str) -> None:
    """Hear nothing, until somebody wants to."""


@dataclass(slots=True)
class WatchedInhabitants(Inhabitants):
    """Tells `told` of every call that one of the people makes."""

    told: Told = _nobody

    async def act(self, name: str, method: str, path: str, body: object = None) -> None:
        self.told(name, _words(method, path, body))
        await Inhabitants.act(self, name, method, path, body)

    async def set_picture(self, name: str, drawing: Drawing | None) -> None:
        if drawing is not None:  # without one it is an act, which is told by itself
            self.told(name, "publishes another picture")
        await Inhabitants.set_picture(self, name, drawing)


def _words(method: str, path: str, body: object) -> str:
    if path == "/v1/me" and isinstance(body, dict) and "fields" in body:
        return "publishes " + ", ".join(_field_names(body["fields"]))
    place = path.removeprefix("/v1/").partition("/")
    return {
        "me": f"changes {place[2] or 'the account'}",
        "contacts": "changes a relation",
        "messages": "writes a message",
    }.get(place[0], method)


def _field_names(fields: object) -> list[str]:
    struct_names = getattr(fields, "__struct_fields__", ())
    return [name for name in struct_names if isinstance(getattr(fields, name), str | None)]


def side_by_side(world: World) -> list[str]:
    """Choose whom to look through: `me` and those who keep `me`, as far as there is room."""
    there = [person.id for person in world.people if person.id not in world.late]
    me = world.me or there[0]
    kept_by_me = {tie.to for tie in world.relations if tie.owner == me}
    keeping_me = {tie.owner for tie in world.relations if tie.to == me}
    others = [name for name in there if name != me]
    others.sort(key=lambda name: -((name in kept_by_me) + (name in keeping_me)))
    return [me, *others][:SIDE_BY_SIDE]
