"""What has just happened without me, quietly over the list, with keep and undo."""

from collections.abc import Collection

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.changes import Change, Kind
from app.notices import can_keep, can_undo, is_of_mine
from app.session import Session
from app.views import Notice, NoticeKind
from ui import notice_words, parts
from ui.icons import Icon
from ui.notices_page import my_sets, name_of, page_of_part
from ui.wording import counted, tr


class NoticeStrip(QWidget):
    """Over the list, quietly: the one thing that is new, with keep and undo, or how many there are.

    Who joins is told by the window already; here only who was waited for.
    """

    counted = Signal(int)
    """So many were not looked at."""
    page_wanted = Signal(str)

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.setObjectName("notice_strip")
        self._session = session
        self._new: list[Notice] = []
        self.words = parts.label("", wrap=True)
        self.words.setObjectName("strip_words")
        self.keep = parts.button(tr("Keep"), self._keep, name="strip_keep")
        self.undo = parts.button(tr("Undo"), self._undo, name="strip_undo")
        self.show_them = parts.button(tr("Show"), self._go, name="strip_show")
        later = parts.IconButton(
            Icon.CLOSE, tr("Later: it stays under What happened"), self._later, name="strip_later"
        )
        ways = parts.row(self.keep, self.undo, self.show_them, None, spacing=6)
        line = parts.row(parts.Glyph(Icon.BELL, 18, tone="accent"), self.words, later, spacing=10)
        line.setStretch(1, 1)
        card = parts.Card(line, ways, spacing=6, padding=10)
        self.setLayout(parts.column(card, margins=(16, 0, 16, 8)))
        self.hide()
        self.destroyed.connect(session.changes.subscribe(self._on_change))

    def refresh(self) -> None:
        """Show what is new."""
        self.counted.emit(self._session.notices.unseen())
        found = [each for each in self._session.notices.read() if _is_told_here(each)]
        if [each.id for each in found] == [each.id for each in self._new] and found:
            return
        self._new = found
        self.setVisible(bool(found))
        if not found:
            return
        one = found[0] if len(found) == 1 else None
        if one is not None:
            name = name_of(self._session, one)
            text = notice_words.sentence(one, name, my_sets(self._session))
            parts.set_tip(self.words, notice_words.meaning(one))
        else:
            text = counted(len(found), "", "%1 things happened by themselves")
            parts.set_tip(self.words, "")
        self.words.setText(text)
        for way in (self.keep, self.undo, self.show_them):
            way.setAccessibleName(f"{way.text()}: {text}")
        self.keep.setVisible(one is not None and can_keep(one))
        self.undo.setVisible(one is not None and can_undo(one))
        parts.announce(self, text)

    def _on_change(self, change: Change) -> None:
        if change.kinds & Kind.NOTICES:
            self.refresh()

    def _ids(self) -> Collection[int]:
        return [each.id for each in self._new]

    def _keep(self) -> None:
        self._session.notices.keep(self._ids())

    def _undo(self) -> None:
        self._session.notices.undo(self._ids())

    def _go(self) -> None:
        mine = [each for each in self._new if is_of_mine(each)]
        is_one = len(self._new) == len(mine) == 1
        self.page_wanted.emit(page_of_part(mine[0].about) if is_one else "notices")
        self._later()

    def _later(self) -> None:
        self._session.notices.mark_seen()


def _is_told_here(notice: Notice) -> bool:
    is_new = not notice.seen and not notice.settled
    return is_new and (notice.kind is not NoticeKind.JOINED or notice.awaited)
