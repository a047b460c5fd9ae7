"""What was found of a table, as a page that needs nothing but itself, and can be printed."""

import html
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from app.domain import Field
from app.worlds.expectations import Expected, Finding, Table
from app.worlds.timeline import plain

PASSED, FAILED, NOT_ASKED = "pass", "fail", "any"
GLYPHS: Final = {PASSED: "✓", FAILED: "✗", NOT_ASKED: "·"}


def report(table: Table, findings: Sequence[Finding]) -> str:
    """Write what was found as a page; cells that were not checked say so."""
    found = {(finding.cell.viewer, finding.cell.field): finding for finding in findings}
    asked = [each for each in findings if each.cell.expected is not Expected.ANY]
    failed = [each for each in asked if not each.passed]
    heads = "".join(f'<th scope="col">{field.value}</th>' for field in table.fields)
    rows = "\n".join(_row(viewer, table.fields, found) for viewer in table.viewers)
    return PAGE.format(
        title=f"What others see of {_name(table.owner)}",
        world=_name(table.world),
        when=datetime.now().astimezone().strftime("%Y-%m-%d %H:%M:%S %z"),
        verdict=FAILED if failed else PASSED,
        summary=_summary(len(asked), len(failed)),
        failures=_failures(failed),
        heads=heads,
        rows=rows,
    )


def _summary(asked: int, failed: int) -> str:
    glyph = GLYPHS[FAILED if failed else PASSED]
    return f"{glyph} {asked - failed} of {asked} as expected"


def _failures(failed: Sequence[Finding]) -> str:
    if not failed:
        return ""
    lines = "".join(
        f"<li>{_name(each.cell.viewer)} and {each.cell.field.value}: expected "
        f"{each.cell.expected.value}, is {_is(each)} <small>{_why(each)}</small></li>"
        for each in failed
    )
    return f"<h2>Not as expected</h2><ul>{lines}</ul>"


def _row(viewer: str, fields: Sequence[Field], found: Mapping[tuple[str, Field], Finding]) -> str:
    cells = "".join(_cell(found.get((viewer, field))) for field in fields)
    return f'<tr><th scope="row">{_name(viewer)}</th>{cells}</tr>'


def _cell(finding: Finding | None) -> str:
    if finding is None:
        return f'<td class="{NOT_ASKED}">not checked</td>'
    expected = finding.cell.expected
    if expected is Expected.ANY:
        kind, words = NOT_ASKED, _is(finding)
    elif finding.passed:
        kind, words = PASSED, _is(finding)
    else:
        kind, words = FAILED, f"{_is(finding)}, expected {expected.value}"
    return f'<td class="{kind}">{GLYPHS[kind]} {words}<small>{_why(finding)}</small></td>'


def _is(finding: Finding) -> str:
    return "shown" if finding.shown else "hidden"


def _why(finding: Finding) -> str:
    return html.escape(" → ".join(finding.reasons))


def _name(name: str) -> str:
    """Write a name from outside so that it can neither be markup nor turn its line round."""
    return f"<bdi>{html.escape(plain(name))}</bdi>"


PAGE: Final = """<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Expectations</title><style>
:root {{ color-scheme: light dark; --ground: #fff; --ink: #1b1f2a; --muted: #5b6272;
  --line: #d5d9e2; --pass: #176b3c; --pass-soft: #e3f4ea; --fail: #a3211b; --fail-soft: #fbe5e3; }}
@media (prefers-color-scheme: dark) {{ :root {{ --ground: #171a21; --ink: #e8eaf0;
  --muted: #a2a9b8; --line: #363c49; --pass: #7fd6a2; --pass-soft: #17331f;
  --fail: #ff9d94; --fail-soft: #46201d; }} }}
body {{ font: 15px/1.5 system-ui, sans-serif; margin: 2rem; background: var(--ground);
  color: var(--ink); }}
h1 {{ font-size: 1.5rem; margin: 0; }} h2 {{ font-size: 1.1rem; }}
p {{ margin: .25rem 0 1rem; }}
.wide {{ overflow-x: auto; }}
table {{ border-collapse: collapse; }}
th, td {{ border: 1px solid var(--line); padding: .4rem .7rem; text-align: left;
  vertical-align: top; overflow-wrap: anywhere; }}
th {{ min-width: 5rem; max-width: 16rem; }}
small {{ display: block; color: var(--muted); font-weight: 400; }}
.pass {{ background: var(--pass-soft); color: var(--pass); }}
.fail {{ background: var(--fail-soft); color: var(--fail); font-weight: 600; }}
.any {{ color: var(--muted); }}
.verdict {{ display: inline-block; padding: .2rem .7rem; border-radius: .4rem; font-weight: 600; }}
@media print {{ body {{ margin: 0; font-size: 10pt; }} .wide {{ overflow: visible; }}
  tr, li {{ break-inside: avoid; }} thead {{ display: table-header-group; }}
  * {{ print-color-adjust: exact; -webkit-print-color-adjust: exact; }} }}
</style></head><body><h1>{title}</h1>
<p>World {world}, checked {when}</p>
<p class="verdict {verdict}">{summary}</p>
{failures}
<div class="wide"><table><thead><tr><th scope="col">viewer</th>{heads}</tr></thead><tbody>
{rows}
</tbody></table></div>
</body></html>
"""
