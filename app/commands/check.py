"""`kith check`: hold a table of who should see what against the service."""

import argparse
import asyncio
import json
import sys
import tempfile
from pathlib import Path
from typing import Final

from app.commands.progress import ProgressLine
from app.commands.words import sentence, trouble
from app.errors import KithError
from app.service import host
from app.worlds.checking import check
from app.worlds.expectation_report import report
from app.worlds.expectations import Expected, Finding, Table, read_table
from app.worlds.files import WORLDS, WorldUnreadable, is_seeded, read
from app.worlds.inhabit import Inhabitants
from app.worlds.making import Making
from app.worlds.timeline import plain
from app.worlds.world import World

DONE, FAILED, NOT_CHECKED = 0, 1, 2

EPILOG: Final = """\
exit codes: 0 all is as expected, 1 something is not, 2 it could not be checked"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the words of this command."""
    parser.epilog = EPILOG
    parser.add_argument("table", metavar="TABLE", type=Path, help="the table to check")
    parser.add_argument("--json", action="store_true", help="print every finding as JSON")
    parser.add_argument("--html", metavar="FILE", type=_page, help="write a report to look at")


def run(options: argparse.Namespace) -> int:
    """Make the table's world on a service of its own, and check every cell."""
    try:
        table = read_table(options.table)
        findings = asyncio.run(_check(table))
    except KithError as error:
        return _complain(sentence(error))
    except OSError as error:
        return _complain(trouble(error))
    unwritten = _write(options.html, table, findings)  # first: whoever reads below may go away
    if options.json:
        print(json.dumps([_as_json(finding) for finding in findings], indent=2))
    else:
        _say(table, findings)
    if unwritten:
        return _complain(unwritten)
    return DONE if all(finding.passed for finding in findings) else FAILED


def _page(text: str) -> Path:
    """Take a place for the report, which must be one before anything is made."""
    path = Path(text)
    try:
        fits = path.parent.is_dir() and not path.is_dir()
    except OSError as error:
        raise argparse.ArgumentTypeError(f"{text} cannot be written: {error.strerror}") from error
    if not fits:
        raise argparse.ArgumentTypeError(
            f"{text} cannot be written: it is a folder, or there is none to hold it"
        )
    return path


def _write(page: Path | None, table: Table, findings: list[Finding]) -> str:
    """Write the report where one is wanted; the answer says why it could not be."""
    if page:
        try:
            page.write_text(report(table, findings), encoding="utf-8")
        except OSError as error:
            return f"{page} cannot be written: {error.strerror}"
    return ""


def _complain(words: str) -> int:
    print(f"kith: {words}", file=sys.stderr)
    return NOT_CHECKED


async def _check(table: Table) -> list[Finding]:
    world = _world(table)
    with tempfile.TemporaryDirectory(prefix="kith-check-") as folder:
        async with host.service(Path(folder)) as running:
            line = ProgressLine(sys.stderr)
            making = Making(line.show)
            people = Inhabitants.of(world, running.url, running.operator_key, making)
            async with people:
                try:
                    await people.settle()
                    return await check(table, people, line.show_checked)
                finally:
                    line.clear()


def _world(table: Table) -> World:
    beside = table.path.parent / table.world
    named = beside if beside.exists() else WORLDS / table.world
    if not named.exists() and not is_seeded(named):
        raise WorldUnreadable(
            named,
            f"{table.path.name} names this world, and it is neither beside it nor among those of "
            "Kith; name one of these, as in three-people.json, or a seed, as in seed-7-1000",
        )
    return read(named)


def _as_json(finding: Finding) -> dict[str, object]:
    return {
        "line": finding.cell.line,
        "viewer": finding.cell.viewer,
        "field": finding.cell.field,
        "expected": finding.cell.expected,
        "shown": finding.shown,
        "passed": finding.passed,
        "because": finding.reasons,
    }


def _say(table: Table, findings: list[Finding]) -> None:
    for finding in findings:
        if not finding.passed:
            cell = finding.cell
            print(
                f"{table.path}:{cell.line}: {plain(cell.viewer)} and {cell.field.value}: expected"
                f" {cell.expected.value}, is {'shown' if finding.shown else 'hidden'}"
                f" ({' → '.join(finding.reasons)})"
            )
    expecting = [each for each in findings if each.cell.expected is not Expected.ANY]
    failed = sum(not each.passed for each in expecting)
    print(f"{len(expecting) - failed} passed, {failed} failed", file=sys.stderr)
