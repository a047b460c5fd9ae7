"""Make a world's people real on a service, through the operator's API and their own calls."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Final, Self, TypeVar
from urllib.parse import quote

import httpx
import msgspec
from msgspec import UNSET

from app.account import Account
from app.addresses import parse_address
from app.certificates import trusted
from app.domain import Address
from app.errors import Refused, Unreachable
from app.wire import SYNC_LIMIT, Problem, PutPrivacy, Sync, SyncEntry
from app.worlds.pictures import draw
from app.worlds.world import Drawing, Tie, World, WorldPerson

T = TypeVar("T")

REGION: Final = "US"
"""In which numbers without a country are read."""
ABREAST: Final = 8
AT_ONCE: Final = 2_000
"""Accounts made in one call."""
CONFLICT: Final = 409
NOT_FOUND: Final = 404
TIMEOUT_S: Final = 60


@dataclass(slots=True)
class Inhabitants:
    """The people of a world as the service knows them; used as a context, it closes its client."""

    world: World
    operator_key: str
    client: httpx.AsyncClient
    tokens: dict[str, str] = field(default_factory=dict)
    """The token of each person who is there, by their id in the world."""
    asleep: dict[str, WorldPerson] = field(default_factory=dict)
    """Who is there and has not signed in yet, by id."""
    _addresses: dict[str, Address] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for person in self.world.people:
            self._addresses[person.id] = parse_address(person.address, REGION)

    @classmethod
    def of(cls, world: World, url: str, operator_key: str) -> Self:
        """Name a world's people to a service; nothing is sent yet."""
        client = httpx.AsyncClient(base_url=url, timeout=TIMEOUT_S, verify=trusted(url))
        return cls(world, operator_key, client)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.client.aclose()

    def move(self, url: str) -> None:
        """Find the service at another place."""
        self.client.base_url = httpx.URL(url)

    def address(self, name: str) -> Address:
        """Return the address of a person, by id, or of anybody else, as it is written."""
        if name not in self._addresses:
            self._addresses[name] = parse_address(name, REGION)
        return self._addresses[name]

    def account(self) -> Account:
        """Return what signs in as the one whom a tester looks through."""
        me = self.world.me
        return Account(str(self.client.base_url), self.address(me), self.tokens[me], embedded=True)

    async def settle(self) -> None:
        """Make everybody who is there from the beginning, and all that is theirs.

        Where they are there already they are only signed in, and keep what they have become.
        """
        there = self._there()
        if not await self._create(there):
            await self._settle_again(there)
            return
        await _abreast(self._furnish, there)
        await _abreast(self.tie, [name for name in self._owners() if name in self.tokens])
        for one, other in self.world.pairs:
            path = f"/v1/operator/pairs/{self.path(one)}/{self.path(other)}"
            await self.operate("PUT", path)

    async def resume(self) -> None:
        """Take up a world that was settled whole: everybody signs in when they first do something.

        Whoever joins later leaves again, so that the world begins as its file says.
        """
        self.asleep = {person.id: person for person in self._there()}
        await _abreast(self.leave, sorted(self.world.late))

    async def wake(self, name: str) -> bool:
        """Sign in as somebody who is there; tell whether they are."""
        person = self.asleep.pop(name, None)
        if person is not None:
            await self._find_or_join(person)
        return name in self.tokens

    async def join(self, person: WorldPerson) -> None:
        """Make one more person, with all that is theirs."""
        if not await self._create([person]):
            await self._sign_in(person)
            return
        await self._furnish(person)
        await self.tie(person.id)

    async def leave(self, name: str) -> None:
        """Erase a person; one who is not there is as good."""
        self.tokens.pop(name, None)
        try:
            await self.operate("DELETE", f"/v1/operator/users/{self.path(name)}")
        except Refused as refused:
            if refused.status != NOT_FOUND:
                raise

    async def tie(self, owner: str) -> None:
        """Have somebody keep all whom they keep: plain contacts at once, the others one by one."""
        ties = [tie for tie in self.world.relations if tie.owner == owner]
        plain = [self.address(tie.to) for tie in ties if tie == _plain(tie)]
        for start in range(0, len(plain), SYNC_LIMIT):
            entry = SyncEntry(addresses=list(plain[start : start + SYNC_LIMIT]))
            await self.act(owner, "POST", "/v1/contacts/sync", Sync(entries=[entry]))
        for tie in ties:
            if tie != _plain(tie):
                await self.relate(tie)

    async def relate(self, tie: Tie) -> None:
        """Have somebody set what they keep about somebody."""
        parts = {
            name: getattr(tie, name)
            for name in ("contact", "subscribed", "favorite", "blocked", "visibility", "fields")
            if getattr(tie, name) is not UNSET
        }
        await self.act(tie.owner, "PATCH", f"/v1/contacts/{self.path(tie.to)}", parts)

    async def set_privacy(self, name: str, privacy: PutPrivacy) -> None:
        """Have somebody set their general rules."""
        await self.act(name, "PUT", "/v1/me/privacy", privacy)

    async def set_picture(self, name: str, drawing: Drawing | None) -> None:
        """Have somebody publish a picture, or take it away."""
        if drawing is None:
            await self.act(name, "DELETE", "/v1/me/picture")
            return
        data = await asyncio.to_thread(draw, drawing)
        await self._send(self.tokens[name], "PUT", "/v1/me/picture", data)

    async def act(self, name: str, method: str, path: str, body: object = None) -> None:
        """Make a call as one of the people."""
        content = b"" if body is None else msgspec.json.encode(body)
        await self._send(self.tokens[name], method, path, content)

    async def ask(self, name: str, path: str) -> bytes:
        """Fetch something as one of the people."""
        return (await self._send(self.tokens[name], "GET", path, b"")).content

    async def operate(self, method: str, path: str, body: object = None) -> Any:
        """Make a call as the operator, and return its answer."""
        content = b"" if body is None else msgspec.json.encode(body)
        answer = await self._send(self.operator_key, method, path, content)
        return answer.json() if answer.content else None

    async def _create(self, people: list[WorldPerson]) -> bool:
        """Make accounts; tell whether they are new."""
        for start in range(0, len(people), AT_ONCE):
            some = people[start : start + AT_ONCE]
            users = [
                {
                    "address": self.address(person.id),
                    "fields": person.fields,
                    "reach": person.reach,
                }
                for person in some
            ]
            try:
                made = await self.operate("POST", "/v1/operator/users", {"users": users})
            except Refused as refused:
                if refused.status != CONFLICT:
                    raise
                return False
            for person, user in zip(some, made["users"], strict=True):
                self.tokens[person.id] = user["token"]
        return True

    async def _sign_in(self, person: WorldPerson) -> None:
        path = f"/v1/operator/users/{self.path(person.id)}/tokens"
        self.tokens[person.id] = (await self.operate("POST", path))["token"]

    def _there(self) -> list[WorldPerson]:
        return [person for person in self.world.people if person.id not in self.world.late]

    async def _settle_again(self, there: list[WorldPerson]) -> None:
        await _abreast(self.leave, sorted(self.world.late))
        await _abreast(self._find_or_join, there)

    async def _find_or_join(self, person: WorldPerson) -> None:
        try:
            await self._sign_in(person)
        except Refused as refused:
            if refused.status != NOT_FOUND:
                raise
            await self.join(person)

    def _owners(self) -> list[str]:
        return list(dict.fromkeys(tie.owner for tie in self.world.relations))

    async def _furnish(self, person: WorldPerson) -> None:
        if person.privacy != PutPrivacy():
            await self.set_privacy(person.id, person.privacy)
        if not person.auto_sync:
            await self.act(person.id, "PATCH", "/v1/me", {"auto_sync": False})
        if person.picture is not None:
            await self.set_picture(person.id, person.picture)

    def path(self, name: str) -> str:
        """Return somebody's address as a part of a path."""
        return quote(self.address(name), safe="")

    async def _send(self, token: str, method: str, path: str, content: bytes) -> httpx.Response:
        headers = {"authorization": f"Bearer {token}"}
        try:
            answer = await self.client.request(method, path, content=content, headers=headers)
        except httpx.TransportError as error:
            raise Unreachable(type(error).__name__) from error
        if answer.is_server_error:
            raise Unreachable(f"the service answers {answer.status_code}")
        if answer.is_client_error:
            problem = msgspec.json.decode(answer.content, type=Problem)
            raise Refused(problem.slug, problem.detail, answer.status_code)
        return answer


def _plain(tie: Tie) -> Tie:
    """Give the tie of a contact who is followed and nothing more."""
    return Tie(owner=tie.owner, to=tie.to, contact=True, subscribed=True)


async def _abreast(call: Callable[[T], Awaitable[None]], things: Iterable[T]) -> None:
    """Make a call for each thing, a few at a time."""
    remaining = iter(things)

    async def work() -> None:
        for thing in remaining:
            await call(thing)

    async with asyncio.TaskGroup() as group:
        for _ in range(ABREAST):
            group.create_task(work())
