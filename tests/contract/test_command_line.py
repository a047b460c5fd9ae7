"""Section 6: the command line, as another program would call it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.contract.conftest import fresh
from tests.contract.outside import PATIENCE_S, ROOT, Service

BOOK = """BEGIN:VCARD
VERSION:3.0
FN:Ann Matched
TEL;TYPE=CELL:+{matched}
END:VCARD
BEGIN:VCARD
VERSION:3.0
FN:Bob Pending
TEL:{pending}
END:VCARD
BEGIN:VCARD
VERSION:3.0
FN:Bob Again
TEL:+{pending}
END:VCARD
BEGIN:VCARD
VERSION:3.0
FN:Broken
TEL:12
END:VCARD
"""


def kith(home: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """Run one command to its end, with more in its environment."""
    environment = {**os.environ, "KITH_HOME": str(home), "QT_QPA_PLATFORM": "offscreen", **more}
    return subprocess.run(
        [sys.executable, "-m", "app", *arguments],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=environment,
        timeout=90,
        check=False,
    )


@pytest.fixture
def book(tmp_path: Path, service: Service) -> tuple[Path, str, str]:
    matched, pending = fresh(), fresh()
    service.people(matched, name="Ann")
    path = tmp_path / "book.vcf"
    path.write_text(BOOK.format(matched=matched, pending=pending))
    return path, matched, pending


def test_sync_reports_every_fate(
    tmp_path: Path, service: Service, book: tuple[Path, str, str]
) -> None:
    path, matched, pending = book
    (me,) = service.people(fresh())
    remote = ["--service", service.url, "--token", me.token]
    for _ in range(2):
        done = kith(tmp_path / "home", "sync", str(path), "--region", "US", "--json", *remote)
        assert done.returncode == 0, done.stderr
        report = json.loads(done.stdout)
        assert report["read"] == 4
        assert report["addresses"] == 2
        assert report["duplicates"] == 1
        assert [relation["address"] for relation in report["matched"]] == [matched]
        assert report["pending"] == [pending]
        assert report["deferred"] == []
        (rejected,) = report["rejected"]
        assert rejected["value"] == "12"
        assert rejected["reason"]
        assert rejected["line"] == 19
        assert Path(rejected["source"]).name == "book.vcf"
        assert me.token not in done.stderr
    relation = me.get(f"/v1/contacts/{matched}")
    assert (relation["contact"], relation["subscribed"], relation["origin"]) == (
        True,
        True,
        "import",
    )


def test_sync_without_a_service_uses_the_embedded_one(
    tmp_path: Path, book: tuple[Path, str, str]
) -> None:
    path, matched, pending = book
    done = kith(tmp_path / "home", "sync", str(path), "--region", "US", "--json")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert sorted(report["pending"]) == sorted([matched, pending])


def test_a_wrong_token_fails_with_a_sentence(
    tmp_path: Path, service: Service, book: tuple[Path, str, str]
) -> None:
    remote = ["--service", service.url, "--token", "wrong"]
    done = kith(tmp_path / "home", "sync", str(book[0]), "--json", *remote)
    assert done.returncode == 1
    assert done.stderr.strip()
    assert "Traceback" not in done.stderr


def test_a_book_that_is_not_there_fails_with_a_sentence(tmp_path: Path) -> None:
    done = kith(tmp_path / "home", "sync", str(tmp_path / "nothing.vcf"), "--json")
    assert done.returncode in {1, 2}
    assert "nothing.vcf" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_home_that_is_none_fails_with_a_sentence(tmp_path: Path) -> None:
    home = tmp_path / "file"
    home.touch()
    done = kith(home, "watch")
    assert done.returncode == 1
    assert str(home) in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a file name is always text")
def test_a_file_name_that_is_no_text_is_reported_with_a_mark(
    tmp_path: Path, service: Service
) -> None:
    (ann,) = service.people(fresh())
    book = os.fsencode(tmp_path) + b"/b\xff.vcf"
    Path(os.fsdecode(book)).write_text("BEGIN:VCARD\nVERSION:3.0\nFN:A\nTEL:12\nEND:VCARD\n")
    remote = ["--service", service.url, "--token", ann.token]
    done = kith(tmp_path / "home", "sync", os.fsdecode(book), "--json", *remote)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["rejected"][0]["source"] == "b\ufffd.vcf"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no full device here")
def test_an_output_that_is_full_fails_with_a_sentence(tmp_path: Path) -> None:
    environment = {**os.environ, "KITH_HOME": str(tmp_path / "home")}
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "app", "watch"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
            env=environment,
            timeout=PATIENCE_S,
            check=False,
        )
    assert done.returncode == 1
    assert len(done.stderr.splitlines()) == 1, done.stderr


def test_letters_that_the_terminal_cannot_write_are_escaped(
    tmp_path: Path, service: Service
) -> None:
    (ann,) = service.people(fresh())
    book = tmp_path / "book.vcf"
    book.write_text("BEGIN:VCARD\nVERSION:3.0\nFN:A\nTEL:\u7231\nEND:VCARD\n", "utf-8")
    remote = ["--service", service.url, "--token", ann.token]
    done = kith(tmp_path / "home", "sync", str(book), *remote, PYTHONIOENCODING="ascii")
    assert done.returncode == 0, done.stderr
    assert "\\u7231" in done.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ["sync"],
        ["nonsense"],
        ["serve"],
        ["serve", "--prot", "1"],
        ["serve", "--data", "data", "--port", "65536"],
        ["serve", "--data", "data", "--port", "-1"],
        ["serve", "--data", "data", "--database", "nonsense://there"],
        ["serve", "--data", "data", "--discovery-burst", "-1"],
        ["serve", "--data", "data", "--discovery-per-hour", "nan"],
    ],
)
def test_wrong_usage_is_2(tmp_path: Path, arguments: list[str]) -> None:
    done = kith(tmp_path / "home", *arguments)
    assert done.returncode == 2
    assert done.stderr.strip()


def test_a_port_that_is_taken_fails_with_a_sentence(tmp_path: Path, service: Service) -> None:
    port = service.url.rpartition(":")[2]
    done = kith(tmp_path / "home", "serve", "--data", str(tmp_path / "data"), "--port", port)
    assert done.returncode == 1
    assert port in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr


def test_a_file_is_no_data_folder(tmp_path: Path) -> None:
    taken = tmp_path / "file"
    taken.touch()
    done = kith(tmp_path / "home", "serve", "--data", str(taken), "--port", "0")
    assert done.returncode == 1
    assert str(taken) in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", ["demo", "sync", "watch", "serve", "test"])
def test_every_command_has_help(tmp_path: Path, command: str) -> None:
    done = kith(tmp_path / "home", command, "--help")
    assert done.returncode == 0
    assert "usage" in done.stdout.lower()


def test_watch_prints_a_line_for_each_event(tmp_path: Path, service: Service) -> None:
    ann, bob = service.people(fresh(), fresh(), name="N", status="S")
    ann.sync(bob.address)
    bob.sync(ann.address)
    environment = {**os.environ, "KITH_HOME": str(tmp_path / "home")}
    command = [sys.executable, "-m", "app", "watch", "--json"]
    with subprocess.Popen(
        [*command, "--service", service.url, "--token", bob.token],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=environment,
    ) as watching:
        assert watching.stdout is not None
        ready = json.loads(watching.stdout.readline())
        assert ready["event"] == "ready"
        ann.publish(status="New")
        event = json.loads(watching.stdout.readline())
        assert event["event"] == "profile"
        assert event["data"]["fields"]["status"] == "New"
        watching.terminate()
