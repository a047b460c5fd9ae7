"""The service as one ASGI application: every route, and every problem that no route foresaw."""

import logging
from collections.abc import Sequence
from typing import Final, Protocol

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route as StarletteRoute
from starlette.types import ASGIApp, Receive, Scope, Send

from app.service import contact_calls, my_calls, openapi, operator_calls
from app.service.node import Node
from app.service.problems import ProblemError
from app.service.routes import Call, Endpoint, Route, json_answer, problem_answer
from app.service.stream import Asked

log = logging.getLogger(__name__)

VERSION: Final = "1"
"""Of the interface, as in the paths."""

ROUTES: Final = (*operator_calls.ROUTES, *my_calls.ROUTES, *contact_calls.ROUTES)


class Events(Protocol):
    """Whoever keeps the live streams."""

    async def events(
        self,
        scope: Scope,
        receive: Receive,
        send: Send,
        account_id: int,
        asked: Asked,
    ) -> None:
        """Answer with a stream and keep it open."""
        ...


def create_app(node: Node, streams: Events, more: Sequence[Route] = ()) -> ASGIApp:
    """Put the routes together; `more` are those of the process it runs in."""
    routes = (*ROUTES, _events_route(streams), *more)
    description = msgspec.json.encode(openapi.document(routes, VERSION))

    async def describe(_: Call) -> Response:
        return json_answer(description)

    routes = (*routes, Route("GET", "/openapi.json", describe, "This description", "anyone"))
    by_path: dict[str, list[Route]] = {}
    for route in routes:
        by_path.setdefault(route.path, []).append(route)
    app = Starlette(
        routes=[
            StarletteRoute(path, Endpoint(node, found), include_in_schema=False)
            for path, found in by_path.items()
        ],
        exception_handlers={
            HTTPException: _on_http_error,
            ProblemError: _on_problem,
            Exception: _on_failure,
        },
    )
    app.router.redirect_slashes = False
    return app


def _events_route(streams: Events) -> Route:
    async def events(call: Call) -> Response:
        # A stream holds the barrier slice by slice, not for as long as it is open.
        call.release()
        return _Streaming(streams, call)

    return Route(
        "GET",
        "/v1/events",
        events,
        "Live changes, as server-sent events",
        answer=bytes,
        media="text/event-stream",
        is_packed=True,
    )


class _Streaming(Response):
    """An answer that the keeper of the streams writes."""

    def __init__(self, streams: Events, call: Call) -> None:
        super().__init__()
        self._streams = streams
        self._call = call

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        last_event_id = self._call.request.headers.get("last-event-id")
        asked = Asked(last_event_id, self._call.takes_gzip)
        await self._streams.events(scope, receive, send, self._call.account_id, asked)


async def _on_http_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return problem_answer(ProblemError("not-found", "There is nothing at this path."))


async def _on_problem(_: Request, error: Exception) -> Response:
    """Answer what arose while an answer was begun, as that of a stream is."""
    assert isinstance(error, ProblemError)
    return problem_answer(error)


async def _on_failure(request: Request, error: Exception) -> Response:
    log.error("a %s failed: %s", request.method, type(error).__name__)
    return problem_answer(ProblemError("internal", "The service failed; try again later."))
