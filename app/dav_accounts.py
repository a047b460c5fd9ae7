"""CardDAV accounts that books are read from: where they are and how far each book was read.

The password is in the keyring or nowhere. Imported late, since it speaks HTTP.
"""

import time
from collections.abc import Collection, Sequence
from pathlib import Path

import msgspec
from keyring.backend import KeyringBackend

from app import saved_account
from app.importers.carddav import DavBook, DavState, Progress, find_books, read_changes
from app.importers.webdav import WebDav
from app.paths import make_private, write_private
from app.views import Step

_FILE = "carddav.json"


class Reading(msgspec.Struct, frozen=True):
    """How far a book was read, when, and by which steps that came into mine."""

    state: DavState
    at: float
    steps: tuple[int, ...] = ()

    def stands(self, history: Sequence[Step]) -> bool:
        """Whether what was read is still in my book, and no step that brought it was undone."""
        undone = {step.id for step in history if step.undone}
        newest = max((step.id for step in history), default=0)
        return not undone & set(self.steps) and newest >= max(self.steps, default=0)


class DavAccount(msgspec.Struct, frozen=True):
    """One account by its server and its user, with what was read of it by the book's address."""

    place: str
    user: str
    readings: dict[str, Reading] = {}

    @property
    def key(self) -> str:
        """Under which name the keyring has the password."""
        return f"carddav {self.user}@{self.place}"


class Fetched(msgspec.Struct, frozen=True):
    """What one reading brought: cards as the server wrote them, and what is no longer there."""

    book: DavBook
    texts: tuple[str, ...]
    gone: int
    state: DavState


class DavAccounts:
    """The accounts that are remembered beside one book of mine."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / _FILE

    def all(self) -> list[DavAccount]:
        """List them, the last used first; a file that cannot be read costs a full reading."""
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=list[DavAccount])
        except (FileNotFoundError, msgspec.MsgspecError):
            return []

    def find(self, place: str, user: str) -> DavAccount:
        """Return an account with what was read of it, or a new one."""
        known = [each for each in self.all() if (each.place, each.user) == (place, user)]
        return known[0] if known else DavAccount(place, user)

    def save(self, account: DavAccount) -> None:
        """Remember an account and how far it was read."""
        self._write([account, *self._others(account)])

    def note(self, account: DavAccount, some: Collection[Fetched], step_id: int | None) -> None:
        """Remember that this is in my book now, by that step if anything was new."""
        account = self.find(account.place, account.user)
        readings = dict(account.readings)
        for each in some:
            before = readings.get(each.book.url)
            steps = before.steps if before is not None else ()
            if step_id is not None:
                steps = (*steps, step_id)
            readings[each.book.url] = Reading(each.state, time.time(), steps)
        self.save(msgspec.structs.replace(account, readings=readings))

    async def forget(self, account: DavAccount, backend: KeyringBackend | None = None) -> None:
        """Forget an account and its password; what was imported stays."""
        self._write(self._others(account))
        await saved_account.drop_secret(account.key, backend)

    def _others(self, account: DavAccount) -> list[DavAccount]:
        return [each for each in self.all() if each.key != account.key]

    def _write(self, accounts: list[DavAccount]) -> None:
        make_private(self._path.parent)
        write_private(self._path, msgspec.json.encode(accounts))


async def list_books(account: DavAccount, password: str) -> list[DavBook]:
    """Find the books of an account; raise Refused or Unreachable."""
    async with WebDav(account.user, password) as dav:
        return await find_books(dav, account.place)


async def fetch(
    account: DavAccount,
    password: str,
    books: Sequence[DavBook],
    history: Sequence[Step],
    progress: Progress,
) -> list[Fetched]:
    """Fetch what is new in these books since they were read, or all where that was undone."""
    done: list[Fetched] = []
    async with WebDav(account.user, password) as dav:
        for book in books:
            before = account.readings.get(book.url)
            state = before.state if before is not None and before.stands(history) else None
            changes = await read_changes(dav, book, state, progress)
            texts = tuple(changes.changed.values())
            done.append(Fetched(book, texts, len(changes.removed), changes.state))
    return done
