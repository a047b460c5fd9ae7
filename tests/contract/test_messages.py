"""Section 4.5: messages and automatic sync."""

import uuid

from tests.contract.conftest import fresh
from tests.contract.outside import Json, Person, Service, slug

Two = tuple[Person, Person]


def test_a_message_arrives_and_subscribes_the_receiver(two: Two) -> None:
    ann, bob = two
    live = bob.stream()
    live.before_ready()
    answer = ann.send(bob.address, "Hello")
    assert answer.status_code == 202
    assert answer.json()["status"] == "sent"
    message = live.until("message").data
    assert (message["from"], message["to"], message["text"]) == (ann.address, bob.address, "Hello")
    relation = bob.get(f"/v1/contacts/{ann.address}")
    assert (relation["subscribed"], relation["contact"]) == (True, False)
    assert relation["origin"] == "auto"
    assert relation["profile"]["fields"]["name"] == "Somebody"


def test_automatic_sync_sends_the_relation_and_the_profile(two: Two) -> None:
    ann, bob = two
    live = bob.stream()
    live.before_ready()
    ann.send(bob.address, "Hello")
    seen: dict[str, Json] = {}
    while not {"message", "relation"} <= seen.keys():
        event = live.next()
        seen[event.kind] = event.data
    assert seen["relation"]["origin"] == "auto"


def test_without_automatic_sync_nothing_is_made(two: Two) -> None:
    ann, bob = two
    bob.call("PATCH", "/v1/me", json={"auto_sync": False})
    live = bob.stream()
    live.before_ready()
    ann.send(bob.address, "Hello")
    live.until("message")
    assert bob.get("/v1/contacts")["relations"] == []


def test_the_same_id_is_the_same_message(two: Two) -> None:
    ann, bob = two
    live = bob.stream()
    live.before_ready()
    ident = str(uuid.uuid4())
    for _ in range(2):
        assert ann.send(bob.address, "Once", ident).status_code == 202
    ann.send(bob.address, "Last")
    texts = []
    while "Last" not in texts:
        texts.append(live.until("message").data["text"])
    assert texts == ["Once", "Last"]


def test_a_message_waits_for_an_offline_receiver(two: Two) -> None:
    ann, bob = two
    ann.send(bob.address, "While you were away")
    live = bob.stream()
    kinds = [(event.kind, event.data.get("text")) for event in live.before_ready()]
    assert ("message", "While you were away") in kinds


def test_to_one_who_blocks_me_or_is_not_there_it_is_sent_and_no_more(two: Two) -> None:
    ann, bob = two
    bob.relate(ann.address, blocked=["messages", "profile"])
    live = bob.stream()
    live.before_ready()
    assert ann.send(bob.address, "Hello").json()["status"] == "sent"
    assert ann.send(fresh(), "Hello").json()["status"] == "sent"
    assert live.quiet() == []


def test_to_one_i_block_is_refused(two: Two) -> None:
    ann, bob = two
    ann.relate(bob.address, blocked=["messages", "profile"])
    answer = ann.send(bob.address, "Hello")
    assert answer.status_code == 409
    assert slug(answer) == "you-block-them"


def test_reach_is_kept_on_both_sides(service: Service, two: Two) -> None:
    ann, bob = two
    path = f"/v1/operator/users/{bob.address}"
    assert service.operator("PATCH", path, json={"reach": "contacts"}).is_success
    for one, other in ((ann, bob), (bob, ann)):
        answer = one.send(other.address, "Hello")
        assert answer.status_code == 403
        assert slug(answer) == "out-of-reach"
    bob.sync(ann.address)
    assert ann.send(bob.address, "Hello").status_code == 202
    service.operator("PATCH", path, json={"reach": "paired"})
    assert ann.send(bob.address, "Hello").status_code == 403
    service.operator("PUT", f"/v1/operator/pairs/{ann.address}/{bob.address}")
    assert ann.send(bob.address, "Hello").status_code == 202


def test_an_id_that_is_no_uuid_is_refused(two: Two) -> None:
    ann, bob = two
    assert ann.send(bob.address, "Hello", "seven").status_code == 422
