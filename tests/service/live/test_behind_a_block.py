"""What goes on behind a block: on no channel that a viewer has does a byte tell of it."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
import pytest

from tests.contract.outside import PATIENCE_S, Json, Person, Service
from tests.contract.test_myself import picture
from tests.service.live.conftest import fresh
from tests.service.live.wires import Stream

LITTLE, LONG = 15, 1_000
BLOCK: Json = {"blocked": ["messages", "profile"]}
CHANNELS = (
    "/v1/contacts",
    "/v1/contacts?cursor={cursor}",
    "/v1/contacts?limit=1",
    "/v1/contacts/{owner}",
    "/v1/profiles/{owner}",
    "/v1/profiles/{owner}/picture",
    "/v1/me",
    "/v1/me/preview?viewer={owner}",
    "/v1/me/audience?field=name",
)
Seen = list[tuple[int, dict[str, str], bytes]]
"""Answers: the status, the head but for its date, the body."""


@contextmanager
def calling(person: Person) -> Iterator[httpx.Client]:
    """Keep one connection of somebody's open."""
    headers = {"Authorization": f"Bearer {person.token}"}
    url = person.service.url
    with httpx.Client(base_url=url, headers=headers, timeout=PATIENCE_S, trust_env=False) as client:
        yield client


def seen(answer: httpx.Response) -> tuple[int, dict[str, str], bytes]:
    head = {name: value for name, value in answer.headers.items() if name != "date"}
    return answer.status_code, head, answer.content


class Viewer:
    """Somebody between whom and an owner there is a block, with all that can be asked."""

    def __init__(self, person: Person, owner: Person, message: str) -> None:
        self.person = person
        self._owner = owner.address
        self._message = {"id": message, "to": owner.address, "text": "Hello"}
        # What I have sent is told to my own other sessions, once.
        person.call("POST", "/v1/messages", json=self._message)
        self.cursor = str(person.get("/v1/contacts")["cursor"])

    def looks(self) -> Seen:
        """Ask everything."""
        entries = [{"addresses": [self._owner], "contact": True}]
        with calling(self.person) as client:
            paths = [path.format(owner=self._owner, cursor=self.cursor) for path in CHANNELS]
            found = [seen(client.get(path)) for path in paths]
            for coding in ("identity", "gzip"):
                found.append(seen(client.get(paths[0], headers={"accept-encoding": coding})))
            found.append(seen(client.get(paths[5], headers={"if-none-match": '"0"'})))
            found.append(seen(client.post("/v1/contacts/sync", json={"entries": entries})))
            found.append(seen(client.post("/v1/messages", json=self._message)))
            return found

    async def hears(self) -> bytes:
        """Resume from where everything began: all that comes up to `ready`."""
        stream = Stream(self.person.service.url).open(self.person.token, self.cursor)
        await stream.until("ready")
        stream.close()
        return stream.text


def change(owner: httpx.Client, viewer: str, number: int) -> None:
    """Do everything of which a viewer could hear who was not blocked."""
    fields = {"name": f"Name {number}", "status": None if number % 2 else f"Status {number}"}
    is_odd = bool(number % 2)
    audience = "everyone" if is_odd else "nobody"
    calls = [
        owner.patch("/v1/me", json={"fields": fields}),
        owner.put("/v1/me/privacy", json={"audiences": {"status": audience, "email": audience}}),
        owner.patch(f"/v1/contacts/{viewer}", json={"contact": is_odd}),
        owner.patch(f"/v1/contacts/{viewer}", json={"visibility": 8 * (number % 3 == 0)}),
    ]
    if number % 5 == 0:
        calls.append(owner.put("/v1/me/picture", content=picture(size=(20 + number % 7, 20))))
    assert all(answer.is_success for answer in calls), calls
    owner.post("/v1/messages", json={"id": str(uuid.uuid4()), "to": viewer, "text": "Unheard"})


@pytest.mark.parametrize(
    "changes", [LITTLE, pytest.param(LONG, marks=[pytest.mark.long, pytest.mark.timeout(900)])]
)
@pytest.mark.parametrize("who", ["owner", "viewer"])
async def test_no_channel_tells_of_changes_behind_a_block(
    service: Service, changes: int, who: str
) -> None:
    owner, person = service.people(fresh(), fresh(), name="N", status="S")
    for one, other in ((owner, person), (person, owner)):
        one.sync(other.address)
    blocking, blocked = (owner, person) if who == "owner" else (person, owner)
    blocking.relate(blocked.address, **BLOCK)
    viewer = Viewer(person, owner, str(uuid.uuid4()))
    live = Stream(service.url).open(person.token, viewer.cursor)
    await live.until("ready")
    before, resumed, told = viewer.looks(), await viewer.hears(), len(live.text)
    with calling(owner) as client:
        for number in range(changes):
            change(client, person.address, number)
    assert viewer.looks() == before
    assert await viewer.hears() == resumed
    assert str(person.get("/v1/contacts")["cursor"]) == viewer.cursor
    live.pull()
    assert live.text[told:].replace(b":\n\n", b"") == b"", "more than the heartbeat"
    live.close()
    assert person.sees(owner) == {}
