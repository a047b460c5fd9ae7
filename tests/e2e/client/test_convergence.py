"""Two windows of one account, doing things at once: in the end both show what the service keeps."""

import asyncio
import random
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import msgspec
import pytest

from app.domain import Block, Field, Visibility
from app.session import Session
from tests.contract.outside import Person, Service
from tests.e2e.client.conftest import fresh, open_session, until

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("seed", range(4))
async def test_two_windows_converge_on_the_service(
    service: Service, sessions: AsyncExitStack, tmp_path: Path, seed: int
) -> None:
    chance = random.Random(seed)
    (me,) = service.people(fresh(), name="Me")
    addresses = [fresh() for _ in range(8)]
    people = service.people(*addresses[:4], name="Somebody", status="Here")
    one = await open_session(sessions, me, tmp_path / "one")
    two = await open_session(sessions, me, tmp_path / "two")
    for _ in range(60):
        session = chance.choice([one, two])
        deed(chance, session, addresses)
        if chance.random() < 0.3:
            person = chance.choice(people)
            await asyncio.to_thread(meddle, chance, person, me)
        await asyncio.sleep(chance.choice([0, 0, 0.005, 0.02]))
    for session in (one, two, one, two):
        await session.settled()
    kept = await asyncio.to_thread(me.get, "/v1/contacts")
    expected = {each["address"]: plain(each) for each in kept["relations"]}
    for session in (one, two):
        await agrees(session, expected)


async def agrees(session: Session, expected: dict[str, Any]) -> None:
    try:
        await until(session, lambda: not differences(known(session), expected))
    except TimeoutError:
        found = differences(known(session), expected)
        assert not found, msgspec.json.encode(found).decode()


def differences(found: dict[str, Any], expected: dict[str, Any]) -> dict[str, Any]:
    """What this window shows otherwise than the service keeps it."""
    return {
        address: (found.get(address), expected.get(address))
        for address in {*found, *expected}
        if not is_same(found.get(address), expected.get(address))
    }


def is_same(found: dict[str, Any] | None, expected: dict[str, Any] | None) -> bool:
    if found is None or expected is None or found["subscribed"]:
        return found == expected
    # What is not followed may be older, but shows nothing that is hidden by now.
    shown = set(found["profile"]) <= set(expected["profile"])
    return shown and {**found, "profile": None} == {**expected, "profile": None}


def deed(chance: random.Random, session: Session, addresses: list[str]) -> None:
    ids = [row.id for row in session.rows()]
    some = chance.sample(ids, min(len(ids), chance.randint(1, 3)))
    deeds = [
        lambda: session.add_contact("", ["+" + chance.choice(addresses)], "US"),
        lambda: session.set_favorite(some, chance.random() < 0.5),
        lambda: session.set_contact(some, chance.random() < 0.5),
        lambda: session.set_subscribed(some, chance.random() < 0.5),
        lambda: session.set_blocked(some, chance.choice([(), (Block.PROFILE,), tuple(Block)])),
        lambda: session.set_visibility(some, chance.choice([0, 1, 2, 8])),
        lambda: session.set_visibility(some, Visibility.CUSTOM, (chance.choice(list(Field)),)),
        lambda: session.remove(some[:1]),
        session.undo,
        session.redo,
    ]
    chance.choice(deeds)()


def meddle(chance: random.Random, person: Person, me: Person) -> None:
    if chance.random() < 0.5:
        person.publish(status=str(chance.random()))
    else:
        person.relate(me.address, blocked=chance.choice([[], ["profile"]]))


def known(session: Session) -> dict[str, Any]:
    """What this window shows of every address that is kept."""
    reading = session._store.reading
    found = {}
    for (address,) in reading.all("SELECT address FROM relation"):
        entry = session.entry(address)
        assert entry is not None
        relation = msgspec.json.decode(msgspec.json.encode(entry.relation))
        profile = msgspec.json.decode(msgspec.json.encode(entry.profile))
        found[address] = plain({**relation, "profile": profile})
    return found


def plain(relation: dict[str, Any]) -> dict[str, Any]:
    """Leave out what may differ: how it came to be, and what was never there."""
    profile = {name: value for name, value in relation["profile"]["fields"].items() if value}
    profile.pop("presence", None)
    parts = {name: value for name, value in relation.items() if name not in {"origin", "profile"}}
    return {**parts, "fields": sorted(parts.get("fields", [])), "profile": profile}
