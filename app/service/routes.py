"""The shape of a route, and how a request goes through it: who, what, the work, the answer."""

import hmac
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeVar, cast

import msgspec
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from app.addresses import canonical
from app.domain import Address
from app.errors import InvalidAddress
from app.service import packing
from app.service.accounts import Owner, load_owner
from app.service.barrier import Sending
from app.service.node import Node
from app.service.problems import ProblemError, Unavailable
from app.service.store import Tx
from app.service.wire_protocol import EXTENSION, Wire

Who = Literal["user", "operator", "anyone"]
Handler = Callable[["Call"], Awaitable[Response]]
T = TypeVar("T", bound=msgspec.Struct)

BODY_BYTES: Final = 2 * 1024 * 1024
NO_STORE: Final = {"cache-control": "no-store"}


class NoQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A call that takes no query parameters."""


@dataclass(frozen=True, slots=True)
class Route:
    """One call: where, who may make it, what goes in and what comes out."""

    method: str
    path: str
    handler: Handler
    summary: str
    who: Who = "user"
    body: Any = None
    """The type of the JSON body; `bytes` for one that is not JSON."""
    query: Any = NoQuery
    answer: Any = None
    """The type of the JSON answer; `bytes` for one that is not JSON."""
    status: int = 200
    problems: tuple[str, ...] = ()
    body_bytes: int = BODY_BYTES
    media: str = "image/*"
    """The type of an answer that is not JSON."""
    is_packed: bool = False
    """Whether who takes gzip may get it."""


@dataclass(slots=True)
class Call:
    """One request on its way through its route."""

    node: Node
    request: Request
    account_id: int
    body: Any
    query: Any
    wire: Wire | None
    _sending: Sending | None = None

    def hold(self) -> None:
        """Hold the barrier for the caller until the answer has left; before reading views."""
        self._sending = self.node.barrier.begin_unread(self.account_id, self.wire)

    def release(self) -> None:
        """Let go of the barrier, since nobody waits while holding."""
        if self._sending is not None:
            self.node.barrier.end(self._sending)
            self._sending = None

    @property
    def is_late(self) -> bool:
        """Whether the views in the answer are too old to be sent."""
        return self._sending is not None and self.node.barrier.is_late(self._sending)

    async def leave(self) -> None:
        """Wait until the answer has left, then let go."""
        if self._sending is not None and self.wire is not None:
            await self.wire.drain()
        self.release()

    @property
    def takes_gzip(self) -> bool:
        """Whether the caller would rather have the answer in gzip."""
        return packing.accepts_gzip(",".join(self.request.headers.getlist("accept-encoding")))

    def me(self, tx: Tx) -> Owner:
        """Read the caller's account, which may be gone since the token was checked.

        What the answer is made of is read from here on.
        """
        sending = self._sending
        if sending is not None:
            sending.begin_reading()
        owner = load_owner(tx, self.account_id)
        if owner is None:
            raise ProblemError("unauthorized", "This account is gone.")
        if sending is not None:
            sending.seen = owner.head
        return owner

    def address(self, name: str = "address") -> Address:
        """Return the address in the path, in canonical form."""
        return parse_address(self.request.path_params[name])


def parse_address(text: str) -> Address:
    """Return an address in canonical form, or raise 422."""
    try:
        return canonical(text)
    except InvalidAddress:
        raise ProblemError(
            "invalid-address",
            "An address is a phone number in international form, or a handle of letters, digits"
            " and . _ @ + - of at most 63 characters.",
        ) from None


def answer(value: object, status: int = 200) -> Response:
    """Return a value as JSON."""
    return json_answer(msgspec.json.encode(value), status)


def json_answer(body: bytes, status: int = 200) -> Response:
    """Return JSON that is written already."""
    return Response(body, status, NO_STORE, "application/json")


def packed_answer(call: Call, body: bytes) -> Response:
    """Return JSON that is written already, in gzip if that is smaller and the caller takes it."""
    headers = {**NO_STORE, "vary": packing.VARY}
    if call.takes_gzip and packing.pays(len(body)):
        packed = packing.gzipped(body)
        if len(packed) < len(body):
            headers["content-encoding"] = "gzip"
            body = packed
    return Response(body, 200, headers, "application/json")


def nothing() -> Response:
    """Return an answer without a body."""
    return Response(status_code=204)


def problem_answer(problem: ProblemError, headers: Mapping[str, str] | None = None) -> Response:
    """Return a problem (RFC 9457)."""
    all_headers = {**NO_STORE, **(headers or {})}
    if problem.status == 401:  # noqa: PLR2004 - RFC 9110, section 11.6.1, asks for the challenge
        all_headers["www-authenticate"] = 'Bearer realm="kith"'
    if problem.retry_after is not None:
        all_headers["retry-after"] = str(problem.retry_after)
    return Response(problem.body, problem.status, all_headers, "application/problem+json")


class Endpoint:
    """All the methods of one path, as an ASGI application."""

    def __init__(self, node: Node, routes: list[Route]) -> None:
        self._node = node
        self._routes = {route.method: route for route in routes}
        if "GET" in self._routes:
            self._routes["HEAD"] = self._routes["GET"]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        request = Request(scope, receive)
        route = self._routes.get(request.method)
        if route is None:
            allow = {"allow": ", ".join(sorted(self._routes))}
            problem = ProblemError("method-not-allowed", f"Allowed here: {allow['allow']}.")
            await problem_answer(problem, allow)(scope, receive, send)
            return
        call = Call(self._node, request, 0, None, None, _wire(scope))
        try:
            try:
                response = await self._run(route, call)
            except ProblemError as problem:
                response = problem_answer(problem)
            if call.is_late:
                response = problem_answer(Unavailable())
            await response(scope, receive, send)
            await call.leave()
        except ClientDisconnect:
            return
        finally:
            call.release()

    async def _run(self, route: Route, call: Call) -> Response:
        call.account_id = await self._identify(route, call.request)
        call.query = _read_query(call.request, route.query)
        call.body = await _read_body(call.request, route)
        if route.who == "user" and route.method == "GET":
            call.hold()
        return await route.handler(call)

    async def _identify(self, route: Route, request: Request) -> int:
        """Return the caller's account, or 0 where none is needed."""
        if route.who == "anyone":
            return 0
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        token = token.strip()
        if scheme.lower() != "bearer" or not token:
            raise ProblemError("unauthorized", "Send `Authorization: Bearer` and your token.")
        operator = hmac.compare_digest(token.encode(), self._node.operator_key.encode())
        if operator and route.who == "user":
            raise ProblemError("user-only", "The operator's key is no user's token.")
        if operator:
            return 0
        account_id = await self._node.account_of(token)
        if account_id is None:
            raise ProblemError("unauthorized", "This token is not valid; ask for a new one.")
        if route.who == "operator":
            raise ProblemError("operator-only", "This call takes the operator's key.")
        return account_id


