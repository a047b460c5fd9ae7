"""What the tester wants next; whatever is in the way of it is ended in order."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from app.worlds.weather import Weather


@dataclass(frozen=True, slots=True)
class Wish:
    """A world, those through whom a tester looks at it, and the weather that they are in."""

    world: Path
    names: tuple[str, ...] = ()
    """Nobody named: whom the world itself suggests."""
    weather: Mapping[str, Weather] = field(default_factory=dict)
    anew: bool = True
    """Whether the world is made again, or goes on and is looked at by others."""


class Wishes:
    """Keeps the last wish. To want no world at all gives up the one that is being made."""

    def __init__(self) -> None:
        self._wish: Wish | None = None
        self._made = asyncio.Event()
        self._world: asyncio.Timeout | None = None
        self._identities: asyncio.Timeout | None = None

    def make(self, wish: Wish | None) -> None:
        """Want this from now on."""
        self._wish = wish
        self._made.set()
        _end(self._world if wish is None or wish.anew else self._identities)

    async def next(self) -> Wish | None:
        """Wait for a wish that has not been taken yet."""
        await self._made.wait()
        self._made.clear()
        return self._wish

    @asynccontextmanager
    async def while_this_world(self) -> AsyncIterator[None]:
        """Cancel the body when another world is wanted, the same again, or none."""
        try:
            async with asyncio.timeout(None) as self._world:
                yield
        except TimeoutError:
            if self._world is None or not self._world.expired():
                raise
        finally:
            self._world = None

    @asynccontextmanager
    async def while_these_people(self) -> AsyncIterator[None]:
        """Cancel the body when the world is to be looked at by others."""
        try:
            async with asyncio.timeout(None) as self._identities:
                yield
        except TimeoutError:
            if self._identities is None or not self._identities.expired():
                raise
        finally:
            self._identities = None


def _end(scope: asyncio.Timeout | None) -> None:
    """Cancel what runs in a scope, once: it may be ending already."""
    if scope is not None and scope.when() is None:
        scope.reschedule(0)
