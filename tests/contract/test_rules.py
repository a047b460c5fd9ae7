"""Section 3: who sees what, and why."""

from typing import Any

import pytest

from tests.contract.conftest import fresh
from tests.contract.outside import Person, Service

Two = tuple[Person, Person]


def shown(person: Person, viewer: Person) -> set[str]:
    """The names of the fields that a viewer sees."""
    return set(viewer.sees(person))


def reason(person: Person, viewer: Person, field: str) -> tuple[bool, str]:
    """The answer and the deciding rule that a preview gives."""
    preview = person.get(f"/v1/me/preview?viewer={viewer.address}")
    entry = preview["fields"][field]
    deciding = [because["rule"] for because in entry["because"] if because["decided"]]
    assert len(deciding) == 1
    return entry["visible"], deciding[0]


def test_a_stranger_sees_the_name_alone(two: Two) -> None:
    ann, bob = two
    assert shown(ann, bob) == {"name"}
    assert reason(ann, bob, "name") == (True, "audience-everyone")
    assert reason(ann, bob, "status") == (False, "audience-contacts")
    assert reason(ann, bob, "email") == (False, "audience-nobody")


def test_my_contact_sees_more_and_keeping_me_gives_nothing(two: Two) -> None:
    ann, bob = two
    bob.sync(ann.address)
    assert shown(ann, bob) == {"name"}
    ann.sync(bob.address)
    assert shown(ann, bob) == {"name", "status"}
    ann.relate(bob.address, contact=False)
    assert shown(ann, bob) == {"name"}


def test_favorites_are_an_audience_and_imply_contact(two: Two) -> None:
    ann, bob = two
    ann.privacy(audiences={"email": "favorites"})
    assert ann.relate(bob.address, favorite=True)["contact"] is True
    assert shown(ann, bob) == {"name", "status", "email"}
    assert reason(ann, bob, "email") == (True, "audience-favorites")
    assert ann.relate(bob.address, contact=False)["favorite"] is False
    assert shown(ann, bob) == {"name"}


@pytest.mark.parametrize(
    ("parts", "fields", "rule"),
    [
        ({"visibility": 1}, {"name"}, "override-public"),
        ({"visibility": 2}, {"name", "status"}, "override-contact"),
        ({"visibility": 4, "fields": ["email"]}, {"email"}, "override-custom"),
        ({"visibility": 4, "fields": []}, set(), "override-custom"),
        ({"visibility": 8}, set(), "override-hidden"),
    ],
)
@pytest.mark.parametrize("contact", [True, False])
def test_an_override_decides(
    two: Two, parts: dict[str, Any], fields: set[str], rule: str, *, contact: bool
) -> None:
    ann, bob = two
    ann.relate(bob.address, contact=contact, **parts)
    assert shown(ann, bob) == fields
    assert reason(ann, bob, "name") == ("name" in fields, rule)


def test_a_visibility_set_decides(two: Two) -> None:
    ann, bob = two
    ann.privacy(sets=[{"id": 16, "name": "Work", "fields": ["name", "email"]}])
    ann.relate(bob.address, contact=True, visibility=16)
    assert shown(ann, bob) == {"name", "email"}
    assert reason(ann, bob, "status") == (False, "set:16")
    ann.privacy(sets=[{"id": 16, "name": "Work", "fields": ["status"]}])
    assert shown(ann, bob) == {"status"}


def test_a_set_that_is_not_mine_is_refused(two: Two) -> None:
    ann, bob = two
    answer = ann.call("PATCH", f"/v1/contacts/{bob.address}", json={"visibility": 99})
    assert answer.status_code == 422


def test_a_block_hides_in_both_directions(two: Two) -> None:
    ann, bob = two
    for one, other in ((ann, bob), (bob, ann)):
        one.sync(other.address)
    ann.relate(bob.address, blocked=["messages", "profile"])
    assert shown(ann, bob) == set()
    assert shown(bob, ann) == set()
    assert reason(ann, bob, "name") == (False, "blocked")
    ann.relate(bob.address, blocked=[])
    assert shown(ann, bob) == {"name", "status"}


def test_a_block_of_messages_alone_hides_nothing(two: Two) -> None:
    ann, bob = two
    ann.relate(bob.address, contact=True, blocked=["messages"])
    assert shown(ann, bob) == {"name", "status"}


def test_blocked_is_hidden_byte_for_byte(service: Service) -> None:
    viewer, blocker, hider = service.people(fresh(), fresh(), fresh(), name="Same", status="Same")
    for owner in (blocker, hider):
        owner.sync(viewer.address)
    viewer.sync(blocker.address, hider.address)
    blocker.relate(viewer.address, blocked=["messages", "profile"])
    hider.relate(viewer.address, visibility=8)
    for path in ("/v1/profiles/", "/v1/contacts/"):
        one = viewer.call("GET", path + blocker.address)
        two = viewer.call("GET", path + hider.address)
        assert one.status_code == two.status_code
        assert one.content.replace(blocker.address.encode(), b"X") == two.content.replace(
            hider.address.encode(), b"X"
        )
        assert one.headers.keys() == two.headers.keys()


