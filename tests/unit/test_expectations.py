"""Tables of expectations as plain files, as drafts, and as a page."""

import re
from pathlib import Path

import pytest

from app.domain import Field
from app.worlds.drafts import STEPS, Draft, Sheet, world_word
from app.worlds.expectation_report import report
from app.worlds.expectations import (
    Expectation,
    Expected,
    Finding,
    Table,
    as_text,
    parse_table,
    read_table,
)
from app.worlds.files import WORLDS

TABLES = sorted((Path(__file__).parents[2] / "resources" / "tables").glob("*.txt"))
HERE = Path("table.txt")
SAID = """\
# Above the world.
world   w.json
owner   "Ana Reyes"

# The fields.
viewer       name  status
"A #1 fan"   show  hide    # and why
"viewer"     -     hide
bo#2         hide  -
# At the end.
"""


def test_a_table_is_written_as_it_was_read_with_its_remarks_and_names_with_blanks() -> None:
    table = parse_table(SAID, HERE)
    assert table.owner == "Ana Reyes"
    assert table.viewers == ("A #1 fan", "viewer", "bo#2")
    assert [cell.line for cell in table.cells] == [7, 7, 8, 8, 9, 9]
    again = parse_table(as_text(table), HERE)
    assert again.remarks == table.remarks
    assert as_text(again) == as_text(table)
    assert "# and why" in as_text(table)


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.stem)
def test_the_tables_that_come_with_kith_are_written_as_they_are(path: Path) -> None:
    assert as_text(read_table(path)) == path.read_text()


def test_every_step_of_a_draft_is_undone_and_made_again() -> None:
    draft = Draft(Sheet.of(parse_table(SAID, HERE)))
    first = draft.sheet
    draft.expect({("bo#2", Field.NAME): Expected.SHOW})
    draft.add_viewer("cy")
    draft.add_viewer("cy")
    draft.remove_viewers(["A #1 fan"])
    draft.show_fields([Field.ABOUT, Field.NAME])
    last = draft.sheet
    assert last.viewers == ("viewer", "bo#2", "cy")
    assert last.fields == (Field.NAME, Field.ABOUT)
    assert "# and why" not in [remark.text for remark in last.remarks]
    for _step in range(4):
        draft.undo()
    assert draft.sheet == first
    assert draft.is_saved
    assert not draft.can_undo
    for _step in range(9):
        draft.redo()
    assert draft.sheet == last
    draft.remove_viewers(last.viewers)
    draft.show_fields([])
    assert draft.sheet == last, "a table without rows or columns would be none"


def test_a_draft_remembers_a_bounded_number_of_steps() -> None:
    draft = Draft(Sheet.of(parse_table(SAID, HERE)))
    for turn in range(3 * STEPS):
        draft.add_viewer(str(turn))
    undone = 0
    while draft.can_undo:
        draft.undo()
        undone += 1
    assert undone == STEPS


def test_a_draft_knows_in_which_line_each_cell_will_stand() -> None:
    draft = Draft(Sheet.of(parse_table(SAID, HERE)))
    lines = as_text(draft.table(WORLDS / "w.json", HERE)).splitlines()
    for cell in draft.table(WORLDS / "w.json", HERE).cells:
        assert cell.viewer in lines[cell.line - 1]


def test_a_table_names_its_world_so_that_it_is_found_from_where_it_stands(tmp_path: Path) -> None:
    table = tmp_path / "tables" / "t.txt"
    assert world_word(WORLDS / "demo.json", table) == "demo.json"
    assert world_word(Path("seed-7-10"), table) == "seed-7-10"
    assert world_word(tmp_path / "my worlds" / "w.json", table) == "../my worlds/w.json"


def test_a_report_is_one_file_without_a_way_out_and_holds_every_name_as_text() -> None:
    viewer = '<img src=x onerror="alert(1)">\u202e'
    cells = tuple(
        Expectation(viewer, field, Expected.SHOW, 5) for field in (Field.NAME, Field.STATUS)
    )
    table = Table(HERE, "w.json", "<b>ana</b>", cells)
    findings = [
        Finding(table.cells[0], True, ("audience-everyone",)),
        Finding(table.cells[1], False, ("audience-<nobody>",)),
    ]
    page = report(table, findings)
    assert "<img" not in page
    assert "<b>" not in page
    assert "\u202e" not in page
    assert "audience-&lt;nobody&gt;" in page
    assert "✓ shown" in page
    assert "✗ hidden, expected show" in page
    assert "1 of 2 as expected" in page
    assert not re.search(r"https?:|src=|href=|@import|url\(|<script", page.replace("src=x", ""))
    assert "prefers-color-scheme: dark" in page
    assert "@media print" in page
