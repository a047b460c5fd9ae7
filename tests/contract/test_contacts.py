"""Section 4.3: bulk synchronisation, the list and its delta, one relation, one profile."""

import pytest

from tests.contract.conftest import fresh
from tests.contract.outside import Person, Service, slug

Two = tuple[Person, Person]


def addresses(answer: dict[str, list[dict[str, str]]]) -> list[str]:
    """Addresses of relations."""
    return [relation["address"] for relation in answer["relations"]]


def test_every_address_is_in_exactly_one_place_as_it_was_sent(two: Two) -> None:
    ann, bob = two
    unknown = fresh()
    sent = [f"+{bob.address}", unknown, "no such thing!", "x" * 80, ann.address]
    answer = ann.sync(*sent)
    assert [relation["address"] for relation in answer["matched"]] in (
        [f"+{bob.address}"],
        [bob.address],
    )
    assert answer["pending"] == [unknown]
    assert {(r["address"], r["reason"]) for r in answer["rejected"]} == {
        ("no such thing!", "invalid"),
        ("x" * 80, "too-long"),
        (ann.address, "self"),
    }
    assert answer["deferred"] == []
    assert answer["cursor"]


def test_a_relation_has_all_its_parts(two: Two) -> None:
    ann, bob = two
    ann.sync(bob.address)
    relation = ann.get(f"/v1/contacts/{bob.address}")
    profile = relation.pop("profile")
    assert relation == {
        "address": bob.address,
        "contact": True,
        "subscribed": True,
        "favorite": False,
        "blocked": [],
        "visibility": 0,
        "paired": False,
        "state": "matched",
        "origin": "import",
    }
    assert profile["address"] == bob.address
    assert profile["fields"] == {"name": "Somebody"}


def test_sync_is_idempotent(two: Two) -> None:
    ann, bob = two
    first = ann.sync(bob.address)
    cursor = ann.get("/v1/contacts")["cursor"]
    second = ann.sync(bob.address)
    assert second["matched"] == first["matched"]
    assert ann.get(f"/v1/contacts?cursor={cursor}")["relations"] == []


def test_adds_and_removals_mix(service: Service) -> None:
    ann, bob, eve = service.people(fresh(), fresh(), fresh())
    ann.sync(bob.address)
    entries = [
        {"addresses": [bob.address], "contact": False, "subscribe": False, "visibility": 0},
        {"addresses": [eve.address], "contact": True, "subscribe": False, "visibility": 2},
    ]
    answer = ann.call("POST", "/v1/contacts/sync", json={"entries": entries})
    assert answer.status_code == 200
    parts = {r["address"]: r for r in answer.json()["matched"]}
    assert (parts[bob.address]["contact"], parts[bob.address]["subscribed"]) == (False, False)
    assert (parts[eve.address]["contact"], parts[eve.address]["subscribed"]) == (True, False)
    assert parts[eve.address]["visibility"] == 2


def test_ten_thousand_in_one_call_and_no_more(service: Service) -> None:
    (ann,) = service.people(fresh())
    many = [str(12010000000 + i) for i in range(10_001)]
    answer = ann.call("POST", "/v1/contacts/sync", json={"entries": [{"addresses": many}]})
    assert answer.status_code == 413
    assert slug(answer) == "too-many"
    assert len(ann.sync(*many[:10_000])["pending"]) == 10_000


def test_handles_are_folded(service: Service) -> None:
    (zoe,) = service.people("Zoe.Example")
    assert zoe.address == "zoe.example"
    (ann,) = service.people(fresh())
    answer = ann.sync("ZOE.Example")
    assert len(answer["matched"]) == 1


@pytest.mark.parametrize(
    "body",
    [
        {"entries": [{"addresses": ["18005550001"], "blocked": []}]},
        {"entries": [{"addresses": "18005550001"}]},
        {"entries": [{"addresses": [18005550001]}]},
        {"entries": [{"addresses": ["18005550001"], "contact": 1}]},
        {"entries": [{"addresses": ["18005550001"], "visibility": 3}]},
        {"entries": {}},
        {},
    ],
)
def test_a_wrong_sync_is_422(two: Two, body: object) -> None:
    answer = two[0].call("POST", "/v1/contacts/sync", json=body)
    assert answer.status_code == 422
    slug(answer)


def test_the_list_comes_in_pages_with_one_cursor(service: Service) -> None:
    (ann,) = service.people(fresh())
    sent = {fresh() for _ in range(25)}
    ann.sync(*sent)
    page = ann.get("/v1/contacts?limit=10")
    seen, cursors = addresses(page), {page["cursor"]}
    while "next" in page:
        page = ann.get(f"/v1/contacts?page={page['next']}")
        seen += addresses(page)
        cursors.add(page["cursor"])
    assert sorted(seen) == sorted(sent)
    assert len(cursors) == 1


