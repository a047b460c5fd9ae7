"""Section 4.1: the operator's API."""

import stat

from tests.contract.conftest import fresh
from tests.contract.outside import Person, Service, slug

Two = tuple[Person, Person]


def test_the_operators_key_is_private(service: Service) -> None:
    mode = stat.S_IMODE((service.data / "operator.key").stat().st_mode)
    assert mode == 0o600


def test_accounts_are_made_with_tokens_that_work(service: Service) -> None:
    address = fresh()
    (person,) = service.people(address, name="Ann")
    me = person.get("/v1/me")
    assert me["address"] == address
    assert me["fields"] == {"name": "Ann"}
    assert me["auto_sync"] is True
    assert me["privacy"]["searchable"] == "everyone"
    assert me["privacy"]["audiences"] == {
        "name": "everyone",
        "picture": "contacts",
        "status": "contacts",
        "about": "contacts",
        "presence": "contacts",
        "email": "nobody",
        "birthday": "nobody",
    }


def test_making_accounts_is_all_or_nothing_and_names_the_one_there(service: Service) -> None:
    taken, new = fresh(), fresh()
    service.people(taken)
    users = {"users": [{"address": new}, {"address": taken}]}
    answer = service.operator("POST", "/v1/operator/users", json=users)
    assert answer.status_code == 409
    assert slug(answer) == "exists"
    assert taken in answer.text
    assert service.people(new)


def test_an_address_twice_in_one_call_makes_nothing(service: Service) -> None:
    new = fresh()
    users = {"users": [{"address": new}, {"address": "+" + new}]}
    answer = service.operator("POST", "/v1/operator/users", json=users)
    assert answer.status_code in {409, 422}
    assert service.people(new)


def test_an_address_that_cannot_be_one_is_refused(service: Service) -> None:
    users = {"users": [{"address": "not an address!"}]}
    assert service.operator("POST", "/v1/operator/users", json=users).status_code == 422


def test_a_second_token_works_beside_the_first(service: Service) -> None:
    (person,) = service.people(fresh())
    answer = service.operator("POST", f"/v1/operator/users/{person.address}/tokens")
    assert answer.status_code == 201
    other = Person(service, person.address, answer.json()["token"])
    assert other.get("/v1/me") == person.get("/v1/me")


def test_a_user_is_no_operator(two: Two) -> None:
    ann, bob = two
    for method, path in (
        ("POST", "/v1/operator/users"),
        ("POST", f"/v1/operator/users/{bob.address}/tokens"),
        ("PATCH", f"/v1/operator/users/{bob.address}"),
        ("DELETE", f"/v1/operator/users/{bob.address}"),
        ("PUT", f"/v1/operator/pairs/{ann.address}/{bob.address}"),
        ("DELETE", f"/v1/operator/pairs/{ann.address}/{bob.address}"),
        ("GET", "/v1/operator/pairs?address=" + ann.address),
    ):
        answer = ann.call(method, path, **({"json": {}} if method in {"POST", "PATCH"} else {}))
        assert answer.status_code == 403, (method, path)
        assert slug(answer) == "operator-only"


def test_pairing_is_symmetric_and_idempotent(service: Service, two: Two) -> None:
    ann, bob = two
    path = f"/v1/operator/pairs/{ann.address}/{bob.address}"
    assert service.operator("PUT", path).is_success
    assert service.operator("PUT", path).is_success
    for one, other in ((ann, bob), (bob, ann)):
        assert one.get(f"/v1/contacts/{other.address}")["paired"] is True
        pairs = service.operator("GET", "/v1/operator/pairs", params={"address": one.address})
        assert other.address in pairs.text
    assert service.operator("DELETE", path).is_success
    assert service.operator("DELETE", path).is_success
    pairs = service.operator("GET", "/v1/operator/pairs", params={"address": ann.address})
    assert bob.address not in pairs.text


def test_a_user_cannot_pair(two: Two) -> None:
    ann, bob = two
    answer = ann.call("PATCH", f"/v1/contacts/{bob.address}", json={"paired": True})
    assert answer.status_code == 403
    assert slug(answer) == "operator-only"


def test_an_erased_account_is_pending_again_and_its_token_dead(service: Service, two: Two) -> None:
    ann, bob = two
    ann.sync(bob.address)
    assert service.operator("DELETE", f"/v1/operator/users/{bob.address}").is_success
    relation = ann.get(f"/v1/contacts/{bob.address}")
    assert relation["state"] == "pending"
    assert relation["contact"] is True
    assert relation["profile"]["fields"] == {}
    assert bob.call("GET", "/v1/me").status_code == 401
