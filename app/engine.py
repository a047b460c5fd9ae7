"""The running half of a session: the loops that send, listen and fetch."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from app.account import Account
from app.domain import Address, Field
from app.fetcher import Fetcher, ProfileFetcher
from app.happenings import Happening, Heard
from app.listener import Listener
from app.pictures import PictureCache
from app.pulse import Pulse
from app.remote import Remote
from app.store import Store
from app.sync import Sync
from app.truth import Truth
from app.wire import FieldAudience, Impact, Preview, Suppose


class Engine:
    """Everything that knows the network. A session without an account has none."""

    def __init__(self, remote: Remote, store: Store, pictures: PictureCache, pulse: Pulse) -> None:
        self._remote = remote
        self._truth = Truth(pictures)
        self._sync = Sync(store, self._truth, remote, pulse)
        self._listener = Listener(store, self._truth, remote, pulse)
        self._fetcher = Fetcher(store, pictures, remote)
        self._profiles = ProfileFetcher(store, self._truth, remote)

    async def run(self, heard: Heard) -> None:
        """Run the loops until they are cancelled, or one of them is surprised."""

        def hear(kind: str, happening: Happening) -> None:
            if kind == "ready":
                self._fetcher.forget()
                self._profiles.forget()
                self._sync.press_if_stuck()
            heard(kind, happening)

        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._sync.run(), name="sync")
            tasks.create_task(self._listener.run(hear), name="listener")
            tasks.create_task(self._fetcher.run(), name="pictures")
            tasks.create_task(self._profiles.run(heard), name="profiles")

    def move(self, url: str) -> None:
        """Find the service at another place, at once."""
        self._remote.move(url)
        self.press()

    def wake(self) -> None:
        """Tell that there is something to send."""
        self._sync.wake()

    def press(self) -> None:
        """Try everything now."""
        self._sync.press()
        self._listener.press()

    async def settled(self) -> None:
        """Wait until all that can be sent was; raise what keeps it from being sent."""
        await self._sync.settled()

    def ask_picture(self, address: Address, picture: str) -> None:
        """Fetch a picture in the background."""
        self._fetcher.ask(address, picture)

    def ask_profile(self, address: Address) -> None:
        """Fetch somebody's profile in the background, once."""
        self._profiles.ask(address)

    async def preview(self, viewer: str | None, as_: str | None) -> Preview:
        """Fetch what somebody sees of me, and why."""
        return await self._remote.preview(viewer, as_)

    async def audience(self, field: Field) -> FieldAudience:
        """Fetch who sees one field of mine."""
        return await self._remote.audience(field)

    async def impact(self, suppose: Suppose) -> Impact:
        """Fetch who would gain and lose what."""
        return await self._remote.impact(suppose)


@asynccontextmanager
async def start(
    account: Account, store: Store, pictures: PictureCache, pulse: Pulse
) -> AsyncIterator[Engine]:
    """Open the connection pool for an account, and close it after."""
    remote = Remote(account.url, account.token)
    try:
        yield Engine(remote, store, pictures, pulse)
    finally:
        await remote.close()
