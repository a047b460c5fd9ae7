"""What the service refused of my own account: nothing of it is lost before I decide."""

from app import my_outbox
from app.notice_rows import settle_about
from app.store import Store
from app.views import Refusal


class Mine:
    """My refused changes, and the two ways on."""

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
