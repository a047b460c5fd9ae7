"""The service as seen from the client: one method for each request, every error translated here."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from copy import copy
from typing import Final, Self, TypeVar, cast
from urllib.parse import quote

import httpx
import msgspec
from httpx_sse import EventSource, SSEError

from app.account import LOOPBACK, can_be_service
from app.certificates import certificate_trouble, trusted
from app.domain import Address, Field, Privacy, Profile
from app.errors import OverBudget, Refused, SignedOut, Unreachable, Untrusted
from app.wire import (
    Accepted,
    ContactsPage,
    FieldAudience,
    Impact,
    KeptRelation,
    Me,
    PatchMe,
    PatchRelation,
    Preview,
    Problem,
    SendMessage,
    Suppose,
    Sync,
    Synced,
    SyncEntry,
)

DEADLINE_S: Final = 30.0
BULK_DEADLINE_S: Final = 120.0
CONNECTIONS: Final = 16
ANSWER_BYTES: Final = 256 * 1024 * 1024
"""Ten thousand whole profiles, the most that one call can bring, are 160 MiB."""
EVENT_BYTES: Final = 4 * 1024 * 1024
"""What a service takes in one request is in no event more than 2 MiB."""
LONGEST_RETRY_S: Final = 366 * 86_400.0
"""A server that asks for more patience than this has miscounted."""
SILENCE_S: Final = 40.0
"""The live stream says something every 15 s; longer silence is a dead line."""

Answer = TypeVar("Answer")


class Event(msgspec.Struct, frozen=True):
    """One event of the live stream; `id` is the cursor after it, or empty."""

    kind: str
    data: str
    id: str


class Remote:
    """One account at one service. Never tries twice: that is for the loops that ask."""

    def __init__(
        self, url: str, token: str, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        if not can_be_service(url):
            raise Unreachable("no service can be at this address")
        if not (token.isascii() and token.isprintable()):
            raise SignedOut  # no header can carry it, so no service has given it
        self._token, self._transport = token, transport
        try:
            self._trusted = trusted(url)
            self._client = self._open(url, CONNECTIONS)
        except (ImportError, ValueError, httpx.InvalidURL) as error:
            raise Unreachable("the environment names a proxy that cannot be used") from error

    def _open(self, url: str, connections: int) -> httpx.AsyncClient:
        return httpx.AsyncClient(
            base_url=url,
            headers={"Authorization": f"Bearer {self._token}"},
            timeout=httpx.Timeout(DEADLINE_S, connect=10.0, read=None),
            limits=httpx.Limits(max_connections=connections),
            transport=self._transport,
            verify=self._trusted,
            trust_env=httpx.URL(url).host not in LOOPBACK,  # no proxy reaches this computer
        )

    def move(self, url: str) -> None:
        """Ask the service at another place from now on."""
        self._client.base_url = url

    def another(self) -> Self:
        """Make one more, with a single connection, for a loop of its own.

        A pool looks at all of its connections several times for each request.
        """
        made = copy(self)
        made._client = self._open(str(self._client.base_url), 1)
        return made

    async def close(self) -> None:
        """Close every connection."""
        await self._client.aclose()

    # ---- myself

    async def me(self) -> Me:
        """Fetch my account."""
        return await self._ask("GET", "/v1/me", Me)

    async def patch_me(self, change: PatchMe) -> None:
        """Publish fields, or switch automatic sync."""
        await self._send("PATCH", "/v1/me", change)

    async def put_privacy(self, privacy: Privacy) -> None:
        """Set my general rules."""
        await self._send("PUT", "/v1/me/privacy", privacy)

    async def put_picture(self, data: bytes | None) -> None:
        """Publish a picture, or none."""
        if data is None:
            await self._send("DELETE", "/v1/me/picture")
        else:
            await self._send("PUT", "/v1/me/picture", data)

    async def preview(self, viewer: str | None, as_: str | None) -> Preview:
        """Fetch what somebody sees of me, and why."""
        wanted = {"viewer": viewer} if viewer is not None else {"as": as_ or "everyone"}
        return await self._ask("GET", "/v1/me/preview", Preview, params=wanted)

    async def audience(self, field: Field) -> FieldAudience:
        """Fetch who sees one field of mine."""
        wanted = {"field": field.value}
        return await self._ask("GET", "/v1/me/audience", FieldAudience, params=wanted)

    async def impact(self, suppose: Suppose) -> Impact:
        """Fetch who would gain and lose what."""
        return await self._ask("POST", "/v1/me/impact", Impact, suppose)

    # ---- contacts

    async def sync(self, entries: list[SyncEntry]) -> Synced:
        """Send many addresses with their flags; repeating it changes nothing."""
        return await self._ask("POST", "/v1/contacts/sync", Synced, Sync(entries))

    async def contacts(self, page: str | None = None) -> ContactsPage:
        """Fetch the whole list, one page after the other."""
        wanted = {} if page is None else {"page": page}
        return await self._ask("GET", "/v1/contacts", ContactsPage, params=wanted)

    async def contacts_since(self, cursor: str) -> ContactsPage:
        """Fetch what changed in my list since a cursor."""
        return await self._ask("GET", "/v1/contacts", ContactsPage, params={"cursor": cursor})

    async def withdraw_all(self) -> None:
        """Have the service let go of everything I ever uploaded."""
        await self._send("DELETE", "/v1/me/contacts")

    async def patch_contact(self, address: Address, change: PatchRelation) -> KeptRelation:
        """Change one relation."""
        return await self._ask("PATCH", _contact(address), KeptRelation, change)

    async def delete_contact(self, address: Address) -> None:
        """Erase one relation; one that is gone already is as good."""
        try:
            await self._send("DELETE", _contact(address))
        except Refused as error:
            if error.status != httpx.codes.NOT_FOUND:
                raise

    async def profile(self, address: Address) -> Profile:
        """Fetch the view I get of somebody."""
        return await self._ask("GET", f"/v1/profiles/{quote(address, safe='')}", Profile)

    async def picture(self, address: Address) -> bytes:
        """Fetch the bytes of a picture."""
        return await self._send("GET", f"/v1/profiles/{quote(address, safe='')}/picture")

    async def send_message(self, message: SendMessage) -> Accepted:
        """Send a message; the same id again is the same message."""
        return await self._ask("POST", "/v1/messages", Accepted, message)

    # ---- live

    @asynccontextmanager
    async def events(self, cursor: str | None) -> AsyncIterator[AsyncIterator[Event]]:
        """Open the live stream from a cursor on."""
        headers = {"Accept": "text/event-stream", "Cache-Control": "no-store"}
        if cursor is not None:
            headers["Last-Event-ID"] = cursor
        request = self._client.stream(
            "GET",
            "/v1/events",
            headers=headers,
            timeout=httpx.Timeout(DEADLINE_S, read=SILENCE_S),
        )
        try:
            async with request as response:
                if response.status_code != httpx.codes.OK:
                    _raise_for(response, await _read_whole(response))
                yield _read_events(response)
        except (httpx.HTTPError, httpx.StreamError, SSEError) as error:
            raise _no_answer(error) from error

    # ---- one request

    async def _ask(
        self,
        method: str,
        path: str,
        answer: type[Answer],
        body: msgspec.Struct | None = None,
        params: dict[str, str] | None = None,
    ) -> Answer:
        data = await self._send(method, path, body, params)
        try:
            return msgspec.json.decode(data, type=answer)
        except msgspec.MsgspecError as error:
            raise Unreachable("the answer was not understood") from error

    async def _send(
        self,
        method: str,
        path: str,
        body: msgspec.Struct | bytes | None = None,
        params: dict[str, str] | None = None,
    ) -> bytes:
        content = msgspec.json.encode(body) if isinstance(body, msgspec.Struct) else body
        headers = {} if content is None else {"Content-Type": _content_type(body)}
        deadline = BULK_DEADLINE_S if path in _SLOW else DEADLINE_S
        try:
            async with asyncio.timeout(deadline):
                request = self._client.stream(
                    method, path, content=content, headers=headers, params=params
                )
                async with request as response:
                    data = await _read_whole(response)
        except (httpx.HTTPError, TimeoutError) as error:
            raise _no_answer(error) from error
        if not response.is_success:
            _raise_for(response, data)
        return data


_SLOW: Final = frozenset(
    {
        "/v1/contacts/sync",
        "/v1/contacts",
        "/v1/me/contacts",
        "/v1/me/audience",
        "/v1/me/impact",
    }
)
_MAGIC: Final = ((b"\x89PNG", "image/png"), (b"\xff\xd8", "image/jpeg"), (b"RIFF", "image/webp"))


def _content_type(body: msgspec.Struct | bytes | None) -> str:
    """Name JSON, or the kind of a picture by its first bytes."""
    if not isinstance(body, bytes):
        return "application/json"
    found = (name for magic, name in _MAGIC if body.startswith(magic))
    return next(found, "application/octet-stream")


def _contact(address: Address) -> str:
    return f"/v1/contacts/{quote(address, safe='')}"


async def _read_whole(response: httpx.Response) -> bytes:
    """Read an answer, unpacked; few bytes may grow to many, so no more than an honest one has."""
    pieces: list[bytes] = []
    size = 0
    async for piece in response.aiter_bytes():
        size += len(piece)
        if size > ANSWER_BYTES:
            raise Unreachable("the answer is too large")
        pieces.append(piece)
    return b"".join(pieces)


class _Bounded:
    """A stream's text as it comes, in which something without an end is not waited for."""

    def __init__(self, response: httpx.Response) -> None:
        self.headers = response.headers
        self._response = response
        self.size = 0
        """How much has come since an event has ended."""

    async def aiter_text(self) -> AsyncIterator[str]:
        """Yield the text in pieces; raises `Unreachable` where too much has come."""
        async for text in self._response.aiter_text():
            yield text
            end = text.rfind("\n\n")
            self.size += len(text) if end < 0 else len(text) - end - 2
            _check_event(self.size)


