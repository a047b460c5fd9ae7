"""The embedded service as a child: it lives as long as somebody uses it, and comes back."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import httpx
import pytest

from app.errors import HostFailed
from app.service import claim as claims
from app.service import host
from app.service.claim import Note, claim, is_claimed, read_note, write_note

ROOT = Path(__file__).parents[2]
PATIENCE_S = 60

USER_OF_THE_HOST = """
import asyncio, sys
from pathlib import Path
from app.service import claim as claims
from app.service import host

async def main():
    async with host.service(Path(sys.argv[1])) as running:
        print(running.url, flush=True)
        await asyncio.Event().wait()

asyncio.run(main())
"""


async def until(condition: Callable[[], Awaitable[bool] | bool]) -> None:
    """Wait for something to become true."""
    async with asyncio.timeout(PATIENCE_S):
        while True:
            found = condition()
            if found is True or (not isinstance(found, bool) and await found):
                return
            await asyncio.sleep(0.02)


async def answers(running: host.Running) -> bool:
    try:
        async with httpx.AsyncClient(timeout=PATIENCE_S) as client:
            return (await client.get(f"{running.url}/readyz")).is_success
    except httpx.HTTPError:
        return False


def pid_in(folder: Path) -> int:
    note = read_note(folder)
    assert note is not None
    assert note.pid is not None
    return note.pid


def another_user(folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", USER_OF_THE_HOST, str(folder)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )


def end(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.wait()
    assert process.stdout is not None
    process.stdout.close()


async def test_it_answers_while_it_is_used_and_is_gone_afterwards(tmp_path: Path) -> None:
    async with host.service(tmp_path / "service") as running:
        assert await answers(running)
        assert len(running.operator_key) > 20
    assert not await answers(running)
    assert not is_claimed(tmp_path / "service")


async def test_only_its_owner_can_read_the_folder(tmp_path: Path) -> None:
    async with host.service(tmp_path / "service"):
        folder = tmp_path / "service"
        assert folder.stat().st_mode & 0o777 == 0o700
        for name in ("operator.key", "address.key"):
            assert (folder / name).stat().st_mode & 0o777 == 0o600


async def test_the_next_run_answers_at_the_same_place_with_the_same_key(tmp_path: Path) -> None:
    async with host.service(tmp_path) as running:
        before = running.url, running.operator_key
    async with host.service(tmp_path) as running:
        assert (running.url, running.operator_key) == before


def test_a_service_told_to_end_ends_in_order_and_leaves_nothing_to_others(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)  # a folder that an operator has made
    words = ["-m", "app", "serve", "--data", str(tmp_path), "--port", "0", "--parent"]
    with subprocess.Popen(
        [sys.executable, *words],
        stdin=subprocess.PIPE,  # open to the end, as it is under a window that lives
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
    ) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        assert child.stdout.readline()
        child.terminate()
        assert child.stderr.read() == b""
        assert child.wait(PATIENCE_S) == 0
    assert {file.stat().st_mode & 0o077 for file in tmp_path.iterdir()} == {0}


async def test_a_taken_port_is_no_reason_to_fail(tmp_path: Path) -> None:
    async with host.service(tmp_path) as running:
        port = httpx.URL(running.url).port
        assert port is not None
    squatter = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", port)
    async with squatter, host.service(tmp_path) as running:
        assert httpx.URL(running.url).port != port
        assert await answers(running)


async def test_the_number_of_a_service_that_crashed_may_be_another_programs(tmp_path: Path) -> None:
    write_note(tmp_path, Note("http://127.0.0.1:1", os.getpid()))
    async with host.service(tmp_path) as running:
        assert await answers(running)


async def test_who_shares_a_service_hears_that_it_came_back_at_another_place(
    tmp_path: Path,
) -> None:
    with claim(tmp_path):  # as the other program's service does
        write_note(tmp_path, Note("http://127.0.0.1:1", os.getpid()))
        async with host.service(tmp_path) as running:
            heard: list[str] = []
            running.moved = heard.append
            write_note(tmp_path, Note("http://127.0.0.1:2", os.getpid()))
            await until(lambda: bool(heard))
            assert heard == [running.url] == ["http://127.0.0.1:2"]


async def test_the_log_names_nobody(tmp_path: Path) -> None:
    log = tmp_path / "service.log"
    async with host.service(tmp_path) as running, httpx.AsyncClient(timeout=PATIENCE_S) as client:
        authorization = {"Authorization": f"Bearer {running.operator_key}"}
        users = {"users": [{"address": "18005550001", "fields": {"name": "Ann Onymous"}}]}
        for _ in range(2):
            await client.post(f"{running.url}/v1/operator/users", json=users, headers=authorization)
        url = httpx.URL(running.url)
        reader, writer = await asyncio.open_connection(url.host, url.port)
        writer.write(b"GET /v1/profiles/18005550001 nonsense\r\nx: Ann Onymous\r\n\r\n")
        assert b"400" in await reader.readline()
        writer.close()
        await until(lambda: log.stat().st_size > 0)
        for secret in ("18005550001", "Onymous", running.operator_key):
            assert secret not in log.read_text()


async def test_a_child_that_was_killed_comes_back_with_what_it_acknowledged(
    tmp_path: Path,
) -> None:
    async with host.service(tmp_path) as running, httpx.AsyncClient(timeout=PATIENCE_S) as client:
        authorization = {"Authorization": f"Bearer {running.operator_key}"}
        users = {"users": [{"address": "18005550001", "fields": {"name": "Ann"}}]}
        made = await client.post(
            f"{running.url}/v1/operator/users", json=users, headers=authorization
        )
        token = made.json()["users"][0]["token"]
        first, url = pid_in(tmp_path), running.url
        os.kill(first, signal.SIGKILL)
        await until(lambda: pid_in_or_0(tmp_path) not in (0, first))
        await until(lambda: answers(running))
        assert running.url == url
        me = await client.get(f"{url}/v1/me", headers={"Authorization": f"Bearer {token}"})
        assert me.json()["fields"]["name"] == "Ann"


async def test_a_parent_that_was_killed_leaves_no_child(tmp_path: Path) -> None:
    user = another_user(tmp_path)
    assert user.stdout is not None
    assert await asyncio.to_thread(user.stdout.readline)
    end(user)
    await until(lambda: not is_claimed(tmp_path))


async def test_two_programs_share_one_service_and_the_second_takes_over(tmp_path: Path) -> None:
    user = another_user(tmp_path)
    assert user.stdout is not None
    url = (await asyncio.to_thread(user.stdout.readline)).strip()
    async with host.service(tmp_path) as running:
        assert running.url == url
        first = pid_in(tmp_path)
        end(user)
        await until(lambda: pid_in_or_0(tmp_path) not in (0, first))
        await until(lambda: answers(running))
        assert running.url == url
    assert not is_claimed(tmp_path)


def pid_in_or_0(folder: Path) -> int:
    note = read_note(folder)
    return (note.pid or 0) if note is not None else 0


async def test_two_that_start_at_once_share_one_service(tmp_path: Path) -> None:
    async with host.service(tmp_path) as one, host.service(tmp_path) as other:
        assert one.url == other.url
        assert await answers(other)


async def test_a_damaged_database_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "kith.db").write_bytes(b"this is not a database" * 100)
    with pytest.raises(HostFailed) as failure:
        async with host.service(tmp_path):
            pass
    assert "kith.db" in failure.value.detail


@pytest.mark.parametrize("name", ["address.key", "operator.key"])
async def test_a_key_that_was_cut_short_is_no_key(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"\n")
    with pytest.raises(HostFailed, match=name):
        async with host.service(tmp_path):
            pass


def test_a_second_service_in_a_folder_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(claims, "PATIENCE_S", 0.1)
    with claims.claim(tmp_path):
        assert is_claimed(tmp_path)
        with pytest.raises(HostFailed, match="another service"), claims.claim(tmp_path):
            pass
    assert not is_claimed(tmp_path)
