"""The command line on the embedded service, as a person types it."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest

from app import cli, demo
from app.addresses import canonical
from app.commands.plain import plain
from app.commands.sync import settled_here
from app.commands.words import sentence
from app.domain import Address, State
from app.errors import (
    CardUnreadable,
    HostFailed,
    InvalidAddress,
    KithError,
    Refused,
    SignedOut,
    StoreDamaged,
    Unreachable,
)
from app.local_account import local_account
from app.paths import Paths
from app.service import host
from app.service.claim import read_note
from app.session import Session

ROOT = Path(__file__).parents[2]
PATIENCE_S = 60
BOOK = "BEGIN:VCARD\nVERSION:3.0\nFN:Ann\nTEL:202-555-0101\nEND:VCARD\n"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "home"
    monkeypatch.setenv("KITH_HOME", str(path))
    return path


@pytest.fixture
def book(tmp_path: Path) -> Path:
    path = tmp_path / "book.vcf"
    path.write_text(BOOK)
    return path


def kith(*words: object) -> int:
    try:
        return cli.main([str(word) for word in words])
    except SystemExit as end:  # argparse ends the program by itself
        return int(end.code or 0)


def test_sync_twice_is_the_same_as_once(
    home: Path, book: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    reports = []
    for _ in range(2):
        assert kith("sync", book, "--region", "US", "--json") == 0
        reports.append(json.loads(capsys.readouterr().out))
    assert reports[0] == reports[1]
    assert reports[0]["pending"] == ["12025550101"]
    assert {path.name for path in home.iterdir()} <= {"service", "accounts"}


def test_sync_speaks_to_people_without_json(
    home: Path, book: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    book.write_text(BOOK.replace("202-555-0101", f"ask\x1b[31m Tom {'or Ann ' * 100}"))
    assert kith("sync", book) == 0
    said = capsys.readouterr().out
    assert said.startswith("1 card read, 0 addresses")
    assert "1 rejected" in said
    assert max(map(len, said.splitlines())) < 160
    assert "book.vcf:4" in said
    assert "\x1b" not in said


@pytest.mark.parametrize(
    ("words", "code"),
    [
        ((), 2),
        (("--help",), 0),
        (("nonsense",), 2),
        (("sync",), 2),
        (("sync", ""), 2),
        (("sync", "b.vcf", "--regoin", "US"), 2),
        (("sync", "b.vcf", "--region", "XX"), 2),
        (("sync", "b.vcf", "--service", "http://127.0.0.1:1"), 2),
        (("sync", "b.vcf", "--token", "t"), 2),
        (("sync", "b.vcf", "--service", "127.0.0.1:1", "--token", "t"), 2),
        (("sync", "b.vcf", "--service", "http://127.0.0.1:99999", "--token", "t"), 2),
        (("serve", "--data", "d", "--port", "seventy"), 2),
        (("serve", "--data", "d", "--discovery-burst", "1.5"), 2),
        (("serve", "--data", "d", "--discovery-per-hour", "many"), 2),
        (("serve", "--data", "d", "--bus", "nats://127.0.0.1:1"), 2),
        (("serve", "--data", "d", "--database", ""), 2),
        (("serve", "--data", "d", "--database", "kith.db"), 2),
        (("watch", "more"), 2),
        (("watch", "--service", "http://127.0.0.1:1"), 2),
        (("demo", "--screenshot", "picture.jpg"), 2),
        (("demo", "--screenshot", "no/such/folder/picture.png"), 2),
        (("sync", "no-such-book.vcf"), 1),
        (("sync", "b.vcf", "--service", "http://127.0.0.1:1", "--token", "t"), 1),
        (("sync", "b.vcf", "--service", "http://127.0.0.1:1", "--token", "tökén"), 1),
        *(((name, "--help"), 0) for name in cli.SUMMARIES),
    ],
)
def test_exit_codes(
    home: Path, words: tuple[str, ...], code: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert kith(*words) == code
    said = capsys.readouterr()
    assert bool(said.err) is (code != 0)
    if code == 1:
        assert len(said.err.splitlines()) == 1
        assert said.err.startswith("kith: ")


@pytest.mark.parametrize(
    "error",
    [
        CardUnreadable(Path("book.vcf"), "it is empty"),
        InvalidAddress("x y"),
        Unreachable("ConnectError"),
        SignedOut(),
        Refused("invalid", "Say it otherwise."),
        StoreDamaged(Path("client.db"), "not a database"),
        HostFailed("it ended"),
        KithError("something else"),
    ],
)
def test_every_error_is_one_sentence(error: KithError) -> None:
    said = sentence(error)
    assert said
    assert "\n" not in said


def test_what_cannot_be_printed_is_shown_as_a_mark() -> None:
    assert plain("a\x1b[2Jb\u202ec\nd") == "a\ufffd[2Jb\ufffdc\ufffdd"
    assert plain("Zoë 김서연 🛶") == "Zoë 김서연 🛶"


@pytest.fixture
def watching(home: Path) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [sys.executable, "-m", "app", "watch", "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env={**os.environ, "KITH_HOME": str(home)},
    ) as process:
        yield process
        process.kill()


def read_event(watching: subprocess.Popen[str]) -> str:
    assert watching.stdout is not None
    event: str = json.loads(watching.stdout.readline())["event"]
    return event


def test_watch_ends_by_an_interrupt_without_a_word(watching: subprocess.Popen[str]) -> None:
    assert read_event(watching) == "ready"
    watching.send_signal(signal.SIGINT)
    _, said = watching.communicate(timeout=PATIENCE_S)
    assert (watching.returncode, said) == (130, "")


def test_watch_sees_what_sync_does(
    home: Path, book: Path, watching: subprocess.Popen[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert read_event(watching) == "ready"
    assert kith("sync", book) == 0
    assert read_event(watching) == "relation"


def test_whoever_stops_reading_is_no_error(
    book: Path, watching: subprocess.Popen[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert read_event(watching) == "ready"
    assert watching.stdout is not None
    watching.stdout.close()
    assert kith("sync", book) == 0
    assert watching.wait(timeout=PATIENCE_S) == 1
    assert watching.stderr is not None
    assert watching.stderr.read() == ""


async def test_sync_outlives_a_service_whose_owner_ends(tmp_path: Path, book: Path) -> None:
    paths = Paths(tmp_path)
    async with host.service(paths.service_dir) as running:
        account = await local_account(running.url, running.operator_key)
        async with Session(account, paths) as session:
            await session.settled()
            note = read_note(paths.service_dir)
            assert note is not None
            assert note.pid is not None
            os.kill(note.pid, signal.SIGKILL)
            ann = session.add_contact("Ann", ["+12025550101"], "US")
            await settled_here(session)
            person = session.person(ann)
            assert person is not None
            assert [entry.waiting for entry in person.entries] == [False]


# ---- the demo


@pytest.fixture
async def in_the_demo(tmp_path: Path) -> AsyncIterator[tuple[demo.DemoWorld, Session]]:
    paths = Paths(tmp_path)
    async with (
        host.service(paths.service_dir) as running,
        demo.open_world(running.url, running.operator_key, paths) as world,
        Session(world.account, paths) as session,
    ):
        yield world, session


async def test_the_demo_shows_every_kind_of_person(
    in_the_demo: tuple[demo.DemoWorld, Session],
) -> None:
    _, session = in_the_demo
    await demo.bring_book(session)
    await session.settled()
    await until(session, lambda: 2 in {row.visibility for row in session.rows()})
    rows = session.rows()
    states = [row.state for row in rows]
    assert states.count(State.MATCHED) >= 30
    assert states.count(State.PENDING) >= 10
    assert states.count(None) >= 4
    assert sum(row.picture is not None for row in rows) >= 20
    assert {row.visibility for row in rows} == {0, 1, 2, 4, 8, 16, 17}
    assert sum(row.favorite for row in rows) >= 3
    assert {len(row.blocked) for row in rows} == {0, 1, 2}


async def test_the_book_of_the_demo_is_brought_once(
    in_the_demo: tuple[demo.DemoWorld, Session],
) -> None:
    _, session = in_the_demo
    await demo.bring_book(session)
    session.undo()
    before = len(session.rows())
    await demo.bring_book(session)
    assert len(session.rows()) == before


async def test_somebody_joins_the_demo(in_the_demo: tuple[demo.DemoWorld, Session]) -> None:
    world, session = in_the_demo
    await demo.bring_book(session)
    await session.settled()
    (uma,) = [
        person for person in world.people.world.people if person.id in world.people.world.late
    ]
    address = canonical(uma.address.replace(" ", ""))
    entry = session.entry(address)
    assert entry is not None
    assert entry.relation.state is State.PENDING
    await world.people.join(uma)
    await until(session, lambda: is_matched(session, address))


def is_matched(session: Session, address: Address) -> bool:
    entry = session.entry(address)
    return entry is not None and entry.relation.state is State.MATCHED


async def until(session: Session, condition: Callable[[], bool]) -> None:
    """Wait for what a change brings, but not for ever."""
    changed = asyncio.Event()
    stop = session.changes.subscribe(lambda _: changed.set())
    async with asyncio.timeout(PATIENCE_S):
        while not condition():
            changed.clear()
            await changed.wait()
    stop()
