"""Nobody can read from the time of an answer whether they are blocked or everything is hidden."""

import http.client
import json
import random
import time
from collections.abc import Callable
from urllib.parse import urlsplit
from uuid import uuid4

import pytest

from tests.contract.outside import Person, Service
from tests.service.live.conftest import fresh

SAMPLES = 5_000
TOLERANCE = 0.03

Request = Callable[[str, int], tuple[str, str, object]]
"""From the owner's address and the turn: method, path and body."""

REQUESTS: dict[str, Request] = {
    "profile": lambda owner, _: ("GET", f"/v1/profiles/{owner}", None),
    "contact": lambda owner, _: ("GET", f"/v1/contacts/{owner}", None),
    "patch": lambda owner, turn: (
        "PATCH",
        f"/v1/contacts/{owner}",
        {"favorite": bool(turn % 2)},
    ),
    "sync": lambda owner, turn: (
        "POST",
        "/v1/contacts/sync",
        {"entries": [{"addresses": [owner], "contact": bool(turn % 2)}]},
    ),
    "message": lambda owner, _: (
        "POST",
        "/v1/messages",
        {"id": str(uuid4()), "to": owner, "text": "Hello"},
    ),
}


class Stopwatch:
    """One connection that says how long an answer takes."""

    def __init__(self, viewer: Person) -> None:
        parts = urlsplit(viewer.service.url)
        assert parts.hostname is not None
        self._connection = http.client.HTTPConnection(parts.hostname, parts.port)
        self._headers = {"Authorization": f"Bearer {viewer.token}"}

    def time(self, method: str, path: str, body: object) -> int:
        """Return the nanoseconds from the request to the whole answer."""
        data = None if body is None else json.dumps(body)
        begun = time.perf_counter_ns()
        self._connection.request(method, path, data, self._headers)
        answer = self._connection.getresponse()
        answer.read()
        taken = time.perf_counter_ns() - begun
        assert answer.status < 300, answer.status
        return taken

    def close(self) -> None:
        self._connection.close()


def rank_auc(ones: list[int], others: list[int]) -> float:
    """How often one of the first is larger than one of the others; ties count half."""
    ordered = sorted([(value, True) for value in ones] + [(value, False) for value in others])
    ranks = 0.0
    start = 0
    while start < len(ordered):
        end = start
        while end < len(ordered) and ordered[end][0] == ordered[start][0]:
            end += 1
        middle = (start + 1 + end) / 2
        ranks += middle * sum(is_one for _, is_one in ordered[start:end])
        start = end
    return (ranks - len(ones) * (len(ones) + 1) / 2) / (len(ones) * len(others))


def test_the_measure_measures() -> None:
    assert rank_auc([1, 2, 3], [1, 2, 3]) == 0.5
    assert rank_auc([4, 5], [1, 2, 3]) == 1.0
    assert rank_auc([1], [2, 3]) == 0.0


def two_viewers(service: Service) -> list[tuple[Person, str]]:
    """A viewer who is blocked, and one from whom everything is hidden, each with the owner."""
    found = []
    for parts in ({"blocked": ["messages", "profile"]}, {"visibility": 8}):
        viewer, owner = service.people(fresh(), fresh(), name="Same", status="Same")
        viewer.sync(owner.address)
        owner.relate(viewer.address, contact=True, subscribed=True)
        owner.relate(viewer.address, **parts)
        found.append((viewer, owner.address))
    return found


@pytest.mark.long
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("kind", REQUESTS)
def test_the_time_of_an_answer_tells_nothing_of_a_block(service: Service, kind: str) -> None:
    viewers = two_viewers(service)
    watches = [Stopwatch(viewer) for viewer, _ in viewers]
    taken: list[list[int]] = [[], []]
    dice = random.Random(kind)
    for turn in range(SAMPLES):
        for place in dice.sample((0, 1), 2):
            request = REQUESTS[kind](viewers[place][1], turn)
            taken[place].append(watches[place].time(*request))
    for watch in watches:
        watch.close()
    auc = rank_auc(*taken)
    print(f"{kind}: rank-AUC {auc:.4f}")  # noqa: T201 - the figure
    assert abs(auc - 0.5) <= TOLERANCE
