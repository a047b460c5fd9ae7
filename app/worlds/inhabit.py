"""Make a world's people real on a service, through the operator's API and their own calls."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import quote

import httpx
import msgspec
from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from app.account import Account
from app.addresses import parse_address
from app.certificates import trusted
from app.domain import Address
from app.errors import Refused, Unreachable
from app.wire import (
    SYNC_LIMIT,
    MadeUsers,
    NewUser,
    NewUsers,
    Problem,
    PutPrivacy,
    Sync,
    SyncEntry,
)
from app.worlds.abreast import abreast
from app.worlds.files import NAMED, WorldError
from app.worlds.making import CALL, Making, Part
from app.worlds.pictures import draw
from app.worlds.world import REGION, Drawing, Tie, World, WorldPerson

Flags = tuple[bool, bool, int | UnsetType]
"""What bulk synchronisation says of a tie: contact, subscribed, visibility."""

CONFLICT: Final = 409
NOT_FOUND: Final = 404
TIMEOUT_S: Final = 60


class WorldRefused(WorldError):
    """The service refuses what the world says of somebody."""

    def __init__(self, name: str, refused: Refused) -> None:
        super().__init__(
            f"the service refuses what this world says of {name}: {refused.detail}"
            " Change it in the file, and make the world again."
        )


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
    making: Making = field(default_factory=Making)
    """How far `settle` is."""
    _addresses: dict[str, Address] = field(default_factory=dict)
    _ties: dict[str, list[Tie]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for person in self.world.people:
            self._addresses[person.id] = parse_address(person.address, REGION)
        for tie in self.world.relations:
            self._ties.setdefault(tie.owner, []).append(tie)

    @classmethod
    def of(cls, world: World, url: str, operator_key: str, making: Making | None = None) -> Self:
        """Name a world's people to a service; nothing is sent yet."""
        client = httpx.AsyncClient(base_url=url, timeout=TIMEOUT_S, verify=trusted(url))
        return cls(world, operator_key, client, making=making or Making())

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
        `making` tells how far it is; whoever cancels it throws the service away as well.
        """
        there = self._there()
        furnished = [person for person in there if _rules(person)]
        owners = [person.id for person in there if person.id in self._ties]
        await asyncio.to_thread(self._plan, there, furnished, owners)
        if not await self._create(there):
            await self._settle_again(there)
            return
        await abreast(self._furnish, furnished)
        await abreast(self.tie, owners)
        await abreast(self._pair, self.world.pairs)

    def _plan(
        self, there: list[WorldPerson], furnished: list[WorldPerson], owners: list[str]
    ) -> None:
        self.making.plan(Part.PEOPLE, len(there), len(there))
        rules = sum(map(_rules, furnished))
        self.making.plan(Part.RULES, rules, rules * CALL)
        for owner in owners:
            for count, work in map(_size, self._portions(owner)):
                self.making.plan(Part.RELATIONS, count, work)
        self.making.plan(Part.RELATIONS, len(self.world.pairs), len(self.world.pairs) * CALL)

    async def resume(self) -> None:
        """Take up a world that was settled whole: everybody signs in when they first do something.

        Whoever joins later leaves again, so that the world begins as its file says.
        """
        self.asleep = {person.id: person for person in self._there()}
        await abreast(self.leave, sorted(self.world.late))

    async def wake(self, name: str) -> bool:
        """Sign in as somebody who is there; tell whether they are."""
        person = self.asleep.get(name)
        if person is not None:
            await self._find_or_join(person)
            self.asleep.pop(name, None)  # now: whoever else wakes them meanwhile waits as well
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
        """Have somebody keep all whom they keep, in as few calls as there can be."""
        for portion in self._portions(owner):
            with _told_of(owner):
                await self._keep(owner, portion)
            self.making.did(Part.RELATIONS, *_size(portion))

    async def _keep(self, owner: str, portion: list[Tie]) -> None:
        if _bulk(portion[0]) is None:
            await self.relate(portion[0])
            return
        entries = [
            SyncEntry(
                addresses=[self.address(tie.to) for tie in some],
                contact=contact,
                subscribe=subscribe,
                visibility=visibility,
            )
            for (contact, subscribe, visibility), some in _alike(portion).items()
        ]
        await self.act(owner, "POST", "/v1/contacts/sync", Sync(entries=entries))

    def _portions(self, owner: str) -> list[list[Tie]]:
        """Divide whom somebody keeps into what goes in one call each."""
        ties = self._ties.get(owner, [])
        bulk = [tie for tie in ties if _bulk(tie) is not None]
        together = [bulk[at : at + SYNC_LIMIT] for at in range(0, len(bulk), SYNC_LIMIT)]
        return together + [[tie] for tie in ties if _bulk(tie) is None]

    async def _pair(self, pair: tuple[str, str]) -> None:
        one, other = map(self.path, pair)
        await self.operate("PUT", f"/v1/operator/pairs/{one}/{other}")
        self.making.did(Part.RELATIONS, 1, CALL)

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
        for start in range(0, len(people), SYNC_LIMIT):
            some = people[start : start + SYNC_LIMIT]
            # Ten thousand are a megabyte: what is to be shown meanwhile must not wait for that.
            content = await asyncio.to_thread(self._written, some)
            try:
                answer = await self._send(self.operator_key, "POST", "/v1/operator/users", content)
            except Refused as refused:
                if refused.status == CONFLICT:
                    return False
                raise WorldRefused(f"one of {_names(some)}", refused) from refused
            made = await asyncio.to_thread(msgspec.json.decode, answer.content, type=MadeUsers)
            for person, user in zip(some, made.users, strict=True):
                self.tokens[person.id] = user.token
            self.making.did(Part.PEOPLE, len(some), len(some))
        return True

    def _written(self, people: list[WorldPerson]) -> bytes:
        users = [NewUser(self.address(person.id), person.fields, person.reach) for person in people]
        return msgspec.json.encode(NewUsers(users))

    async def _sign_in(self, person: WorldPerson) -> None:
        path = f"/v1/operator/users/{self.path(person.id)}/tokens"
        self.tokens[person.id] = (await self.operate("POST", path))["token"]

    def _there(self) -> list[WorldPerson]:
        return [person for person in self.world.people if person.id not in self.world.late]

    async def _settle_again(self, there: list[WorldPerson]) -> None:
        await abreast(self.leave, sorted(self.world.late))
        await abreast(self._find_or_join, there)

    async def _find_or_join(self, person: WorldPerson) -> None:
        try:
            await self._sign_in(person)
        except Refused as refused:
            if refused.status != NOT_FOUND:
                raise
            await self.join(person)

    async def _furnish(self, person: WorldPerson) -> None:
        with _told_of(person.id):
            await self._set_rules(person)
        rules = _rules(person)
        self.making.did(Part.RULES, rules, rules * CALL)

    async def _set_rules(self, person: WorldPerson) -> None:
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


def _rules(person: WorldPerson) -> int:
    """Count the calls that are made for what is somebody's own: rules, and a picture."""
    has_rules = person.privacy != PutPrivacy()
    return has_rules + (not person.auto_sync) + (person.picture is not None)


