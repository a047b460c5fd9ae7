"""The same person twice: who, why, and the way to one card."""

from typing import Final

from PySide6.QtWidgets import QProgressBar, QStackedWidget, QWidget

from app.changes import Kind
from app.doubles import Double, Merging
from app.session import Session
from ui import parts
from ui.duplicates.merge_view import MergeView
from ui.duplicates.pairs import DoublesTable
from ui.duplicates.watch import LOOKING
from ui.follow import Follow
from ui.icons import Icon
from ui.tasks import Tasks
from ui.wording import counted, number, tr

STEADY_MS: Final = 400
"""Changes of the book come in crowds; one search for all of them."""


class DuplicatesPage(parts.Sheet):
    """A list of them, and one of them looked at closely."""

    def __init__(self, session: Session, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("duplicates_page")
        self._session, self._tasks = session, tasks
        self._place = 0
        self.words = parts.label("", wrap=True)
        self.words.setObjectName("doubles_words")
        self.all_sure = parts.button(
            "", self._merge_sure, kind="primary", icon=Icon.MERGE, name="merge_sure"
        )
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(tr("How far the search is"))
        self.bar_words = parts.label("", tone="muted")
        self.stop = parts.button(tr("Stop"), self._stop, name="doubles_stop")
        self.table = DoublesTable(session)
        self.view = MergeView(session)
        self.none = parts.EmptyState(
            Icon.CHECK,
            tr("Nobody is there twice"),
            tr("Numbers, handles, mails and birthdays were compared; never names alone."),
            parts.button(tr("Look again"), self.look, icon=Icon.SEARCH, name="doubles_again"),
        )
        self._lay_out()
        self._connect()
        self._shown = Follow(self, session, Kind.DOUBLES, self._show)
        self._news = Follow(
            self, session, Kind.STEPS | Kind.OUTBOX, self._look_if_news, every_ms=STEADY_MS
        )

    def close_page(self) -> None:
        """Hear no more of changes."""
        self._shown.close()
        self._news.close()
        self._tasks.stop(LOOKING)

    def _lay_out(self) -> None:
        self.progress = QWidget()
        bar = parts.row(self.bar, self.bar_words, self.stop, spacing=12)
        bar.setStretch(0, 1)
        self.progress.setLayout(bar)
        self.progress.hide()
        self.head = QWidget()
        line = parts.row(self.words, self.all_sure, spacing=16)
        line.setStretch(0, 1)
        self.head.setLayout(line)
        self.inner = QStackedWidget()
        self.inner.addWidget(self.table)
        self.inner.addWidget(self.none)
        whole = QWidget()
        detail = tr("Found by number, handle, mail or birthday; never by name alone.")
        layout = parts.column(
            parts.heading(tr("There twice"), detail),
            self.progress,
            self.head,
            self.inner,
            spacing=12,
            margins=(24, 24, 24, 16),
        )
        layout.setStretch(3, 1)
        whole.setLayout(layout)
        self.stack = QStackedWidget()
        self.stack.addWidget(whole)
        self.stack.addWidget(self.view)
        self.setLayout(parts.column(self.stack, spacing=0))

    def _connect(self) -> None:
        self.table.opened.connect(self.open_place)
        self.view.closed.connect(self._show_list)
        self.view.step_wanted.connect(lambda step: self.open_place(self._place + step))
        self.view.merge_wanted.connect(self._merge)
        self.view.apart_wanted.connect(self._session.doubles.keep_apart)

    # ---- looking

    def look(self) -> None:
        """Search the whole book; what was found before stays in sight meanwhile."""
        self._tasks.start(self._look(), name=LOOKING, of=self)

    async def _look(self) -> None:
        self.bar.setRange(0, 0)
        self.bar_words.setText(tr("Looking…"))
        self.progress.show()
        try:
            await self._session.doubles.look(self._show_progress)
        finally:
            self.progress.hide()

    def _show_progress(self, done: int, total: int) -> None:
        self.bar.setRange(0, total)
        self.bar.setValue(done)
        share = number(100 * done // max(total, 1))
        self.bar_words.setText(tr("Looking… %1 %").replace("%1", share))

    def _stop(self) -> None:
        self._tasks.stop(LOOKING)

    def _look_if_news(self) -> None:
        doubles = self._session.doubles
        if not doubles.is_busy() and doubles.has_news() and not self._tasks.is_running(LOOKING):
            self.look()

    # ---- showing

    def doubles(self) -> tuple[Double, ...]:
        """List what was found and still stands."""
        return self._session.doubles.found

    def _show(self) -> None:
        found = self.doubles()
        sure = sum(each.sure for each in found)
        self.table.doubles.show_doubles(found)
        self.inner.setCurrentWidget(self.table if found else self.none)
        self.head.setVisible(bool(found))
        self.none.setVisible(self._session.doubles.is_known and not found)
        self.words.setText(
            counted(
                len(found),
                "One person seems to be there more than once.",
                "%1 people seem to be there more than once.",
            )
        )
        self.all_sure.setVisible(sure > 0)
        self.all_sure.setText(
            counted(sure, "Merge the sure one", "Merge the %1 sure ones").replace("&", "")
        )
        self.all_sure.setAccessibleName(self.all_sure.text())
        parts.set_tip(
            self.all_sure,
            tr(
                "Sure are those with the same name and the same number, handle or mail. Where a "
                "number is blocked or hidden, that then holds for all numbers of that person."
            ),
        )
        if self.stack.currentWidget() is self.view:
            self._show_place_again(found)

    def _show_place_again(self, found: tuple[Double, ...]) -> None:
        """Stay with the pair that is looked at; where it is gone, go on with the next."""
        asked = self.view.double.ids if self.view.double else ()
        places = [place for place, each in enumerate(found) if each.ids == asked]
        if places:
            self._place = places[0]
            self.view.show_double(found[self._place], self._place, len(found))
        elif found:
            self.open_place(min(self._place, len(found) - 1))
        else:
            self._show_list()

    def open_place(self, place: int) -> None:
        """Look at one of them closely; after the last comes the first."""
        found = self.doubles()
        if not found:
            return
        self._place = place % len(found)
        self.view.show_double(found[self._place], self._place, len(found))
        self.stack.setCurrentWidget(self.view)
        self.view.merge.setFocus()

    def _show_list(self) -> None:
        self.stack.setCurrentIndex(0)
        if self.doubles():
            self.table.setCurrentIndex(
                self.table.doubles.index(min(self._place, len(self.doubles()) - 1), 0)
            )
        self.table.setFocus()

    # ---- doing

    def _merge(self, merging: Merging) -> None:
        self._session.doubles.merge([merging])

    def _merge_sure(self) -> None:
        self._session.doubles.merge_sure()
