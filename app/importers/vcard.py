"""vCard 2.1, 3.0, 4.0 -> Card."""

from collections.abc import Iterator
from pathlib import Path

from app.importers.card import Card, Unreadable, Value


def read_vcard(path: Path) -> Iterator[Card | Unreadable]:
    """Stream the cards of a file."""
    lines: list[str] = []
    start = 0
    with path.open(encoding="utf-8", errors="replace") as file:
        for number, line in enumerate(file, 1):
            if line.upper().startswith("BEGIN:VCARD"):
                lines, start = [], number
            elif line.upper().startswith("END:VCARD"):
                yield _card(path.name, start, lines)
            elif line[:1] in " \t" and lines:
                lines[-1] += line[1:].rstrip("\r\n")
            else:
                lines.append(line.rstrip("\r\n"))


def _card(source: str, start: int, lines: list[str]) -> Card:
    values: dict[str, list[Value]] = {}
    rest = []
    for number, line in enumerate(lines, start + 1):
        head, _, value = line.partition(":")
        name, _, parameters = head.rpartition(".")[2].partition(";")
        label = parameters.lower().replace("type=", "").replace(";", ",").split(",")[0]
        values.setdefault(name.upper(), []).append(Value(value, label, number))
        if name.upper() not in {"FN", "N", "TEL", "EMAIL", "VERSION"}:
            rest.append(line)
    family, given, *_ = [*values.get("N", [Value("")])[0].text.split(";"), "", ""]
    return Card(
        source=source,
        line=start,
        name=values.get("FN", [Value(f"{given} {family}".strip())])[0].text,
        given=given,
        family=family,
        phones=tuple(values.get("TEL", ())),
        emails=tuple(values.get("EMAIL", ())),
        rest=tuple(rest),
    )
