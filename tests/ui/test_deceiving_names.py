"""Names that deceive: nothing of them reorders or hides what is around, and doubles are told."""

from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QWidget

from app.changes import Change, Kind
from app.domain import ContactId
from tests.ui.by_hand import CTRL, click, find, press, texts
from tests.ui.conftest import OpenWindow, Run, until
from tests.ui.living import ADA, BO, living
from tests.ui.test_notices_outside import another_window
from ui import contact_row
from ui.command_palette import hits
from ui.main_window import MainWindow
from ui.theme import Theme
from ui.window_state import WindowState

EVIL = "Ann\u202e\u200b\u2066\u00ad gro.live\u2028\u0007"
"""Turns round what follows, hides, and breaks the line."""

SHOWN = "Ann gro.live"
UNSEEN = "\u202e\u200b\u2066\u00ad\u2028\u0007"
CYRILLIC_ADA = "\u0410da Okafor"


def everything_said(window: MainWindow) -> Iterator[str]:
    """Every word on the screen, in a tip, or for a screen reader."""
    for widget in window.findChildren(QWidget):
        yield from (widget.accessibleName(), widget.accessibleDescription(), widget.toolTip())
        if isinstance(widget, QLabel | QPushButton):
            yield widget.text()
        for action in widget.findChildren(QAction):
            yield from (action.text(), action.toolTip())
    for line in range(window.model.rowCount()):
        index = window.model.index(line, 0)
        for role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            yield str(index.data(role))


def test_an_evil_name_is_harmless_wherever_it_is_shown(run: Run, open_window: OpenWindow) -> None:
    async def story() -> None:
        async with open_window(2) as (window, session):
            who = window.model.row(0).id
            session.rename(who, EVIL)
            window.show_contact(who)
            window.run_command("block")
            assert window.toast.words.text().endswith(SHOWN)
            told: list[str] = []
            window.notifications.told.connect(told.append)
            everyone = frozenset({who})
            async with another_window(window):
                session.changes.publish(Change(Kind.CONTACTS, everyone, everyone))
            window.run_command("page_steps")
            window.show_contact(who)
            press(window, Qt.Key.Key_K, CTRL)
            QTest.keyClicks(find(window, QLineEdit, "palette_field"), "gro")
            said = [
                *everything_said(window),
                *told,
                *(hit.words for hit in hits("gro", window.model.rows())),
            ]
            assert sum(SHOWN in each for each in said) > 10
            assert [each for each in said if any(letter in each for letter in UNSEEN)] == []

    run(story())


def test_a_name_changed_into_anothers_is_told_wherever_one_is_looking(
    run: Run, dress: Theme, tmp_path: Path
) -> None:
    async def story() -> None:
        async with living(tmp_path) as here:
            window = MainWindow(here.session, dress, WindowState(tmp_path / "window.ini"))
            window.show()
            window.run_command("page_settings")
            await here.act(BO, "PATCH", "/v1/me", {"fields": {"name": CYRILLIC_ADA}})
            await until(lambda: f"looks like {ADA}" in texts(window.toast))
            click(find(window.toast, QPushButton, "toast_way"))
            assert window.stage.place == here.people[BO]
            banner = window.stage.contact_page.lookalike
            await until(banner.isVisible)
            click(find(banner, QPushButton, "show_lookalike"))
            assert window.stage.place == here.people[ADA]
            await window.close_window()

    run(story())


def test_an_honest_new_name_warns_of_nothing(run: Run, dress: Theme, tmp_path: Path) -> None:
    async def story() -> None:
        async with living(tmp_path) as here:
            window = MainWindow(here.session, dress, WindowState(tmp_path / "window.ini"))
            window.show()
            await here.act(BO, "PATCH", "/v1/me", {"fields": {"name": "Bo Silva"}})

            def is_told() -> bool:
                window.model.show_changes()
                row = window.model.find(here.people[BO])
                return row is not None and row.published_name == "Bo Silva"

            await until(is_told)
            await until(window.lookalikes.is_calm)
            assert window.toast.isHidden() or "looks like" not in texts(window.toast)
            await window.close_window()

    run(story())


def test_the_list_tells_apart_who_looks_alike(run: Run, open_window: OpenWindow) -> None:
    def said(window: MainWindow, who: int) -> str:
        line = window.model.position(ContactId(who))
        index = window.model.index(-1 if line is None else line, 0)
        return str(index.data(Qt.ItemDataRole.AccessibleTextRole))

    async def story() -> None:
        async with open_window(4) as (window, session):
            one, other, german, third = (row.id for row in window.model.rows())
            session.rename(german, "Anna Müller")
            session.rename(third, "Bea Roth")
            session.rename(one, ADA)
            session.rename(other, CYRILLIC_ADA)
            await until(lambda: window.model.alike == {one, other})
            row = window.model.find(other)
            assert row is not None
            assert contact_row.face(row, is_alike=True).detail.startswith("Cyrillic letters · +")
            assert "Cyrillic letters" in said(window, other)
            assert "letters" not in said(window, one)
            session.rename(third, "Anna Muller")
            await until(lambda: window.model.alike == {one, other, german, third})
            session.rename(third, "Bea Roth")
            await until(lambda: window.model.alike == {one, other})

    run(story())
