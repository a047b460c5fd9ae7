"""Errors: RFC 9457, the slugs, and nothing that is nobody's business."""

import pytest

from tests.contract.outside import Person, Service, raw_socket, slug

Two = tuple[Person, Person]


@pytest.mark.parametrize("token", [None, "wrong", "Bearer"])
def test_without_a_good_token_it_is_401(service: Service, token: str | None) -> None:
    answer = service.call("GET", "/v1/me", token)
    assert answer.status_code == 401
    slug(answer)
    assert "bearer" in answer.headers["www-authenticate"].lower()


def test_unknown_paths_and_methods_are_problems_too(two: Two) -> None:
    ann, _ = two
    assert ann.call("GET", "/v1/nothing").status_code == 404
    slug(ann.call("GET", "/v1/nothing"))
    answer = ann.call("DELETE", "/v1/me")
    assert answer.status_code == 405
    assert "GET" in answer.headers["allow"]


@pytest.mark.parametrize(
    "path",
    [
        "/v1/me?x=1",
        "/v1/contacts?curser=1",
        "/v1/contacts?limit=0",
        "/v1/contacts?limit=x",
        "/v1/contacts?limit=1.0",
        "/v1/contacts?limit=1e2",
        "/v1/contacts?limit=null",
        "/v1/me/preview",
        "/v1/me/preview?as=nobody-known",
        "/v1/me/preview?as=contact&viewer=18005550001",
        "/v1/me/audience",
        "/v1/me/audience?field=shoe",
        "/v1/contacts?page=x&limit=3",
        "/v1/profiles/not%20an%20address",
        "/v1/profiles/7%09",
    ],
)
def test_a_wrong_query_is_422(two: Two, path: str) -> None:
    answer = two[0].call("GET", path)
    assert answer.status_code == 422, answer.text
    slug(answer)


@pytest.mark.parametrize(
    "body", [b"", b"{", b"\xff\xfe", b"null", b"[" * 100_000, b'{"fields":{"name":"\xc3("}}']
)
def test_bad_json_is_422(two: Two, body: bytes) -> None:
    answer = two[0].call("PATCH", "/v1/me", content=body)
    assert answer.status_code in {413, 422}
    slug(answer)


@pytest.mark.parametrize("hosts", [b"", b"Host: a\r\nHost: b\r\n"])
def test_a_request_without_one_host_is_400(two: Two, hosts: bytes) -> None:
    ann, _ = two
    head = b"GET /v1/me HTTP/1.1\r\n%bAuthorization: Bearer %b\r\n\r\n"
    with raw_socket(ann.service) as wire:
        wire.sendall(head % (hosts, ann.token.encode()))
        answer = wire.makefile("rb").read()
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert ann.address.encode() not in answer


def test_a_huge_body_is_refused(two: Two) -> None:
    answer = two[0].call("PATCH", "/v1/me", content=b"x" * (9 << 20))
    assert answer.status_code in {413, 422}


def test_the_service_publishes_its_description(service: Service) -> None:
    document = service.call("GET", "/openapi.json").json()
    assert document["openapi"].startswith("3.1")
    for path in ("/v1/me", "/v1/contacts/sync", "/v1/events", "/v1/messages", "/v1/me/preview"):
        assert path in document["paths"]


def test_an_error_tells_nothing_of_others(two: Two) -> None:
    ann, bob = two
    answer = ann.call("PATCH", f"/v1/contacts/{bob.address}", json={"visibility": 3})
    assert "Somebody" not in answer.text
    assert "Traceback" not in answer.text
