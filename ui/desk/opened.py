"""A world on a service of its own, thrown away after, and sessions that look at it.

Each identity is an ordinary session; between it and the service stands a proxy that makes weather.
"""

import asyncio
import os
import shutil
import signal
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from hashlib import blake2b
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final, Protocol

from app.account import Account
from app.domain import Address
from app.paths import Paths
from app.session import Session
from app.worlds.files import WorldError, must_be_there, read
from app.worlds.making import Making
from app.worlds.pausing import Pausing
from app.worlds.watched import WatchedInhabitants, side_by_side
from app.worlds.weather import Proxy, Weather
from app.worlds.world import World
from ui.desk.identity import Identity

BYTES_EACH: Final = 2_000
"""What a person takes on disk, with all that is theirs, at most."""
BYTES_ANYHOW: Final = 20_000_000


class NoRoom(WorldError):
    """There is not enough room on disk for a world."""

    def __init__(self, folder: Path, wanted: int, free: int) -> None:
        super().__init__(
            f"this world needs {wanted / 1e6:,.0f} MB in {folder}, and {free / 1e6:,.0f} MB are "
            "free there. Make room, name another folder in TMPDIR, or choose a smaller world."
        )


class HasLeft(WorldError):
    """Somebody who was there at the beginning of the world is there no longer."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} has left this world. Reset it to have them back.")


class Running(Protocol):
    """What `app.service.host` says of a running service; that module is imported late."""

    url: str
    moved: Callable[[str], object]


@dataclass(frozen=True, slots=True)
class OpenWorld:
    """A world that lives."""

    world: World
    path: Path
    people: WatchedInhabitants
    pausing: Pausing
    suggested: tuple[str, ...]
    """Through whom it is looked at when nobody is named."""
    names: dict[Address, str]
    """The id of whoever has an address."""
    folder: Path
    running: Running

    @property
    def service(self) -> Path:
        """The folder of the service."""
        return self.folder / "service"


@dataclass(frozen=True, slots=True)
class OpenDesk(OpenWorld):
    """A world that lives, and those of it through whom a tester looks."""

    identities: tuple[Identity, ...]


@asynccontextmanager
async def open_world(
    path: Path, names: Sequence[str], told: Callable[[Making], object]
) -> AsyncIterator[OpenWorld]:
    """Make a world in which these people are, in a folder that is thrown away after."""
    host = await asyncio.to_thread(import_module, "app.service.host")
    world = await asyncio.to_thread(read, path)
    must_be_there(world, names)
    suggested = await asyncio.to_thread(side_by_side, world)
    async with AsyncExitStack() as stack:
        temporary = tempfile.TemporaryDirectory(prefix="kith-desk-")
        stack.push_async_callback(asyncio.to_thread, temporary.cleanup)
        folder = Path(temporary.name)
        _must_have_room(world, folder)
        running = await stack.enter_async_context(host.service(folder / "service"))
        # Every address is read there: of a hundred thousand that takes half a second.
        people = await asyncio.to_thread(
            WatchedInhabitants.of, world, running.url, running.operator_key, Making(told)
        )
        await stack.enter_async_context(people)
        names_of = await asyncio.to_thread(_names_of, people)
        await people.settle()
        running.moved = people.move
        yield OpenWorld(world, path, people, Pausing(), tuple(suggested), names_of, folder, running)


def _names_of(people: WatchedInhabitants) -> dict[Address, str]:
    return {people.address(each.id): each.id for each in people.world.people}


def _must_have_room(world: World, folder: Path) -> None:
    wanted = BYTES_ANYHOW + BYTES_EACH * len(world.people)
    free = shutil.disk_usage(folder).free
    if free < wanted:
        raise NoRoom(folder.parent, wanted, free)


def must_still_be_there(opened: OpenWorld, names: Sequence[str]) -> None:
    """Raise `HasLeft` for the first who has gone, and `NotInWorld` for who never was there."""
    for name in names:
        if name not in opened.people.tokens:
            must_be_there(opened.world, [name])
            raise HasLeft(name)


@asynccontextmanager
async def look_through(
    opened: OpenWorld, names: Sequence[str], weather: Mapping[str, Weather] = MappingProxyType({})
) -> AsyncIterator[OpenDesk]:
    """Sign in as these people, each through a proxy of their own, which may have its weather."""
    must_still_be_there(opened, names)
    claim = await asyncio.to_thread(import_module, "app.service.claim")
    people, running = opened.people, opened.running
    async with AsyncExitStack() as stack:
        proxies = [await stack.enter_async_context(Proxy(running.url)) for _ in names]
        for name, proxy in zip(names, proxies, strict=True):
            proxy.change(weather.get(name, Weather.CLEAR))
        identities = [
            await stack.enter_async_context(_identity(opened, name, proxy))
            for name, proxy in zip(names, proxies, strict=True)
        ]
        for proxy in proxies:
            proxy.restart = partial(_kill, claim.read_note, opened.service)
        running.moved = partial(_move, people, proxies)
        stack.callback(setattr, running, "moved", people.move)
        yield OpenDesk(
            opened.world,
            opened.path,
            people,
            opened.pausing,
            opened.suggested,
            opened.names,
            opened.folder,
            running,
            tuple(identities),
        )


@asynccontextmanager
async def _identity(opened: OpenWorld, name: str, proxy: Proxy) -> AsyncIterator[Identity]:
    address = opened.people.address(name)
    account = Account(proxy.url, address, opened.people.tokens[name], embedded=True)
    own = opened.folder / blake2b(name.encode(), digest_size=8).hexdigest()  # an id is any text
    async with Session(account, Paths(own)) as session:
        yield Identity(name, address, session, proxy.change)


def _kill(read_note: Callable[[Path], Any], folder: Path) -> None:
    """Kill the service of a folder, as a crash would; its host starts it again."""
    note = read_note(folder)
    if note is not None and note.pid is not None:
        with suppress(ProcessLookupError):
            os.kill(note.pid, signal.SIGKILL)


def _move(people: WatchedInhabitants, proxies: Sequence[Proxy], url: str) -> None:
    """Follow the service to the place where it came back."""
    people.move(url)
    for proxy in proxies:
        proxy.move(url)
