"""CSV and its relatives -> Card, by the meaning of the columns."""

from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path
from typing import BinaryIO, Final

import msgspec

from app.importers.card import NOT_A_ROW, TOO_LARGE, Card, Unreadable, source_name
from app.importers.encoding import Utf8Bytes, guess_legacy, wide_encoding
from app.importers.lines import CUT, read_plain_lines
from app.importers.mapping import Mapping, guess_mapping, headers_known
from app.importers.records import Record, named_separator, read_records, separator_of
from app.importers.row import RowReader

_SAMPLE: Final = 64 * 1024
_SAMPLE_ROWS = 50
_TITLES = 5
_SHOWN = 64 * 1024


class Table(msgspec.Struct, frozen=True):
    """How a table is written and what its columns seem to mean, known from its beginning."""

    encoding: str
    separator: str
    skipped: int
    """Lines above the headers, such as a title."""
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    mapping: Mapping


def look_at_table(path: Path, encoding: str = "", separator: str = "") -> Table:
    """Look at the beginning of a table: enough to ask about it and to show a preview."""
    with path.open("rb") as file:
        encoding = encoding or _encoding_of(file.read(_SAMPLE))
        file.seek(0)
        separator, records = _records(file, encoding, separator)
        parsed = (record.cells(separator) for record in islice(records, _SAMPLE_ROWS + 1))
        sample = [tuple(cells) for cells in parsed if cells] or [()]
    likely = (place for place in range(len(sample[:_TITLES])) if guess_mapping(sample[place]).sure)
    skipped = next(likely, 0)
    headers, *rows = sample[skipped:]
    mapping = guess_mapping(headers, rows)
    return Table(encoding, separator, skipped, headers, tuple(rows), mapping)


def read_table(path: Path, mapping: Mapping | None = None) -> Iterator[Card | Unreadable]:
    """Stream the rows of a table as cards; without a mapping, by the best guess."""
    known = mapping or Mapping(())
    table = look_at_table(path, known.encoding, known.separator)
    mapping = mapping or table.mapping
    reader = RowReader(mapping, source_name(path))
    with path.open("rb") as file:
        separator, records = _records(file, table.encoding, table.separator)
        for record in islice(records, table.skipped):
            yield Unreadable(source_name(path), record.line, record.text[:_SHOWN], NOT_A_ROW)
        for record in islice(records, int(mapping.has_headers), None):
            card = _read_record(reader, record, separator, source_name(path))
            if card is not None:
                yield card


def _read_record(
    reader: RowReader, record: Record, separator: str, source: str
) -> Card | Unreadable | None:
    if record.text.endswith(CUT):
        return Unreadable(source, record.line, record.text[:-1], TOO_LARGE)
    cells = record.cells(separator)
    if cells is None:
        return Unreadable(source, record.line, record.text[:_SHOWN], NOT_A_ROW)
    return reader.card(cells, record.line)


def _records(file: BinaryIO, encoding: str, chosen: str) -> tuple[str, Iterator[Record]]:
    """Find the separator in the first record that is not empty, and stream from there."""
    readable = file if encoding in _BY_THEMSELVES else Utf8Bytes(file, encoding)
    records = (record for record in read_records(read_plain_lines(readable)) if record.text.strip())
    first = next(records, None)
    if first is None:
        return ",", records
    separator = named_separator(first.text)
    if separator:
        return chosen or separator, records
    return chosen or separator_of(first.text), chain([first], records)


_BY_THEMSELVES = frozenset({"utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"})
_LIKELY = (
    *("cp1252", "cp932", "gb18030", "big5", "cp949", "cp1251", "cp1250", "cp1253", "cp1254"),
    *("mac-roman", "cp850"),
)


def _encoding_of(head: bytes) -> str:
    """Name the encoding; of the old ones, that in which the headers make most sense."""
    wide, _ = wide_encoding(head)
    if wide != "utf-8" or _is_utf8(head):
        return wide
    line = head.splitlines()[0]
    known = {name: headers_known(_cells(line, name)) for name in _LIKELY}
    best = max(known, key=lambda name: known[name])
    return best if known[best] > known["cp1252"] else guess_legacy(head)


def _cells(line: bytes, encoding: str) -> list[str]:
    text = line.decode(encoding, "replace")
    return Record(1, text).cells(separator_of(text)) or []


def _is_utf8(head: bytes) -> bool:
    """Tell whether the sample is UTF-8, but for a letter cut in two at its end."""
    try:
        head.decode()
    except UnicodeDecodeError as error:
        return error.end == len(head) and len(head) == _SAMPLE and error.start > len(head) - 4
    return True
