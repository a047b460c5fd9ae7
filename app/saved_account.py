"""Remember who I am between two runs: the token in the system's keyring, or nowhere on disk.

Imported late: keyring takes as long to import as the window takes to show.
"""

import asyncio
import logging
import threading
from collections.abc import Callable, Iterable
from typing import Final, TypeVar

import msgspec
from keyring import get_keyring
from keyring.backend import KeyringBackend
from keyring.backends.chainer import ChainerBackend
from keyring.errors import KeyringError

from app.account import Account
from app.domain import Address
from app.paths import Paths, make_private, write_private
from app.remote import Remote

log = logging.getLogger(__name__)

SERVICE: Final = "kith"
DEADLINE_S: Final = 10.0
"""A locked keyring may ask its owner, or block for ever."""

SAFE: Final = frozenset(
    f"keyring.backends.{name}"
    for name in ("SecretService", "Windows", "kwallet", "libsecret", "macOS")
)
"""Others keep the token as plain text, or lose it without a word."""

Answer = TypeVar("Answer")


class _Saved(msgspec.Struct, frozen=True):
    """What the file says: everything but the token."""

    url: str
    address: Address
    embedded: bool = False


async def sign_in(url: str, token: str) -> Account:
    """Ask a service whose token this is; raises `SignedOut` and `Unreachable`."""
    remote = Remote(url.rstrip("/"), token)
    try:
        me = await remote.me()
    finally:
        await remote.close()
    return Account(url.rstrip("/"), me.address, token)


async def load_account(paths: Paths, backend: KeyringBackend | None = None) -> Account | None:
    """Find my account again; `None` without one, or where the keyring does not give its token."""
    try:
        saved = msgspec.json.decode(paths.account_file.read_bytes(), type=_Saved)
    except (FileNotFoundError, msgspec.MsgspecError):
        return None
    token = await find_secret(_key(saved.url, saved.address), backend)
    return Account(saved.url, saved.address, token, saved.embedded) if token else None


async def save_account(
    paths: Paths, account: Account, backend: KeyringBackend | None = None
) -> bool:
    """Remember my account; `False` if no keyring took its token, which then lasts for this run."""
    saved = _Saved(account.url, account.address, account.embedded)
    make_private(paths.home)
    write_private(paths.account_file, msgspec.json.encode(saved))
    return await keep_secret(_key(account.url, account.address), account.token, backend)


async def has_keyring() -> bool:
    """Tell whether this computer has a keyring that keeps secrets."""
    return await _beside(lambda: _chosen(None) is not None) is True


async def find_secret(key: str, backend: KeyringBackend | None = None) -> str | None:
    """Read a secret; `None` where the keyring does not give it."""

    def read() -> str | None:
        chosen = _chosen(backend)
        return chosen.get_password(SERVICE, key) if chosen is not None else None

    return await _beside(read)


async def keep_secret(key: str, secret: str, backend: KeyringBackend | None = None) -> bool:
    """Write a secret and read it back; `False` if no keyring took it."""

    def write_and_read_back() -> bool:
        chosen = _chosen(backend)
        if chosen is None:
            log.warning("there is no safe keyring: nothing is kept after this run")
            return False
        chosen.set_password(SERVICE, key, secret)
        return chosen.get_password(SERVICE, key) == secret

    return await _beside(write_and_read_back) is True


async def drop_secret(key: str, backend: KeyringBackend | None = None) -> None:
    """Take a secret out of the keyring."""

    def drop() -> None:
        chosen = _chosen(backend)
        if chosen is not None:
            chosen.delete_password(SERVICE, key)

    await _beside(drop)


def _chosen(backend: KeyringBackend | None) -> KeyringBackend | None:
    """Find the keyring; to look for one already asks the system's services, and may block."""
    return backend or safe_backend(get_keyring())


def safe_backend(backend: KeyringBackend) -> KeyringBackend | None:
    """Choose a keyring that keeps secrets; one that only pretends is refused."""
    candidates: Iterable[KeyringBackend] = (
        backend.backends if isinstance(backend, ChainerBackend) else [backend]
    )
    return next((each for each in candidates if type(each).__module__ in SAFE), None)


def _key(url: str, address: Address) -> str:
    return f"{address}@{url}"


async def _beside(call: Callable[[], Answer]) -> Answer | None:
    """Call in a thread that nobody waits for at the end: a keyring that blocks may block there."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[Answer | None] = loop.create_future()

    def settle(answer: Answer | None) -> None:
        if not future.done():
            future.set_result(answer)

    def work() -> None:
        answer = None
        try:
            answer = call()
        except KeyringError as error:
            log.warning("the keyring failed: %s", type(error).__name__)
        finally:  # whatever its system raises, nobody waits until the deadline
            if not loop.is_closed():
                loop.call_soon_threadsafe(settle, answer)

    threading.Thread(target=work, name="keyring", daemon=True).start()
    try:
        async with asyncio.timeout(DEADLINE_S):
            return await future
    except TimeoutError:
        log.warning("the keyring does not answer")
        return None
