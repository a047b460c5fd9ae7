"""Being blocked costs the service what being hidden from costs it, so that time tells nothing.

The same statements with the same numbers of rows, instead of a stopwatch: that can be told exactly.
"""

from collections.abc import Awaitable, Callable
from uuid import uuid4

import pytest

from tests.service.people import Json, Person, Service, fresh
from tests.service.tracing import Step, traced

BLOCK: Json = {"blocked": ["messages", "profile"]}
HIDE: Json = {"visibility": 8}
WAYS: dict[str, Json] = {"block": BLOCK, "hide": HIDE}

Call = Callable[[Person, Person], Awaitable[object]]


def call(method: str, path: str, body: object = None) -> Call:
    async def run(viewer: Person, owner: Person) -> None:
        answer = await viewer.call(method, path.format(owner.address), json=body)
        assert answer.status_code < 500, answer.text

    return run


def sync(**flags: object) -> Call:
    return lambda viewer, owner: viewer.sync(owner.address, **flags)


CALLS: dict[str, Call] = {
    "profile": call("GET", "/v1/profiles/{}"),
    "picture": call("GET", "/v1/profiles/{}/picture"),
    "contact": call("GET", "/v1/contacts/{}"),
    "list": call("GET", "/v1/contacts"),
    "preview": call("GET", "/v1/me/preview?viewer={}"),
    "same sync": sync(contact=True),
    "sync": sync(contact=False, subscribe=False),
    "sync back": sync(contact=True),
    "favorite": call("PATCH", "/v1/contacts/{}", {"favorite": True}),
    "hidden": call("PATCH", "/v1/contacts/{}", {"visibility": 8}),
    "default": call("PATCH", "/v1/contacts/{}", {"visibility": 0}),
    "blocked": call("PATCH", "/v1/contacts/{}", BLOCK),
    "unblocked": call("PATCH", "/v1/contacts/{}", {"blocked": []}),
    "publish": lambda viewer, _: viewer.publish(status="New"),
    "publish again": lambda viewer, _: viewer.publish(status="New"),
    "publish email": lambda viewer, _: viewer.publish(email="a@b.example"),
    "rules": lambda viewer, _: viewer.privacy(audiences={"email": "everyone"}),
    "set": lambda viewer, _: viewer.privacy(sets=[{"id": 16, "name": "S", "fields": ["email"]}]),
    "by set": call("PATCH", "/v1/contacts/{}", {"visibility": 16}),
    "message": lambda viewer, owner: viewer.send(owner.address, "Hello", str(uuid4())),
    "another message": lambda viewer, owner: viewer.send(owner.address, "Again", str(uuid4())),
    "let go": call("DELETE", "/v1/contacts/{}"),
    "look again": call("GET", "/v1/profiles/{}"),
    "keep again": sync(contact=True),
    "withdraw": call("DELETE", "/v1/me/contacts"),
}


async def costs(service: Service, viewer: Person, owner: Person) -> dict[str, list[Step]]:
    """What each call of the viewer asks of the database."""
    found = {}
    for name, make in CALLS.items():
        with traced(service.node) as steps:
            await make(viewer, owner)
        found[name] = steps
    return found


CROWD = 120
"""Enough that they are marked together, and in two parts."""


async def test_publishing_to_many_asks_the_same_of_the_database(service: Service) -> None:
    crowd = await service.people(*[fresh() for _ in range(CROWD)])
    found = {}
    for way, parts in WAYS.items():
        viewer, owner = await service.pair(name="Same", status="Same")
        await viewer.sync(*(each.address for each in crowd))
        for each in (owner, *crowd):
            await each.sync(viewer.address)
        await viewer.sync(owner.address)
        await owner.relate(viewer.address, **parts)
        with traced(service.node) as steps:
            await viewer.publish(status="New")
            await viewer.publish(status=None)
        found[way] = steps
    assert found["block"] == found["hide"]


@pytest.mark.parametrize("auto_sync", [True, False])
@pytest.mark.parametrize("subscribed", [True, False])
async def test_every_call_asks_the_same_of_the_database(
    service: Service, auto_sync: bool, subscribed: bool
) -> None:
    found = {}
    for way, parts in WAYS.items():
        viewer, owner = await service.pair(name="Same", status="Same")
        await owner.call("PATCH", "/v1/me", json={"auto_sync": auto_sync})
        await owner.relate(viewer.address, contact=True, subscribed=subscribed)
        await viewer.sync(owner.address)
        await owner.relate(viewer.address, **parts)
        found[way] = await costs(service, viewer, owner)
    for name in CALLS:
        assert found["block"][name] == found["hide"][name], name
