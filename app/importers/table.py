"""CSV -> Card."""

import csv
from collections.abc import Iterator
from pathlib import Path

from app.importers.card import Card, Unreadable, Value


def read_table(path: Path) -> Iterator[Card | Unreadable]:
    """Stream the rows of a file whose first line names its columns."""
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        rows = csv.DictReader(file)
        for row in rows:
            cells = {name: text for name, text in row.items() if name and text}
            numbers = [text for name, text in cells.items() if "phone" in name.lower()]
            name = cells.get("Name") or " ".join(
                cells[part] for part in ("First Name", "Last Name") if part in cells
            )
            line = rows.line_num
            yield Card(
                source=path.name,
                line=line,
                name=name,
                phones=tuple(Value(text, "", line) for text in numbers),
            )
