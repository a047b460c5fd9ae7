"""Wake-ups: which accounts have something to hear. A hint; the database is the truth."""

from collections.abc import Callable, Collection
from typing import Protocol

Wake = Callable[[Collection[int]], None]


class Bus(Protocol):
    """Carries wake-ups to every node that may have streams of an account."""

    unanswered: int
    """Revocations that had to wait for the whole bound, since another node did not answer."""

    def publish(self, account_ids: Collection[int]) -> None:
        """Tell every node, this one included; never waits."""
        ...

    def subscribe(self, wake: Wake) -> None:
        """Have a function called, on the loop's thread, for each wake-up."""
        ...

    async def settle(self, viewers: Collection[int]) -> None:
        """Wait until no other node sends to these viewers what it read before now."""
        ...

    async def close(self) -> None:
        """Let go of the connection, if there is one."""
        ...


class LocalBus:
    """Wake-ups inside one process."""

    def __init__(self) -> None:
        self.unanswered = 0
        self._subscribers: list[Wake] = []

    def publish(self, account_ids: Collection[int]) -> None:
        """Tell every subscriber at once."""
        if account_ids:
            for wake in self._subscribers:
                wake(account_ids)

    def subscribe(self, wake: Wake) -> None:
        """Have a function called for each wake-up."""
        self._subscribers.append(wake)

    async def settle(self, viewers: Collection[int]) -> None:
        """Do nothing: there is no other node."""

    async def close(self) -> None:
        """Do nothing: there is no connection."""
