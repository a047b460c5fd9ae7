"""Two nodes on one PostgreSQL, with a real NATS between them: one service to whoever uses it."""

import asyncio
import json
import random
import signal
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit
from uuid import uuid4

import httpx
import nats.errors
import psycopg
import pytest
from nats.aio.client import Client
from nats.aio.msg import Msg

from app.service.barrier import LATE_S
from tests.contract.outside import PATIENCE_S, Person, Service, serve, slug
from tests.service.live.conftest import fresh
from tests.service.live.test_races import REVOCATIONS, Owner, Watcher, race
from tests.service.live.wires import Ended, Wire
from tests.service.nodes.conftest import Nodes, TwoNodes
from tests.wait import wait_until

TRIES = 5
"""A computer that is too busy to look into the database in time cuts off as well."""


def test_a_change_at_one_node_is_live_at_the_other(nodes: Nodes) -> None:
    (ann, _), (bob, bob_there) = nodes.people(fresh(), fresh(), name="First")
    bob.sync(ann.address)
    stream = bob_there.stream()
    stream.before_ready()
    ann.publish(name="Second")
    assert stream.until("profile").data["fields"]["name"] == "Second"
    assert bob_there.sees(ann)["name"] == "Second"


def test_a_cursor_of_one_node_is_good_at_the_other(nodes: Nodes) -> None:
    (ann, _), (bob, bob_there) = nodes.people(fresh(), fresh(), name="First")
    cursor = bob.sync(ann.address)["cursor"]
    ann.publish(name="Second")
    events = bob_there.stream(cursor).before_ready()
    assert [event.kind for event in events] == ["profile"]
    assert bob_there.get(f"/v1/contacts?cursor={cursor}")["relations"]


def test_a_deleted_account_is_gone_at_every_node(nodes: Nodes) -> None:
    ((ann, ann_there),) = nodes.people(fresh())
    stream = ann_there.stream()
    stream.before_ready()
    assert ann_there.call("GET", "/v1/me").status_code == 200
    assert nodes.first.operator("DELETE", f"/v1/operator/users/{ann.address}").status_code == 204
    assert ann_there.call("GET", "/v1/me").status_code == 401
    with pytest.raises(AssertionError, match="ended"):
        stream.until("never")


def test_nothing_is_late_while_the_bus_is_away(nodes: Nodes) -> None:
    (ann, _), (bob, bob_there) = nodes.people(fresh(), fresh(), name="First")
    bob.sync(ann.address)
    stream = bob_there.stream()
    stream.before_ready()
    nodes.nats.kill()
    ann.publish(name="While away")
    assert stream.until("profile").data["fields"]["name"] == "While away"
    nodes.nats.start()
    ann.publish(name="Back again")
    assert stream.until("profile").data["fields"]["name"] == "Back again"


@pytest.mark.long
@pytest.mark.timeout(600)
def test_nothing_is_more_than_five_seconds_late_while_the_bus_is_away_for_a_minute(
    nodes: Nodes,
) -> None:
    (ann, _), (bob, bob_there) = nodes.people(fresh(), fresh(), name="0")
    bob.sync(ann.address)
    stream = bob_there.stream()
    stream.before_ready()
    delays: list[float] = []
    nodes.nats.kill()
    over = time.monotonic() + 60
    while time.monotonic() < over:
        begun = time.monotonic()
        fields = {"name": str(len(delays) + 1)}
        ann.publish(**fields)
        stream.until("profile", fields=fields)
        delays.append(time.monotonic() - begun)
    nodes.nats.start()
    print(f"{len(delays)} changes, the latest after {max(delays):.1f} s")  # noqa: T201 - the figure
    assert max(delays) <= 5


@contextmanager
def unreliable(url: str) -> Iterator[None]:
    """Send everything between the nodes once more, late and in another order."""
    is_over = threading.Event()
    is_ready = threading.Event()

    async def repeat() -> None:
        heard: list[Msg] = []

        async def hear(message: Msg) -> None:
            heard.append(message)

        client = Client()
        await client.connect(url, no_echo=True)
        await client.subscribe("kith.>", cb=hear)
        await client.flush()
        is_ready.set()
        while not is_over.is_set():
            await asyncio.sleep(0.01)
            random.shuffle(heard)
            for message in heard[:5]:
                await client.publish(message.subject, message.data)
        with suppress(nats.errors.Error):
            await client.close()

    thread = threading.Thread(target=asyncio.run, args=(repeat(),))
    thread.start()
    try:
        assert is_ready.wait(PATIENCE_S)
        yield
    finally:
        is_over.set()
        thread.join()


