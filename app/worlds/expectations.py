"""A table of what each viewer should see of somebody, checked against the service.

The file is plain text, made to be read in a diff. What follows a `#` is a remark, blanks part the
words, and the columns need not line up, but look better so:

    world   three-people.json
    owner   ana

    viewer  name  status  picture  about  email  birthday  presence
    bo      show  show    show     -      hide   hide      -
    cy      show  hide    hide     -      hide   hide      -

`world` is a file beside the table, or the name of one that comes with Kith. A viewer is a person of
that world, or a kind of viewer (`everyone`, `contact`, `favorite`, the id of a set of the owner's),
for whom the service is asked as the owner. `-` expects nothing.
"""

import html
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

import msgspec

from app.domain import Field, Profile
from app.errors import KithError
from app.wire import FieldPreview, Preview
from app.worlds.inhabit import Inhabitants

REMARK: Final = "#"
NOT_FILLED_IN: Final = "not-filled-in"
"""In place of a rule: the owner shows the field, and there is nothing in it."""
NOT_FOUND: Final = "not-found"
"""In place of a rule: it would be shown, but the viewer may not find the owner by an address."""


class Expected(StrEnum):
    """What a cell says."""

    SHOW = "show"
    HIDE = "hide"
    ANY = "-"


class TableUnreadable(KithError):
    """A table that does not say what a table says."""

    def __init__(self, path: Path, line: int, detail: str) -> None:
        super().__init__(f"{path.name}, line {line}: {detail}")
        self.path = path
        self.line = line


@dataclass(frozen=True, slots=True)
class Expectation:
    """One cell: what one viewer should see of one field."""

    viewer: str
    field: Field
    expected: Expected
    line: int


@dataclass(frozen=True, slots=True)
class Table:
    """Every cell of a file, and the world and the person they speak of."""

    path: Path
    world: str
    owner: str
    cells: tuple[Expectation, ...]


@dataclass(frozen=True, slots=True)
class Finding:
    """One cell as the service has it."""

    cell: Expectation
    shown: bool
    reasons: tuple[str, ...]
    """The rules consulted, in order; the last one decided."""

    @property
    def passed(self) -> bool:
        """Whether the service does what the cell expects."""
        if self.cell.expected is Expected.ANY:
            return True
        return self.shown == (self.cell.expected is Expected.SHOW)


def read_table(path: Path) -> Table:
    """Read a table; a mistake names its line."""
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise TableUnreadable(path, 1, str(error)) from error
    words = {"world": "", "owner": ""}
    fields: tuple[Field, ...] = ()
    cells: list[Expectation] = []
    for number, line in enumerate(text.splitlines(), 1):
        head, *rest = line.partition(REMARK)[0].split() or [""]
        if not head:
            continue
        if head in words:
            words[head] = " ".join(rest)
        elif head == "viewer":
            fields = tuple(_field(path, number, word) for word in rest)
        else:
            _expect_once(path, number, head, cells)
            cells += _row(path, number, head, rest, fields)
    for name, word in words.items():
        if not word:
            raise TableUnreadable(path, 1, f"there is no line that begins with '{name}'")
    return Table(path, words["world"], words["owner"], tuple(cells))


def _field(path: Path, number: int, word: str) -> Field:
    try:
        return Field(word)
    except ValueError:
        known = ", ".join(Field)
        raise TableUnreadable(
            path, number, f"there is no field {word}; there are {known}"
        ) from None


def _expect_once(path: Path, number: int, viewer: str, cells: list[Expectation]) -> None:
    if any(cell.viewer == viewer for cell in cells):
        raise TableUnreadable(path, number, f"there is another line for {viewer}")


def _row(
    path: Path, number: int, viewer: str, words: list[str], fields: tuple[Field, ...]
) -> list[Expectation]:
    if not fields:
        raise TableUnreadable(path, number, "a line that begins with 'viewer' must come first")
    if len(words) != len(fields):
        raise TableUnreadable(path, number, f"{len(words)} cells for {len(fields)} fields")
    unknown = set(words) - set(Expected)
    if unknown:
        raise TableUnreadable(path, number, f"{min(unknown)} is neither show, hide nor -")
    return [
        Expectation(viewer, field, Expected(word), number)
        for field, word in zip(fields, words, strict=True)
    ]


