"""The desk's table of expectations: filled in, kept."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QMenu, QPushButton
from pytestqt.modeltest import ModelTester

from app.domain import Field
from app.worlds.drafts import Draft, Sheet
from app.worlds.expectations import Expected, read_table
from app.worlds.files import WORLDS, read
from app.worlds.inhabit import Inhabitants
from tests.ui.conftest import Run, until
from tests.ui.desks import desk
from tests.ui.tables import NAME, STATUS, button, cell, press
from ui.desk.table import TABLES, TablePage
from ui.desk.table_model import ExpectationModel
from ui.desk.unsaved import UnsavedDialog
from ui.tasks import Tasks
from ui.theme import Theme

OWN_RULES = TABLES / "own-rules.txt"
NOWHERE = "http://127.0.0.1:1"


@pytest.fixture(autouse=True)
def _dressed(dress: Theme) -> None:
    """Have colours to paint with."""


@asynccontextmanager
async def a_page(world: str = "own-rules.json") -> AsyncIterator[TablePage]:
    """Show the table of a world by itself; there is no service to check it against."""

    def report(error: Exception) -> None:
        raise error

    tasks = Tasks(report)
    async with Inhabitants.of(read(WORLDS / world), NOWHERE, "") as people:
        page = TablePage(tasks)
        page.resize(1200, 600)
        page.show_people(people, WORLDS / world)
        page.show()
        page.activateWindow()
        await until(page.isActiveWindow)
        yield page
        await tasks.close()
        page.hide()
        page.deleteLater()


def test_a_cell_is_changed_by_clicks_however_quick(run: Run) -> None:
    async def work() -> None:
        async with a_page() as page:
            assert cell(page, "hidden", Field.NAME) == "hide"
            press(page, "hidden", Field.NAME)
            assert cell(page, "hidden", Field.NAME) == "-"
            press(page, "hidden", Field.NAME, twice=True)
            assert cell(page, "hidden", Field.NAME) == "show"
            press(page, "hidden", Field.NAME)
            assert cell(page, "hidden", Field.NAME) == "hide"

    run(work())


def test_cells_are_changed_by_keys_many_at_once_and_every_step_is_undone(run: Run) -> None:
    async def work() -> None:
        async with a_page() as page:
            page.grid.setFocus()
            page.grid.go_to(("hidden", Field.NAME))
            shift, control = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
            QTest.keyClick(page.grid, Qt.Key.Key_Right, shift)
            QTest.keyClick(page.grid, Qt.Key.Key_Down, shift)
            QTest.keyClick(page.grid, Qt.Key.Key_S)
            block = [(who, field) for who in ("hidden", "work") for field in (NAME, STATUS)]
            assert [cell(page, *each) for each in block] == ["show"] * 4
            QTest.keyClick(page.grid, Qt.Key.Key_Minus)
            assert [cell(page, *each) for each in block] == ["-"] * 4
            QTest.keyClick(page.grid, Qt.Key.Key_Z, control)
            QTest.keyClick(page.grid, Qt.Key.Key_Z, control)
            assert [cell(page, *each) for each in block] == ["hide", "hide", "show", "hide"]
            assert _is_saved(page)
            QTest.mouseClick(page.redo, Qt.MouseButton.LeftButton)
            assert [cell(page, *each) for each in block] == ["show"] * 4
            page.grid.go_to(("lost", Field.ABOUT))
            for key, word in (("h", "hide"), ("s", "show"), (" ", "hide"), (" ", "-")):
                QTest.keyClicks(page.grid, key)
                assert cell(page, "lost", Field.ABOUT) == word

    run(work())


def test_viewers_are_added_by_typing_and_removed_and_come_back(run: Run) -> None:
    async def work() -> None:
        async with a_page("village.json") as page:
            rows = page.model.rowCount()
            name = page.viewer._names[-1]
            assert name not in page.model.draft.sheet.viewers
            QTest.keyClicks(page.viewer.line, name)
            QTest.keyClick(page.viewer.line, Qt.Key.Key_Return)
            assert page.model.draft.sheet.viewers[-1] == name
            assert page.viewer.line.text() == ""
            assert page.grid.current_cell() == (name, Field.NAME)
            QTest.keyClicks(page.grid, "s")
            QTest.mouseClick(page.remove, Qt.MouseButton.LeftButton)
            assert page.model.rowCount() == rows
            QTest.mouseClick(page.undo, Qt.MouseButton.LeftButton)
            assert cell(page, name, Field.NAME) == "show"

    run(work())


def test_columns_go_and_come_back_and_the_last_row_and_column_stay(run: Run) -> None:
    async def work() -> None:
        async with a_page() as page:
            QTest.mouseClick(button(page, "table_columns"), Qt.MouseButton.LeftButton)
            menu = page.findChild(QMenu, "table_columns_menu")
            assert menu is not None
            status, presence = menu.actions()[1], menu.actions()[-1]
            QTest.mouseClick(
                menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(status).center()
            )
            assert Field.STATUS not in page.model.draft.sheet.fields
            presence.trigger()
            assert page.model.draft.sheet.fields[-1] == Field.PRESENCE
            page.grid.selectAll()
            QTest.mouseClick(page.remove, Qt.MouseButton.LeftButton)
            page.grid.removal_wanted.emit(False)
            assert (page.model.rowCount(), page.model.columnCount()) == (10, 6)
            QTest.mouseClick(page.undo, Qt.MouseButton.LeftButton)
            QTest.mouseClick(page.undo, Qt.MouseButton.LeftButton)
            assert _is_saved(page)

    run(work())


def test_a_saved_table_differs_only_where_it_was_changed(run: Run, tmp_path: Path) -> None:
    async def work() -> None:
        async with a_page() as page:
            press(page, "work", Field.NAME)
            assert not _is_saved(page)
            _choose_file(page, "table_save", tmp_path / "kept.txt")
            assert _is_saved(page)
            before, after = OWN_RULES.read_text(), (tmp_path / "kept.txt").read_text()
            changed = list(zip(before.splitlines(), after.splitlines(), strict=True))
            assert [new for old, new in changed if old != new] == [
                "work      hide  hide    hide     hide   show   hide"
            ]
            assert page.save(tmp_path / "missing" / "kept.txt") is False
            assert "cannot be written" in page.said.accessibleName()

    run(work())


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("world own-rules.json\nowner ana\nviewer name\nwork perhaps\n", "line 4: perhaps is"),
        ("world own-rules.json\nowner zoe\nviewer name\nwork show\n", "nobody called zoe"),
        ("", "no line that begins with 'world'"),
    ],
)
def test_a_file_that_is_no_table_says_where_and_takes_nothing_away(
    run: Run, tmp_path: Path, text: str, said: str
) -> None:
    async def work() -> None:
        async with a_page() as page:
            before = page.model.draft.sheet
            (tmp_path / "other.txt").write_text(text)
            _choose_file(page, "table_open", tmp_path / "other.txt")
            assert said in page.said.accessibleName()
            assert page.model.draft.sheet == before

    run(work())


def test_a_table_of_another_world_is_opened_and_told_and_undone(run: Run, tmp_path: Path) -> None:
    async def work() -> None:
        async with a_page() as page:
            before = page.model.draft.sheet
            words = "world elsewhere.json\nowner ana\nviewer name\nwork show\n"
            (tmp_path / "other.txt").write_text(words)
            page.load(tmp_path / "other.txt")
            assert "elsewhere.json" in page.said.accessibleName()
            assert page.model.rowCount() == page.model.columnCount() == 1
            QTest.mouseClick(page.undo, Qt.MouseButton.LeftButton)
            assert page.model.draft.sheet == before

    run(work())


def test_what_is_in_no_file_is_asked_about_before_it_goes(run: Run, tmp_path: Path) -> None:
    async def work() -> None:
        async with a_page() as page:
            gone: list[str] = []
            page.leave(lambda: gone.append("saved"))
            assert gone == ["saved"], "nobody is asked without a reason"
            press(page, "work", Field.NAME)
            page.leave(lambda: gone.append("stayed"))
            QTest.mouseClick(_asked(page, "unsaved_stay"), Qt.MouseButton.LeftButton)
            page.leave(lambda: gone.append("thrown away"))
            QTest.mouseClick(_asked(page, "unsaved_leave"), Qt.MouseButton.LeftButton)
            page.leave(lambda: gone.append("kept"))
            save = _asked(page, "unsaved_save")
            _choose_file(page, "", tmp_path / "kept.txt", save)
            assert gone == ["saved", "thrown away", "kept"]
            assert read_table(tmp_path / "kept.txt").owner == "ana"

    run(work())


def test_the_desk_closes_when_the_table_is_kept_or_thrown_away(run: Run, dress: Theme) -> None:
    async def work() -> None:
        async with desk(dress, ("ana", "bo")) as window:
            closed: list[bool] = []
            window.closing.connect(lambda: closed.append(True))
            window.views.segment("table").click()
            press(window.table, "dee", Field.STATUS)
            window.close()
            assert not closed
            QTest.mouseClick(_asked(window.table, "unsaved_leave"), Qt.MouseButton.LeftButton)
            assert closed

    run(work())


def test_a_world_that_comes_again_has_what_was_expected_of_it(run: Run) -> None:
    async def work() -> None:
        async with a_page() as page:
            people = page._people
            assert people is not None
            press(page, "work", Field.NAME)
            page.drop_people()
            page.show_people(people, WORLDS / "blocks.json")
            page.show_people(people, WORLDS / "own-rules.json")
            assert cell(page, "work", Field.NAME) == "hide"

    run(work())


def test_rows_and_cells_say_themselves_and_deceive_nobody(qtmodeltester: ModelTester) -> None:
    viewers = ("Anna \u202etxt.exe", "bo")
    draft = Draft(Sheet("ana", viewers, (NAME, STATUS), {("bo", NAME): Expected.SHOW}))
    model = ExpectationModel(draft)
    qtmodeltester.check(model)  # type: ignore[no-untyped-call]  # pytest-qt has no types
    assert model.headerData(0, Qt.Orientation.Vertical) == "Anna \\u202etxt.exe"
    assert model.index(1, 0).data(Qt.ItemDataRole.AccessibleTextRole) == "bo, Name: show"


def _is_saved(page: TablePage) -> bool:
    return page.is_saved


def _choose_file(page: TablePage, way: str, path: Path, asking: QPushButton | None = None) -> None:
    """Press what asks for a file, and choose one."""
    QTest.mouseClick(asking or button(page, way), Qt.MouseButton.LeftButton)
    dialog = page.findChildren(QFileDialog, "desk_file")[-1]
    dialog.setDirectory(str(path.parent))
    dialog.selectFile(str(path))
    dialog.accept()


def _asked(page: TablePage, name: str) -> QPushButton:
    return button(page.findChildren(UnsavedDialog)[-1], name)
