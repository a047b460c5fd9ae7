"""The parts of the window: the rail, the list and the page; in little room, list or page.

A window that is too narrow for the list and the page shows one at a time: the list, and after a
person or a page is chosen that one, with a way back above it.
"""

from typing import Final

from PySide6.QtCore import QByteArray, Qt
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QSplitter, QWidget

from ui import parts, theme
from ui.contact_list import ContactList
from ui.icons import Icon
from ui.rail import Rail
from ui.stage import Stage
from ui.surprises import SurpriseDetails
from ui.sync_indicator import SyncIndicator
from ui.tab_order import follow_layout
from ui.wording import tr

NARROW_BELOW: Final = 820
"""Below this width the rail is icons alone."""

SINGLE_BELOW: Final = 700
"""Below this width the list and the page take turns."""

LIST_WIDTH: Final = 340
PAGE_WIDTH: Final = 860


class Panes(QWidget):
    """Keeps rail, list and page side by side as long as there is room."""

    def __init__(self, rail: Rail, people: ContactList, stage: Stage, sync: SyncIndicator) -> None:
        super().__init__()
        self._rail, self._list, self._stage, self._sync = rail, people, stage, sync
        self.single = False
        self.banner = parts.Banner()
        self.details = parts.button(
            tr("Details…"), self._show_details, kind="quiet", name="banner_details"
        )
        self.banner.add_way(self.details)
        self.surprise: Exception | None = None
        self.banner.add_way(
            parts.button(tr("Close"), lambda: self.show_banner(""), kind="quiet", name="banner_end")
        )
        self._strip = QWidget()
        self._strip.hide()
        self._strip.setLayout(parts.column(self.banner, spacing=0, margins=(8, 8, 8, 0)))
        self.back = parts.button(
            "", self.show_list, kind="quiet", icon=Icon.BACK, name="back_to_list"
        )
        self._way_back = QWidget()
        self._way_back.setObjectName("way_back")
        self._way_back.setLayout(parts.row(self.back, None, spacing=0, margins=(8, 8, 8, 0)))
        self._way_back.hide()
        self._right = QWidget()
        self._right.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        below = parts.column(self._way_back, stage, spacing=0)
        below.setStretch(1, 1)
        self._right.setLayout(below)
        self._split = self._splitter()
        beside = QWidget()
        stacked = parts.column(self._strip, self._split, spacing=0)
        stacked.setStretch(1, 1)
        beside.setLayout(stacked)
        middle = parts.row(rail, beside, spacing=0)
        middle.setStretch(1, 1)
        self.setLayout(middle)

    def show_banner(self, text: str, tone: str = "", surprise: Exception | None = None) -> None:
        """Say something across the top; an empty text takes it away."""
        self.surprise = surprise
        self.details.setVisible(surprise is not None)
        self.banner.show_text(text, tone)
        self._strip.setVisible(bool(text))

    def _show_details(self) -> None:
        if self.surprise is not None:
            SurpriseDetails(self.surprise, self).open()

    def save(self) -> QByteArray:
        """Write down how the room is divided."""
        return self._split.saveState()

    def restore(self, state: QByteArray) -> None:
        """Divide the room as it was."""
        self._split.restoreState(state)
        self._split.setHandleWidth(1)

    # ---- one at a time

    def show_list(self) -> None:
        """Bring the list to the front, where only one fits."""
        if self.single:
            self._bring(page=False)
            self._list.focus_list()

    def show_page(self) -> None:
        """Bring the page to the front, where only one fits."""
        if self.single:
            self._bring(page=True)
            self._right.setFocus(Qt.FocusReason.OtherFocusReason)

    def go_on(self) -> None:
        """Put the keyboard from the list on the page, from there on the rail, and on the list."""
        focus = self.focusWidget()
        if self._list.isAncestorOf(focus):
            self.show_page()
            self._stage.focus_page()
        elif self._right.isAncestorOf(focus) or focus is self._right:
            self._rail.shelves[self._list.shelf].setFocus(Qt.FocusReason.ShortcutFocusReason)
        else:
            self.show_list()
            self._list.focus_list()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self.single and event.key() == Qt.Key.Key_Escape and self._right.isVisible():
            self.show_list()
            return
        super().keyPressEvent(event)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Put what Tab stops at into reading order first: much is made late."""
        follow_layout(self)
        return super().focusNextPrevChild(forward)

    # ---- room

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()

    def fit(self) -> None:
        """Let the rail be icons alone, and list and page take turns, where the window is narrow."""
        narrow = self.width() < theme.px(NARROW_BELOW)
        if narrow is not self._rail.narrow:
            self._rail.set_narrow(narrow)
            self._sync.set_narrow(narrow)
        single = self.width() < theme.px(SINGLE_BELOW)
        if single is not self.single:
            self.single = single
            if single:
                is_page = isinstance(self._stage.place, str) or self._right.isAncestorOf(
                    self.focusWidget()
                )
                self._bring(page=is_page)
            else:
                self._list.show()
                self._right.show()
                self._way_back.hide()

    def _bring(self, *, page: bool) -> None:
        words = self._list.title.text()
        self.back.setText(words)
        self.back.setAccessibleName(tr("Back to %1").replace("%1", words))
        self._way_back.setVisible(page)
        self._right.setVisible(page)
        self._list.setVisible(not page)

    def _splitter(self) -> QSplitter:
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setChildrenCollapsible(False)
        split.setHandleWidth(1)
        split.addWidget(self._list)
        split.addWidget(self._right)
        split.setStretchFactor(0, 0)
        split.setStretchFactor(1, 1)
        self._list.setMinimumWidth(theme.px(260))
        self._right.setMinimumWidth(theme.px(320))
        split.setSizes([theme.px(LIST_WIDTH), theme.px(PAGE_WIDTH)])
        return split
