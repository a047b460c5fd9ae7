"""The revocation barrier: nothing revoked leaves for a viewer once the revoking call is answered.

Whoever sends a view holds the viewer from before it reads the rules until the bytes have left for
the kernel. Whoever revokes waits, after the commit, for those who held the viewer at that moment,
since what they read may be older; one that cannot get its bytes away in time is cut off. Nobody
waits while holding.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Final

PATIENCE_S: Final = 1.0
"""How long a revoking call waits before it cuts slow readers off."""

Abort = Callable[[], None]


class Barrier:
    """Who is being sent views right now, in this process."""

    def __init__(self) -> None:
        self._held: dict[int, set[_Sending]] = {}

    @contextmanager
    def sending(self, viewers: Iterable[int], abort: Abort) -> Iterator[None]:
        """Hold viewers while views of theirs are read and sent; `abort` ends the sending."""
        held = tuple(viewers)
        sending = _Sending(abort)
        for viewer in held:
            self._held.setdefault(viewer, set()).add(sending)
        try:
            yield
        finally:
            for viewer in held:
                others = self._held[viewer]
                others.discard(sending)
                if not others:
                    del self._held[viewer]
            sending.over.set()

    async def settle(self, viewers: Iterable[int]) -> None:
        """Wait until everything that was being sent to these viewers has left, or is cut off."""
        pending = {sending for viewer in viewers for sending in self._held.get(viewer, ())}
        if not pending:
            return
        try:
            async with asyncio.timeout(PATIENCE_S):
                for sending in pending:
                    await sending.over.wait()
        except TimeoutError:
            late = [sending for sending in pending if not sending.over.is_set()]
            for sending in late:
                sending.abort()
            for sending in late:
                await sending.over.wait()


class _Sending:
    """One sending under way."""

    def __init__(self, abort: Abort) -> None:
        self.abort = abort
        self.over = asyncio.Event()