def _read_query(request: Request, kind: type[T]) -> T:
    pairs = request.query_params.multi_items()
    given = dict(pairs)
    if len(given) < len(pairs):
        raise ProblemError("invalid", "A query parameter stands there more than once.")
    try:
        found = msgspec.convert(given, kind, strict=False)
    except msgspec.ValidationError as error:
        raise ProblemError("invalid", f"Query: {error}.") from None
    for field in msgspec.structs.fields(kind):
        text, value = given.get(field.encode_name), getattr(found, field.name)
        if text is not None and not isinstance(value, str) and str(value) != text:
            raise ProblemError("invalid", f"Query: write `{field.encode_name}` in plain digits.")
    return found


async def _read_body(request: Request, route: Route) -> Any:
    if route.body is None:
        return None
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        # What a few bytes grow to is not known before they have grown.
        raise ProblemError("unsupported-media-type", "Send the body as it is, not compressed.")
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > route.body_bytes:
            raise ProblemError("too-large", f"A body here has at most {route.body_bytes} bytes.")
        chunks.append(chunk)
    data = b"".join(chunks)
    if route.body is bytes:
        return data
    try:
        return cast("Any", _decoder(route.body).decode(data))
    except UnicodeDecodeError:
        raise ProblemError("invalid", "Body: this text is not in UTF-8.") from None
    except (msgspec.DecodeError, RecursionError) as error:
        raise ProblemError("invalid", f"Body: {error}.") from None


def _decoder(kind: Any) -> msgspec.json.Decoder[Any]:
    found = _DECODERS.get(kind)
    if found is None:
        found = _DECODERS[kind] = msgspec.json.Decoder(kind)
    return found


def _wire(scope: Scope) -> Wire | None:
    """Return the connection of a request, where there is one."""
    found: Wire | None = scope.get("extensions", {}).get(EXTENSION)
    return found


_DECODERS: dict[Any, msgspec.json.Decoder[Any]] = {}
