"""Let a world live: what happens in it, in its order and at its time."""

import asyncio
import heapq
import logging
import time
import uuid
from collections.abc import Awaitable, Callable

import msgspec
from msgspec import UNSET

from app.errors import Refused
from app.worlds.inhabit import Inhabitants
from app.worlds.world import Happening

log = logging.getLogger(__name__)

Sleep = Callable[[float], Awaitable[None]]


async def live(
    inhabitants: Inhabitants,
    *,
    now: Callable[[], float] = time.monotonic,
    sleep: Sleep = asyncio.sleep,
) -> None:
    """Play every happening when its time has come; ends when none comes again.

    Raises `Unreachable` when the service is away.
    """
    start = now()
    # The place in the file settles who is first when two are due together.
    due = [(deed.after, place, 0) for place, deed in enumerate(inhabitants.world.happenings)]
    heapq.heapify(due)
    while due:
        at, place, turn = heapq.heappop(due)
        await sleep(max(0.0, start + at - now()))
        deed = inhabitants.world.happenings[place]
        await _try_to_play(inhabitants, deed, turn)
        if deed.every > 0:
            heapq.heappush(due, (at + deed.every, place, turn + 1))


async def _try_to_play(inhabitants: Inhabitants, deed: Happening, turn: int) -> None:
    """Let a deed go by where somebody's rules forbid it."""
    try:
        if deed.join or await inhabitants.wake(deed.who):
            await play(inhabitants, deed, turn)
    except Refused as refused:
        log.info("a happening did not happen (%s)", refused.slug)


async def play(inhabitants: Inhabitants, deed: Happening, turn: int) -> None:
    """Do one deed for the `turn`-th time."""
    who = deed.who
    if deed.publish:
        fields = deed.publish[turn % len(deed.publish)]
        await inhabitants.act(who, "PATCH", "/v1/me", {"fields": fields})
    elif deed.picture:
        await inhabitants.set_picture(who, deed.picture[turn % len(deed.picture)])
    elif deed.privacy is not UNSET:
        await inhabitants.set_privacy(who, deed.privacy)
    elif deed.relation is not UNSET:
        await inhabitants.relate(msgspec.structs.replace(deed.relation, owner=who))
    elif deed.message is not UNSET:
        body = {
            "id": str(uuid.uuid4()),
            "to": inhabitants.address(deed.message.to),
            "text": deed.message.text,
        }
        await inhabitants.act(who, "POST", "/v1/messages", body)
    elif deed.join:
        await inhabitants.join(
            next(person for person in inhabitants.world.people if person.id == who)
        )
    else:
        await inhabitants.leave(who)
