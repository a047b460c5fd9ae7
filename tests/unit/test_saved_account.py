"""The token is kept by a keyring that keeps secrets, or by none."""

import asyncio
import os
import threading
from pathlib import Path
from threading import Event

import pytest
from keyring.backend import KeyringBackend
from keyring.backends.null import Keyring as NullKeyring
from keyring.errors import KeyringError

from app import saved_account
from app.account import Account
from app.domain import Address
from app.paths import Paths
from app.saved_account import load_account, safe_backend, save_account

pytestmark = pytest.mark.anyio

ACCOUNT = Account("http://service", Address("18005550001"), "a-secret-token")


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class Memory(KeyringBackend):
    """Keeps what it is given."""

    priority = 1.0

    def __init__(self) -> None:
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


class Forgetful(Memory):
    """Takes a token and loses it, as keyring's null backend does."""

    def set_password(self, service: str, username: str, password: str) -> None:
        return


class Locked(Memory):
    """Refuses."""

    def set_password(self, service: str, username: str, password: str) -> None:
        raise KeyringError("locked")


class Broken(Memory):
    """Fails as its system does, and not as keyring says that it would."""

    def set_password(self, service: str, username: str, password: str) -> None:
        raise OSError("no bus")


class Blocked(Memory):
    """Does not answer while a test lasts, as a locked keyring may do."""

    def __init__(self) -> None:
        super().__init__()
        self.end = Event()
        self.has_answered = False

    def set_password(self, service: str, username: str, password: str) -> None:
        self.end.wait(60)
        self.has_answered = True


async def test_an_account_comes_back_with_its_token(tmp_path: Path) -> None:
    keyring, paths = Memory(), Paths(tmp_path)
    assert await save_account(paths, ACCOUNT, keyring)
    assert await load_account(paths, keyring) == ACCOUNT
    assert b"a-secret-token" not in paths.account_file.read_bytes()
    assert paths.account_file.stat().st_mode & 0o777 == 0o600


async def test_a_full_disk_does_not_forget_the_account_of_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keyring, paths = Memory(), Paths(tmp_path)
    await save_account(paths, ACCOUNT, keyring)

    def full(_file: int) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        await save_account(paths, ACCOUNT, keyring)
    assert await load_account(paths, keyring) == ACCOUNT


@pytest.mark.parametrize("keyring", [Forgetful(), Locked()])
async def test_a_keyring_that_loses_or_refuses_a_token_is_noticed(
    tmp_path: Path, keyring: Memory
) -> None:
    assert not await save_account(Paths(tmp_path), ACCOUNT, keyring)
    assert await load_account(Paths(tmp_path), keyring) is None


async def test_a_keyring_that_blocks_does_not_block_us(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(saved_account, "DEADLINE_S", 0.05)
    keyring = Blocked()
    assert not await save_account(Paths(tmp_path), ACCOUNT, keyring)
    assert not keyring.has_answered
    keyring.end.set()


async def test_a_keyring_that_fails_in_its_own_way_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed = Event()
    monkeypatch.setattr(threading, "excepthook", lambda _told: failed.set())
    monkeypatch.setattr(saved_account, "DEADLINE_S", 1e6)
    async with asyncio.timeout(60):
        assert not await save_account(Paths(tmp_path), ACCOUNT, Broken())
    assert await asyncio.to_thread(failed.wait, 60)


async def test_the_keyring_is_looked_for_beside_the_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[threading.Thread] = []

    def look() -> KeyringBackend:
        looked.append(threading.current_thread())
        return Memory()

    monkeypatch.setattr(saved_account, "get_keyring", look)
    assert await saved_account.find_secret("key") is None
    assert not await saved_account.keep_secret("key", "secret")
    await saved_account.drop_secret("key")
    assert not await saved_account.has_keyring()
    assert len(looked) == 4
    assert threading.main_thread() not in looked


def test_keyrings_that_only_pretend_are_refused() -> None:
    null: KeyringBackend = NullKeyring()  # type: ignore[no-untyped-call]  # keyring has no types here
    assert safe_backend(null) is None
    assert safe_backend(Memory()) is None


async def test_without_a_saved_account_there_is_none(tmp_path: Path) -> None:
    assert await load_account(Paths(tmp_path), Memory()) is None
    Paths(tmp_path).account_file.write_text("{broken")
    assert await load_account(Paths(tmp_path), Memory()) is None


def test_a_token_is_never_shown() -> None:
    assert "secret" not in repr(ACCOUNT)
    assert "secret" not in f"{ACCOUNT}"
