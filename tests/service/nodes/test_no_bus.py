"""Two nodes without a bus of their own: the database carries the messages between them."""

import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import psycopg
import pytest

from tests.contract.outside import Person, Service, serve
from tests.engines import new_database
from tests.service.live.conftest import fresh
from tests.service.nodes.conftest import TwoNodes
from tests.service.nodes.test_two_nodes import watched_races
from tests.wait import wait_until


@pytest.fixture(scope="module")
def nodes(tmp_path_factory: pytest.TempPathFactory, postgresql: str) -> Iterator[TwoNodes]:
    options = ["--database", new_database(postgresql)]
    folder = tmp_path_factory.mktemp("no_bus")
    with serve(folder, *options) as first, serve(folder, *options) as second:
        nodes = TwoNodes(first, second, options)
        yield nodes
        nodes.close_streams()


def unanswered(node: Service) -> int:
    found = re.search(r"^kith_revocations_unanswered_total (\d+)", metrics(node), re.MULTILINE)
    assert found is not None
    return int(found[1])


def is_answered(node: Service, owner: Person, viewer: Person) -> bool:
    """Revoke something, and tell whether the other node said that it has stopped sending it."""
    before = unanswered(node)
    owner.relate(viewer.address, blocked=["messages", "profile"])
    after = unanswered(node)
    owner.relate(viewer.address, blocked=[])
    return after == before


def metrics(node: Service) -> str:
    return node.call("GET", "/metrics").text


def test_a_revocation_asks_the_other_node_and_need_not_wait_for_the_bound(nodes: TwoNodes) -> None:
    (ann, _), (bob, _) = nodes.people(fresh(), fresh(), name="First")
    bob.sync(ann.address)
    wait_until(lambda: is_answered(nodes.first, ann, bob))


def test_the_nodes_find_each_other_again_when_their_connections_were_cut(
    nodes: TwoNodes, postgresql: str
) -> None:
    (ann, _), (bob, _) = nodes.people(fresh(), fresh(), name="First")
    bob.sync(ann.address)
    name = urlsplit(nodes.options[1]).path.removeprefix("/")
    with psycopg.connect(postgresql, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", (name,)
        )
    wait_until(lambda: is_answered(nodes.first, ann, bob))


def test_a_change_at_one_node_is_live_at_the_other(nodes: TwoNodes) -> None:
    (ann, _), (bob, bob_there) = nodes.people(fresh(), fresh(), name="First")
    bob.sync(ann.address)
    stream = bob_there.stream()
    stream.before_ready()
    ann.publish(name="Second")
    assert stream.until("profile").data["fields"]["name"] == "Second"


async def test_nothing_revoked_at_one_node_arrives_from_the_other(nodes: TwoNodes) -> None:
    await watched_races(nodes, 40)
