"""Being blocked is the same, byte for byte, as the owner having hidden every field."""

import json

import pytest

from tests.service.people import Person, Service, fresh


async def looks(viewer: Person, owner: Person, since: int) -> list[object]:
    """Everything a viewer can get to know of an owner, with the owner's address left out."""
    found: list[object] = []
    for path in ("profiles/{}", "contacts/{}", "profiles/{}/picture"):
        answer = await viewer.call("GET", "/v1/" + path.format(owner.address))
        found.append((answer.status_code, answer.headers, answer.text))
    body = {"entries": [{"addresses": [owner.address], "contact": False}]}
    answer = await viewer.call("POST", "/v1/contacts/sync", json=body)
    found.append((answer.status_code, answer.json()["matched"]))
    answer = await viewer.send(owner.address, "Hello", "5f0c9f3e-8a53-4a3c-9f5e-000000000001")
    found.append((answer.status_code, answer.headers, answer.text))
    found += [
        (item.seq - since, item.kind, item.data)
        for item in await viewer.heard(since)
        if item.kind != "message"
    ]
    found.append(await viewer.head() - since)
    return json.loads(json.dumps(found, default=str).replace(owner.address, "X"))  # type: ignore[no-any-return]  # JSON


@pytest.mark.parametrize("subscribed", [True, False])
@pytest.mark.parametrize("kept", [True, False])
@pytest.mark.parametrize("searchable", ["everyone", "contacts", "nobody"])
async def test_blocked_is_hidden(
    service: Service, subscribed: bool, kept: bool, searchable: str
) -> None:
    """Two pairs of people do the same; in one the owner blocks, in the other hides."""
    found = []
    for parts in ({"blocked": ["profile"]}, {"visibility": 8}):
        viewer, owner = await service.pair(name="Same", status="Same")
        await owner.relate(viewer.address, contact=True)
        if kept:
            await viewer.sync(owner.address, subscribe=subscribed)
        else:
            await viewer.sees(owner)
        since = await viewer.head()
        await owner.privacy(searchable=searchable)
        await owner.relate(viewer.address, **parts)
        await owner.publish(name="Other", about="New")
        await owner.privacy(audiences={"email": "everyone"})
        await owner.publish(email="a@b.example")
        await owner.relate(viewer.address, contact=False)
        found.append(await looks(viewer, owner, since))
    assert found[0] == found[1]


@pytest.mark.parametrize(
    "changes", [30, pytest.param(1_000, marks=[pytest.mark.long, pytest.mark.timeout(600)])]
)
@pytest.mark.parametrize("who", ["owner", "viewer"])
async def test_changes_behind_a_block_leave_no_trace(
    service: Service, changes: int, who: str
) -> None:
    """Cursors, counts and bytes are the same, whether there were many changes or none."""
    states: list[object] = []
    for times in (0, changes):
        viewer, owner = await service.pair(name="Same")
        await viewer.sync(owner.address)
        blocking, blocked = (owner, viewer) if who == "owner" else (viewer, owner)
        await blocking.relate(blocked.address, blocked=["messages", "profile"])
        before, head = await viewer.get("/v1/contacts"), await viewer.head()
        for number in range(times):
            await owner.publish(name=f"Name {number}")
            await owner.privacy(audiences={"status": "everyone" if number % 2 else "nobody"})
            await owner.relate(viewer.address, contact=bool(number % 2))
        assert await viewer.get("/v1/contacts") == before
        delta = await viewer.get(f"/v1/contacts?cursor={before['cursor']}")
        assert delta == {"relations": [], "removed": [], "cursor": before["cursor"]}
        assert await viewer.heard(head) == []
        relation = await viewer.get(f"/v1/contacts/{owner.address}")
        relation["address"] = relation["profile"]["address"] = "X"
        states.append({**relation, "head": await viewer.head()})
    assert states[0] == states[1]


async def test_unknown_erased_unsearchable_and_blocked_before_meeting_are_one_thing(
    service: Service,
) -> None:
    """A block does not keep from discovery, since that would tell of it; rules of search do."""
    viewer, erased, shy, shy_blocker = await service.people(
        fresh(), fresh(), fresh(), fresh(), name="Same"
    )
    await shy.privacy(searchable="nobody")
    await shy_blocker.privacy(searchable="contacts")
    await shy_blocker.relate(viewer.address, blocked=["messages", "profile"])
    await service.operator("DELETE", f"/v1/operator/users/{erased.address}")
    addresses = [fresh(), erased.address, shy.address, shy_blocker.address]
    profiles = set()
    for address in addresses:
        answer = await viewer.call("GET", f"/v1/profiles/{address}")
        profiles.add(answer.text.replace(address, "X"))
    assert profiles == {'{"address":"X","version":0,"fields":{}}'}
    assert (await viewer.sync(*addresses))["pending"] == addresses
    relations = set()
    for address in addresses:
        answer = await viewer.call("GET", f"/v1/contacts/{address}")
        relations.add(answer.text.replace(address, "X"))
        assert (await viewer.send(address, "Hello")).json()["status"] == "sent"
    assert len(relations) == 1
    seen_by_blocked, blocker = await service.pair(name="Same")
    await blocker.relate(seen_by_blocked.address, blocked=["profile"])
    (found,) = (await seen_by_blocked.sync(blocker.address))["matched"]
    assert (found["state"], found["profile"]["fields"]) == ("matched", {})
