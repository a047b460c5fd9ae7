"""The tables on PostgreSQL: brought up to date by whichever node comes first."""

from typing import Any, LiteralString

from psycopg import Connection, errors

from app.errors import HostFailed
from app.service import schema

_VERSIONS = "CREATE TABLE IF NOT EXISTS schema_version (version INTEGER PRIMARY KEY)"
GATE: LiteralString = "SELECT FROM schema_version WHERE version = 0 FOR UPDATE"
"""Has one transaction after the other go on, of all nodes: a row is what any database can lock."""
_TYPES = """
    SELECT table_name, column_name, data_type FROM information_schema.columns
    WHERE table_schema = current_schema()
"""


def migrate(connection: Connection[Any]) -> None:
    """Bring the tables to this version, one node at a time."""
    try:
        connection.execute(_VERSIONS)
    except (errors.UniqueViolation, errors.DuplicateTable, errors.DuplicateObject):
        # Another node has made it at the same moment: PostgreSQL checks before it makes.
        connection.execute("SELECT FROM schema_version")
    connection.execute("INSERT INTO schema_version VALUES (0) ON CONFLICT DO NOTHING")
    with connection.transaction():
        connection.execute(GATE)
        row = connection.execute("SELECT COALESCE(MAX(version), 0) FROM schema_version").fetchone()
        assert row is not None
        if row[0] > len(schema.MIGRATIONS):
            raise HostFailed(f"a newer Kith has changed this database to version {row[0]}")
        for following in range(row[0] + 1, len(schema.MIGRATIONS) + 1):
            for statement in schema.statements(following, "postgresql"):
                connection.execute(statement)
            connection.execute("INSERT INTO schema_version (version) VALUES (%s)", (following,))


def column_types(connection: Connection[Any]) -> dict[tuple[str, str], str]:
    """Return the type of every column of every table."""
    return {(table, name): kind for table, name, kind in connection.execute(_TYPES)}
