"""Pending and matched: who is found when, and what is said of it."""

import json

import pytest

from tests.service.people import Json, Person, Service, fresh

WIDE = "\uff42\uff4f\uff42.handle"
"""`bob.handle` in full-width letters, as some keyboards write it."""


async def events(person: Person, since: int) -> list[tuple[str, Json]]:
    """What a stream would be sent, decoded."""
    return [(item.kind, json.loads(item.data)) for item in await person.heard(since)]


async def test_a_pending_address_that_joins_is_announced_once(service: Service) -> None:
    (ann,) = await service.people(fresh())
    address = fresh()
    await ann.sync(address)
    since = await ann.head()
    await service.people(address, name="Newcomer")
    ((kind, relation),) = [event for event in await events(ann, since) if event[0] == "relation"]
    assert kind == "relation"
    assert (relation["state"], relation["joined"]) == ("matched", True)
    assert relation["profile"]["fields"] == {"name": "Newcomer"}
    await ann.relate(address, favorite=True)
    last = (await events(ann, since))[-1][1]
    assert "joined" not in last
    assert "joined" not in await ann.get(f"/v1/contacts/{address}")


async def test_widening_the_search_matches_those_who_wait(service: Service) -> None:
    ann, bob = await service.pair(name="N")
    await ann.privacy(searchable="nobody")
    assert (await bob.sync(ann.address))["pending"] == [ann.address]
    since = await bob.head()
    await ann.privacy(searchable="contacts")
    assert await events(bob, since) == []
    await ann.privacy(searchable="everyone")
    ((_, relation),) = [event for event in await events(bob, since) if event[0] == "relation"]
    assert relation["joined"] is True


async def test_keeping_somebody_opens_a_search_for_contacts_and_favorites(
    service: Service,
) -> None:
    for searchable, parts in (("contacts", {"contact": True}), ("favorites", {"favorite": True})):
        ann, bob = await service.pair(name="N")
        await ann.privacy(searchable=searchable)
        assert (await bob.sync(ann.address))["pending"]
        await ann.relate(bob.address, subscribed=True)
        assert (await bob.get(f"/v1/contacts/{ann.address}"))["state"] == "pending"
        await ann.relate(bob.address, **parts)
        assert (await bob.get(f"/v1/contacts/{ann.address}"))["state"] == "matched"


async def test_bulk_sync_opens_the_search_too(service: Service) -> None:
    ann, *others = await service.people(*(fresh() for _ in range(80)), name="N")
    await ann.privacy(searchable="contacts")
    for other in others[:3]:
        assert (await other.sync(ann.address))["pending"]
    await ann.sync(*(other.address for other in others))
    for other in others[:3]:
        assert (await other.get(f"/v1/contacts/{ann.address}"))["state"] == "matched"


async def test_once_matched_it_stays_until_the_account_is_erased(service: Service) -> None:
    ann, bob = await service.pair(name="N")
    await bob.sync(ann.address)
    await ann.privacy(searchable="nobody")
    assert (await bob.sync(ann.address))["matched"][0]["state"] == "matched"
    since = await bob.head()
    await service.operator("DELETE", f"/v1/operator/users/{ann.address}")
    relation = await bob.get(f"/v1/contacts/{ann.address}")
    assert (relation["state"], relation["contact"]) == ("pending", True)
    told = [data for kind, data in await events(bob, since) if kind == "relation"]
    assert [data["left"] for data in told] == [True]
    (again,) = await service.people(ann.address, name="Again")
    relation = await bob.get(f"/v1/contacts/{ann.address}")
    assert relation["profile"]["fields"] == {"name": "Again"}
    assert (await again.whole_list())[0] == {}


async def test_the_new_owner_of_an_address_gets_nothing_of_the_old(service: Service) -> None:
    ann, bob = await service.pair(name="N", status="S")
    await ann.relate(bob.address, favorite=True, blocked=["messages"])
    await bob.sync(ann.address)
    cursor = (await ann.get("/v1/contacts"))["cursor"]
    await ann.send(bob.address, "Hello")
    await service.operator("DELETE", f"/v1/operator/users/{ann.address}")
    assert (await ann.call("GET", "/v1/me")).status_code == 401
    (again,) = await service.people(ann.address)
    assert (await again.whole_list())[0] == {}
    assert await again.heard(0) == []
    assert (await again.call("GET", f"/v1/contacts?cursor={cursor}")).status_code == 410
    assert await bob.sees(again) == {}


async def test_every_text_that_was_sent_is_answered_as_it_was_sent(service: Service) -> None:
    ann, _ = await service.people(fresh(), "Bob.Handle", name="N")
    number = fresh()
    sent = ["BOB.handle", "bob.handle", f"+{number}", f"+{number[0]} {number[1:]}", WIDE]
    answer = await ann.sync(*sent, "", "a b", "é" * 70, ann.address, "+" + ann.address)
    assert sorted(relation["address"] for relation in answer["matched"]) == sorted(
        ["BOB.handle", "bob.handle", WIDE]
    )
    assert {relation["profile"]["address"] for relation in answer["matched"]} == {"bob.handle"}
    assert answer["pending"] == sent[2:4]
    reasons = {each["address"]: each["reason"] for each in answer["rejected"]}
    assert reasons == {
        "": "invalid",
        "a b": "invalid",
        "é" * 70: "too-long",
        ann.address: "self",
        "+" + ann.address: "self",
    }
    assert set((await ann.whole_list())[0]) == {"bob.handle", number}


async def test_the_last_entry_for_an_address_counts(service: Service) -> None:
    ann, bob = await service.pair()
    entries = [
        {"addresses": [bob.address], "contact": True, "subscribe": False},
        {"addresses": ["+" + bob.address], "contact": False, "subscribe": True, "visibility": 1},
    ]
    answer = await ann.call("POST", "/v1/contacts/sync", json={"entries": entries})
    assert answer.status_code == 200
    relation = await ann.get(f"/v1/contacts/{bob.address}")
    assert (relation["contact"], relation["subscribed"], relation["visibility"]) == (False, True, 1)


async def test_dropping_a_contact_in_bulk_is_told_and_takes_back_what_it_gave(
    service: Service,
) -> None:
    ann, bob = await service.pair(name="N", status="S")
    await ann.relate(bob.address, favorite=True)
    await bob.sync(ann.address)
    since = await bob.head()
    await ann.sync(bob.address, contact=False)
    relation = await ann.get(f"/v1/contacts/{bob.address}")
    assert (relation["contact"], relation["favorite"]) == (False, False)
    ((kind, profile),) = await events(bob, since)
    assert (kind, profile["fields"]) == ("profile", {"name": "N"})


@pytest.mark.parametrize("way", ["sync", "relate", "look"])
async def test_a_blank_view_after_a_match_was_given_up_is_a_version_of_its_own(
    service: Service, way: str
) -> None:
    """Kept again, the peer cannot be found any more: what was seen of it must not stand."""
    ann, bob = await service.pair(name="N")
    await bob.sync(ann.address)
    seen = await bob.get(f"/v1/profiles/{ann.address}")
    assert seen["fields"] == {"name": "N"}
    await ann.privacy(searchable="nobody")
    await bob.drop(ann.address)
    if way == "sync":
        assert (await bob.sync(ann.address))["pending"] == [ann.address]
    elif way == "relate":
        assert (await bob.relate(ann.address, contact=True))["state"] == "pending"
    if way == "look":
        again = await bob.get(f"/v1/profiles/{ann.address}")
    else:
        again = (await bob.whole_list())[0][ann.address]["profile"]
    assert again["fields"] == {}
    assert again["version"] > seen["version"]
