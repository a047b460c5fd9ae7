"""A table of what each viewer should see of somebody, to be checked against the service.

The file is plain text, made to be read in a diff. What follows a `#` is a remark, blanks part the
words, and the columns need not line up, but look better so:

    world   three-people.json
    owner   ana

    viewer  name  status  picture  about  email  birthday  presence
    bo      show  show    show     -      hide   hide      -
    cy      show  hide    hide     -      hide   hide      -

`world` is a file beside the table, or the name of one that comes with Kith. A viewer is a person of
that world, or a kind of viewer (`everyone`, `contact`, `favorite`, the id of a set of the owner's),
for whom the service is asked as the owner. `-` expects nothing. A name with blanks stands between
quotes: "Ana Reyes".
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from app.domain import Field
from app.errors import KithError

KINDS: Final = ("everyone", "contact", "favorite")
KEYWORDS: Final = frozenset({"world", "owner", "viewer"})
EXAMPLES: Final = {"world": "world three-people.json", "owner": "owner ana"}
REMARK: Final = "#"
QUOTED: Final = re.compile(r'"([^"]*)"|(\S+)')
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
    remarks: tuple["Remark", ...] = ()

    @property
    def fields(self) -> tuple[Field, ...]:
        """The columns, in their order."""
        return tuple(dict.fromkeys(cell.field for cell in self.cells))

    @property
    def viewers(self) -> tuple[str, ...]:
        """The rows, in their order."""
        return tuple(dict.fromkeys(cell.viewer for cell in self.cells))


@dataclass(frozen=True, slots=True)
class Remark:
    """What somebody wrote behind a `#`: before the line with this head, or beside it."""

    head: str
    text: str
    beside: bool


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
        text = path.read_text(encoding="utf-8-sig")  # some editors put a mark before it
    except OSError as error:
        raise TableUnreadable(path, 1, error.strerror or "it cannot be read") from error
    except UnicodeDecodeError as error:
        raise TableUnreadable(path, 1, "this is not text in UTF-8; save it as that") from error
    return parse_table(text, path)


def parse_table(text: str, path: Path) -> Table:
    """Read a table out of its text; `path` is where it stands, or would."""
    lines = [_parted(line) for line in text.splitlines()]
    words = dict.fromkeys(EXAMPLES, "")
    fields: tuple[Field, ...] = ()
    cells: list[Expectation] = []
    for number, (content, _remark) in enumerate(lines, 1):
        head, *rest = _words(content) or [""]
        quoted = content.lstrip().startswith('"')  # so it is a name, whatever it says
        if head in words and not quoted:
            words[head] = content.strip().removeprefix(head).strip().strip('"')
        elif head == "viewer" and not quoted:
            fields = _columns(path, number, rest)
        elif head:
            cells += _row(path, number, [head, *rest], fields, cells)
    for name, word in words.items():
        if not word:
            raise TableUnreadable(
                path,
                1,
                f"there is no line that begins with '{name}'; add one, as in '{EXAMPLES[name]}'",
            )
    if not cells:
        raise TableUnreadable(path, 1, "there is no line for any viewer; below 'viewer', add one")
    return Table(path, words["world"], words["owner"], tuple(cells), tuple(_remarks(lines)))


def _remarks(lines: list[tuple[str, str]]) -> Iterator[Remark]:
    above: list[str] = []
    for content, remark in lines:
        head = _head(content)
        if head:
            yield from (Remark(head, each, beside=False) for each in above)
            above.clear()
        if remark and head:
            yield Remark(head, remark, beside=True)
        elif remark:
            above.append(remark)
    yield from (Remark("", each, beside=False) for each in above)


def _parted(line: str) -> tuple[str, str]:
    """Part a line from the remark behind it; a `#` inside a word is none."""
    quoted = False
    for at, each in enumerate(line):
        if each == '"':
            quoted = not quoted
        elif each == REMARK and not quoted and (at == 0 or line[at - 1].isspace()):
            return line[:at], line[at:].rstrip()
    return line, ""


def _words(content: str) -> list[str]:
    return [found[1] if found[1] is not None else found[2] for found in QUOTED.finditer(content)]


def _head(content: str) -> str:
    """Name the line that a remark belongs to: by its first word, as it is written."""
    found = QUOTED.search(content)
    if found is None or found[1] is None:
        return found[2] if found else ""
    return written(found[1])


def _columns(path: Path, number: int, words: list[str]) -> tuple[Field, ...]:
    fields = tuple(_field(path, number, word) for word in words)
    if len(set(fields)) < len(fields):
        twice = next(each for each in fields if fields.count(each) > 1)
        raise TableUnreadable(path, number, f"{twice} is there twice; take one away")
    if not fields:
        known = ", ".join(Field)
        raise TableUnreadable(path, number, f"there is no field; name some of {known}")
    return fields


def _field(path: Path, number: int, word: str) -> Field:
    try:
        return Field(word)
    except ValueError:
        known = ", ".join(Field)
        raise TableUnreadable(
            path, number, f"there is no field {word}; there are {known}"
        ) from None


def _row(
    path: Path,
    number: int,
    words: list[str],
    fields: tuple[Field, ...],
    before: list[Expectation],
) -> list[Expectation]:
    viewer, *said = words
    if any(cell.viewer == viewer for cell in before):
        raise TableUnreadable(path, number, f"there is another line for {viewer}; take one away")
    if not fields:
        said_first = "a line that begins with 'world', 'owner' or 'viewer' must come first"
        raise TableUnreadable(path, number, f"{viewer}: {said_first}")
    if len(said) != len(fields):
        short = f"{len(said)} cells for {len(fields)} fields; write - where nothing is expected"
        raise TableUnreadable(path, number, short)
    unknown = set(said) - set(Expected)
    if unknown:
        raise TableUnreadable(path, number, f"{min(unknown)} is neither show, hide nor -")
    return [
        Expectation(viewer, field, Expected(word), number)
        for field, word in zip(fields, said, strict=True)
    ]


def as_text(table: Table) -> str:
    """Write a table as its file has it, the columns lined up and the remarks where they were."""
    expected = {(cell.viewer, cell.field): cell.expected for cell in table.cells}
    wide = max(len("viewer"), *(len(written(viewer)) for viewer in table.viewers)) + 2
    rows: list[tuple[str, list[str]]] = [("viewer", [*table.fields])]
    rows += [
        (written(each), [expected[each, field] for field in table.fields]) for each in table.viewers
    ]
    lines = [*_line(table, "world", f"world   {table.world}")]
    lines += [*_line(table, "owner", f"owner   {written(table.owner)}"), ""]
    for head, words in rows:
        cells = (
            word.ljust(len(field) + 2) for word, field in zip(words, table.fields, strict=True)
        )
        lines += _line(table, head, (head.ljust(wide) + "".join(cells)).rstrip())
    lines += [each.text for each in table.remarks if not each.head]
    return "\n".join(lines) + "\n"


def _line(table: Table, head: str, words: str) -> Iterator[str]:
    """Give a line with the remarks above it and beside it."""
    mine = [remark for remark in table.remarks if remark.head == head]
    yield from (remark.text for remark in mine if not remark.beside)
    yield "  ".join([words, *(remark.text for remark in mine if remark.beside)])


def written(name: str) -> str:
    """Write a name as a word of a table."""
    plain = _words(name) == [name] and not _parted(name)[1] and name not in KEYWORDS
    return name if plain else f'"{name}"'
