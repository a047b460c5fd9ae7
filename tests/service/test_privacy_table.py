"""Relation states x endpoints x fields: what each call shows of somebody, in each state.

A row for every call there is: one that shows profiles, or one that shows nothing of anybody. A call
without a row fails.
"""

import itertools
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

import httpx

from app.service.api import ROUTES
from tests.service.people import Json, Person, Service
from tests.service.test_privacy_matrix import CUSTOM, FIELDS, SET, Cell, an_owner

AUDIENCES = {
    "name": "everyone",
    "status": "contacts",
    "picture": "contacts",
    "about": "favorites",
    "email": "nobody",
    "birthday": "everyone",
    "presence": "favorites",
}
STATES = [
    Cell(*parts)
    for parts in itertools.product(
        ("stranger", "contact", "favorite"),
        (0, 1, 2, 4, 8, 16),
        ((), ("messages", "profile")),
        ((), ("profile",)),
    )
]


@dataclass(frozen=True)
class Look:
    """What a viewer gets from a call: every byte, and the profile of the owner in it."""

    received: str
    shown: set[str]


Row = Callable[[Person, Person], Awaitable[Look]]


def fields_of(profile: Json) -> set[str]:
    return set(profile["fields"])


def shows(method: str, path: str, find: Callable[[Json], Json], body: object = None) -> Row:
    """A call whose answer has the owner's profile somewhere."""

    async def look(viewer: Person, owner: Person) -> Look:
        text = json.dumps(body).replace("{address}", owner.address)
        answer = await viewer.call(
            method,
            path.replace("{address}", owner.address),
            **({} if body is None else {"content": text}),
        )
        assert answer.status_code == 200, answer.text
        return Look(answer.text, fields_of(find(answer.json())))

    return look


def shows_nothing(method: str, path: str, **more: Any) -> Row:
    """A call in whose answer there is nothing of anybody else, whether it is allowed or not."""

    async def look(viewer: Person, owner: Person) -> Look:
        there = path.replace("{address}", owner.address).replace("{a}", owner.address)
        there = there.replace("{b}", viewer.address)
        answer: httpx.Response = await viewer.call(method, there, **more)
        assert answer.status_code < 500, answer.text
        return Look(answer.text, set())

    return look


async def picture(viewer: Person, owner: Person) -> Look:
    answer = await viewer.call("GET", f"/v1/profiles/{owner.address}/picture")
    assert answer.status_code in {200, 404}
    return Look("", {"picture"} if answer.status_code == 200 else set())


async def delta(viewer: Person, owner: Person) -> Look:
    """The whole list, and once more by what has changed since the beginning."""
    whole = await shows("GET", "/v1/contacts", only_relation)(viewer, owner)
    ident = await viewer.ident()
    start = viewer.service.node.cursor(ident, 0)
    changed = await shows("GET", f"/v1/contacts?cursor={start}", only_relation)(viewer, owner)
    assert whole.shown == changed.shown
    return replace(whole, received=whole.received + changed.received)


async def events(viewer: Person, owner: Person) -> Look:
    """What a stream from the beginning sends; the last word about the owner counts."""
    heard = [item for item in await viewer.heard(0) if item.kind in {"relation", "profile"}]
    found: list[Json] = [json.loads(item.data) for item in heard]
    about = [each.get("profile", each) for each in found if each["address"] == owner.address]
    return Look(b"".join(item.data for item in heard).decode(), fields_of(about[-1]))


async def message(viewer: Person, owner: Person) -> Look:
    answer = await viewer.send(owner.address, "Hello", str(uuid4()))
    assert answer.status_code in {202, 409}
    return Look(answer.text, set())


def only_relation(answer: Json) -> Json:
    (relation,) = answer["relations"]
    return dict(relation["profile"])


def profile_of(answer: Json) -> Json:
    return dict(answer["profile"])


def matched(answer: Json) -> Json:
    return dict(answer["matched"][0]["profile"])