def _bulk(tie: Tie) -> Flags | None:
    """Return what bulk synchronisation can say of a tie, or `None` if it says more."""
    visibility = tie.visibility
    plain = Tie(owner=tie.owner, to=tie.to, contact=tie.contact, subscribed=tie.subscribed)
    if tie.contact is UNSET or tie.subscribed is UNSET:
        return None
    if tie != replace(plain, visibility=visibility):
        return None
    return tie.contact, tie.subscribed, visibility


def _alike(ties: list[Tie]) -> dict[Flags, list[Tie]]:
    """Put those together of whom bulk synchronisation says the same."""
    found: dict[Flags, list[Tie]] = {}
    for tie in ties:
        flags = _bulk(tie)
        assert flags is not None
        found.setdefault(flags, []).append(tie)
    return found


def _size(portion: list[Tie]) -> tuple[int, int]:
    """Tell how many relations go in a call, and how much work it is."""
    return len(portion), CALL + len(portion)


def _names(people: list[WorldPerson]) -> str:
    return ", ".join(person.id for person in people[:NAMED]) + (" …" * (len(people) > NAMED))


@contextmanager
def _told_of(name: str) -> Iterator[None]:
    """Say of whom it was that the service refused something."""
    try:
        yield
    except Refused as refused:
        raise WorldRefused(name, refused) from refused
