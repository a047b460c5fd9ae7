"""The testers' desk: makes the worlds that are wanted, one after the other, and shows them."""

import argparse
import asyncio
import errno
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from app.errors import HostFailed, Unreachable
from app.paths import Paths
from app.session import Status
from app.worlds.files import WORLDS, WorldError
from app.worlds.living import live
from app.worlds.watched import MOST
from ui import theme, wording
from ui.desk.identity import Identity
from ui.desk.opened import (
    OpenWorld,
    look_through,
    must_still_be_there,
    open_world,
)
from ui.desk.window import DeskWindow
from ui.desk.wishes import Wish, Wishes
from ui.tasks import Tasks
from ui.theme import Theme
from ui.window_state import WindowState

DONE, FAILED = 0, 1
PICTURE_PATIENCE_S: Final = 60.0
PICTURE_SIZE: Final = (1280, 800)
FRAME_S: Final = 0.05
CALM_S: Final = 1.0
AGAIN_S: Final = 0.5
"""After this the service that was killed is asked again."""


class TooMany(WorldError):
    """More people were named than fit side by side."""

    def __init__(self) -> None:
        super().__init__(
            f"at most {MOST} people fit side by side: name those with weather of their own "
            "in --people as well"
        )


async def show(
    options: argparse.Namespace, paths: Paths, dress: Theme, ending: asyncio.Event
) -> int:
    """Keep the desk open until it is closed."""
    wear_settings(paths, dress)
    window, wishes = DeskWindow(dress), Wishes()
    window.closing.connect(ending.set)
    window.wished.connect(wishes.make)
    window.activated.connect(lambda: wear_settings(paths, dress))
    window.show()
    ends = Tasks(window.show_error)
    ends.start(_end_at(ending, wishes), name="the end")
    code = DONE
    try:
        if (first := _first_wish(options)) is None:
            window.choose()
        else:
            wishes.make(first)
        while not ending.is_set() and code == DONE:
            code = await _fulfil(window, wishes, await wishes.next(), first, options.screenshot)
            if options.screenshot is not None:
                break
    finally:
        await ends.close()
        await window.close_window()
    return code


def wear_settings(paths: Paths, dress: Theme) -> None:
    """Wear the colours that were chosen in the settings of Kith's own window, if there are any."""
    file = paths.home / "window.ini"
    if file.exists():
        state = WindowState(file)
        if (state.scheme, state.accent) != (dress.scheme, dress.accent):
            dress.choose(state.scheme, state.accent)


async def _end_at(ending: asyncio.Event, wishes: Wishes) -> None:
    await ending.wait()
    wishes.make(None)


def _first_wish(options: argparse.Namespace) -> Wish | None:
    """Read off the command line what is wanted; nothing in particular is asked for."""
    weather = dict(options.weather)
    names = tuple(dict.fromkeys([*options.people, *weather])) if options.people else ()
    if options.world is None and not (names or weather or options.screenshot):
        return None
    return Wish(options.world or WORLDS / "demo.json", names, weather)


async def _fulfil(
    window: DeskWindow,
    wishes: Wishes,
    wish: Wish | None,
    first: Wish | None,
    screenshot: Path | None,
) -> int:
    """Show what is wanted until something else is; the first world of all may fail the program."""
    if wish is None:
        window.show_nothing()
        return DONE
    try:
        async with wishes.while_this_world():
            return await _show_world(window, wishes, wish, screenshot)
    except (WorldError, HostFailed, Unreachable, OSError) as error:
        if wish is first:
            sys.stderr.write(f"kith: {words_for(error)}\n")
            return FAILED
        window.show_failure(wish.world, words_for(error))
    return DONE


async def _show_world(
    window: DeskWindow, wishes: Wishes, wish: Wish, screenshot: Path | None
) -> int:
    window.show_making(wish.world)
    async with open_world(wish.world, wish.names, window.making.show_progress) as opened:
        living = Tasks(window.show_error)
        living.start(live_on(opened), name="happenings")
        try:
            while True:
                names = _chosen(opened, wish)
                async with (
                    wishes.while_these_people(),
                    look_through(opened, names, wish.weather) as desk,
                ):
                    try:
                        await window.show_desk(desk, wish.weather)
                        if screenshot is not None:
                            return await _draw(window, screenshot)
                        await asyncio.Event().wait()
                    finally:
                        await window.drop_panes()
                wish = await _next_people(window, wishes, opened, wish)
        finally:
            await living.close()
            await window.drop_desk()


async def _next_people(window: DeskWindow, wishes: Wishes, opened: OpenWorld, before: Wish) -> Wish:
    """Take the next wish; where it names somebody who is not there, say so and stay."""
    wish = await wishes.next()
    if wish is None:
        return before
    try:
        must_still_be_there(opened, wish.names)
    except WorldError as error:
        window.show_error(error)
        return before
    return wish


def _chosen(opened: OpenWorld, wish: Wish) -> Sequence[str]:
    names = [*dict.fromkeys([*(wish.names or opened.suggested), *wish.weather])]
    if len(names) > MOST:
        raise TooMany
    return names


def words_for(error: Exception) -> str:
    """Say what went wrong, and what to do."""
    if isinstance(error, TimeoutError):
        return f"not everybody was up to date within {PICTURE_PATIENCE_S:.0f} seconds. Try again."
    if isinstance(error, OSError):
        words = f"{error.strerror or type(error).__name__}."
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        return f"{words} Make room for the world, or choose a smaller one." if full else words
    if isinstance(error, WorldError):
        return str(error)
    return wording.error(error)


async def live_on(opened: OpenWorld) -> None:
    """Let what happens in the world happen; after a restart of the service it begins again."""
    while True:
        with suppress(Unreachable):
            await live(opened.people, now=opened.pausing.now, sleep=opened.pausing.sleep)
            return
        await asyncio.sleep(AGAIN_S)


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
