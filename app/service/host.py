"""The embedded service: a child process on loopback that lives as long as somebody uses it."""

import asyncio
import logging
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import app
from app.errors import HostFailed
from app.paths import make_private
from app.service.claim import Note, forget_dead, is_claimed, read_note
from app.service.tasks import Tasks

log = logging.getLogger(__name__)

OWN_BURST: Final = 1_000_000
"""Everybody in a service of one's own is one's own: there is nobody to shield from a large book."""
START_S: Final = 30.0
STOP_S: Final = 10.0
PAUSE_S: Final = 0.05
LOOK_S: Final = 0.2
FIRST_WAIT_S: Final = 0.1
LONGEST_WAIT_S: Final = 10.0


class Running:
    """The service as those who use it know it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.url = ""
        self.moved: Callable[[str], object] = lambda _url: None
        """What to do when the service has come back at another place."""

    @property
    def operator_key(self) -> str:
        """The key of the operator's calls."""
        return (self._folder / "operator.key").read_text().strip()


@asynccontextmanager
async def service(folder: Path) -> AsyncIterator[Running]:
    """Use the service of a data folder: the one that runs, or one of our own, kept running."""
    host = _Host(make_private(folder))
    tasks = Tasks(on_failure=host.stop)
    try:
        await host.start()
        tasks.start(host.keep(), "host")
        yield host.running
    finally:
        await tasks.close()
        await host.close()


class _Host:
    """Keeps a service running in a folder, whoever started it."""

    def __init__(self, folder: Path) -> None:
        self.running = Running(folder)
        self._folder = folder
        self._child: subprocess.Popen[bytes] | None = None

    async def start(self) -> None:
        """Find the running service or start one; raises `HostFailed`."""
        note = read_note(self._folder)
        port = urlsplit(note.url).port or 0 if note else 0
        try:
            await self._start(port)
        except HostFailed:
            if port == 0:
                raise
            # Somebody else has taken the port that was ours.
            await self._start(0)

    async def keep(self) -> None:
        """Start the service again whenever it is gone."""
        wait_s = FIRST_WAIT_S
        while True:
            await asyncio.sleep(LOOK_S)
            if self._is_running():
                self._follow(read_note(self._folder))
                continue
            log.warning("the embedded service is gone; starting it again")
            try:
                await self.start()
                wait_s = FIRST_WAIT_S
            except HostFailed:
                await asyncio.sleep(wait_s)
                wait_s = min(2 * wait_s, LONGEST_WAIT_S)

    async def close(self) -> None:
        """End the child in order, and wait for it."""
        child = self._child
        if child is None:
            return
        _let_go(child)
        try:
            await asyncio.to_thread(child.wait, STOP_S)
        except subprocess.TimeoutExpired:
            self.stop()

    def stop(self) -> None:
        """End the child at once."""
        if self._child is not None:
            self._child.kill()
            self._child.wait()
            self._forget()

    async def _start(self, port: int) -> None:
        if forget_dead(self._folder):
            self._child = self._spawn(port)
        try:
            async with asyncio.timeout(START_S):
                self._follow(await self._answering())
        except TimeoutError:
            raise HostFailed("it did not answer in time") from None

    def _follow(self, note: Note | None) -> None:
        """Tell where the service answers now; another program may have started it anew."""
        if note is not None and note.url != self.running.url:
            self.running.url = note.url
            self.running.moved(note.url)

    def _spawn(self, port: int) -> subprocess.Popen[bytes]:
        """Start a child that ends when its standard input does, so also when we are killed."""
        root = str(Path(app.__file__).parents[1])
        words = ["-m", "app", "serve", "--data", str(self._folder), "--port", str(port), "--parent"]
        words += ["--discovery-burst", str(OWN_BURST)]
        with (self._folder / "service.log").open("wb") as errors:
            return subprocess.Popen(
                [sys.executable, *words],
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=errors,
                env={**os.environ, "PYTHONPATH": root},
                start_new_session=True,  # an interrupt at the keyboard is ours to act on
            )

    async def _answering(self) -> Note:
        """Wait for the service that holds the folder to say where it answers."""
        while True:
            note = read_note(self._folder)
            if self._child is not None:
                if self._child.poll() is not None:
                    self._forget()
                    raise HostFailed(self._last_words())
                if note is not None and note.pid == self._child.pid:
                    return note
            if note is not None and _is_alive(note.pid) and is_claimed(self._folder):
                # Another program was quicker; its service is ours as well.
                self.stop()
                return note
            if self._child is None and not is_claimed(self._folder):
                raise HostFailed("the service of another program has just ended")
            await asyncio.sleep(PAUSE_S)

    def _is_running(self) -> bool:
        if self._child is None:
            return is_claimed(self._folder)
        if self._child.poll() is None:
            return True
        self._forget()
        return False

    def _forget(self) -> None:
        if self._child is not None:
            _let_go(self._child)
            self._child = None

    def _last_words(self) -> str:
        lines = (self._folder / "service.log").read_text(errors="replace").splitlines()
        return lines[-1].removeprefix("kith: ") if lines else "it ended at once"


def _let_go(child: subprocess.Popen[bytes]) -> None:
    assert child.stdin is not None
    child.stdin.close()


def _is_alive(pid: int | None) -> bool:
    if pid is None:
        return False
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, PermissionError):  # nobody, or somebody else's
        return False
    return True
