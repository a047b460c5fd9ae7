"""Importing in the window: look before, mend, do, read the report, take it back."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QLineEdit, QPushButton, QScrollArea, QWidget

from app.paths import Paths
from app.people import Fate
from app.session import Session
from tests.ui.conftest import Run, until
from ui.importing.dialog import ImportDialog
from ui.importing.plan import Shelf
from ui.importing.table import ImportModel
from ui.plain import one_line
from ui.tasks import Tasks
from ui.theme import Theme

CARD = "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:{name}\r\nTEL:{number}\r\nEND:VCARD\r\n"
PEOPLE = {"Ada": "+1 202 555 0101", "Bo": "(202) 555-0102", "Half a number": "+1 202 555 01"}


def a_book(folder: Path, people: dict[str, str] | None = None) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / "family.vcf"
    cards = [CARD.format(name=name, number=number) for name, number in (people or PEOPLE).items()]
    path.write_text("".join(cards), newline="")
    return path


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[tuple[ImportDialog, Session]]:
    errors: list[Exception] = []
    async with Session(None, Paths(folder / "home")) as session:
        tasks = Tasks(errors.append)
        dialog = ImportDialog(session, tasks)
        dialog.show()
        dialog.activateWindow()
        await until(dialog.isActiveWindow)
        yield dialog, session
        await tasks.close()
        if shiboken6.isValid(dialog):  # one that was closed is deleted in a later turn
            dialog.close()
        await asyncio.sleep(0)
    assert errors == []


async def preview(dialog: ImportDialog, path: Path) -> None:
    dialog.read([path])
    await until(lambda: dialog.stack.currentWidget() is dialog.preview)


async def run_import(dialog: ImportDialog) -> None:
    click(dialog.preview.go)
    await until(lambda: dialog.stack.currentWidget() is dialog.report)


def click(widget: QWidget) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


def read(widget: QWidget, name: str) -> str:
    return "\n".join(
        one_line(each.text()) for each in widget.findChildren(QLabel, name) if each.isVisible()
    )


def names(session: Session) -> set[str]:
    return {row.name for row in session.rows()}


def test_a_book_is_shown_with_every_fate_before_anything_is_done(
    run: Run, dress: Theme, tmp_path: Path
) -> None:
    async def story() -> None:
        async with opened(tmp_path) as (dialog, session):
            await preview(dialog, a_book(tmp_path))
            items = dialog.preview.table.items
            fates = [items.item(at).planned for at in range(items.rowCount())]
            assert [each.fate for each in fates if each] == [Fate.NEW, Fate.NEW, Fate.NO_ADDRESS]
            assert items.counts[Shelf.TROUBLE] == 1
            assert "vCard, UTF-8 · 3 cards" in dialog.preview.kind.text()
            assert read(dialog, "import_promise").startswith("3 people will be added, 2 numbers")
            assert session.rows() == []

    run(story())


def test_space_leaves_a_card_out_and_the_button_counts(
    run: Run, dress: Theme, tmp_path: Path
) -> None:
    async def story() -> None:
        async with opened(tmp_path) as (dialog, session):
            await preview(dialog, a_book(tmp_path))
            dialog.preview.table.selectRow(1)
            QTest.keyClick(dialog.preview.table, Qt.Key.Key_Space)
            assert dialog.preview.go.text() == "Add 2 people"
            await run_import(dialog)
            assert names(session) == {"Ada", "Half a number"}
            assert "left out" in " ".join(each.text() for each in dialog.findChildren(QLabel))

    run(story())


def test_the_same_book_again_has_nothing_to_import(run: Run, dress: Theme, tmp_path: Path) -> None:
    async def story() -> None:
        async with opened(tmp_path) as (dialog, session):
            await preview(dialog, a_book(tmp_path))
            await run_import(dialog)
            await preview(dialog, a_book(tmp_path))
            assert dialog.preview.go.text() == "Nothing to import"
            assert not dialog.preview.go.isEnabled()
            assert "there already" in read(dialog, "import_promise")
            session.remove([row.id for row in session.rows() if row.name == "Ada"])
            dialog.read([a_book(tmp_path)])
            await until(lambda: dialog.preview.go.text() == "Add 1 person")

    run(story())


def test_a_click_on_the_tick_leaves_a_card_out_and_takes_it_in_again(
    run: Run, dress: Theme, tmp_path: Path
) -> None:
    async def story() -> None:
        async with opened(tmp_path) as (dialog, _session):
            await preview(dialog, a_book(tmp_path))
            table = dialog.preview.table
            row = table.visualRect(table.items.index(0, 0))
            for left_out in ({0}, set()):
                place = QPoint(row.left() + 20, row.center().y())
                QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
                assert table.items.left_out == left_out

    run(story())


def test_a_bad_number_is_mended_before_the_import(run: Run, dress: Theme, tmp_path: Path) -> None:
    async def story() -> None:
        async with opened(tmp_path) as (dialog, session):
            await preview(dialog, a_book(tmp_path))
            dialog.preview.table.selectRow(2)
            await until(lambda: "too short" in read(dialog, "mend_words"))
            field = dialog.preview.mender.findChild(QLineEdit, "mend_field")
            use = dialog.preview.mender.findChild(QPushButton, "mend_use")
            assert field is not None
            assert use is not None
            assert not use.isEnabled()
            field.selectAll()
            QTest.keyClicks(field, "202 555 0103")
            assert "can be looked up" in read(dialog, "mend_words")
            click(use)
            assert dialog.preview.table.items.counts[Shelf.TROUBLE] == 0
            await run_import(dialog)
            found = next(row for row in session.rows() if row.name == "Half a number")
            assert found.address == "12025550103"

    run(story())


def test_the_report_counts_shows_what_failed_and_saves_it(
    run: Run, dress: Theme, tmp_path: Path
) -> None:
    async def story() -> None:
        async with opened(tmp_path) as (dialog, _session):
            await preview(dialog, a_book(tmp_path))
            await run_import(dialog)
            assert read(dialog, "report_title") == "3 cards imported"
            dialog.report.save_failed(tmp_path / "to mend.csv")
            saved = (tmp_path / "to mend.csv").read_text(encoding="utf-8-sig")
            assert "Half a number" in saved
            assert "202 555 01" in saved
            assert "too short" in saved

    run(story())


def test_what_failed_is_mended_after_the_import_and_stays_one_person(
    run: Run, dress: Theme, tmp_path: Path
) -> None:
    async def story() -> None:
        async with opened(tmp_path) as (dialog, session):
            await preview(dialog, a_book(tmp_path))
            await run_import(dialog)
            click(dialog.report.mend)
            await until(lambda: dialog.stack.currentWidget() is dialog.preview)
            assert dialog.preview.table.items.shelf is Shelf.TROUBLE
            dialog.preview.table.selectRow(0)
            field = dialog.preview.mender.findChild(QLineEdit, "mend_field")
            assert field is not None
            field.setText("202 555 0103")
            QTest.keyClick(field, Qt.Key.Key_Return)
            await run_import(dialog)
            assert len(session.rows()) == 3
            assert {row.address for row in session.rows()} == {
                "12025550101",
                "12025550102",
                "12025550103",
            }

    run(story())


def test_undo_takes_the_whole_import_back(run: Run, dress: Theme, tmp_path: Path) -> None:
    async def story() -> None:
        async with opened(tmp_path) as (dialog, session):
            await preview(dialog, a_book(tmp_path))
            await run_import(dialog)
            click(dialog.report.undo)
            assert session.rows() == []
            assert not dialog.isVisible()

    run(story())


def test_cancelling_in_the_middle_leaves_nothing_behind(
    run: Run, dress: Theme, tmp_path: Path
) -> None:
    async def story() -> None:
        async with opened(tmp_path) as (dialog, session):
            many = {f"Person {at}": f"+1 202 55{at:05d}" for at in range(2000)}
            await preview(dialog, a_book(tmp_path, many))
            stopped: list[int] = []

            def stop(done: int) -> None:
                if done > 0 and not stopped:
                    stopped.append(done)
                    QTest.keyClick(dialog, Qt.Key.Key_Escape)

            dialog.working.bar.valueChanged.connect(stop)
            click(dialog.preview.go)
            await until(lambda: stopped)
            await until(lambda: not session.rows() and not session.steps())
            assert dialog.stack.currentWidget() is dialog.preview

    run(story())


def test_a_file_that_is_no_book_says_why_and_what_to_do(
    run: Run, dress: Theme, tmp_path: Path
) -> None:
    async def story() -> None:
        async with opened(tmp_path) as (dialog, _session):
            path = tmp_path / "book.xlsx"
            path.write_bytes(b"PK\x03\x04 rest of a workbook")
            dialog.read([path])
            await until(dialog.start.trouble.isVisible)
            assert "CSV" in dialog.start.trouble.accessibleName()
            dialog.read([tmp_path / "gone.vcf"])
            await until(lambda: "No such file" in dialog.start.trouble.accessibleName())
            assert dialog.stack.currentWidget() is dialog.start

    run(story())


def test_books_of_other_programs_are_offered_and_read(
    run: Run, dress: Theme, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    contacts = tmp_path / ".local/share/contacts"
    contacts.mkdir(parents=True)
    a_book(contacts)

    async def story() -> None:
        async with opened(tmp_path) as (dialog, _session):
            await until(dialog.start.places.isVisible)
            (place,) = dialog.start.findChildren(QPushButton, "import_place")
            assert place.text() == "KDE: contacts"
            click(place)
            await until(lambda: dialog.stack.currentWidget() is dialog.preview)

    run(story())


def test_pasted_numbers_become_people(run: Run, dress: Theme, tmp_path: Path) -> None:
    async def story() -> None:
        async with opened(tmp_path) as (dialog, session):
            QGuiApplication.clipboard().setText("Ada Okafor +1 202 555 0101\n+1 202 555 0102")
            dialog.start.choose.setFocus()
            QTest.keyClick(dialog, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
            await until(lambda: dialog.stack.currentWidget() is dialog.preview)
            await run_import(dialog)
            assert {row.address for row in session.rows()} == {"12025550101", "12025550102"}
            assert "Ada Okafor" in names(session)

    run(story())


def test_another_country_reads_the_numbers_anew(run: Run, dress: Theme, tmp_path: Path) -> None:
    async def story() -> None:
        async with opened(tmp_path) as (dialog, _session):
            await preview(dialog, a_book(tmp_path, {"Uwe": "030 901820"}))
            assert dialog.preview.table.items.counts[Shelf.TROUBLE] == 1
            region = dialog.preview.region
            region.set_region("DE")
            region.chosen.emit("DE")
            await until(lambda: dialog.preview.table.items.counts[Shelf.TROUBLE] == 0)

    run(story())


def test_the_table_is_a_sound_model(run: Run, dress: Theme, tmp_path: Path, qtmodeltester) -> None:  # type: ignore[no-untyped-def]  # pytest-qt's fixture has no type
    async def story() -> None:
        async with opened(tmp_path) as (dialog, _session):
            await preview(dialog, a_book(tmp_path))
            model: ImportModel = dialog.preview.table.items
            qtmodeltester.check(model)

    run(story())


def test_a_book_that_is_suddenly_empty_is_asked_about(
    run: Run, dress: Theme, tmp_path: Path
) -> None:
    async def story() -> None:
        async with opened(tmp_path) as (dialog, session):
            path = a_book(tmp_path)
            await preview(dialog, path)
            await run_import(dialog)
            path.write_text("\r\n")
            dialog.read([path])
            await until(dialog.start.trouble.isVisible)
            said = dialog.start.trouble.accessibleName()
            assert "You have 3 people from it, who stay. Is this the right file?" in said
            assert len(session.rows()) == 3

    run(story())


def test_what_has_no_room_on_a_small_screen_is_scrolled(
    run: Run, dress: Theme, tmp_path: Path
) -> None:
    async def work() -> None:
        async with opened(tmp_path) as (dialog, _session):
            small = QSize(420, 300)
            dialog.resize(small)
            await preview(dialog, a_book(tmp_path))
            around = dialog.findChild(QScrollArea, "roomy")
            assert dialog.size() == small
            assert around is not None
            await until(lambda: around.verticalScrollBar().maximum() > 0)
            around.ensureWidgetVisible(dialog.preview.go)
            place = dialog.preview.go.mapTo(dialog, dialog.preview.go.rect().center())
            assert dialog.rect().contains(place)

    run(work())
