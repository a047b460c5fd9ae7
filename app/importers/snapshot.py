"""Another program's SQLite file, read from a copy: theirs is never opened, so never changed."""

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from app.errors import CardUnreadable

_TRIES = 3
_WRITE_AHEAD = "-wal"


@contextmanager
def snapshot(path: Path) -> Iterator[sqlite3.Connection]:
    """Open a copy of a database with all that its program has written so far."""
    with TemporaryDirectory(prefix="kith-") as folder:
        try:
            copy = _copy(path, Path(folder))
        except OSError as error:
            raise CardUnreadable(path, error.strerror or "it cannot be copied") from error
        with closing(sqlite3.connect(copy)) as database:
            database.text_factory = _text
            try:
                database.execute("PRAGMA schema_version").fetchone()
                yield database
            except sqlite3.DatabaseError as error:
                raise CardUnreadable(path, "its database is damaged") from error


def _copy(path: Path, folder: Path) -> Path:
    """Copy the file and its write-ahead log; again, if the program wrote meanwhile."""
    log = path.with_name(path.name + _WRITE_AHEAD)
    copy = folder / "book"
    for _ in range(_TRIES):
        before = _state(path), _state(log)
        shutil.copyfile(path, copy)
        if log.exists():
            shutil.copyfile(log, folder / ("book" + _WRITE_AHEAD))
        if (_state(path), _state(log)) == before:
            break
    return copy


def _state(path: Path) -> tuple[int, int]:
    if not path.exists():
        return 0, 0
    found = path.stat()
    return found.st_size, found.st_mtime_ns


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def tables_of(database: sqlite3.Connection) -> dict[str, tuple[str, ...]]:
    """Name the tables and their columns."""
    names = database.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
    return {name: tuple(row[0] for row in database.execute(_COLUMNS, (name,))) for (name,) in names}


_COLUMNS = "SELECT name FROM pragma_table_info(?)"
