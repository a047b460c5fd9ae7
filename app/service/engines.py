"""Which database the service runs on."""

from pathlib import Path

from app.service.postgres import PostgresStore
from app.service.store import SqliteStore, Store


def open_store(database: str | Path) -> Store:
    """Open the database at a path or, with a URL, on a server."""
    if str(database).startswith(("postgresql://", "postgres://")):
        return PostgresStore(str(database))
    return SqliteStore(Path(database))