def _check_event(size: int) -> None:
    if size > EVENT_BYTES:
        raise Unreachable("an event is too large")


async def _read_events(response: httpx.Response) -> AsyncIterator[Event]:
    bounded = _Bounded(response)
    source = EventSource(cast("httpx.Response", bounded))  # it uses no more than these two
    async for event in source.aiter_sse():
        bounded.size = 0
        _check_event(len(event.data))
        if event.data:  # an id alone is not dispatched; the next event carries it on
            yield Event(event.event, event.data, event.id)


def _no_answer(error: Exception) -> Unreachable:
    """Tell a service that is away from one that cannot prove who it is."""
    untrusted = certificate_trouble(error)
    return Untrusted(untrusted) if untrusted else Unreachable(type(error).__name__)


def _raise_for(response: httpx.Response, data: bytes) -> None:
    status = response.status_code
    slug, detail = _problem(status, data)
    if status == httpx.codes.UNAUTHORIZED:
        raise SignedOut
    if status == httpx.codes.TOO_MANY_REQUESTS and slug == "over-budget":
        raise OverBudget(detail, _retry_after(response))
    if status >= httpx.codes.INTERNAL_SERVER_ERROR or status in _AGAIN:
        raise Unreachable(f"HTTP {status}", _retry_after(response))
    raise Refused(slug, detail, status)


_AGAIN: Final = (httpx.codes.REQUEST_TIMEOUT, httpx.codes.TOO_EARLY, httpx.codes.TOO_MANY_REQUESTS)


def _problem(status: int, data: bytes) -> tuple[str, str]:
    try:
        problem = msgspec.json.decode(data, type=Problem)
    except msgspec.MsgspecError:
        return f"http-{status}", f"HTTP {status}"
    return problem.slug, problem.detail


def _retry_after(response: httpx.Response) -> float | None:
    """Read a number of seconds; a date is rare, and our own back-off serves as well."""
    text = response.headers.get("Retry-After", "")
    return min(float(text), LONGEST_RETRY_S) if text.isdecimal() else None
