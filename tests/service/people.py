"""A service in this process, and people who use it through its own HTTP."""

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx

from app.domain import Cursor
from app.service import listing
from app.service.api import create_app
from app.service.budget import Allowance
from app.service.engines import open_store
from app.service.items import Item
from app.service.keys import Keys
from app.service.node import Node, heads
from app.service.presence import Presence
from app.service.store import Tx
from app.service.streams import Streams

Json = dict[str, Any]

OPERATOR = "the-operators-key"
SECRET = b"s" * 32
DAY_S = 86_400.0
NORMAL = Allowance()
START = 1_790_000_000.0

_numbers = count(18005550100)


def fresh() -> str:
    """An address nobody has used yet."""
    return str(next(_numbers))


@dataclass
class Clock:
    """A clock that a test sets."""

    now: float

    def __call__(self) -> float:
        return self.now


@dataclass
class Service:
    """One node, and a client that calls it without a socket."""

    node: Node
    client: httpx.AsyncClient
    clock: Clock

    async def operator(self, method: str, path: str, **more: Any) -> httpx.Response:
        """Send one request as the operator."""
        headers = {"Authorization": f"Bearer {OPERATOR}"}
        return await self.client.request(method, path, headers=headers, **more)

    async def people(self, *addresses: str, **fields: str) -> list["Person"]:
        """Make accounts; every one gets the same fields."""
        users = [{"address": address, "fields": fields} for address in addresses]
        answer = await self.operator("POST", "/v1/operator/users", json={"users": users})
        assert answer.status_code == 201, answer.text
        return [Person(self, made["address"], made["token"]) for made in answer.json()["users"]]

    async def pair(self, **fields: str) -> tuple["Person", "Person"]:
        """Make two people who have never heard of each other."""
        one, other = await self.people(fresh(), fresh(), **fields)
        return one, other


@dataclass
class Person:
    """An account and its token."""

    service: Service
    address: str
    token: str

    async def call(self, method: str, path: str, **more: Any) -> httpx.Response:
        """Send one request as this person."""
        headers = {"Authorization": f"Bearer {self.token}", **more.pop("headers", {})}
        return await self.service.client.request(method, path, headers=headers, **more)

    async def get(self, path: str) -> Json:
        """Fetch JSON that must be there."""
        answer = await self.call("GET", path)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def sync(self, *addresses: str, **flags: Any) -> Json:
        """Synchronise addresses with the same flags."""
        body = {"entries": [{"addresses": list(addresses), **flags}]}
        answer = await self.call("POST", "/v1/contacts/sync", json=body)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def relate(self, other: str, **parts: Any) -> Json:
        """Change my relation to somebody."""
        answer = await self.call("PATCH", f"/v1/contacts/{quote(other)}", json=parts)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def drop(self, other: str) -> None:
        """Let go of my relation to somebody."""
        answer = await self.call("DELETE", f"/v1/contacts/{quote(other)}")
        assert answer.status_code == 204, answer.text

    async def publish(self, **fields: str | None) -> None:
        """Publish fields of my profile."""
        answer = await self.call("PATCH", "/v1/me", json={"fields": fields})
        assert answer.status_code == 200, answer.text

    async def privacy(self, **change: Any) -> None:
        """Change my general rules."""
        answer = await self.call("PUT", "/v1/me/privacy", json=change)
        assert answer.status_code == 200, answer.text

    async def sees(self, other: "Person") -> Json:
        """The fields I see of somebody."""
        return dict((await self.get(f"/v1/profiles/{quote(other.address)}"))["fields"])

    async def send(self, to: str, text: str, ident: str | None = None) -> httpx.Response:
        """Send a message."""
        body = {"id": ident or str(uuid.uuid4()), "to": to, "text": text}
        return await self.call("POST", "/v1/messages", json=body)

    async def whole_list(self, limit: int = 1000) -> tuple[dict[str, Json], Cursor]:
        """All my relations by address, page by page."""
        page = await self.get(f"/v1/contacts?limit={limit}")
        found = {relation["address"]: relation for relation in page["relations"]}
        while "next" in page:
            page = await self.get(f"/v1/contacts?page={page['next']}")
            found |= {relation["address"]: relation for relation in page["relations"]}
        return found, Cursor(page["cursor"])

    async def head(self) -> int:
        """Where my feed stands."""
        ident = await self.ident()
        return (await self.service.node.store.read(lambda tx: heads(tx, [ident])))[ident]

    async def ident(self) -> int:
        """My row id."""
        ident = await self.service.node.account_of(self.token)
        assert ident is not None
        return ident

    async def heard(self, since: int) -> list[Item]:
        """What a stream of mine would be sent after a place in my feed."""
        ident = await self.ident()
        texts = self.service.node.texts

        def read(tx: Tx) -> dict[int, list[Item]]:
            return listing.since(tx, texts, {ident: since})

        return (await self.service.node.store.read(read))[ident]


def slug(answer: httpx.Response) -> str:
    """The stable end of a problem's type."""
    assert answer.headers["content-type"] == "application/problem+json", answer.text
    problem = answer.json()
    assert problem["status"] == answer.status_code
    assert problem["detail"]
    return str(problem["type"]).rsplit(":", 1)[-1]


@asynccontextmanager
async def serve(
    database: Path | str, allowance: Allowance = NORMAL, start: float = START
) -> AsyncIterator[Service]:
    """Run a node for a while."""
    clock = Clock(start)
    node = Node(open_store(database), Keys(SECRET), OPERATOR, allowance, clock)
    await node.start()
    app = create_app(node, Streams(node, Presence(node)))
    transport = httpx.ASGITransport(app, raise_app_exceptions=True)
    try:
        async with httpx.AsyncClient(transport=transport, base_url="http://kith.test") as client:
            yield Service(node, client, clock)
    finally:
        await node.store.close()
