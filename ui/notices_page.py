"""What happened without me: who joined, whom I follow now, what another session changed."""

import time
from collections.abc import Callable
from enum import StrEnum
from functools import partial
from typing import Final

from PySide6.QtCore import QEvent, QObject, Signal
from PySide6.QtWidgets import QWidget

from app.changes import Kind
from app.domain import VisibilitySet
from app.notices import can_keep, can_undo, is_of_mine
from app.session import Session
from app.views import Notice, NoticeKind
from ui import notice_words, parts, wording
from ui.controls import Segmented
from ui.follow import Follow
from ui.icons import Icon
from ui.tasks import Tasks
from ui.theme import Size
from ui.wording import tr


class Which(StrEnum):
    """What the page shows."""

    ALL = "all"
    OPEN = "open"
    PEOPLE = "people"
    CHANGES = "changes"


OPTIONS: Final = {
    Which.ALL: "All",
    Which.OPEN: "Undecided",
    Which.PEOPLE: "Came and went",
    Which.CHANGES: "Changes",
}
CAME_AND_WENT: Final = (NoticeKind.JOINED, NoticeKind.LEFT)
OUTCOMES: Final = {"kept": "Kept", "undone": "Undone"}


def belongs(notice: Notice, which: Which) -> bool:
    """Whether the page shows a notice."""
    match which:
        case Which.OPEN:
            return not notice.settled
        case Which.PEOPLE:
            return notice.kind in CAME_AND_WENT
        case Which.CHANGES:
            return notice.kind not in CAME_AND_WENT
    return True


def name_of(session: Session, notice: Notice) -> str:
    """Name the one it is about, as I do; nothing where nobody has the address any more."""
    if notice.contact_id is None:
        return ""
    row = session.rows_of([notice.contact_id]).get(notice.contact_id)
    return row.name if row else ""


def my_sets(session: Session) -> tuple[VisibilitySet, ...]:
    """My visibility sets."""
    me = session.me()
    return me.privacy.sets if me else ()


def page_of_part(part: str) -> str:
    """Name the page where a part of my account is changed."""
    return "privacy" if part == "privacy" else "profile"


class NoticesPage(parts.Page):
    """The newest first. What is looked at here counts as seen; it stays until it is decided."""

    contact_wanted = Signal(object)
    page_wanted = Signal(str)

    def __init__(self, session: Session, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notices_page")
        self._session = session
        self._fresh: set[int] = set()
        """Those that were new when the page came into sight."""
        self._shown: list[Notice] = []
        self.which = Segmented(
            tr("Which"), [(each, tr(words)) for each, words in OPTIONS.items()], name="notices"
        )
        self.which.set_current(Which.ALL)
        self.which.chosen.connect(lambda _which: self._show())
        self.keep_all = parts.button(tr("Keep all"), self._keep_all, name="keep_all")
        self.card = parts.Card(spacing=0)
        self.empty = parts.EmptyState(
            Icon.BELL,
            tr("Nothing happened by itself"),
            tr(
                "Who joins, who is followed because they wrote, and what changes in another "
                "session of yours is told here."
            ),
        )
        detail = tr("What you did not do yourself, newest first. Keep it, or take it back.")
        line = parts.row(self.which, None, self.keep_all)
        self.add(parts.heading(tr("What happened"), detail))
        self.body.addLayout(line)
        self.add(self.card, self.empty)
        self.finish()
        self.installEventFilter(self)
        self._follow = Follow(self, session, Kind.NOTICES | Kind.CONTACTS, self._show)

    def close_page(self) -> None:
        """Hear no more of changes."""
        self._follow.close()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Count as new what was so when the page came into sight, until it goes."""
        if watched is self and event.type() == QEvent.Type.Hide:
            self._fresh.clear()
        return super().eventFilter(watched, event)

    def _show(self) -> None:
        found = self._session.notices.read()
        self._fresh |= {each.id for each in found if not each.seen}
        which = self.which.current
        assert isinstance(which, Which)
        shown = [each for each in found if belongs(each, which)]
        self.keep_all.setVisible(any(can_keep(each) for each in shown))
        self.card.setVisible(bool(shown))
        self.empty.setVisible(not shown)
        names = {each.id: name_of(self._session, each) for each in shown}
        self._show_lines(shown, names)
        self._session.notices.mark_seen()

    def _show_lines(self, shown: list[Notice], names: dict[int, str]) -> None:
        parts.clear(self.card.body)
        self._shown = shown
        for each in shown:
            if self.card.body.count():
                self.card.body.addWidget(parts.rule())
            text = notice_words.sentence(each, names[each.id], my_sets(self._session))
            line = NoticeLine(each, text, is_new=each.id in self._fresh)
            for words, name, then in self._ways(each):
                line.add_way(words, name, then, text)
            self.card.body.addWidget(line)

    def _ways(self, notice: Notice) -> list[tuple[str, str, Callable[[], object]]]:
        ways: list[tuple[str, str, Callable[[], object]]] = []
        if is_of_mine(notice) and not notice.settled:
            show = partial(self.page_wanted.emit, page_of_part(notice.about))
            ways.append((tr("Show"), "notice_show", show))
        if notice.contact_id is not None:
            show = partial(self.contact_wanted.emit, notice.contact_id)
            ways.append((tr("Show"), "notice_show", show))
        if can_keep(notice):
            keep = partial(self._session.notices.keep, [notice.id])
            ways.append((tr("Keep"), "notice_keep", keep))
        if can_undo(notice):
            undo = partial(self._session.notices.undo, [notice.id])
            ways.append((tr("Undo"), "notice_undo", undo))
        return ways

    def _keep_all(self) -> None:
        self._session.notices.keep([each.id for each in self._shown if can_keep(each)])


class NoticeLine(QWidget):
    """One notice: what and when, what it means, and the ways on."""

    def __init__(self, notice: Notice, text: str, *, is_new: bool) -> None:
        super().__init__()
        self.setObjectName(f"notice_{notice.id}")
        self.setAccessibleName(text)
        said = parts.label(text, wrap=True, bold=is_new)
        said.setObjectName("notice_words")
        when = wording.moment(notice.at, time.time())
        meaning = notice_words.meaning(notice)
        below = parts.label(f"{when} · {meaning}", Size.CAPTION, tone="muted", wrap=True)
        parts.set_tip(below, wording.exact(notice.at))
        tone = "warning" if is_of_mine(notice) else "accent" if is_new else "muted"
        self._ways = parts.row(spacing=6)
        if notice.settled:
            self._ways.addWidget(parts.pill(tr(OUTCOMES[notice.settled])))
        elif notice.awaited:
            self._ways.addWidget(parts.pill(tr("You waited for them"), "accent"))
        self._ways.addStretch(1)
        words = parts.column(said, below, self._ways, spacing=4)
        line = parts.row(
            parts.Glyph(notice_words.ICONS[notice.kind], 20, tone=tone),
            words,
            spacing=12,
            margins=(0, 8, 0, 8),
        )
        line.setStretch(1, 1)
        self.setLayout(line)

    def add_way(self, words: str, name: str, then: Callable[[], object], about: str) -> None:
        """Offer one way on; a screen reader hears what it is about."""
        made = parts.button(words, then, name=name)
        made.setAccessibleName(f"{words}: {about}")
        self._ways.addWidget(made)
