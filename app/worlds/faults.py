"""What is wrong with a world that can be read: each a sentence for whoever wrote the file."""

from collections.abc import Iterable, Iterator

from msgspec import UNSET

from app.addresses import parse_address
from app.domain import Address
from app.errors import InvalidAddress
from app.worlds.pictures import MOTIFS
from app.worlds.world import MOST, REGION, Drawing, Happening, World


def faults(world: World) -> Iterator[str]:
    """Name what is wrong, one after the other; nothing where all is well."""
    yield from _of_people(world)
    yield from _of_names(world)
    yield from _of_addresses(world)
    yield from _of_happenings(world)


def _of_people(world: World) -> Iterator[str]:
    count = len(world.people)
    if not count:
        yield "there is nobody in it; a world has people"
    if count > MOST:
        yield (
            f"there are {count:,} people in it, and a world holds {MOST:,}; take some out, and "
            "what is between them and the others"
        )
    for ident in _again(person.id for person in world.people):
        yield f"two people have the same id, {ident!r}"


def _of_names(world: World) -> Iterator[str]:
    known = {person.id for person in world.people}
    named = [tie.owner for tie in world.relations] + [deed.who for deed in world.happenings]
    named += [name for pair in world.pairs for name in pair]
    named += [world.me] if world.me else []
    for name in sorted(set(named) - known):
        yield f"there is nobody called {name!r}; add them to the people, or take them out"


def _of_addresses(world: World) -> Iterator[str]:
    owners: dict[Address, str] = {}
    for person in world.people:
        try:
            address = parse_address(person.address, REGION)
        except InvalidAddress:
            yield _no_address(person.id, person.address)
            continue
        if address in owners:
            yield f"{owners[address]!r} and {person.id!r} have the same address, {address}"
        owners[address] = person.id
    known = {person.id for person in world.people}
    for who, to in _written_to(world):
        if to not in known:
            try:
                parse_address(to, REGION)
            except InvalidAddress:
                yield _no_address(who, to)


def _no_address(who: str, text: str) -> str:
    return f"{text!r}, which stands with {who!r}, is neither somebody's id nor a number or handle"


def _of_happenings(world: World) -> Iterator[str]:
    for motif in sorted({drawing.motif for drawing in _drawings(world)} - set(MOTIFS)):
        yield f"there is no motif {motif!r}; there are {', '.join(sorted(MOTIFS))}"
    for deed in world.happenings:
        if _deeds(deed) != 1:
            yield f"{deed.who!r} after {deed.after:g} s: a happening is exactly one deed"


def _again(things: Iterable[str]) -> Iterator[str]:
    seen: set[str] = set()
    for each in things:
        if each in seen:
            yield each
        seen.add(each)


def _written_to(world: World) -> Iterator[tuple[str, str]]:
    for tie in world.relations:
        yield tie.owner, tie.to
    for deed in world.happenings:
        if deed.relation is not UNSET:
            yield deed.who, deed.relation.to
        if deed.message is not UNSET:
            yield deed.who, deed.message.to


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
