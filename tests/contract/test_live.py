"""Section 4.4: the live stream."""

from collections.abc import Callable
from pathlib import Path

from tests.contract.conftest import fresh
from tests.contract.outside import PATIENCE_S, Person, Service, raw_socket, serve

Two = tuple[Person, Person]


def friends(service: Service) -> Two:
    """Two people who keep each other."""
    ann, bob = service.people(fresh(), fresh(), name="N", status="S")
    ann.sync(bob.address)
    bob.sync(ann.address)
    return ann, bob


def test_a_stream_is_ready_at_once(two: Two) -> None:
    assert two[0].stream().before_ready() == []


def test_a_stream_needs_a_token(service: Service) -> None:
    assert service.call("GET", "/v1/events").status_code == 401


def test_to_http_1_0_a_stream_comes_without_chunks(two: Two) -> None:
    ann, _ = two
    request = f"GET /v1/events HTTP/1.0\r\nAuthorization: Bearer {ann.token}\r\n\r\n"
    with raw_socket(ann.service) as wire, wire.makefile("rb") as answer:
        wire.sendall(request.encode())
        head = list(iter(answer.readline, b"\r\n"))
        assert b" 200 " in head[0]
        assert not [line for line in head if line.lower().startswith(b"transfer-encoding")]
        assert answer.readline() == b"event: ready\n"
        assert answer.readline().startswith(b"id: ")
        assert [answer.readline(), answer.readline()] == [b"data: {}\n", b"\n"]
        ann.publish(status="Live")
        assert answer.readline().startswith(b"id: ")
        assert answer.readline() == b"event: me\n"


def test_a_change_arrives_whole(service: Service) -> None:
    ann, bob = friends(service)
    live = bob.stream()
    live.before_ready()
    ann.publish(status="New")
    profile = live.until("profile", address=ann.address).data
    assert profile["fields"]["status"] == "New"
    assert profile["fields"]["name"] == "N"
    assert live.last_id


def test_what_i_may_not_see_makes_no_event(service: Service) -> None:
    ann, bob = friends(service)
    live = bob.stream()
    live.before_ready()
    ann.publish(email="hidden@b.example")
    ann.privacy(audiences={"birthday": "favorites"})
    assert live.quiet() == []


def test_not_subscribed_hears_nothing(service: Service) -> None:
    ann, bob = friends(service)
    bob.relate(ann.address, subscribed=False)
    live = bob.stream()
    live.before_ready()
    ann.publish(status="New")
    assert live.quiet() == []


def test_hiding_a_field_is_an_event_without_it(service: Service) -> None:
    ann, bob = friends(service)
    live = bob.stream()
    live.before_ready()
    ann.privacy(audiences={"status": "nobody"})
    assert live.until("profile", address=ann.address).data["fields"] == {"name": "N"}
    ann.relate(bob.address, blocked=["messages", "profile"])
    assert live.until("profile", address=ann.address).data["fields"] == {}


def test_a_viewer_who_does_not_subscribe_is_still_told_to_erase(service: Service) -> None:
    ann, bob = friends(service)
    bob.relate(ann.address, subscribed=False)
    bob.sees(ann)
    live = bob.stream()
    live.before_ready()
    ann.relate(bob.address, visibility=8)
    assert live.until("profile", address=ann.address).data["fields"] == {}


def test_resuming_brings_what_was_missed_then_ready(service: Service) -> None:
    ann, bob = friends(service)
    live = bob.stream()
    live.before_ready()
    ann.publish(status="One")
    live.until("profile", address=ann.address)
    cursor = live.last_id
    live.close()
    ann.publish(status="Two")
    ann.publish(status="Three")
    missed = [e for e in bob.stream(cursor).before_ready() if e.kind == "profile"]
    assert [event.data["fields"]["status"] for event in missed] == ["Three"]


def test_an_old_cursor_revives_nothing(service: Service) -> None:
    ann, bob = friends(service)
    cursor = bob.get("/v1/contacts")["cursor"]
    ann.publish(status="Canary")
    ann.relate(bob.address, blocked=["messages", "profile"])
    live = bob.stream(cursor)
    live.before_ready()
    assert "Canary" not in "\n".join(live.raw)
    assert "Canary" not in bob.call("GET", f"/v1/contacts?cursor={cursor}").text


def test_a_cursor_of_the_list_serves_the_stream_and_back(service: Service) -> None:
    ann, bob = friends(service)
    cursor = bob.get("/v1/contacts")["cursor"]
    ann.publish(status="New")
    live = bob.stream(cursor)
    assert [e.kind for e in live.before_ready()] == ["profile"]
    assert live.last_id
    assert bob.get(f"/v1/contacts?cursor={live.last_id}")["relations"] == []


def test_a_cursor_that_cannot_be_honoured_is_reset(service: Service) -> None:
    ann, bob = friends(service)
    foreign = ann.get("/v1/contacts")["cursor"]
    for cursor in ("nonsense", foreign):
        kinds = [event.kind for event in bob.stream(cursor).before_ready()]
        assert kinds[0] == "reset"


def test_somebody_who_joins_is_announced(service: Service) -> None:
    (ann,) = service.people(fresh())
    address = fresh()
    ann.sync(address)
    live = ann.stream()
    live.before_ready()
    service.people(address, name="Newcomer")
    relation = live.until("relation", address=address).data
    assert relation["state"] == "matched"
    assert relation["joined"] is True
    service.operator("DELETE", f"/v1/operator/users/{address}")
    relation = live.until("relation", address=address, left=True).data
    assert relation["state"] == "pending"


def test_another_session_of_mine_hears_what_i_do(service: Service) -> None:
    ann, bob = friends(service)
    token = service.operator("POST", f"/v1/operator/users/{ann.address}/tokens").json()["token"]
    other = Person(service, ann.address, token)
    live = other.stream()
    live.before_ready()
    ann.relate(bob.address, favorite=True)
    assert live.until("relation", address=bob.address).data["favorite"] is True
    ann.publish(about="About me")
    assert live.until("me").data["fields"]["about"] == "About me"


def test_pairing_is_announced_to_both(service: Service) -> None:
    ann, bob = friends(service)
    streams = [person.stream() for person in (ann, bob)]
    for live in streams:
        live.before_ready()
    service.operator("PUT", f"/v1/operator/pairs/{ann.address}/{bob.address}")
    for live in streams:
        assert live.until("relation").data["paired"] is True


def test_an_acknowledged_change_survives_a_kill(
    tmp_path: Path, new_options: Callable[[], list[str]]
) -> None:
    options = new_options()
    with serve(tmp_path, *options) as first:
        (ann,) = first.people(fresh(), name="Before")
        ann.publish(name="After")
        first.process.kill()
        first.process.wait(timeout=PATIENCE_S)
    with serve(tmp_path, *options) as second:
        again = Person(second, ann.address, ann.token)
        assert again.get("/v1/me")["fields"]["name"] == "After"
