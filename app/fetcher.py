"""Fetch pictures and profiles in the background, each one once."""

import asyncio
import logging
from typing import Final

from app.changes import Change, Kind
from app.domain import Address
from app.errors import Refused, SignedOut, Unreachable
from app.happenings import Heard
from app.my_outbox import load_me
from app.pictures import PictureCache
from app.remote import Remote
from app.store import Store
from app.store_rows import read_profile
from app.truth import Truth

log = logging.getLogger(__name__)

ABREAST: Final = 4
MOST_QUEUED: Final = 2_000


class Fetcher:
    """Asked for by address; what was asked is not asked again before the next connection."""

    def __init__(self, store: Store, pictures: PictureCache, remote: Remote) -> None:
        self._store = store
        self._pictures = pictures
        self._remote = remote
        self._queue: asyncio.LifoQueue[tuple[Address, str]] = asyncio.LifoQueue()
        self._asked: set[tuple[Address, str]] = set()

    def ask(self, address: Address, picture: str) -> None:
        """Ask for a picture; what was asked for last is what somebody looks at now."""
        wanted = (address, picture)
        if wanted not in self._asked and self._queue.qsize() < MOST_QUEUED:
            self._asked.add(wanted)
            self._queue.put_nowait(wanted)

    def forget(self) -> None:
        """Let what could not be fetched be asked for again."""
        self._asked.clear()

    async def run(self) -> None:
        """Fetch for ever, a few side by side."""
        async with asyncio.TaskGroup() as tasks:
            for _ in range(ABREAST):
                tasks.create_task(self._fetch_all(), name="pictures")

    async def _fetch_all(self) -> None:
        while True:
            address, picture = await self._queue.get()
            try:
                data = await self._remote.picture(address)
            except SignedOut:
                return
            except (Unreachable, Refused) as error:
                log.info("a picture was not fetched: %s", type(error).__name__)
                continue
            self._keep(address, picture, data)

    def _keep(self, address: Address, picture: str, data: bytes) -> None:
        """Save it, unless it was hidden or replaced while it travelled."""
        me = load_me(self._store.reading)
        is_mine = me is not None and me.address == address
        profile = me if me and is_mine else read_profile(self._store.reading, address)
        shown = profile.fields.picture
        if shown is None or shown.hash != picture:
            return
        self._pictures.save(address, picture, data)
        owners = frozenset(self._store.owners([address]))
        self._store.changes.publish(Change(Kind.ME if is_mine else Kind.CONTACTS, owners))


class ProfileFetcher:
    """Fetches the profile of an address when somebody looks at it for the first time."""

    def __init__(self, store: Store, truth: Truth, remote: Remote) -> None:
        self._store = store
        self._truth = truth
        self._remote = remote
        self._queue: asyncio.Queue[Address] = asyncio.Queue()
        self._asked: set[Address] = set()
        self._failed: set[Address] = set()

    def ask(self, address: Address) -> None:
        """Ask for a profile, unless it was asked for."""
        if address not in self._asked:
            self._asked.add(address)
            self._queue.put_nowait(address)

    def forget(self) -> None:
        """Ask again for what got no answer."""
        failed, self._failed = self._failed, set()
        for address in failed:
            self._queue.put_nowait(address)

    async def run(self, heard: Heard) -> None:
        """Fetch for ever, one after the other."""
        while True:
            address = await self._queue.get()
            try:
                profile = await self._remote.profile(address)
            except SignedOut:
                return
            except Unreachable:
                self._failed.add(address)
            except Refused as error:
                log.info("a profile was not fetched: %s", error.slug)
            else:
                with self._store.writing() as transaction:
                    self._truth.apply_profile(transaction, profile)
                heard("profile", profile)
