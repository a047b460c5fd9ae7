"""Small messages between nodes over the database itself, where there is no other bus.

`LISTEN` and `NOTIFY` lose what is sent while a connection is away, and a database that only speaks
PostgreSQL's protocol may not know them: both cost a poll, as with every bus.
"""

import asyncio
import logging
from base64 import b64decode, b64encode
from collections.abc import Callable
from typing import Any, Final

import psycopg
from psycopg import AsyncConnection, sql
from psycopg.conninfo import make_conninfo

log = logging.getLogger(__name__)

WAITING: Final = 10_000
"""Messages that wait to be sent; beyond it they are lost, which costs a poll."""
RECONNECT_S: Final = 1.0
_ALIVE: Final = {"keepalives_idle": "5", "keepalives_interval": "2", "keepalives_count": "3"}


class PostgresWire:
    """Two connections that come back for ever, and never make anybody wait."""

    most: Final = 700
    """Numbers in one message: a payload has less than 8,000 bytes, as text."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._outgoing: asyncio.Queue[str] = asyncio.Queue(WAITING)
        self._is_connected = False
        self.lost = 0

    def send(self, data: bytes) -> None:
        """Send to every other node, now or never."""
        if not self._is_connected or self._outgoing.full():
            self.lost += 1
            return
        self._outgoing.put_nowait(b64encode(data).decode())

    async def run(self, subject: str, receive: Callable[[bytes], None]) -> None:
        """Connect and send for ever; `receive` is called with what other nodes send."""
        channel = subject.replace(".", "_")
        while True:
            try:
                await self._carry(channel, receive)
            except* psycopg.Error as errors:
                kind = type(errors.exceptions[0]).__name__
                log.warning("the database carries no wake-ups now: %s", kind)
            self._is_connected = False
            await asyncio.sleep(RECONNECT_S)

    async def close(self) -> None:
        """Do nothing: the connections end with `run`."""

    async def _carry(self, channel: str, receive: Callable[[bytes], None]) -> None:
        async with await self._connect() as sending, await self._connect() as listening:
            await listening.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)))
            self._is_connected = True
            async with asyncio.TaskGroup() as group:
                group.create_task(self._send_all(sending, channel))
                group.create_task(_listen(listening, sending.info.backend_pid, receive))

    async def _connect(self) -> AsyncConnection[Any]:
        conninfo = make_conninfo(self._url, **_ALIVE)
        return await AsyncConnection.connect(conninfo, autocommit=True)

    async def _send_all(self, connection: AsyncConnection[Any], channel: str) -> None:
        # A hint is not worth a wait for the disk.
        await connection.execute("SET synchronous_commit = off")
        while True:
            payload = await self._outgoing.get()
            await connection.execute("SELECT pg_notify(%s, %s)", (channel, payload))


async def _listen(
    connection: AsyncConnection[Any], own: int, receive: Callable[[bytes], None]
) -> None:
    """Hand on what others send; what this node sends comes back as well."""
    async for notify in connection.notifies():
        if notify.pid != own:
            receive(b64decode(notify.payload))
