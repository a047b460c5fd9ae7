"""Messages: who may write to whom, what is kept, and what receiving one makes."""

import json
import uuid

import pytest

from tests.service.people import Json, Person, Service, fresh, slug


async def messages(person: Person, since: int = 0) -> list[Json]:
    """The messages a stream would be sent."""
    return [json.loads(item.data) for item in await person.heard(since) if item.kind == "message"]


async def reach(service: Service, person: Person, value: str) -> None:
    path = f"/v1/operator/users/{person.address}"
    assert (await service.operator("PATCH", path, json={"reach": value})).is_success


async def test_a_message_is_heard_on_both_sides(service: Service) -> None:
    ann, bob = await service.pair(name="N")
    answer = await ann.send(bob.address, "Hello")
    assert (answer.status_code, answer.json()["status"]) == (202, "sent")
    (sent,), (received,) = await messages(ann), await messages(bob)
    assert (sent["from"], sent["to"], sent["text"]) == (ann.address, bob.address, "Hello")
    assert sent["status"] == "sent"
    assert {**received, "status": "sent"} == sent


async def test_receiving_subscribes_and_never_makes_a_contact(service: Service) -> None:
    ann, bob = await service.pair(name="N", status="S")
    await ann.send(bob.address, "Hello")
    relation = await bob.get(f"/v1/contacts/{ann.address}")
    assert (relation["subscribed"], relation["contact"]) == (True, False)
    assert (relation["origin"], relation["state"]) == ("auto", "matched")
    assert relation["profile"]["fields"] == {"name": "N"}
    await bob.relate(ann.address, subscribed=False)
    await ann.send(bob.address, "Again")
    assert (await bob.get(f"/v1/contacts/{ann.address}"))["subscribed"] is True


async def test_what_i_keep_of_a_sender_stays_but_for_the_subscription(service: Service) -> None:
    ann, bob = await service.pair(name="N")
    await bob.relate(ann.address, favorite=True, visibility=8)
    before = await bob.get(f"/v1/contacts/{ann.address}")
    await ann.send(bob.address, "Hello")
    after = await bob.get(f"/v1/contacts/{ann.address}")
    assert after == {**before, "subscribed": True}


async def test_without_automatic_sync_nothing_is_made(service: Service) -> None:
    ann, bob = await service.pair()
    await bob.call("PATCH", "/v1/me", json={"auto_sync": False})
    await ann.send(bob.address, "Hello")
    assert (await bob.whole_list())[0] == {}
    assert len(await messages(bob)) == 1


async def test_the_same_id_is_the_same_message_for_one_sender(service: Service) -> None:
    ann, bob = await service.pair()
    ident = str(uuid.uuid4())
    for text in ("Once", "Twice"):
        assert (await ann.send(bob.address, text, ident)).status_code == 202
    await bob.send(ann.address, "Mine", ident)
    assert [message["text"] for message in await messages(bob)] == ["Once", "Mine"]


@pytest.mark.parametrize("blocked", [["messages"], ["messages", "profile"]])
async def test_to_one_who_blocks_me_it_is_sent_and_no_more(
    service: Service, blocked: list[str]
) -> None:
    ann, bob = await service.pair()
    await bob.relate(ann.address, blocked=blocked)
    since = await bob.head()
    assert (await ann.send(bob.address, "Hello")).json()["status"] == "sent"
    assert await bob.head() == since
    await bob.relate(ann.address, blocked=[])
    assert await messages(bob) == []
    assert [message["status"] for message in await messages(ann)] == ["sent"]


async def test_a_block_of_the_profile_alone_lets_messages_through(service: Service) -> None:
    ann, bob = await service.pair()
    await bob.relate(ann.address, blocked=["profile"])
    await ann.send(bob.address, "Hello")
    assert len(await messages(bob)) == 1


async def test_to_one_i_block_or_to_myself_is_refused(service: Service) -> None:
    ann, bob = await service.pair()
    await ann.relate(bob.address, blocked=["messages"])
    answer = await ann.send(bob.address, "Hello")
    assert (answer.status_code, slug(answer)) == (409, "you-block-them")
    assert (await ann.send(ann.address, "Hello")).status_code == 422


@pytest.mark.parametrize(
    ("value", "parts"), [("contacts", {"contact": True}), ("favorites", {"favorite": True})]
)
async def test_reach_is_judged_by_what_each_side_keeps(
    service: Service, value: str, parts: Json
) -> None:
    ann, bob = await service.pair()
    await reach(service, bob, value)
    for one, other in ((ann, bob), (bob, ann)):
        answer = await one.send(other.address, "Hello")
        assert (answer.status_code, slug(answer)) == (403, "out-of-reach")
    await bob.relate(ann.address, **parts)
    for one, other in ((ann, bob), (bob, ann)):
        assert (await one.send(other.address, "Hello")).status_code == 202


async def test_reach_of_pairs(service: Service) -> None:
    ann, bob = await service.pair()
    await reach(service, ann, "paired")
    assert (await bob.send(ann.address, "Hello")).status_code == 403
    path = f"/v1/operator/pairs/{ann.address}/{bob.address}"
    assert (await service.operator("PUT", path)).is_success
    assert (await bob.send(ann.address, "Hello")).status_code == 202
    assert (await ann.send(bob.address, "Hello")).status_code == 202
    assert (await service.operator("DELETE", path)).is_success
    assert (await bob.send(ann.address, "Hello")).status_code == 403


async def test_a_block_cannot_be_told_by_the_reach(service: Service) -> None:
    """Whoever is out of reach is told so, blocked or not; whoever is within is told `sent`."""
    for is_within in (True, False):
        answers = []
        for blocked in ([], ["messages", "profile"]):
            ann, bob = await service.pair()
            await reach(service, bob, "contacts")
            await bob.relate(ann.address, contact=is_within, blocked=blocked)
            answer = await ann.send(bob.address, "Hello", "5f0c9f3e-8a53-4a3c-9f5e-000000000001")
            answers.append((answer.status_code, answer.text))
        assert answers[0] == answers[1]


async def test_a_message_to_nobody_stays_with_its_sender(service: Service) -> None:
    (ann,) = await service.people(fresh())
    address = fresh()
    await ann.send(address, "Anybody there?")
    (late,) = await service.people(address)
    assert await messages(late) == []
    assert len(await messages(ann)) == 1


@pytest.mark.parametrize(
    "body",
    [
        {"id": "seven", "to": "18005550001", "text": "x"},
        {"id": str(uuid.uuid4()), "to": "not an address!", "text": "x"},
        {"id": str(uuid.uuid4()), "to": "18005550001", "text": ""},
        {"id": str(uuid.uuid4()), "to": "18005550001"},
        {"id": str(uuid.uuid4()), "to": "18005550001", "text": "x", "from": "18005550002"},
        {"id": str(uuid.uuid4()), "to": "18005550001", "text": "x" * 20_000},
    ],
)
async def test_what_is_no_message_is_refused(service: Service, body: Json) -> None:
    (ann,) = await service.people(fresh())
    answer = await ann.call("POST", "/v1/messages", json=body)
    assert answer.status_code == 422
    slug(answer)