def test_messages_between_nodes_may_come_twice_and_in_any_order(nodes: Nodes) -> None:
    (ann, _), (bob, bob_there) = nodes.people(fresh(), fresh(), name="0")
    bob.sync(ann.address)
    ann.sync(bob.address)
    stream = bob_there.stream()
    stream.before_ready()
    with unreliable(nodes.nats.url):
        for turn in range(1, 21):
            ann.publish(name=str(turn), status=None if turn % 3 else "here")
        names = [int(stream.until("profile").data["fields"]["name"])]
        while names[-1] < 20:
            names.append(int(stream.until("profile").data["fields"]["name"]))
    assert names == sorted(names)


async def watched_races(nodes: TwoNodes, count: int) -> None:
    (owner, _), (viewer, viewer_there) = nodes.people(fresh(), fresh(), name="N", status="S")
    viewer.sync(owner.address)
    owner.sync(viewer.address)
    racing, watcher = Owner(owner), Watcher(viewer_there)
    await watcher.ready()
    chance = random.Random(count)
    for _ in range(count):
        await race(racing, watcher, chance.choice(REVOCATIONS), chance)
    racing.close()
    watcher.close()


async def test_nothing_revoked_at_one_node_arrives_from_the_other(nodes: Nodes) -> None:
    await watched_races(nodes, 60)


@pytest.mark.long
@pytest.mark.timeout(1800)
async def test_nothing_revoked_arrives_from_the_other_in_many_races(nodes: Nodes) -> None:
    await watched_races(nodes, 2_000)


@pytest.mark.parametrize("bus", ["there", "away"])
async def test_a_reader_who_does_not_read_is_cut_at_the_other_node(nodes: Nodes, bus: str) -> None:
    """A large answer sticks half-way at the second node, when the first revokes what is in it."""
    people = nodes.people(*[fresh() for _ in range(800)], name="N" * 12_000)
    (bob, bob_there), (ann, _) = people[0], people[1]
    bob.sync(*[person.address for person, _ in people[1:]])
    reader = Wire(nodes.second.url, receive_buffer=4096)
    reader.request("GET", "/v1/contacts?limit=10000", bob_there.token)
    await reader.more()
    if bus == "away":
        nodes.nats.kill()
    ann.relate(bob.address, blocked=["messages", "profile"])
    with pytest.raises(AssertionError, match="ended"):
        await reader.answer()
    reader.close()
    if bus == "away":
        nodes.nats.start()


async def test_a_slow_reader_from_whom_nothing_is_taken_gets_the_whole_answer(
    nodes: Nodes,
) -> None:
    """Longer than a node may send what it has read, though others change all the while."""
    people = nodes.people(*[fresh() for _ in range(400)], name="N" * 12_000)
    (bob, bob_there), (ann, _) = people[0], people[1]
    bob.sync(*[person.address for person, _ in people[1:]])
    whole = False
    for _ in range(TRIES):
        reader = Wire(nodes.second.url, receive_buffer=4096)
        reader.request("GET", "/v1/contacts?limit=10000", bob_there.token)
        await reader.more()
        over = time.monotonic() + 1.5 * LATE_S
        while time.monotonic() < over:
            await asyncio.to_thread(ann.publish, status=str(time.monotonic()))
        with suppress(Ended):
            answer = await reader.answer()
            whole = len(answer.json()["relations"]) == len(people) - 1
        reader.close()
        if whole:
            break
    assert whole


def test_a_frozen_node_holds_a_revocation_no_longer_than_the_bound(nodes: Nodes) -> None:
    (ann, _), (bob, bob_there) = nodes.people(fresh(), fresh(), name="First")
    bob.sync(ann.address)
    ann.sync(bob.address)
    stream = bob_there.stream()
    stream.before_ready()
    # What is frozen in the midst of its own write would hold its rows.
    wait_until(lambda: ann.sees(bob).get("presence", {}).get("online"))
    nodes.second.process.send_signal(signal.SIGSTOP)
    try:
        ann.publish(name="canary")
        ann.relate(bob.address, blocked=["messages", "profile"])
    finally:
        nodes.second.process.send_signal(signal.SIGCONT)
    stream.until("profile", fields={})
    assert not any("canary" in line for line in stream.raw)


