"""Every route: who may call it, and what nobody may send. A route that is not here fails."""

from typing import Any

import httpx
import pytest

from app.service.api import ROUTES, create_app
from app.service.problems import Unavailable
from tests.service.people import OPERATOR, Service, fresh, slug

USER = {
    ("GET", "/v1/me"),
    ("PATCH", "/v1/me"),
    ("PUT", "/v1/me/picture"),
    ("DELETE", "/v1/me/picture"),
    ("GET", "/v1/me/privacy"),
    ("PUT", "/v1/me/privacy"),
    ("GET", "/v1/me/preview"),
    ("GET", "/v1/me/audience"),
    ("POST", "/v1/me/impact"),
    ("DELETE", "/v1/me/contacts"),
    ("POST", "/v1/contacts/sync"),
    ("GET", "/v1/contacts"),
    ("GET", "/v1/contacts/{address}"),
    ("PATCH", "/v1/contacts/{address}"),
    ("DELETE", "/v1/contacts/{address}"),
    ("GET", "/v1/profiles/{address}"),
    ("GET", "/v1/profiles/{address}/picture"),
    ("POST", "/v1/messages"),
    ("GET", "/v1/events"),
}
OPERATORS = {
    ("POST", "/v1/operator/users"),
    ("POST", "/v1/operator/users/{address}/tokens"),
    ("PATCH", "/v1/operator/users/{address}"),
    ("DELETE", "/v1/operator/users/{address}"),
    ("PUT", "/v1/operator/pairs/{a}/{b}"),
    ("DELETE", "/v1/operator/pairs/{a}/{b}"),
    ("GET", "/v1/operator/pairs"),
}
JSON_BODY = {"POST", "PATCH", "PUT"}
NO_BODY = {"/v1/operator/users/{address}/tokens", "/v1/operator/pairs/{a}/{b}", "/v1/me/picture"}
BAD_BODIES = (b"", b"{", b"null", b"[]", b"\xff\xfe", b'"text"', b'{"surprise": 1}', b"[" * 50_000)


def path_of(path: str, address: str) -> str:
    return path.replace("{address}", address).replace("{a}", address).replace("{b}", address)


def test_every_route_stands_in_the_tables_here() -> None:
    assert {(route.method, route.path) for route in ROUTES} | {
        ("GET", "/v1/events")
    } == USER | OPERATORS


async def call(service: Service, method: str, path: str, token: str | None, **more: Any) -> Any:
    headers = {} if token is None else {"Authorization": f"Bearer {token}"}
    return await service.client.request(method, path, headers=headers, **more)


@pytest.mark.parametrize(("method", "path"), sorted(USER | OPERATORS))
async def test_who_may_call(service: Service, method: str, path: str) -> None:
    (ann,) = await service.people(fresh())
    where = path_of(path, ann.address)
    for token in (None, "wrong", ann.token[:-1], ann.token + "x"):
        answer = await call(service, method, where, token)
        assert (answer.status_code, slug(answer)) == (401, "unauthorized")
        assert answer.headers["www-authenticate"].startswith("Bearer")
    is_operators = (method, path) in OPERATORS
    wrong, expected = (ann.token, "operator-only") if is_operators else (OPERATOR, "user-only")
    answer = await call(service, method, where, wrong)
    assert (answer.status_code, slug(answer)) == (403, expected)


@pytest.mark.parametrize(("method", "path"), sorted(USER | OPERATORS))
async def test_an_unknown_query_parameter_is_422(service: Service, method: str, path: str) -> None:
    (ann,) = await service.people(fresh())
    token = OPERATOR if (method, path) in OPERATORS else ann.token
    where = path_of(path, ann.address) + "?surprise=1"
    answer = await call(service, method, where, token)
    assert (answer.status_code, slug(answer)) == (422, "invalid")


@pytest.mark.parametrize(
    ("method", "path"),
    sorted(each for each in USER | OPERATORS if each[0] in JSON_BODY and each[1] not in NO_BODY),
)
async def test_a_body_that_is_not_as_expected_is_422(
    service: Service, method: str, path: str
) -> None:
    (ann,) = await service.people(fresh(), name="Somebody else's name")
    token = OPERATOR if (method, path) in OPERATORS else ann.token
    where = path_of(path, ann.address)
    for body in BAD_BODIES:
        answer = await call(service, method, where, token, content=body)
        assert answer.status_code == 422, body[:20]
        assert slug(answer) == "invalid"
        assert "Traceback" not in answer.text
    (limit,) = (r.body_bytes for r in ROUTES if (r.method, r.path) == (method, path))
    answer = await call(service, method, where, token, content=b" " * (limit + 1))
    assert (answer.status_code, slug(answer)) == (413, "too-large")


