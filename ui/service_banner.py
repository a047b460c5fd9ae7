"""Says when the service on this computer is gone, and takes it back when it is here again."""

from collections.abc import Callable

from app.changes import Change, Kind
from app.session import Session, Status
from ui.wording import tr

HERE = frozenset({Status.IDLE, Status.WORKING, Status.WAITING})


class ServiceBanner:
    """Only for the embedded service: that one is ours to mend, and is started again by itself."""

    def __init__(self, session: Session, show: Callable[[str, str], object]) -> None:
        self._session, self._show = session, show
        self._was_here, self._said = False, False
        self._unsubscribe = session.changes.subscribe(self._on_change)

    def close(self) -> None:
        """Hear no more of changes."""
        self._unsubscribe()

    def say(self, text: str, tone: str) -> None:
        """Say it until the service is here."""
        self._said = True
        self._show(text, tone)

    def _on_change(self, change: Change) -> None:
        account = self._session.account
        if not change.kinds & Kind.STATE or account is None or not account.embedded:
            return
        if self._session.state.status in HERE:
            self._was_here = True
            if self._said:
                self._said = False
                self._show("", "")
        elif self._was_here and self._session.state.status is Status.OFFLINE and not self._said:
            self.say(
                tr(
                    "The service on this computer has stopped and is being started again. "
                    "Your changes are kept."
                ),
                "warning",
            )
