"""Says in the window who has just joined, and leads there."""

from collections.abc import Callable
from functools import partial

from app.changes import Change
from app.domain import ContactId
from app.session import Session
from ui.plain import isolated
from ui.toast import Toast
from ui.wording import counted, tr


class JoinedToasts:
    """One person by name, several by their number."""

    def __init__(
        self,
        session: Session,
        toast: Toast,
        show_one: Callable[[ContactId], object],
        show_new: Callable[[], object],
    ) -> None:
        self._session, self._toast = session, toast
        self._show_one, self._show_new = show_one, show_new
        self._unsubscribe = session.changes.subscribe(self._on_change)

    def close(self) -> None:
        """Hear no more of changes."""
        self._unsubscribe()

    def _on_change(self, change: Change) -> None:
        rows = self._session.rows_of(change.joined) if change.joined else {}
        if len(rows) == 1:
            (row,) = rows.values()
            text = tr("%1 has joined").replace("%1", isolated(row.name))
            self._toast.say(text, tr("Show"), partial(self._show_one, row.id))
        elif rows:
            text = counted(len(rows), "%1 has joined", "%1 of your people have joined")
            self._toast.say(text, tr("Show"), self._show_new)