SYNC = {"entries": [{"addresses": ["{address}"]}]}
OPERATORS = "/v1/operator/users"
TABLE: dict[tuple[str, str], Row] = {
    ("GET", "/v1/profiles/{address}"): shows("GET", "/v1/profiles/{address}", dict),
    ("GET", "/v1/profiles/{address}/picture"): picture,
    ("GET", "/v1/contacts/{address}"): shows("GET", "/v1/contacts/{address}", profile_of),
    ("PATCH", "/v1/contacts/{address}"): shows("PATCH", "/v1/contacts/{address}", profile_of, {}),
    ("GET", "/v1/contacts"): delta,
    ("POST", "/v1/contacts/sync"): shows("POST", "/v1/contacts/sync", matched, SYNC),
    ("GET", "/v1/events"): events,
    ("POST", "/v1/messages"): message,
    ("GET", "/v1/me"): shows_nothing("GET", "/v1/me"),
    ("PATCH", "/v1/me"): shows_nothing("PATCH", "/v1/me", json={}),
    ("PUT", "/v1/me/picture"): shows_nothing("PUT", "/v1/me/picture", content=b"no picture"),
    ("DELETE", "/v1/me/picture"): shows_nothing("DELETE", "/v1/me/picture"),
    ("GET", "/v1/me/privacy"): shows_nothing("GET", "/v1/me/privacy"),
    ("PUT", "/v1/me/privacy"): shows_nothing("PUT", "/v1/me/privacy", json={}),
    ("GET", "/v1/me/preview"): shows_nothing("GET", "/v1/me/preview?viewer={address}"),
    ("GET", "/v1/me/audience"): shows_nothing("GET", "/v1/me/audience?field=name"),
    ("POST", "/v1/me/impact"): shows_nothing("POST", "/v1/me/impact", json={}),
    ("POST", OPERATORS): shows_nothing("POST", OPERATORS, json={"users": []}),
    ("POST", OPERATORS + "/{address}/tokens"): shows_nothing(
        "POST", OPERATORS + "/{address}/tokens"
    ),
    ("PATCH", OPERATORS + "/{address}"): shows_nothing(
        "PATCH", OPERATORS + "/{address}", json={"reach": "everyone"}
    ),
    ("DELETE", OPERATORS + "/{address}"): shows_nothing("DELETE", OPERATORS + "/{address}"),
    ("PUT", "/v1/operator/pairs/{a}/{b}"): shows_nothing("PUT", "/v1/operator/pairs/{a}/{b}"),
    ("DELETE", "/v1/operator/pairs/{a}/{b}"): shows_nothing("DELETE", "/v1/operator/pairs/{a}/{b}"),
    ("GET", "/v1/operator/pairs"): shows_nothing("GET", "/v1/operator/pairs?address={address}"),
    ("DELETE", "/v1/contacts/{address}"): shows_nothing("DELETE", "/v1/contacts/{address}"),
    ("DELETE", "/v1/me/contacts"): shows_nothing("DELETE", "/v1/me/contacts"),
}
SHOWING = set(list(TABLE)[:7])


def test_every_call_has_a_row() -> None:
    live = {("GET", "/v1/events")}
    assert {(route.method, route.path) for route in ROUTES} | live == set(TABLE)


async def test_every_call_shows_in_every_state_what_it_may(generous: Service) -> None:
    assert await hold_table(generous) >= 2_000


async def hold_table(service: Service) -> int:
    """Ask every call in every state; return how many cells were held."""
    owner = await an_owner(service)
    await owner.privacy(sets=[SET], audiences=AUDIENCES)
    values = await canaries(owner)
    viewers = await service.people(*(f"viewer.{place}" for place in range(len(STATES))))
    cells = 0
    for state, viewer in zip(STATES, viewers, strict=True):
        await bring_about(state, owner, viewer)
        visible = {name for name in FIELDS if state.expected(AUDIENCES[name], name)[0]}
        for route, look in TABLE.items():
            found = await look(viewer, owner)
            expected = visible if route in SHOWING else set()
            if route[1].endswith("/picture"):
                expected = expected & {"picture"}
            assert found.shown == expected, (state, route)
            for name, value in values.items():
                assert (value in found.received) <= (name in expected), (state, route, name)
            cells += len(FIELDS)
    return cells


async def canaries(owner: Person) -> dict[str, str]:
    """Of each field, what can be looked for in everything that is received."""
    fields = (await owner.get("/v1/me"))["fields"]
    found = {name: value for name, value in fields.items() if isinstance(value, str)}
    return found | {
        "picture": fields["picture"]["hash"],
        "presence": fields["presence"]["last_seen"],
    }


async def bring_about(state: Cell, owner: Person, viewer: Person) -> None:
    custom = {"fields": list(CUSTOM)} if state.visibility == 4 else {}
    await viewer.sync(owner.address)
    await viewer.relate(owner.address, blocked=list(state.viewer_blocked))
    await owner.relate(
        viewer.address,
        contact=state.standing != "stranger",
        favorite=state.standing == "favorite",
        visibility=state.visibility,
        blocked=list(state.blocked),
        **custom,
    )
