"""The history of what was done here: each step can be undone, and the last undone done again."""

import time

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QWidget

from app.changes import Kind
from app.session import Session, Step
from ui import parts, wording
from ui.follow import Follow
from ui.icons import Icon
from ui.plain import one_line
from ui.tasks import Tasks
from ui.theme import Size
from ui.wording import tr

MINUTE_MS = 60_000


class StepLine(QWidget):
    """One step: what and when, and the way back."""

    def __init__(self, step: Step, session: Session) -> None:
        super().__init__()
        self.setObjectName(f"step_{step.id}")
        name = parts.ElidedLabel(one_line(step.name))
        parts.set_property(name, "tone", "muted" if step.undone else "")
        when = parts.label(wording.moment(step.at, time.time()), Size.CAPTION, tone="muted")
        parts.set_tip(when, wording.exact(step.at))
        glyph = parts.Glyph(Icon.UNDO if step.undone else Icon.CHECK, 18, tone="faint")
        pieces: list[parts.Piece] = [glyph, parts.column(name, when, spacing=0)]
        if not step.undone:
            undo = parts.button(
                tr("Undo"), lambda: session.undo_step(step.id), icon=Icon.UNDO, name="step_undo"
            )
            undo.setAccessibleName(tr("Undo: %1").replace("%1", one_line(step.name)))
            pieces.append(undo)
        else:
            pieces.append(parts.pill(tr("Undone")))
        line = parts.row(*pieces, spacing=12, margins=(0, 6, 0, 6))
        line.setStretch(1, 1)
        self.setLayout(line)


class StepsPage(parts.Page):
    """The newest first; so many as the session keeps."""

    def __init__(self, session: Session, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("steps_page")
        self._session = session
        self.card = parts.Card(spacing=0)
        self.empty = parts.EmptyState(
            Icon.HISTORY,
            tr("Nothing was done yet"),
            tr("Whatever you change is listed here, and can be undone even days later."),
        )
        self.redo = parts.button(
            tr("Redo the last undone"), session.redo, icon=Icon.REDO, name="step_redo"
        )
        detail = tr("The last 50 things you did. Undo one, and what came after it stays.")
        head = QWidget()
        line = parts.row(parts.heading(tr("History"), detail), self.redo)
        line.setStretch(0, 1)
        head.setLayout(line)
        self.add(head, self.card, self.empty)
        self.finish()
        self._follow = Follow(self, session, Kind.STEPS, self._show)
        self._minute = QTimer(self)
        self._minute.setInterval(MINUTE_MS)
        self._minute.timeout.connect(self._show_if_seen)
        self._minute.start()

    def close_page(self) -> None:
        """Hear no more of changes."""
        self._minute.stop()
        self._follow.close()

    def _show_if_seen(self) -> None:
        if self.isVisible():
            self._show()

    def _show(self) -> None:
        steps = self._session.steps()
        parts.clear(self.card.body)
        self.card.setVisible(bool(steps))
        self.empty.setVisible(not steps)
        self.redo.setVisible(any(step.undone for step in steps))
        for step in steps:
            if self.card.body.count():
                self.card.body.addWidget(parts.rule())
            self.card.body.addWidget(StepLine(step, self._session))