def test_unknown_erased_and_unsearchable_are_one_thing(service: Service) -> None:
    viewer, erased, shy = service.people(fresh(), fresh(), fresh(), name="Same")
    shy.privacy(searchable="nobody")
    service.operator("DELETE", f"/v1/operator/users/{erased.address}")
    unknown = fresh()
    answer = viewer.sync(unknown, erased.address, shy.address)
    assert set(answer["pending"]) == {unknown, erased.address, shy.address}
    bodies = {
        viewer.call("GET", f"/v1/{kind}/{address}").text.replace(address, "X")
        for kind in ("profiles",)
        for address in (unknown, erased.address, shy.address)
    }
    assert len(bodies) == 1


def test_once_matched_a_peer_stays_matched(two: Two) -> None:
    ann, bob = two
    bob.sync(ann.address)
    ann.privacy(searchable="nobody")
    assert bob.get(f"/v1/contacts/{ann.address}")["state"] == "matched"


def test_becoming_searchable_matches_those_who_wait(two: Two) -> None:
    ann, bob = two
    ann.privacy(searchable="contacts")
    assert bob.sync(ann.address)["pending"] == [ann.address]
    ann.sync(bob.address)
    assert bob.get(f"/v1/contacts/{ann.address}")["state"] == "matched"


def test_preview_as_a_class_of_people(two: Two) -> None:
    ann, _ = two
    ann.privacy(sets=[{"id": 17, "name": "Work", "fields": ["email"]}])
    for who, expected in (
        ("everyone", {"name"}),
        ("contact", {"name", "status"}),
        ("favorite", {"name", "status"}),
        ("17", {"email"}),
    ):
        preview = ann.get(f"/v1/me/preview?as={who}")
        visible = {name for name, entry in preview["fields"].items() if entry["visible"]}
        with_value = {name for name, entry in preview["fields"].items() if "value" in entry}
        assert with_value == expected
        assert with_value <= visible


def test_preview_of_somebody_not_there_yet(two: Two) -> None:
    ann, _ = two
    nobody = fresh()
    ann.sync(nobody)
    fields = ann.get(f"/v1/me/preview?viewer={nobody}")["fields"]
    assert fields["status"]["visible"] is True
    assert fields["email"]["visible"] is False


def test_audience_lists_the_peers_i_keep(service: Service, two: Two) -> None:
    ann, bob = two
    (eve,) = service.people(fresh())
    ann.sync(bob.address)
    ann.sync(eve.address, contact=False)
    audience = ann.get("/v1/me/audience?field=status")
    assert audience["field"] == "status"
    assert [(s["address"], s["rule"]) for s in audience["visible"]] == [
        (bob.address, "audience-contacts")
    ]
    assert [(s["address"], s["rule"]) for s in audience["hidden"]] == [
        (eve.address, "audience-contacts")
    ]


def test_impact_tells_and_changes_nothing(two: Two) -> None:
    ann, bob = two
    ann.sync(bob.address)
    question = {"relations": [{"address": bob.address, "visibility": 8}]}
    answer = ann.call("POST", "/v1/me/impact", json=question)
    assert answer.status_code == 200
    (loss,) = answer.json()["loses"]
    assert loss["address"] == bob.address
    assert {"name", "status"} <= set(loss["fields"])
    assert answer.json()["gains"] == []
    assert shown(ann, bob) == {"name", "status"}
    audiences = ann.get("/v1/me/privacy")["audiences"] | {"email": "contacts"}
    answer = ann.call("POST", "/v1/me/impact", json={"privacy": {"audiences": audiences}})
    (gain,) = answer.json()["gains"]
    assert (gain["address"], gain["fields"]) == (bob.address, ["email"])


def test_the_version_never_goes_back(service: Service, two: Two) -> None:
    ann, bob = two
    seen = []

    def look() -> None:
        seen.append(bob.get(f"/v1/profiles/{ann.address}")["version"])

    look()
    ann.publish(name="Other")
    look()
    ann.sync(bob.address)
    look()
    ann.relate(bob.address, visibility=8)
    look()
    bob.sync(ann.address)
    look()
    ann.relate(bob.address, visibility=0)
    look()
    bob.call("DELETE", f"/v1/contacts/{ann.address}")
    look()
    service.operator("DELETE", f"/v1/operator/users/{ann.address}")
    look()
    assert seen == sorted(seen)


def test_a_hidden_change_moves_no_version_and_no_cursor(two: Two) -> None:
    ann, bob = two
    bob.sync(ann.address)
    before = bob.get(f"/v1/contacts/{ann.address}")
    cursor = bob.get("/v1/contacts")["cursor"]
    ann.publish(email="hidden@b.example")
    assert bob.get(f"/v1/contacts/{ann.address}") == before
    delta = bob.get(f"/v1/contacts?cursor={cursor}")
    assert delta["relations"] == []
    assert delta["removed"] == []
