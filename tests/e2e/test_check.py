"""`kith check`: the tables that come with Kith hold, and a wrong cell is found with its reason."""

import json
import os
from contextlib import redirect_stdout
from pathlib import Path

import pytest

from app import cli
from app.worlds.expectations import TableUnreadable, read_table

TABLES = sorted((Path(__file__).parents[2] / "resources" / "tables").glob("*.txt"))


@pytest.mark.parametrize("table", TABLES, ids=lambda path: path.stem)
def test_every_table_that_comes_with_kith_holds(
    table: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "report.html"
    assert cli.main(["check", str(table), "--html", str(page)]) == 0
    assert "0 failed" in capsys.readouterr().err
    assert 'class="fail"' not in page.read_text()


def test_a_wrong_cell_is_found_and_says_why(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "wrong.txt"
    table.write_text(
        "world three-people.json\nowner ana\nviewer name status birthday\ndee show show hide\n"
    )
    page = tmp_path / "report.html"
    assert cli.main(["check", str(table), "--json", "--html", str(page)]) == 1
    name, status, birthday = json.loads(capsys.readouterr().out)
    assert (name["passed"], status["passed"]) == (True, False)
    assert status["because"][-1] == "audience-contacts"
    assert birthday["because"][-1] == "audience-nobody"
    assert 'class="fail"' in page.read_text()


def test_what_cannot_be_checked_ends_with_two_and_says_why(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "table.txt"
    table.write_text("world three-people.json\nowner ana\nviewer name\nbo perhaps\n")
    assert cli.main(["check", str(table)]) == 2
    assert "table.txt, line 4: perhaps is neither" in capsys.readouterr().err
    assert cli.main(["check", str(tmp_path / "none.txt")]) == 2
    assert "none.txt, line 1: No such file or directory" in capsys.readouterr().err
    for world, said in (("none.json", "table.txt names this world"), ("w" * 300, "too long")):
        table.write_text(f"world {world}\nowner ana\nviewer name\nbo show\n")
        assert cli.main(["check", str(table)]) == 2
        assert said in capsys.readouterr().err
    for page in (tmp_path / "none" / "page.html", tmp_path, tmp_path / ("x" * 300)):
        with pytest.raises(SystemExit) as ended:
            cli.main(["check", str(table), "--html", str(page)])
        assert ended.value.code == 2
        assert "cannot be written" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("owner", "viewer", "said"),
    [
        ("zoe", "bo", "there is nobody called zoe"),
        ("ana", "zoe", "line 4: there is nobody called zoe"),
        ("ana", "999999", "line 4: ana has no set 999999"),
    ],
)
def test_whoever_cannot_be_asked_is_named_with_their_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], owner: str, viewer: str, said: str
) -> None:
    table = tmp_path / "table.txt"
    table.write_text(f"world three-people.json\nowner {owner}\nviewer name\n{viewer} show\n")
    assert cli.main(["check", str(table)]) == 2
    assert said in capsys.readouterr().err


def test_a_page_that_cannot_be_written_is_told_after_what_was_found(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "table.txt"
    table.write_text("world three-people.json\nowner ana\nviewer name\nbo show\n")
    assert cli.main(["check", str(table), "--html", "/dev/full"]) == 2
    said = capsys.readouterr().err
    assert "1 passed, 0 failed" in said
    assert "cannot be written: No space left on device" in said


def test_a_page_is_written_though_nobody_reads_what_is_printed(tmp_path: Path) -> None:
    table, page = tmp_path / "table.txt", tmp_path / "page.html"
    table.write_text("world three-people.json\nowner ana\nviewer name\nbo show\n")
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w", buffering=1) as gone, redirect_stdout(gone):
        assert cli.main(["check", str(table), "--json", "--html", str(page)]) == 1
    assert "1 of 1 as expected" in page.read_text()


def test_what_the_rules_would_show_and_nobody_gets_says_what_is_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "missing.txt"
    table.write_text("world three-people.json\nowner ana\nviewer picture\nbo show\n")
    cli.main(["check", str(table)])
    assert "audience-contacts → not-filled-in" in capsys.readouterr().out
    table.write_text("world not-to-be-found.json\nowner nobody-contact\nviewer name\nana show\n")
    cli.main(["check", str(table)])
    assert "audience-everyone → not-found" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("owner ana\nviewer name\nbo show\n", 1),
        ("wrld w\nowner ana\nviewer name\nbo show\n", 1),
        ("world w\nowner ana\nviewer shoe\n", 3),
        ("world w\nowner ana\nviewer name name\nbo show show\n", 3),
        ("world w\nowner ana\nviewer name\nbo perhaps\n", 4),
        ("world w\nowner ana\nviewer name status\nbo show\n", 4),
        ("world w\nowner ana\nbo show\n", 3),
        ("world w\nowner ana\nviewer name\nbo show\nbo hide\n", 5),
    ],
)
def test_a_mistake_in_a_table_names_its_line(tmp_path: Path, text: str, line: int) -> None:
    table = tmp_path / "table.txt"
    table.write_text(text)
    with pytest.raises(TableUnreadable) as caught:
        read_table(table)
    assert caught.value.line == line


def test_a_table_from_any_editor_is_read(tmp_path: Path) -> None:
    table = tmp_path / "table.txt"
    table.write_bytes(b"\xef\xbb\xbfworld w\r\nowner ana\r\nviewer\tname\r\nbo\tshow\r\n")
    read = read_table(table)
    assert (read.world, read.owner, read.viewers) == ("w", "ana", ("bo",))
