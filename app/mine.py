"""What the service refused of my own account, and what another session overtook: all is kept."""

from app import my_conflicts, my_outbox
from app.notice_rows import settle_about
from app.store import Store
from app.views import Overtaken, Refusal


class Mine:
    """My changes that did not get through, and the ways on."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def refusals(self) -> list[Refusal]:
        """Read them."""
        return my_outbox.read_refusals(self._store.reading)

    def try_again(self, part: str) -> None:
        """Send it once more."""
        with self._store.writing() as transaction:
            my_outbox.want_again(transaction, part)
            settle_about(transaction, part, "kept")

    def give_up(self, part: str) -> None:
        """Let what the service has hold."""
        with self._store.writing() as transaction:
            my_outbox.forget_refused(transaction, part)
            settle_about(transaction, part, "undone")

    def overtaken(self) -> list[Overtaken]:
        """Read what another session of mine changed while mine waited."""
        return my_conflicts.read_overtaken(self._store.reading)

    def take_theirs(self, part: str) -> None:
        """Let what the other session made of it hold; undo publishes mine."""
        with self._store.writing() as transaction:
            my_conflicts.take_theirs(transaction, part)
