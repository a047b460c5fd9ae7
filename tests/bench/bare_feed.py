"""A feed in SQLite over HTTP and nothing else: the floor under whoever tells what has changed.

`GET /?since=N` answers with the rows after a number, found by their index; no account, no rules.
"""

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import parse_qs

import uvicorn
from starlette.types import Receive, Scope, Send

from tests.bench.echo import Announcing
from tests.contract.outside import ROOT

ROWS = 10_000
FIRST = 18_005_700_000


def _a_feed() -> sqlite3.Connection:
    """Make the rows of one owner, each as long as a status and whose it is."""
    made = sqlite3.connect(":memory:")
    made.execute("CREATE TABLE feed (owner, seq, body, PRIMARY KEY (owner, seq)) WITHOUT ROWID")
    rows = ((1, seq, f'{{"a":"{FIRST + seq}","s":"Changed"}}') for seq in range(ROWS))
    made.executemany("INSERT INTO feed VALUES (?, ?, ?)", rows)
    return made


async def tell(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with what is newer than a number."""
    since = int(parse_qs(scope["query_string"])[b"since"][0])
    found = feed.execute("SELECT body FROM feed WHERE owner = 1 AND seq > ? ORDER BY seq", (since,))
    body = "\n".join(row[0] for row in found).encode()
    headers = [(b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


@contextmanager
def a_bare_feed() -> Iterator[str]:
    """Run it in a process of its own."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.bench.bare_feed"], stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as process:
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


feed = _a_feed()

if __name__ == "__main__":
    Announcing(uvicorn.Config(tell, port=0, log_level="warning", lifespan="off")).run()
