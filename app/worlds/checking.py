"""Hold a table of expectations against the service, which is asked as a few viewers at a time."""

from collections.abc import Callable

import msgspec

from app.domain import Field, Profile
from app.errors import Refused
from app.wire import FieldPreview, Preview
from app.worlds.abreast import abreast
from app.worlds.expectations import (
    KINDS,
    NOT_FILLED_IN,
    NOT_FOUND,
    Expectation,
    Finding,
    Table,
    TableUnreadable,
)
from app.worlds.files import NotInWorld, must_be_there
from app.worlds.inhabit import Inhabitants

Told = Callable[[int, int], object]
"""Hears how many viewers were asked, of how many."""


def tell_nobody(_done: int, _total: int) -> None:
    """Let nobody know how far it is."""


async def check(table: Table, people: Inhabitants, told: Told = tell_nobody) -> list[Finding]:
    """Ask the service, as each viewer, what they see, and as the owner, why.

    Raises `NotInWorld` for an owner who is not there, `TableUnreadable` for such a viewer: of
    several, for the one whose line comes first.
    """
    if not await people.wake(table.owner):
        raise NotInWorld(table.owner, people.world)
    there = {person.id for person in people.world.people}
    found: dict[str, list[Finding]] = {}
    wrong: list[TableUnreadable] = []
    rows: dict[str, list[Expectation]] = {}
    for cell in table.cells:
        rows.setdefault(cell.viewer, []).append(cell)

    async def look(viewer: str) -> None:
        cells = rows[viewer]
        try:
            found[viewer] = await _look(table.owner, cells, people, is_person=viewer in there)
        except (Refused, NotInWorld) as error:
            no_set = viewer not in there and viewer.isdecimal()
            said = f"{table.owner} has no set {viewer}" if no_set else _said(error)
            wrong.append(TableUnreadable(table.path, cells[0].line, said))
        told(len(found) + len(wrong), len(rows))

    await abreast(look, rows)
    if wrong:
        raise min(wrong, key=lambda error: error.line)
    return [finding for viewer in rows for finding in found[viewer]]


def _said(error: Refused | NotInWorld) -> str:
    return error.detail if isinstance(error, Refused) else str(error)


async def _look(
    owner: str, cells: list[Expectation], people: Inhabitants, *, is_person: bool
) -> list[Finding]:
    """Hold the cells of one viewer against the service."""
    viewer = cells[0].viewer
    if not is_person and viewer not in KINDS and not viewer.isdecimal():
        must_be_there(people.world, [viewer])
    if is_person and not await people.wake(viewer):
        raise NotInWorld(viewer, people.world)
    query = f"viewer={people.path(viewer)}" if is_person else f"as={viewer}"
    answer = await people.ask(owner, f"/v1/me/preview?{query}")
    preview = msgspec.json.decode(answer, type=Preview)
    if is_person:
        seen = await _seen(people, owner, viewer)
    else:
        seen = {field for field, shown in preview.fields.items() if shown.value is not None}
    return [
        Finding(
            cell,
            cell.field in seen,
            _reasons(preview.fields[cell.field], shown=cell.field in seen),
        )
        for cell in cells
    ]


async def _seen(people: Inhabitants, owner: str, viewer: str) -> set[Field]:
    answer = await people.ask(viewer, f"/v1/profiles/{people.path(owner)}")
    profile = msgspec.json.decode(answer, type=Profile)
    return {field for field in Field if getattr(profile.fields, field) is not None}


def _reasons(preview: FieldPreview, *, shown: bool) -> tuple[str, ...]:
    """Name the rules; where they would show a field that is not there, say what is missing."""
    rules = tuple(because.rule for because in preview.because)
    if shown or not preview.visible:
        return rules
    return (*rules, NOT_FILLED_IN if preview.value is None else NOT_FOUND)
