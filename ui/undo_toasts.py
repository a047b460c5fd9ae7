"""Says after each step what was done, with the way back; steps come from the session alone."""

from functools import partial

from app.changes import Change, Kind
from app.session import Session, Step
from ui.plain import isolated, one_line
from ui.toast import Toast
from ui.wording import tr


class UndoToasts:
    """Watches the history of steps and shows its newest change."""

    def __init__(self, session: Session, toast: Toast) -> None:
        self._session, self._toast = session, toast
        self._known = _by_id(session.steps())
        self._unsubscribe = session.changes.subscribe(self._on_change)

    def close(self) -> None:
        """Hear no more of steps."""
        self._unsubscribe()

    def say_cut_short(self) -> None:
        """Say that an import ended with the Kith before, and that nothing of it is here."""
        for name in self._session.books.cut_short[-1:]:
            text = tr("“%1” was cut short when Kith ended. Nothing of it is here: do it again.")
            self._toast.say(text.replace("%1", isolated(name)))

    def undo(self) -> None:
        """Take back the newest step, or say that there is none."""
        if self._session.undo() is None:
            self._toast.say(tr("There is nothing to undo"))

    def redo(self) -> None:
        """Do the last undone step again, or say that there is none."""
        if self._session.redo() is None:
            self._toast.say(tr("There is nothing to redo"))

    def _on_change(self, change: Change) -> None:
        if not change.kinds & Kind.STEPS:
            return
        before, self._known = self._known, _by_id(self._session.steps())
        for number, step in self._known.items():
            old = before.get(number)
            if old is None and not step.undone:
                self._toast.say(
                    one_line(step.name), tr("Undo"), partial(self._session.undo_step, number)
                )
                return
            if old is not None and old.undone is not step.undone:
                self._say_turned(step)
                return

    def _say_turned(self, step: Step) -> None:
        if step.undone:
            text = tr("Undone: %1").replace("%1", one_line(step.name))
            self._toast.say(text, tr("Redo"), self.redo)
        else:
            text = tr("Done again: %1").replace("%1", one_line(step.name))
            self._toast.say(text, tr("Undo"), self.undo)


def _by_id(steps: list[Step]) -> dict[int, Step]:
    """Sort the steps by number, the newest first."""
    return {step.id: step for step in sorted(steps, key=lambda step: step.id, reverse=True)}
