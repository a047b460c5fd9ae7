"""Who has written is marked in the list until the conversation is looked at, on a real service."""

from pathlib import Path
from uuid import uuid4

from PySide6.QtCore import QEvent, QPoint
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QAbstractButton, QApplication, QToolTip

from app.paths import Paths
from app.session import Row, Session
from tests.ui.by_hand import click, find
from tests.ui.conftest import OpenWindow, Run, until
from tests.ui.living import ADDRESSES, BO, ME, Living, living
from tests.ui.people import a_row
from ui import contact_row
from ui.contact_delegate import ContactDelegate
from ui.main_window import MainWindow
from ui.shelf import Facet
from ui.theme import Theme
from ui.window_state import WindowState


async def write(here: Living) -> None:
    """Let Bo write to me."""
    message = {"id": str(uuid4()), "to": ME, "text": "Hello"}
    await here.act(BO, "POST", "/v1/messages", message)


def row_of(session: Session) -> Row:
    return next(row for row in session.rows() if row.address == ADDRESSES[BO])


async def opened(here: Living, dress: Theme, tmp_path: Path) -> MainWindow:
    window = MainWindow(here.session, dress, WindowState(tmp_path / "window.ini"))
    window.show()
    window.activateWindow()
    await until(window.isActiveWindow)
    await until(lambda: hasattr(window, "ways"))
    return window


def test_a_message_marks_its_row_until_it_is_looked_at(
    run: Run, dress: Theme, tmp_path: Path
) -> None:
    async def story() -> None:
        async with living(tmp_path) as here:
            window = await opened(here, dress, tmp_path)
            try:
                await write(here)
                await until(lambda: window.model.counts[Facet.UNREAD] == 1)
                assert "Wrote to you: unread" in contact_row.sentence(row_of(here.session))
                window.show_contact(here.people[BO])
                message = find(window.stage, QAbstractButton, "message")
                assert message.accessibleName() == "Messages: unread"
                click(message)
                await until(lambda: not window.model.counts[Facet.UNREAD])
                assert not row_of(here.session).unread
                await write(here)  # it is being looked at: nothing to mark
                page = window.stage.page("messages")
                await until(lambda: len(here.session.messages(ADDRESSES[BO])) == 2)
                await until(lambda: not row_of(here.session).unread)
                assert page.isVisible()
            finally:
                await window.close_window()

    run(story())


def test_an_answer_from_another_session_of_mine_reads_what_came_before(
    run: Run, dress: Theme, tmp_path: Path
) -> None:
    async def story() -> None:
        async with living(tmp_path) as here:
            await write(here)
            await until(lambda: row_of(here.session).unread)
            answer = {"id": str(uuid4()), "to": ADDRESSES[BO], "text": "Hello yourself"}
            await here.act(ME, "POST", "/v1/messages", answer)
            await until(lambda: not row_of(here.session).unread)

    run(story())


def test_what_is_unread_is_so_after_a_new_start(run: Run, dress: Theme, tmp_path: Path) -> None:
    async def story() -> None:
        async with living(tmp_path) as here:
            await write(here)
            await until(lambda: row_of(here.session).unread)
            async with Session(here.session.account, Paths(tmp_path)) as again:
                assert row_of(again).unread

    run(story())


def test_the_pointer_on_a_glyph_is_told_what_it_means(run: Run, open_window: OpenWindow) -> None:
    async def story() -> None:
        async with open_window(2) as (window, _session):
            delegate = window.list.table.itemDelegate()
            assert isinstance(delegate, ContactDelegate)
            rect = window.list.table.visualRect(window.model.index(1, 0))
            row = a_row(1, unread=True)
            points = [
                QPoint(x, y)
                for x in range(rect.left(), rect.right(), 4)
                for y in range(rect.top(), rect.bottom(), 4)
            ]
            for mirrored in (False, True):
                said = {delegate.glyph_at(at, rect, row, mirrored=mirrored)[0] for at in points}
                assert said == {"", "Matched", "Wrote to you: unread"}

    run(story())


def test_a_glyph_tells_its_words_in_a_tooltip(run: Run, open_window: OpenWindow) -> None:
    async def story() -> None:
        async with open_window(2) as (window, _session):
            table = window.list.table
            rect = table.visualRect(window.model.index(1, 0))
            at = QPoint(rect.right() - 20, rect.center().y())
            there = table.viewport().mapToGlobal(at)
            help_wanted = QHelpEvent(QEvent.Type.ToolTip, at, there)
            QApplication.sendEvent(table.viewport(), help_wanted)
            assert QToolTip.text() == "Waiting to be sent"
            QToolTip.hideText()

    run(story())