def test_the_delta_tells_what_changed_and_what_went(service: Service) -> None:
    ann, bob, eve = service.people(fresh(), fresh(), fresh(), name="N")
    gone = fresh()
    cursor = ann.sync(bob.address, eve.address, gone)["cursor"]
    bob.publish(name="New name")
    assert ann.call("DELETE", f"/v1/contacts/{gone}").is_success
    delta = ann.get(f"/v1/contacts?cursor={cursor}")
    assert addresses(delta) == [bob.address]
    assert delta["relations"][0]["profile"]["fields"]["name"] == "New name"
    assert delta["removed"] == [gone]
    assert ann.get(f"/v1/contacts?cursor={delta['cursor']}")["relations"] == []


def test_a_cursor_of_somebody_else_is_not_honoured(two: Two) -> None:
    ann, bob = two
    cursor = ann.sync(bob.address)["cursor"]
    assert 400 <= bob.call("GET", f"/v1/contacts?cursor={cursor}").status_code < 500
    assert 400 <= bob.call("GET", "/v1/contacts?cursor=nonsense").status_code < 500


def test_patch_creates_and_delete_removes(two: Two) -> None:
    ann, _ = two
    address = fresh()
    relation = ann.relate(address, favorite=True)
    assert (relation["state"], relation["origin"]) == ("pending", "manual")
    assert ann.call("DELETE", f"/v1/contacts/{address}").is_success
    assert address not in addresses(ann.get("/v1/contacts"))


@pytest.mark.parametrize(
    "parts",
    [
        {"visibility": 3},
        {"visibility": -1},
        {"fields": ["name"]},
        {"visibility": 4, "fields": ["shoe"]},
        {"blocked": ["calls"]},
        {"blocked": "messages"},
        {"state": "matched"},
        {"origin": "auto"},
        {"favorite": True, "contact": False},
    ],
)
def test_a_wrong_part_is_422(two: Two, parts: dict[str, object]) -> None:
    ann, bob = two
    answer = ann.call("PATCH", f"/v1/contacts/{bob.address}", json=parts)
    assert answer.status_code == 422
    slug(answer)


def test_reading_a_profile_changes_no_relation(two: Two) -> None:
    ann, bob = two
    cursor = ann.get("/v1/contacts")["cursor"]
    profile = ann.get(f"/v1/profiles/{bob.address}")
    assert set(profile) == {"address", "version", "fields"}
    delta = ann.get(f"/v1/contacts?cursor={cursor}")
    assert delta["relations"] == []
    assert ann.get("/v1/contacts")["relations"] == []


def test_withdrawing_everything(two: Two) -> None:
    ann, bob = two
    pending = fresh()
    cursor = ann.sync(bob.address, pending)["cursor"]
    assert ann.call("DELETE", "/v1/me/contacts").is_success
    assert ann.get("/v1/contacts")["relations"] == []
    assert set(ann.get(f"/v1/contacts?cursor={cursor}")["removed"]) == {bob.address, pending}


def test_over_budget_is_deferred_never_answered(small_budget: Service) -> None:
    ann, bob = small_budget.people(fresh(), fresh())
    sent = [*(fresh() for _ in range(5)), bob.address, fresh()]
    answer = ann.sync(*sent)
    assert len(answer["pending"]) == 5
    assert answer["deferred"] == sent[5:]
    assert answer["retry_after"] > 0
    again = ann.sync(*sent)
    assert again["pending"] == answer["pending"]
    assert again["deferred"] == sent[5:]


def test_one_budget_over_every_way_to_look(small_budget: Service) -> None:
    ann, bob = small_budget.people(fresh(), fresh())
    ann.sync(*(fresh() for _ in range(5)))
    for answer in (
        ann.call("GET", f"/v1/profiles/{bob.address}"),
        ann.call("GET", f"/v1/profiles/{fresh()}"),
        ann.call("PATCH", f"/v1/contacts/{bob.address}", json={"contact": True}),
        ann.send(bob.address, "Hello"),
    ):
        assert answer.status_code == 429
        assert slug(answer) == "over-budget"
        assert int(answer.headers["retry-after"]) > 0


def test_removing_and_adding_again_buys_nothing(small_budget: Service) -> None:
    (ann,) = small_budget.people(fresh())
    known = [fresh() for _ in range(5)]
    ann.sync(*known)
    for address in known:
        ann.call("DELETE", f"/v1/contacts/{address}")
    assert ann.sync(fresh())["deferred"]
    ann.call("DELETE", "/v1/me/contacts")
    assert ann.sync(fresh())["deferred"]
