"""The client's SQLite file: one transaction after the other, each told to the screen."""

import sqlite3
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from app.changes import Change, Changes, Kind
from app.domain import Address, ContactId
from app.errors import StoreDamaged
from app.paths import make_private
from app.store_rows import refresh_rows
from app.store_schema import migrate
from app.transaction import Transaction, listed

CHUNK: Final = 200
"""Addresses in one transaction of bulk work: about ten milliseconds."""
_PATIENCE_MS: Final = 10_000
"""How long a transaction waits for another program's."""


class Store:
    """Owns the connection. Everything happens on the loop's thread, between two awaits."""

    def __init__(self, path: Path, changes: Changes) -> None:
        make_private(path.parent)
        self.path = path
        self.changes = changes
        try:
            self._connection = _open(path)
        except sqlite3.DatabaseError as error:
            raise StoreDamaged(path, str(error)) from error
        self._claim = sqlite3.connect(path.with_suffix(".lock"), isolation_level=None, timeout=0)
        self._has_traces = False
        """What was erased may still stand in the log."""
        self.is_alone = _is_claimed(self._claim)
        """No other program has this file open: what seems to be under way was left by a crash."""

    def close(self) -> None:
        """Leave one tidy file behind."""
        self._connection.close()
        self._claim.close()

    @property
    def reading(self) -> Transaction:
        """Read outside of a transaction; nothing changes between two awaits."""
        return Transaction(self._connection)

    @contextmanager
    def writing(self) -> Iterator[Transaction]:
        """Commit everything done inside or none of it, then tell the subscribers."""
        transaction = Transaction(self._connection)
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield transaction
            refresh_rows(transaction, transaction.contacts)
            self._connection.execute("COMMIT")
        except BaseException:
            if self._connection.in_transaction:  # a full disk may have ended it already
                self._connection.execute("ROLLBACK")
            raise
        self._has_traces |= transaction.erased
        if self._has_traces:
            self.scrub()
        self._publish(transaction)

    @contextmanager
    def read_beside(self) -> Iterator[Path]:
        """Let a thread read the file on a connection of its own; the log waits for its end."""
        try:
            yield self.path
        finally:
            if self._has_traces:
                self.scrub()

    def owners(self, addresses: Collection[Address]) -> set[ContactId]:
        """Find whose these addresses are."""
        records = self.reading.all(
            "SELECT contact_id FROM address WHERE address IN (SELECT value FROM json_each(?))",
            listed(addresses),
        )
        return {ContactId(contact_id) for (contact_id,) in records}

    def scrub(self) -> None:
        """Make what was erased leave the disk: the log still holds the pages as they were.

        Whoever reads beside us needs the log, and is not waited for: that would hold the window.
        """
        self._connection.execute("PRAGMA busy_timeout = 0")
        (is_busy, _, _) = self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        self._connection.execute(f"PRAGMA busy_timeout = {_PATIENCE_MS}")
        self._has_traces = bool(is_busy)

    def _publish(self, transaction: Transaction) -> None:
        kinds = transaction.kinds
        if transaction.contacts:
            kinds |= Kind.CONTACTS
        if kinds:
            contacts = frozenset(transaction.contacts)
            self.changes.publish(Change(kinds, contacts, frozenset(transaction.joined)))


def _is_claimed(claim: sqlite3.Connection) -> bool:
    """Lock an empty database beside ours: it works on every system, and ends with us."""
    try:
        claim.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError:
        return False
    return True


def _open(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, timeout=_PATIENCE_MS / 1000)
    try:
        _prepare(connection, path)
    except sqlite3.DatabaseError:
        connection.close()
        raise
    return connection


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    for pragma in (
        "journal_mode = WAL",
        "synchronous = NORMAL",
        "secure_delete = ON",
        "foreign_keys = ON",
        "temp_store = MEMORY",
        "cache_size = -16000",
    ):
        connection.execute(f"PRAGMA {pragma}").fetchall()
    path.chmod(0o600)
    migrate(connection)
