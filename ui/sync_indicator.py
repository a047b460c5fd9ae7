"""How the sync is doing, in the foot of the rail: one icon, two lines, one way out."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QProgressBar, QWidget

from app.changes import Change, Kind
from app.session import Session, SessionState, Status
from ui import parts, theme, wording
from ui.icons import Icon
from ui.parts import IconButton
from ui.theme import Size
from ui.wording import counted, tr

TICK_MS: Final = 1000


@dataclass(frozen=True, slots=True)
class Shown:
    """What the indicator says in one state."""

    icon: Icon
    tone: str
    title: str
    detail: str = ""
    way: str = ""
    """What pressing the button does: nothing, `sync`, `resume`, `pause` or `sign_in`."""


def shown(state: SessionState, now: float) -> Shown:
    """Put a state into words."""
    waiting = counted(state.waiting, "%1 change waiting", "%1 changes waiting")
    kept = waiting if state.waiting else ""
    match state.status:
        case Status.WORKING:
            made = Shown(Icon.SYNC, "accent", tr("Syncing"), _progress(state), "pause")
        case Status.OFFLINE if state.untrusted:
            why = tr("The server cannot prove to be the service. Nothing was sent.")
            made = Shown(Icon.LOCK, "danger", tr("Not safe"), why, "sync")
        case Status.OFFLINE:
            detail = ", ".join(each for each in (kept, _retry(state, now)) if each)
            made = Shown(Icon.OFFLINE, "warning", tr("Offline"), detail, "sync")
        case Status.WAITING:
            made = Shown(Icon.WAITING, "muted", tr("Not sent yet"), waiting, "sync")
        case Status.SIGNED_OUT:
            text = kept or tr("Your contacts are safe here.")
            made = Shown(Icon.SIGN_OUT, "danger", tr("Signed out"), text, "sign_in")
        case Status.PAUSED:
            made = Shown(Icon.PAUSE, "muted", tr("Sync paused"), kept, "resume")
        case _:
            title = tr("Up to date") if state.last_synced else tr("Ready")
            made = Shown(Icon.CLOUD, "success", title, _synced(state, now), "sync")
    return made


def _progress(state: SessionState) -> str:
    if state.total <= 1:
        return ""
    return (
        tr("%1 of %2")
        .replace("%1", wording.number(state.done))
        .replace("%2", wording.number(state.total))
    )


def _retry(state: SessionState, now: float) -> str:
    if state.retry_at is None or state.retry_at <= now:
        return ""
    seconds = max(1, round(state.retry_at - now))
    return tr("retry in %1 s").replace("%1", wording.number(seconds))


def _synced(state: SessionState, now: float) -> str:
    if state.last_synced is None:
        return tr("Never synced")
    return tr("Synced %1").replace("%1", wording.moment(state.last_synced, now))


WAYS: Final[dict[str, tuple[Icon, str]]] = {
    "sync": (Icon.SYNC, "Sync now (F5)"),
    "pause": (Icon.PAUSE, "Pause the sync"),
    "resume": (Icon.PLAY, "Go on with the sync"),
    "sign_in": (Icon.LOCK, "Sign in again…"),
}


class SyncIndicator(QWidget):
    """Follows the session's state; counts the seconds to the next attempt."""

    sign_in_wanted = Signal()

    def __init__(self, session: Session, now: Callable[[], float] = time.time) -> None:
        super().__init__()
        self.setObjectName("sync_indicator")
        self._session, self._now = session, now
        self._way = ""
        self._said = ""
        self.glyph = parts.Glyph(Icon.CLOUD, 20)
        self.title = parts.ElidedLabel("", Size.CAPTION, bold=True)
        self.detail = parts.label("", Size.CAPTION, tone="muted", wrap=True)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(tr("Progress of the sync"))
        self.button = IconButton(Icon.SYNC, "", self._act, name="sync_button")
        words = parts.column(self.title, self.detail, self.bar, spacing=1)
        self._line = parts.row(self.glyph, words, self.button, spacing=8, margins=(8, 4, 0, 4))
        self._line.setStretch(1, 1)
        self.setLayout(self._line)
        self._tick = QTimer(self)
        self._tick.setInterval(TICK_MS)
        self._tick.timeout.connect(self.show_state)
        self._tick.start()
        self._unsubscribe = session.changes.subscribe(self._on_change)
        self.show_state()

    def close_indicator(self) -> None:
        """Hear no more of changes."""
        self._tick.stop()
        self._unsubscribe()

    def set_narrow(self, narrow: bool) -> None:
        """Show the button alone, or everything."""
        left, right = (4, 4) if narrow else (8, 0)
        gap = theme.px(4)
        self._line.setContentsMargins(theme.px(left), gap, theme.px(right) if right else 0, gap)
        for widget in (self.glyph, self.title, self.detail, self.bar):
            widget.setVisible(not narrow)
        self.show_state()

    def show_state(self) -> None:
        """Show what the session says now."""
        state = self._session.state
        what = shown(state, self._now())
        self._way = what.way
        self.glyph.show_icon(what.icon, what.tone)
        self.title.show_text(what.title)
        self.detail.setText(what.detail)
        narrow = self.width() < theme.px(100) and self.isVisible()
        self.detail.setVisible(bool(what.detail) and not narrow)
        self.bar.setVisible(state.status is Status.WORKING and state.total > 1 and not narrow)
        self.bar.setMaximum(max(state.total, 1))
        self.bar.setValue(state.done)
        which, words = WAYS[what.way]
        self.button.show_icon(which, "muted" if not narrow else what.tone)
        tip = tr(words)
        self.button.set_words(f"{what.title}. {tip}" if narrow else tip)
        self.setAccessibleName(f"{what.title}. {what.detail}")
        if what.title != self._said:
            self._said = what.title
            parts.announce(self, what.title)

    def _on_change(self, change: Change) -> None:
        if change.kinds & (Kind.STATE | Kind.OUTBOX):
            self.show_state()

    def _act(self) -> None:
        match self._way:
            case "pause":
                self._session.pause(True)
            case "resume":
                self._session.pause(False)
            case "sign_in":
                self.sign_in_wanted.emit()
            case _:
                self._session.sync_now()
