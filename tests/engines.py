"""The engines the service runs on: a file, or a database of its own on a real PostgreSQL."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from tests.wait import PATIENCE_S

ENGINES = ("sqlite", "postgresql")

_numbers = count(1)


@contextmanager
def running_postgresql(*words: str) -> Iterator[str]:
    """Run a PostgreSQL for a while; `in-haste`, it does not wait for the disk."""
    with _fleeting_folder() as folder:
        Path(folder, "run").mkdir(mode=0o700)
        command = [sys.executable, "-m", "tests.postgresql_server", f"{folder}/data", *words]
        environment = {**os.environ, "XDG_RUNTIME_DIR": f"{folder}/run"}
        with subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
        ) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            try:
                url = process.stdout.readline().strip()
                assert url, "PostgreSQL did not start"
                yield url
            finally:
                process.stdin.close()
                process.wait(timeout=PATIENCE_S)


@contextmanager
def _fleeting_folder() -> Iterator[str]:
    """Make a folder that is removed behind our back: so many databases take up to a minute."""
    folder = tempfile.mkdtemp(prefix="kith-pg-")
    try:
        yield folder
    finally:
        script = 'rm -rf "$0" </dev/null >/dev/null 2>&1 &'
        subprocess.run(["sh", "-c", script, folder], check=True)


def new_database(server: str) -> str:
    """Make an empty database and return its address."""
    name = f"kith_{os.getpid()}_{next(_numbers)}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    return urlsplit(server)._replace(path=f"/{name}").geturl()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    with running_postgresql("in-haste") as url:
        yield url


@pytest.fixture(params=ENGINES)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> str | Path:
    """An empty database, on each engine in turn."""
    if request.param == "sqlite":
        return tmp_path / "kith.db"
    return new_database(request.getfixturevalue("postgresql"))