async def test_other_paths_and_methods(service: Service) -> None:
    (ann,) = await service.people(fresh())
    for path in ("/", "/v1", "/v1/nothing", "/v1/me/", "/v1/contacts/a/b", "/v1/operator"):
        answer = await ann.call("GET", path)
        assert (answer.status_code, slug(answer)) == (404, "not-found"), path
    answer = await ann.call("PUT", "/v1/me")
    assert (answer.status_code, slug(answer)) == (405, "method-not-allowed")
    assert set(answer.headers["allow"].replace(" ", "").split(",")) >= {"GET", "HEAD", "PATCH"}
    head = await ann.call("HEAD", "/v1/me")
    assert head.status_code == 200


class Away:
    """The streams of a node that has lost its database."""

    async def events(self, *_: Any) -> None:
        raise Unavailable


async def test_who_cannot_be_given_a_stream_is_told_when_to_come_again(service: Service) -> None:
    (ann,) = await service.people(fresh())
    transport = httpx.ASGITransport(create_app(service.node, Away()))
    async with httpx.AsyncClient(transport=transport, base_url="http://kith.test") as client:
        headers = {"Authorization": f"Bearer {ann.token}"}
        answer = await client.get("/v1/events", headers=headers)
    assert (answer.status_code, slug(answer)) == (503, "unavailable")
    assert answer.headers["retry-after"] == "1"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("%2B18005550001", "18005550001"),
        ("+1%20800%20555%200001", "18005550001"),
        ("ANN", "ann"),
        ("ann%40home.example", "ann@home.example"),
    ],
)
async def test_an_address_in_a_path_is_brought_into_form(
    service: Service, text: str, expected: str
) -> None:
    (me,) = await service.people(fresh())
    answer = await me.call("PATCH", f"/v1/contacts/{text}", json={"contact": True})
    assert answer.status_code == 200, answer.text
    assert answer.json()["address"] == expected


@pytest.mark.parametrize("text", ["not%20an%20address", "%00", "a%0Ab", "%F0%9F%98%80", "x" * 64])
async def test_what_is_no_address_is_422(service: Service, text: str) -> None:
    (me,) = await service.people(fresh())
    for path in ("/v1/contacts/", "/v1/profiles/"):
        answer = await me.call("GET", path + text)
        assert (answer.status_code, slug(answer)) == (422, "invalid-address")


async def test_one_account_of_many_that_is_there_makes_none(service: Service) -> None:
    (ann,) = await service.people(fresh())
    new = fresh()
    users = {"users": [{"address": new}, {"address": "+" + ann.address}]}
    answer = await service.operator("POST", "/v1/operator/users", json=users)
    assert (answer.status_code, slug(answer)) == (409, "exists")
    assert ann.address in answer.json()["detail"]
    assert await service.people(new)


async def test_nothing_of_somebody_unknown_can_be_changed_by_the_operator(
    service: Service,
) -> None:
    (ann,) = await service.people(fresh())
    nobody = fresh()
    for method, path in (
        ("POST", f"/v1/operator/users/{nobody}/tokens"),
        ("DELETE", f"/v1/operator/users/{nobody}"),
        ("PUT", f"/v1/operator/pairs/{ann.address}/{nobody}"),
        ("DELETE", f"/v1/operator/pairs/{nobody}/{ann.address}"),
        ("GET", f"/v1/operator/pairs?address={nobody}"),
    ):
        answer = await service.operator(method, path)
        assert (answer.status_code, slug(answer)) == (404, "no-account"), path


async def test_the_description_names_every_route(service: Service) -> None:
    answer = await service.client.get("/openapi.json")
    document = answer.json()
    described = {
        (method.upper(), path) for path, methods in document["paths"].items() for method in methods
    }
    assert described >= USER | OPERATORS
    assert document["openapi"].startswith("3.1")
