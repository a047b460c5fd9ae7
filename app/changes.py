"""What the store tells the screen after a commit, and how to subscribe."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Flag, auto

from app.domain import ContactId


class Kind(Flag):
    """What kinds of things a commit touched."""

    CONTACTS = auto()
    """Rows of the list: names, relations, profiles, waiting marks."""
    ME = auto()
    """My own profile, picture or privacy."""
    OUTBOX = auto()
    MESSAGES = auto()
    STATE = auto()
    """The session's state: working, waiting, offline, signed out."""
    STEPS = auto()
    """The history of steps that can be undone."""
    NOTICES = auto()
    """What happened without me, and whom I wait for."""
    DOUBLES = auto()
    """Who may be there twice."""


@dataclass(frozen=True, slots=True)
class Change:
    """One commit. `contacts` names the touched ones; `None` means any of them may have changed."""

    kinds: Kind
    contacts: frozenset[ContactId] | None = frozenset()
    joined: frozenset[ContactId] = frozenset()
    """Those of `contacts` whose pending address has just joined."""


class Changes:
    """Calls every subscriber, on the loop's thread, once for each commit."""

    def __init__(self) -> None:
        self._subscribers: dict[int, Callable[[Change], None]] = {}
        self._next = 0

    def subscribe(self, callback: Callable[[Change], None]) -> Callable[[], None]:
        """Return the call that ends the subscription; calling it twice is harmless."""
        key = self._next
        self._next += 1
        self._subscribers[key] = callback
        return lambda: self._subscribers.pop(key, None) and None

    def publish(self, change: Change) -> None:
        """Tell everyone. A subscriber that raises is a bug, and is let through."""
        for callback in tuple(self._subscribers.values()):
            callback(change)
