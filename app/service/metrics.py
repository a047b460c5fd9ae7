"""Health, readiness, and figures in Prometheus' text format: counts only, nobody's data."""

import resource
import sys
from collections.abc import Iterator

from starlette.responses import PlainTextResponse, Response

from app.service.node import Node
from app.service.routes import Call, Route, json_answer
from app.service.streams import Streams

_FORMAT = "text/plain; version=0.0.4; charset=utf-8"


class Metrics:
    """What an operator may ask of a running node."""

    def __init__(self, node: Node, streams: Streams) -> None:
        self._node = node
        self._streams = streams
        self.is_draining = False

    @property
    def routes(self) -> tuple[Route, ...]:
        """The calls, open to anyone who reaches the node."""
        return (
            Route("GET", "/healthz", self._health, "Whether the process runs", "anyone"),
            Route("GET", "/readyz", self._readiness, "Whether it takes calls", "anyone"),
            Route(
                "GET",
                "/metrics",
                self._metrics,
                "Figures for Prometheus",
                "anyone",
                answer=bytes,
                media="text/plain",
            ),
        )

    async def _health(self, _: Call) -> Response:
        return json_answer(b'{"status":"ok"}')

    async def _readiness(self, call: Call) -> Response:
        if self.is_draining:
            return json_answer(b'{"status":"draining"}', 503)
        await call.node.store.read(lambda tx: tx.one("SELECT 1"))
        return json_answer(b'{"status":"ok"}')

    async def _metrics(self, _: Call) -> Response:
        text = "".join(
            f"# HELP kith_{name} {meaning}\n# TYPE kith_{name} {kind}\nkith_{name} {value}\n"
            for name, kind, meaning, value in self._figures()
        )
        return PlainTextResponse(text, media_type=_FORMAT)

    def _figures(self) -> Iterator[tuple[str, str, str, float]]:
        barrier, streams = self._node.barrier, self._streams
        yield "streams_open", "gauge", "Live streams open now.", streams.open
        yield "events_sent_total", "counter", "Events that have left on streams.", streams.sent
        yield "barrier_under_way", "gauge", "Answers with views on their way.", barrier.under_way
        yield "barrier_waits_total", "counter", "Revocations that had to wait.", barrier.waits
        yield "barrier_cuts_total", "counter", "Connections cut by a revocation.", barrier.cuts
        unanswered = self._node.bus.unanswered
        yield "revocations_unanswered_total", "counter", "Waits for a silent node.", unanswered
        usage = resource.getrusage(resource.RUSAGE_SELF)
        unit = 1 if sys.platform == "darwin" else 1024
        yield "cpu_seconds_total", "counter", "Processor time.", usage.ru_utime + usage.ru_stime
        yield "memory_peak_bytes", "gauge", "Most memory ever held.", usage.ru_maxrss * unit
