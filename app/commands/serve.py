"""`kith serve`: the service, until it is asked to end."""

import argparse
import json
import math
import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path

from app.service.budget import Allowance
from app.service.engines import is_server
from app.service.logs import start_logging
from app.service.server import Options
from app.service.server import run as run_server

DONE, FAILED = 0, 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the words of this command."""
    default = Allowance()
    parser.add_argument(
        "--data",
        metavar="DIR",
        type=Path,
        required=True,
        help="where the database, its key and the operator's key are",
    )
    parser.add_argument("--host", default="127.0.0.1", help="where to listen (default %(default)s)")
    parser.add_argument(
        "--port", type=_port, default=8470, help="which port (default %(default)s; 0 chooses one)"
    )
    parser.add_argument(
        "--database",
        metavar="URL",
        type=_database,
        help="the database: postgresql://… (default: SQLite in the data folder)",
    )
    parser.add_argument(
        "--bus",
        metavar="URL",
        type=_bus,
        help="what carries wake-ups between nodes: nats://… (default: the database)",
    )
    parser.add_argument(
        "--discovery-burst",
        metavar="N",
        type=_count,
        default=default.burst,
        help="new addresses that an account may look up at once (default %(default)s)",
    )
    parser.add_argument(
        "--discovery-per-hour",
        metavar="N",
        type=_rate,
        default=default.per_hour,
        help="how many more it may look up each hour (default %(default)s)",
    )
    parser.add_argument("--parent", action="store_true", help=argparse.SUPPRESS)
    parser.set_defaults(check=lambda options: _check(options, parser))


def run(options: argparse.Namespace) -> int:
    """Serve; with `--parent`, end when standard input does, since whoever started this is gone."""
    options.check(options)
    start_logging()
    os.umask(0o077)  # the database holds messages, and an operator's folder may be open to all
    chosen = Options(
        options.data.absolute(),
        options.host,
        options.port,
        options.database,
        options.bus,
        Allowance(options.discovery_burst, options.discovery_per_hour),
    )
    watch = _watch_parent if options.parent else _watch_nothing
    return DONE if run_server(chosen, _say_ready, watch) else FAILED


def _check(options: argparse.Namespace, parser: argparse.ArgumentParser) -> None:
    """End the program where a bus would carry nothing."""
    if options.bus and options.database is None:
        parser.error("--bus is for nodes that share a --database postgresql://…")


def _port(text: str) -> int:
    port = int(text) if text.isdecimal() else -1
    if port not in range(65536):
        raise argparse.ArgumentTypeError(f"{text} is no port: they go from 0 to 65535")
    return port


def _database(text: str) -> str:
    if not is_server(text):  # nor a file: what is in the data folder is claimed with it
        raise argparse.ArgumentTypeError(f"{text or 'nothing'} is no postgresql://…")
    return text


def _bus(text: str) -> str:
    if not text.startswith(("nats://", "tls://")):
        raise argparse.ArgumentTypeError(f"{text} is no nats://…")
    return text


def _count(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text} is no whole number")
    return int(text)


def _rate(text: str) -> float:
    try:
        rate = float(text)
    except ValueError:
        rate = math.nan
    if not 0 <= rate < math.inf:
        raise argparse.ArgumentTypeError(f"{text} is less than nothing, or no number")
    return rate


def _say_ready(url: str) -> None:
    print(json.dumps({"url": url}), flush=True)


def _watch_parent(end: Callable[[], object]) -> None:
    standard_input = sys.stdin.fileno()

    def wait() -> None:
        # Not sys.stdin: its lock, held by a thread that waits, aborts an interpreter that ends.
        while os.read(standard_input, 4096):
            pass
        end()

    threading.Thread(target=wait, name="kith-parent", daemon=True).start()


def _watch_nothing(_: Callable[[], object]) -> None:
    pass
