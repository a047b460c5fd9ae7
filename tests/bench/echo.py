"""A server that does nothing but carry bytes: the floor under every measured call."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import Receive, Scope, Send

from tests.contract.outside import ROOT

kept = [b""]


async def carry(scope: Scope, receive: Receive, send: Send) -> None:
    """Keep the body of a PUT; answer everything with what is kept."""
    parts = []
    while True:
        message = await receive()
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            break
    if scope["method"] == "PUT":
        kept[0] = b"".join(parts)
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(kept[0])).encode()),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": kept[0]})


class Announcing(uvicorn.Server):
    """Says where it listens."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, and say where."""
        await super().startup(sockets)
        port = self.servers[0].sockets[0].getsockname()[1]
        print(f"http://127.0.0.1:{port}/", flush=True)


@contextmanager
def an_echo() -> Iterator[str]:
    """Run it in a process of its own."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.bench.echo"], stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


if __name__ == "__main__":
    Announcing(uvicorn.Config(carry, port=0, log_level="warning", lifespan="off")).run()