def as_text(table: Table) -> str:
    """Write a table as its file has it, the columns lined up."""
    fields = list(dict.fromkeys(cell.field for cell in table.cells))
    viewers = list(dict.fromkeys(cell.viewer for cell in table.cells))
    expected = {(cell.viewer, cell.field): cell.expected for cell in table.cells}
    wide = max(len("viewer"), *map(len, viewers)) + 2
    lines = [f"world   {table.world}", f"owner   {table.owner}", ""]
    rows = [["viewer", *fields]]
    rows += [[viewer, *(expected[viewer, field] for field in fields)] for viewer in viewers]
    for head, *words in rows:
        cells = (word.ljust(len(field) + 2) for word, field in zip(words, fields, strict=True))
        lines.append((head.ljust(wide) + "".join(cells)).rstrip())
    return "\n".join(lines) + "\n"


async def check(table: Table, people: Inhabitants) -> list[Finding]:
    """Ask the service, as each viewer, what they see, and as the owner, why."""
    findings: list[Finding] = []
    for viewer in dict.fromkeys(cell.viewer for cell in table.cells):
        preview = await _preview(people, table.owner, viewer)
        seen = await _seen(people, table.owner, viewer, preview)
        findings += [
            Finding(
                cell,
                cell.field in seen,
                _reasons(preview.fields[cell.field], shown=cell.field in seen),
            )
            for cell in table.cells
            if cell.viewer == viewer
        ]
    return findings


def _reasons(preview: FieldPreview, *, shown: bool) -> tuple[str, ...]:
    """Name the rules; where they would show a field that is not there, say what is missing."""
    rules = tuple(because.rule for because in preview.because)
    if shown or not preview.visible:
        return rules
    return (*rules, NOT_FILLED_IN if preview.value is None else NOT_FOUND)


async def _preview(people: Inhabitants, owner: str, viewer: str) -> Preview:
    query = f"viewer={people.path(viewer)}" if _is_person(people, viewer) else f"as={viewer}"
    answer = await people.ask(owner, f"/v1/me/preview?{query}")
    return msgspec.json.decode(answer, type=Preview)


async def _seen(people: Inhabitants, owner: str, viewer: str, preview: Preview) -> set[Field]:
    if not _is_person(people, viewer):
        return {field for field, shown in preview.fields.items() if shown.value is not None}
    answer = await people.ask(viewer, f"/v1/profiles/{people.path(owner)}")
    profile = msgspec.json.decode(answer, type=Profile)
    return {field for field in Field if getattr(profile.fields, field) is not None}


def _is_person(people: Inhabitants, viewer: str) -> bool:
    return any(person.id == viewer for person in people.world.people)


def report(table: Table, findings: list[Finding]) -> str:
    """Write what was found as a page of its own."""
    fields = list(dict.fromkeys(cell.field for cell in table.cells))
    by_cell = {(finding.cell.viewer, finding.cell.field): finding for finding in findings}
    rows = "".join(
        f"<tr><th>{html.escape(viewer)}</th>"
        + "".join(_cell(by_cell[viewer, field]) for field in fields)
        + "</tr>"
        for viewer in dict.fromkeys(cell.viewer for cell in table.cells)
    )
    failed = sum(not finding.passed for finding in findings)
    heads = "".join(f"<th>{field.value}</th>" for field in fields)
    return PAGE.format(
        title=html.escape(f"{table.owner} in {table.world}"),
        summary=f"{len(findings) - failed} of {len(findings)} as expected",
        heads=heads,
        rows=rows,
    )


def _cell(finding: Finding) -> str:
    kind = "pass" if finding.passed else "fail"
    word = "shown" if finding.shown else "hidden"
    expected = "" if finding.passed else f", expected {finding.cell.expected.value}"
    why = html.escape(" → ".join(finding.reasons))
    return f'<td class="{kind}">{word}{expected}<small>{why}</small></td>'


PAGE: Final = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title><style>
:root {{ color-scheme: light dark; }}
body {{ font: 15px/1.5 system-ui, sans-serif; margin: 2rem; }}
table {{ border-collapse: collapse; }}
th, td {{ border: 1px solid #8884; padding: .5rem .8rem; text-align: left; vertical-align: top; }}
small {{ display: block; opacity: .7; }}
.pass {{ background: #2e9e5b22; }}
.fail {{ background: #d6453d33; font-weight: 600; }}
</style></head><body><h1>{title}</h1><p>{summary}</p>
<table><thead><tr><th>viewer</th>{heads}</tr></thead><tbody>{rows}</tbody></table>
</body></html>
"""