def test_who_is_online_at_two_nodes_is_offline_when_both_have_seen_them_go(nodes: Nodes) -> None:
    (ann, ann_there), (bob, _) = nodes.people(fresh(), fresh(), name="First")
    ann.sync(bob.address)
    bob.sync(ann.address)
    here, there = ann.stream(), ann_there.stream()
    here.before_ready()
    there.before_ready()
    wait_until(lambda: bob.sees(ann).get("presence", {}).get("online"))
    here.close()
    stream = bob.stream()
    stream.before_ready()
    assert not stream.quiet(6)
    there.close()
    assert stream.until("profile").data["fields"]["presence"]["online"] is False


LOOKUPS = (
    ("GET", "/v1/profiles/{}", None),
    ("PATCH", "/v1/contacts/{}", {"contact": True}),
    ("POST", "/v1/contacts/sync", {"entries": [{"addresses": ["{}"]}]}),
    ("POST", "/v1/messages", {"id": str(uuid4()), "to": "{}", "text": "Hello"}),
)


def look_up(person: Person, method: str, path: str, body: object) -> httpx.Response:
    """Ask in one of the ways after an address nobody has asked after."""
    new = fresh()
    text = None if body is None else json.dumps(body).replace("{}", new)
    return person.call(method, path.format(new), content=text)


def test_nodes_live_through_a_database_that_goes_away(own_nodes: Nodes, postgresql: str) -> None:
    (ann, _), (bob, bob_there) = own_nodes.people(fresh(), fresh(), name="First")
    bob.sync(ann.address)
    stream = bob_there.stream()
    stream.before_ready()
    name = urlsplit(own_nodes.options[1]).path.removeprefix("/")
    with psycopg.connect(postgresql, autocommit=True) as connection:
        connection.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false".encode())
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,)
        )
        answers = [ann.call("PATCH", "/v1/me", json={"fields": {"name": "Lost"}})]
        # Who may be told what is asked of the database: without it, nobody is told anything.
        with ThreadPoolExecutor(len(LOOKUPS)) as threads:
            answers += threads.map(lambda each: look_up(ann, *each), LOOKUPS)
        assert [answer.status_code for answer in answers] == [503] * len(answers)
        assert {slug(answer) for answer in answers} == {"unavailable"}
        connection.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true".encode())
    back = {"fields": {"name": "Back"}}
    wait_until(lambda: ann.call("PATCH", "/v1/me", json=back).status_code == 200)
    stream.until("profile", fields={"name": "Back"})


def test_the_people_of_a_crashed_node_go_offline(own_nodes: Nodes) -> None:
    (ann, ann_there), (bob, _) = own_nodes.people(fresh(), fresh(), name="First")
    ann.sync(bob.address)
    bob.sync(ann.address)
    ann_there.stream().before_ready()
    wait_until(lambda: bob.sees(ann).get("presence", {}).get("online"))
    stream = bob.stream()
    stream.before_ready()
    own_nodes.second.process.kill()
    assert stream.until("profile").data["fields"]["presence"]["online"] is False


def _kill_while_writing(nodes: Nodes, kills: int) -> None:
    ((ann, ann_there),) = nodes.people(fresh(), name="0")
    for turn in range(kills):
        with serve(nodes.first.data, *nodes.options) as victim:
            acknowledged = _write_until_killed(victim, ann.token, turn)
        assert int(ann_there.get("/v1/me")["fields"]["name"]) >= acknowledged


def _write_until_killed(victim: Service, token: str, turn: int) -> int:
    """Publish growing numbers while the node is killed; return the last one acknowledged."""
    killer = threading.Timer(0.05 + (turn % 10) / 50, victim.process.kill)
    killer.start()
    acknowledged = 0
    with suppress(httpx.HTTPError):
        for number in range(turn * 1000 + 1, turn * 1000 + 1000):
            fields = {"name": str(number)}
            answer = victim.call("PATCH", "/v1/me", token, json={"fields": fields})
            assert answer.status_code == 200
            acknowledged = number
    killer.join()
    return acknowledged


def test_what_a_node_acknowledged_survives_its_kill(own_nodes: Nodes) -> None:
    _kill_while_writing(own_nodes, 4)


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_what_a_node_acknowledged_survives_two_hundred_kills(own_nodes: Nodes) -> None:
    _kill_while_writing(own_nodes, 200)
