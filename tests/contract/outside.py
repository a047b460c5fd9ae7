"""The service as a stranger meets it: a process, a socket, JSON. Imports nothing of Kith."""

import json
import os
import queue
import socket
import subprocess
import sys
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import httpx

ROOT = Path(__file__).parents[2]
PATIENCE_S = 60
"""What takes longer than this on the slowest computer does not come at all."""
Json = dict[str, Any]

_PLAIN: dict[str, Any] = {"timeout": PATIENCE_S, "verify": False, "trust_env": False}
"""Plain HTTP on this computer: to read all certificates would cost more than a request."""


@dataclass
class Service:
    """A running `kith serve`."""

    url: str
    operator_key: str
    process: subprocess.Popen[str]
    data: Path
    streams: list["Stream"] = field(default_factory=list)

    def call(self, method: str, path: str, token: str | None = None, **more: Any) -> httpx.Response:
        """Send one request; `token=None` sends no credentials."""
        headers = dict(more.pop("headers", {}))
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        return httpx.request(method, self.url + path, headers=headers, **_PLAIN, **more)

    def operator(self, method: str, path: str, **more: Any) -> httpx.Response:
        """Send one request as the operator."""
        return self.call(method, path, self.operator_key, **more)

    def people(self, *addresses: str, **fields: str) -> list["Person"]:
        """Make accounts; every one gets the same fields."""
        users = [{"address": address, "fields": fields} for address in addresses]
        answer = self.operator("POST", "/v1/operator/users", json={"users": users})
        assert answer.status_code == 201, answer.text
        return [Person(self, made["address"], made["token"]) for made in answer.json()["users"]]


@dataclass
class Event:
    """One server-sent event."""

    kind: str
    data: Json
    id: str | None


class Stream:
    """A live stream read by a thread, so that a test can wait for what it expects."""

    def __init__(self, person: "Person", cursor: str | None) -> None:
        self._events: queue.Queue[Event | None] = queue.Queue()
        self.raw: list[str] = []
        self.last_id: str | None = cursor
        headers = {"Authorization": f"Bearer {person.token}"}
        if cursor is not None:
            headers["Last-Event-ID"] = cursor
        self._socket: socket.socket | None = None
        self._closed = False
        self._headers = headers
        self._url = person.service.url + "/v1/events"
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self) -> None:
        try:
            with (
                httpx.Client(**_PLAIN) as client,
                client.stream("GET", self._url, headers=self._headers) as answer,
            ):
                self._socket = answer.extensions["network_stream"].get_extra_info("socket")
                if self._closed:
                    return
                assert answer.status_code == 200
                assert answer.headers["content-type"].startswith("text/event-stream")
                kind, data, ident = "message", "", None
                for line in answer.iter_lines():
                    self.raw.append(line)
                    if line.startswith("event:"):
                        kind = line[6:].strip()
                    elif line.startswith("data:"):
                        data += line[5:].strip()
                    elif line.startswith("id:"):
                        ident = line[3:].strip()
                    elif not line and data:
                        self._events.put(Event(kind, json.loads(data), ident))
                        kind, data, ident = "message", "", None
        except httpx.HTTPError:
            pass
        finally:
            self._events.put(None)

    def next(self, timeout: float = PATIENCE_S) -> Event:
        """Return the next event."""
        event = self._events.get(timeout=timeout)
        assert event is not None, "the stream ended"
        self.last_id = event.id or self.last_id
        return event

    def until(self, kind: str, **match: Any) -> Event:
        """Return the next event of a kind whose data has these members; others are passed over."""
        while True:
            event = self.next()
            if event.kind == kind and all(event.data.get(k) == v for k, v in match.items()):
                return event

    def before_ready(self) -> list[Event]:
        """Everything up to `ready`."""
        seen: list[Event] = []
        while (event := self.next()).kind != "ready":
            seen.append(event)
        return seen

    def quiet(self, seconds: float = 0.7) -> list[Event]:
        """What comes within a while, expected to be nothing."""
        seen: list[Event] = []
        try:
            while True:
                event = self._events.get(timeout=seconds)
                if event is None:
                    return seen
                self.last_id = event.id or self.last_id
                seen.append(event)
        except queue.Empty:
            return seen

    def close(self) -> None:
        """End the stream and wait for its thread."""
        self._closed = True
        if self._socket is not None:
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join(PATIENCE_S)
        assert not self._thread.is_alive()


@dataclass
class Person:
    """An account and its token."""

    service: Service
    address: str
    token: str

    def call(self, method: str, path: str, **more: Any) -> httpx.Response:
        """Send one request as this person."""
        return self.service.call(method, path, self.token, **more)

    def get(self, path: str) -> Json:
        """Fetch JSON that must be there."""
        answer = self.call("GET", path)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def sync(self, *addresses: str, **flags: Any) -> Json:
        """Synchronise addresses with the same flags."""
        entry = {"addresses": list(addresses), **flags}
        answer = self.call("POST", "/v1/contacts/sync", json={"entries": [entry]})
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def relate(self, other: str, **parts: Any) -> Json:
        """Change my relation to somebody."""
        answer = self.call("PATCH", f"/v1/contacts/{quote(other)}", json=parts)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def publish(self, **fields: str | None) -> None:
        """Publish fields of my profile."""
        answer = self.call("PATCH", "/v1/me", json={"fields": fields})
        assert answer.status_code == 200, answer.text

    def privacy(self, **change: Any) -> None:
        """Change my general rules, sent whole."""
        now = self.get("/v1/me/privacy")
        now["audiences"] |= change.pop("audiences", {})
        answer = self.call("PUT", "/v1/me/privacy", json={**now, **change})
        assert answer.status_code == 200, answer.text

    def sees(self, other: "Person") -> Json:
        """The fields I see of somebody."""
        return dict(self.get(f"/v1/profiles/{quote(other.address)}")["fields"])

    def stream(self, cursor: str | None = None) -> Stream:
        """Open a live stream."""
        stream = Stream(self, cursor)
        self.service.streams.append(stream)
        return stream

    def send(self, to: str, text: str, ident: str | None = None) -> httpx.Response:
        """Send a message."""
        body = {"id": ident or str(uuid.uuid4()), "to": to, "text": text}
        return self.call("POST", "/v1/messages", json=body)


def raw_socket(service: Service) -> socket.socket:
    """Connect to a service below HTTP."""
    place = urlsplit(service.url)
    return socket.create_connection((place.hostname, place.port), PATIENCE_S)


def slug(answer: httpx.Response) -> str:
    """The stable end of a problem's type."""
    assert answer.headers["content-type"].startswith("application/problem+json"), answer.text
    problem = answer.json()
    assert problem["status"] == answer.status_code
    assert problem["detail"]
    return str(problem["type"]).rsplit(":", 1)[-1].rsplit("/", 1)[-1]


@contextmanager
def serve(data: Path, *options: str) -> Iterator[Service]:
    """Run `kith serve` for a while."""
    command = [sys.executable, "-m", "app", "serve", "--data", str(data), "--port", "0", *options]
    environment = {**os.environ, "KITH_HOME": str(data / "home")}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment
    ) as process:
        try:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line, "the service did not start"
            key = (data / "operator.key").read_text().strip()
            yield Service(json.loads(line)["url"].rstrip("/"), key, process, data)
        finally:
            process.terminate()
            process.wait(timeout=PATIENCE_S)
