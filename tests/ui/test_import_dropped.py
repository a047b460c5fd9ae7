"""Files and links that are dropped on the window or on its import."""

from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent

from tests.ui.conftest import Run, until
from tests.ui.test_import_dialog import a_book, opened, run_import
from ui.importing.dialog import ImportDialog
from ui.theme import Theme


def drop(dialog: ImportDialog, mime: QMimeData) -> None:
    event = QDropEvent(
        QPointF(40, 40),
        Qt.DropAction.CopyAction,
        mime,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    dialog.start.dropEvent(event)


def test_a_dropped_file_is_read(run: Run, dress: Theme, tmp_path: Path) -> None:
    async def story() -> None:
        async with opened(tmp_path) as (dialog, _session):
            mime = QMimeData()
            mime.setUrls([QUrl.fromLocalFile(str(a_book(tmp_path)))])
            drop(dialog, mime)
            await until(lambda: dialog.stack.currentWidget() is dialog.preview)

    run(story())


def test_a_dropped_link_is_text_and_not_this_folder(
    run: Run, dress: Theme, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    a_book(tmp_path)
    monkeypatch.chdir(tmp_path)

    async def story() -> None:
        async with opened(tmp_path) as (dialog, _session):
            mime = QMimeData()
            mime.setUrls([QUrl("tel:+12025550199")])
            mime.setText("Cy +1 202 555 0199")
            drop(dialog, mime)
            await until(lambda: dialog.stack.currentWidget() is dialog.preview)
            assert dialog.preview.plan is not None
            assert [card.name for card in dialog.preview.plan.cards] == ["Cy"]

    run(story())


def test_the_next_file_waits_for_an_answer_to_the_first(
    run: Run, dress: Theme, tmp_path: Path
) -> None:
    async def story() -> None:
        async with opened(tmp_path) as (dialog, _session):
            first = a_book(tmp_path)
            second = a_book(tmp_path / "more", {"Cy": "+1 202 555 0199"})
            dialog.offer([first])
            await until(lambda: dialog.stack.currentWidget() is dialog.preview)
            dialog.offer([second])
            assert dialog.stack.currentWidget() is dialog.preview
            await run_import(dialog)
            dialog.offer([second])
            await until(lambda: dialog.stack.currentWidget() is dialog.preview)
            assert dialog.preview.plan is not None
            assert [card.name for card in dialog.preview.plan.cards] == ["Cy"]

    run(story())
