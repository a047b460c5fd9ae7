"""Small messages between nodes over NATS, which may be lost, doubled or late."""

import asyncio
import logging
from collections.abc import Callable
from typing import Final

import nats
from nats.aio.client import Client
from nats.aio.msg import Msg

log = logging.getLogger(__name__)

WAITING: Final = 10_000
"""Messages that wait to be sent; beyond it they are lost, which costs a poll."""
RECONNECT_S: Final = 0.25
PING_S: Final = 5


class NatsWire:
    """One connection to NATS that comes back for ever, and never makes anybody wait."""

    most: Final = 8_192
    """Numbers in one message."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._client = Client()
        self._outgoing: asyncio.Queue[bytes] = asyncio.Queue(WAITING)
        self.lost = 0

    @property
    def is_connected(self) -> bool:
        """Whether messages reach the server, as far as is known."""
        return self._client.is_connected

    def send(self, data: bytes) -> None:
        """Send to every other node, now or never."""
        if not self._client.is_connected or self._outgoing.full():
            self.lost += 1
            return
        self._outgoing.put_nowait(data)

    async def run(self, subject: str, receive: Callable[[bytes], None]) -> None:
        """Connect and send for ever; `receive` is called with what other nodes send."""

        async def on_message(message: Msg) -> None:
            receive(message.data)

        await self._client.connect(
            self._url,
            error_cb=_on_error,
            disconnected_cb=_on_lost,
            reconnected_cb=_on_back,
            no_echo=True,
            max_reconnect_attempts=-1,
            reconnect_time_wait=RECONNECT_S,  # type: ignore[arg-type]  # a float serves as well
            ping_interval=PING_S,
        )
        await self._client.subscribe(subject, cb=on_message)
        while True:
            data = await self._outgoing.get()
            try:
                await self._client.publish(subject, data)
            except nats.errors.Error as error:
                self.lost += 1
                log.warning("a message between nodes is lost: %s", type(error).__name__)

    async def close(self) -> None:
        """Let go of the connection."""
        await self._client.close()


async def _on_error(error: Exception) -> None:
    # One for each attempt to reconnect: what matters is said once, below.
    log.debug("trouble with the bus: %s", type(error).__name__)


async def _on_lost() -> None:
    log.warning("the bus went away; what is new is found by looking")


async def _on_back() -> None:
    log.info("the bus is back")
