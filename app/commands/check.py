"""`kith check`: hold a table of who should see what against the service."""

import argparse
import asyncio
import json
import sys
import tempfile
from pathlib import Path

from app.commands.progress import ProgressLine
from app.service import host
from app.worlds.expectations import Finding, Table, check, read_table, report
from app.worlds.files import WORLDS, read
from app.worlds.inhabit import Inhabitants
from app.worlds.making import Making
from app.worlds.world import World

DONE, FAILED = 0, 1


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the words of this command."""
    parser.add_argument("table", metavar="TABLE", type=Path, help="the table to check")
    parser.add_argument("--json", action="store_true", help="print every finding as JSON")
    parser.add_argument("--html", metavar="FILE", type=Path, help="write a report to look at")


def run(options: argparse.Namespace) -> int:
    """Make the table's world on a service of its own, and check every cell."""
    table = read_table(options.table)
    findings = asyncio.run(_check(table))
    if options.html:
        options.html.write_text(report(table, findings), encoding="utf-8")
    if options.json:
        print(json.dumps([_as_json(finding) for finding in findings], indent=2))
    else:
        _say(table, findings)
    return DONE if all(finding.passed for finding in findings) else FAILED


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
                finally:
                    line.clear()
                return await check(table, people)


def _world(table: Table) -> World:
    beside = table.path.parent / table.world
    return read(beside if beside.exists() else WORLDS / table.world)


def _as_json(finding: Finding) -> dict[str, object]:
    return {
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
                f"{table.path}:{cell.line}: {cell.viewer} and {cell.field.value}: expected"
                f" {cell.expected.value}, is {'shown' if finding.shown else 'hidden'}"
                f" ({' → '.join(finding.reasons)})"
            )
    failed = sum(not finding.passed for finding in findings)
    print(f"{len(findings) - failed} passed, {failed} failed", file=sys.stderr)
