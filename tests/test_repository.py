"""What no file of the project may hold: the host of a package registry, a path of a computer."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

HOSTS = re.compile(
    r"\b(?:pypi|files\.pythonhosted|test\.pypi|deb\.debian|security\.debian|registry\.npmjs"
    r"|registry\.yarnpkg|proxy\.golang|crates|index\.crates)\.(?:org|com|io)\b"
    r"|--(?:extra-)?index-url\s+\S*://"
)
PATHS = re.compile(r"(?<![\w./:-])/(?:work|root|Users|home/[a-z]+)/[\w.-]+")


def own_text() -> list[Path]:
    """Return the project's files, as they lie there: where it runs there need be no git."""
    tops = [path for path in ROOT.iterdir() if path.name not in {".git", "build"}]
    tops = [path for path in tops if not re.match(r"\.venv|\..*cache|\.hypothesis", path.name)]
    within = (path for top in tops for path in (top.rglob("*") if top.is_dir() else [top]))
    return [path for path in within if path.is_file() and path.suffix != ".pyc"]


def found(pattern: re.Pattern[str]) -> list[str]:
    hits = []
    for path in own_text():
        text = path.read_bytes().decode("utf-8", errors="replace")
        hits += [f"{path.relative_to(ROOT)}: {hit[0]}" for hit in pattern.finditer(text)]
    return hits


def test_every_part_of_the_project_is_searched() -> None:
    tops = {path.relative_to(ROOT).parts[0] for path in own_text()}
    parts = {".ci", ".gitignore", "README.md", "app", "kith", "pyproject.toml", "requirements.txt"}
    assert parts | {"requirements-test.txt", "resources", "tests", "ui"} <= tops


def test_no_file_names_a_registry() -> None:
    assert found(HOSTS) == []


def test_no_file_names_a_path_of_somebodys_computer() -> None:
    assert found(PATHS) == []


@pytest.mark.parametrize(
    "line", ["https://pypi." + "org/simple", "see files.pythonhosted." + "org", "x=/root" + "/a"]
)
def test_the_search_finds_what_it_looks_for(line: str) -> None:
    assert HOSTS.search(line) or PATHS.search(line)


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-test.txt"])
def test_every_requirement_is_pinned_and_hashed(name: str) -> None:
    text = (ROOT / name).read_text().replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]
    assert lines
    for line in lines:
        assert re.match(r"[a-z0-9._-]+==\S+ ", line), line
        assert "--hash=sha256:" in line


def test_the_requirements_of_tests_do_not_disagree() -> None:
    def pins(name: str) -> dict[str, str]:
        return dict(re.findall(r"^([a-z0-9._-]+)==(\S+)", (ROOT / name).read_text(), re.M))

    running, testing = pins("requirements.txt"), pins("requirements-test.txt")
    assert {name: testing[name] for name in running.keys() & testing} == {
        name: running[name] for name in running.keys() & testing
    }
