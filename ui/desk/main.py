"""The testers' desk: makes a world on a service of its own, again at each reset, and shows it.

Each identity is an ordinary session; between it and the service stands a proxy that makes weather.
"""

import argparse
import asyncio
import os
import signal
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Collection, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any, Final

from app.account import Account
from app.errors import KithError, Unreachable
from app.paths import Paths
from app.session import Session, Status
from app.worlds.files import read
from app.worlds.living import live
from app.worlds.pausing import Pausing
from app.worlds.watched import WatchedInhabitants, side_by_side
from app.worlds.weather import Proxy, Weather
from app.worlds.world import World
from ui import theme
from ui.desk.identity import Identity
from ui.desk.window import DeskWindow
from ui.theme import Theme

DONE, FAILED = 0, 1
PICTURE_PATIENCE_S: Final = 60.0
PICTURE_SIZE: Final = (1280, 800)
FRAME_S: Final = 0.05
CALM_S: Final = 1.0
AGAIN_S: Final = 0.5
"""After this the service that was killed is asked again."""


class NotInWorld(KithError):
    """Somebody was asked for who is not in the world."""

    def __init__(self, name: str) -> None:
        super().__init__(f"there is nobody called {name} in this world at its beginning")


@dataclass(frozen=True, slots=True)
class OpenDesk:
    """A world that lives, and those of it through whom a tester looks."""

    world: World
    path: Path
    people: WatchedInhabitants
    identities: tuple[Identity, ...]
    pausing: Pausing
    service: Path
    """The folder of the service."""


@asynccontextmanager
async def open_desk(
    path: Path, names: Sequence[str] = (), weather: Mapping[str, Weather] | None = None
) -> AsyncIterator[OpenDesk]:
    """Make the world in a folder that is thrown away after, and sign in as each identity."""
    host = await asyncio.to_thread(import_module, "app.service.host")
    claim = await asyncio.to_thread(import_module, "app.service.claim")
    world = await asyncio.to_thread(read, path)
    chosen = [*dict.fromkeys([*(names or side_by_side(world)), *(weather or {})])]
    _must_be_there(world, chosen)
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="kith-desk-")))
        running = await stack.enter_async_context(host.service(folder / "service"))
        people = WatchedInhabitants.of(world, running.url, running.operator_key)
        await stack.enter_async_context(people)
        await people.settle()
        proxies = [await stack.enter_async_context(Proxy(running.url)) for _ in chosen]
        identities = [
            await stack.enter_async_context(_identity(people, name, proxy, folder))
            for name, proxy in zip(chosen, proxies, strict=True)
        ]
        for proxy in proxies:
            proxy.restart = partial(_kill, claim.read_note, folder / "service")
        running.moved = partial(_move, people, proxies)
        yield OpenDesk(world, path, people, tuple(identities), Pausing(), folder / "service")


def _must_be_there(world: World, names: Collection[str]) -> None:
    there = {person.id for person in world.people} - world.late
    for name in names:
        if name not in there:
            raise NotInWorld(name)


@asynccontextmanager
async def _identity(
    people: WatchedInhabitants, name: str, proxy: Proxy, folder: Path
) -> AsyncIterator[Identity]:
    address = people.address(name)
    account = Account(proxy.url, address, people.tokens[name], embedded=True)
    async with Session(account, Paths(folder / name)) as session:
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


async def show(
    options: argparse.Namespace, _paths: Paths, dress: Theme, ending: asyncio.Event
) -> int:
    """Keep the desk open until it is closed; each reset begins the same world again."""
    window = DeskWindow(dress, options.world)
    window.closing.connect(ending.set)
    window.show()
    names, weather = tuple(options.people), dict(options.weather)
    try:
        while not ending.is_set():
            window.reset_wanted.clear()
            async with open_desk(window.world, names, weather) as desk:
                window.show_desk(desk)
                for pane in window.panes:
                    if sort := weather.get(pane.identity.name):
                        pane.change_weather(sort)
                window.tasks.start(live_on(desk), name="happenings")
                try:
                    if options.screenshot is not None:
                        return await _draw(window, options.screenshot)
                    ends = _reset_at(ending, window.reset_wanted)
                    window.tasks.start(ends, name="the end")
                    await window.reset_wanted.wait()
                finally:
                    await window.drop_desk()
            if window.world != desk.path:
                names, weather = (), {}
    except NotInWorld as error:
        sys.stderr.write(f"kith: {error}\n")
        return FAILED
    finally:
        await window.close_window()
    return DONE


async def live_on(desk: OpenDesk) -> None:
    """Let what happens in the world happen; after a restart of the service it begins again."""
    while True:
        with suppress(Unreachable):
            await live(desk.people, now=desk.pausing.now, sleep=desk.pausing.sleep)
            return
        await asyncio.sleep(AGAIN_S)


async def _reset_at(ending: asyncio.Event, reset_wanted: asyncio.Event) -> None:
    await ending.wait()
    reset_wanted.set()


async def _draw(window: DeskWindow, screenshot: Path) -> int:
    """Wait until every pane is up to date, and draw the window into a file."""
    window.resize(theme.px(PICTURE_SIZE[0]), theme.px(PICTURE_SIZE[1]))
    async with asyncio.timeout(PICTURE_PATIENCE_S):
        fair = [pane.identity for pane in window.panes if pane.fair]
        while not all(_is_calm(identity) for identity in fair):  # noqa: ASYNC110 - Qt has no Event
            await asyncio.sleep(FRAME_S)
    await asyncio.sleep(CALM_S)
    return DONE if window.grab().save(str(screenshot), "PNG") else FAILED


def _is_calm(identity: Identity) -> bool:
    return identity.session.state.status is Status.IDLE
