"""What the service tells live, as values; and what a session asks of the network, as a shape.

Both without importing the network: that takes 70 ms, and the window shows its rows before.
"""

from collections.abc import Callable
from typing import Protocol

from app.domain import Address, Field, Message, Profile
from app.wire import FieldAudience, Impact, KeptRelation, Me, Preview, Suppose

Happening = Profile | KeptRelation | Me | Message | None
"""The value of an event; `ready` and `reset` have none."""

Heard = Callable[[str, Happening], None]
"""Called with the kind and the value of every event, after it was applied."""


class Hearers:
    """Whoever wants to be called with every event."""

    def __init__(self) -> None:
        self._hearers: dict[object, Heard] = {}

    def add(self, hearer: Heard) -> Callable[[], None]:
        """Call it from now on; the answer ends that, and is harmless twice."""
        key = object()
        self._hearers[key] = hearer
        return lambda: self._hearers.pop(key, None) and None

    def tell(self, kind: str, happening: Happening) -> None:
        """Call all of them."""
        for hearer in tuple(self._hearers.values()):
            hearer(kind, happening)


class Network(Protocol):
    """The running half of a session."""

    async def run(self, heard: Heard) -> None:
        """Run the loops until they are cancelled, or one of them is surprised."""

    def move(self, url: str) -> None:
        """Find the service at another place, at once."""

    def wake(self) -> None:
        """Tell that there is something to send."""

    def press(self) -> None:
        """Try everything now."""

    async def settled(self) -> None:
        """Wait until all that can be sent was; raise what keeps it from being sent."""

    def ask_picture(self, address: Address, picture: str) -> None:
        """Fetch a picture in the background."""

    async def preview(self, viewer: str | None, as_: str | None) -> Preview:
        """Fetch what somebody sees of me, and why."""

    async def audience(self, field: Field) -> FieldAudience:
        """Fetch who sees one field of mine."""

    async def impact(self, suppose: Suppose) -> Impact:
        """Fetch who would gain and lose what."""

    def ask_profile(self, address: Address) -> None:
        """Fetch somebody's profile in the background, once."""
