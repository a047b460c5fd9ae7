"""`kith sync`: import address books, synchronise them, and say what became of every card."""

import argparse
import asyncio
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import msgspec
import phonenumbers

from app.addresses import default_region
from app.commands import connection
from app.commands.plain import plain, short
from app.domain import State
from app.errors import Unreachable
from app.paths import default_paths
from app.people import ImportReport
from app.session import Session
from app.views import Entry
from app.wire import KeptRelation

HANDOVER_S: Final = 30.0
AGAIN_S: Final = 0.2


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the words of this command."""
    parser.add_argument(
        "books", metavar="BOOK", nargs="+", type=_book, help="a vCard, CSV, LDIF or jCard file"
    )
    parser.add_argument(
        "--region",
        metavar="CC",
        type=_region,
        default=default_region(),
        help="the country of numbers without a country code (default: %(default)s)",
    )
    connection.add_arguments(parser)
    parser.add_argument("--json", action="store_true", help="report as one JSON object")
    parser.set_defaults(check=lambda options: connection.check(options, parser))


def run(options: argparse.Namespace) -> int:
    """Import, synchronise, report."""
    options.check(options)
    found = asyncio.run(_synchronise(options))
    if options.json:
        print(json.dumps(found))
    else:
        print("\n".join(_lines(found)))
    return 0


async def _synchronise(options: argparse.Namespace) -> dict[str, Any]:
    paths = default_paths()
    async with (
        connection.connect(options, paths) as account,
        Session(account, paths) as session,
    ):
        plan = await session.books.plan(options.books, options.region)
        report = await session.books.run(plan, _progress)
        await (session.settled() if options.service else settled_here(session))
        return _fates(session, report)


async def settled_here(session: Session) -> None:
    """Wait as `settled` does; whoever kept the service here may end, and then it comes to us."""
    until = time.monotonic() + HANDOVER_S
    while True:
        try:
            return await session.settled()
        except Unreachable:
            if time.monotonic() > until:
                raise
        await asyncio.sleep(AGAIN_S)


def _fates(session: Session, report: ImportReport) -> dict[str, Any]:
    """Sort every address of the books by what the service said of it."""
    fates: dict[str, list[Any]] = {"matched": [], "pending": [], "rejected": [], "deferred": []}
    fates["rejected"] = [msgspec.to_builtins(each) for each in report.rejected]
    for address in report.addresses:
        entry = session.entry(address)
        if entry is None or entry.failure is not None:
            reason = entry.failure if entry else "removed"
            fates["rejected"].append({"source": "", "value": address, "reason": reason})
        elif entry.deferred_until is not None:
            fates["deferred"].append(address)
        elif entry.relation.state is State.MATCHED:
            fates["matched"].append(_kept(entry))
        else:
            fates["pending"].append(address)
    return {
        "read": report.read,
        "addresses": len(report.addresses),
        "duplicates": report.duplicates,
        **fates,
    }


def _kept(entry: Entry) -> Any:
    """Write a relation as the service does, with its profile."""
    parts = msgspec.structs.asdict(entry.relation)
    return msgspec.to_builtins(KeptRelation(**parts, profile=entry.profile))


def _lines(found: dict[str, Any]) -> Iterator[str]:
    read, addresses, doubles = found["read"], found["addresses"], found["duplicates"]
    yield f"{read:,} card{'s' * (read != 1)} read, {addresses:,} address{'es' * (addresses != 1)}"
    yield f"{len(found['matched']):7,} matched"
    yield f"{len(found['pending']):7,} pending"
    if found["deferred"]:
        yield f"{len(found['deferred']):7,} deferred: the service looks up more later"
    if doubles:
        yield f"{doubles:7,} card{'s' * (doubles != 1)} of people who were already there"
    yield f"{len(found['rejected']):7,} rejected"
    for each in found["rejected"]:
        place = f"{Path(each['source']).name}:{each['line']}" if each.get("line") else ""
        yield plain(f"          {place:24} {short(each['value'])!r}: {each['reason']}")


def _progress(done: int, total: int) -> None:
    if sys.stderr.isatty():
        end = "\n" if done == total else "\r"
        print(f"kith: {done:,} of {total:,} cards", end=end, file=sys.stderr, flush=True)


def _book(text: str) -> Path:
    if not text:  # a variable of a shell that is not set: not this folder and all that is in it
        raise argparse.ArgumentTypeError("the name of a book is empty")
    return Path(text)


def _region(text: str) -> str:
    region = text.upper()
    if region not in phonenumbers.SUPPORTED_REGIONS:
        raise argparse.ArgumentTypeError(f"{text} is not a country code such as US")
    return region
