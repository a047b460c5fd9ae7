"""One service for a data folder: a lock while it runs, and a note of where it answers."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

import msgspec

from app.errors import HostFailed

PATIENCE_S: Final = 10.0
"""How long a predecessor may take to finish what it has under way."""
_PAUSE_S: Final = 0.05


class Note(msgspec.Struct, frozen=True):
    """Where the service of a folder answers; without a process, where it answered last."""

    url: str
    pid: int | None = None


@contextmanager
def claim(folder: Path) -> Iterator[None]:
    """Hold a data folder for as long as the service runs; a crash lets go of it too."""
    deadline = time.monotonic() + PATIENCE_S
    with _lock_path(folder).open("wb") as file:
        while not _lock(file):
            if time.monotonic() > deadline:
                raise HostFailed(f"another service runs in {folder}")
            time.sleep(_PAUSE_S)
        yield


def is_claimed(folder: Path) -> bool:
    """Tell whether a service runs in a folder."""
    with _lock_path(folder).open("wb") as file:
        return not _lock(file)


def forget_dead(folder: Path) -> bool:
    """Take the process of a service that crashed off its note; `False` while a service runs.

    Its number may be another program's by now. Under the lock no service writes a note meanwhile.
    """
    with _lock_path(folder).open("wb") as file:
        if not _lock(file):
            return False
        note = read_note(folder)
        if note is not None and note.pid is not None:
            write_note(folder, Note(note.url))
    return True


def write_note(folder: Path, note: Note) -> None:
    """Leave word for other programs, whole or not at all."""
    draft = folder / f"service.{os.getpid()}"
    draft.write_bytes(msgspec.json.encode(note))
    draft.replace(folder / "service.json")


def read_note(folder: Path) -> Note | None:
    """Read where the service of a folder answers, or did."""
    try:
        return msgspec.json.decode((folder / "service.json").read_bytes(), type=Note)
    except (OSError, msgspec.DecodeError):
        return None


def _lock_path(folder: Path) -> Path:
    return folder / "service.lock"


def _lock(file: IO[bytes]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
