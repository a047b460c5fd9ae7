"""Exporting: what was imported comes back the same from every format."""

from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel

from app.exporters import BookFormat
from app.importers import Card, read_book
from app.paths import Paths
from app.session import Session
from tests.ui.conftest import Run, until
from tests.ui.people import fill
from ui.export_dialog import ExportDialog
from ui.plain import one_line
from ui.tasks import Tasks
from ui.theme import Theme

BOOK = (
    "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ada Okafor\r\nTEL;TYPE=work:+1 202 555 0101\r\n"
    "EMAIL:ada@example.org\r\nNOTE:Likes tea\r\nEND:VCARD\r\n"
    "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Bo\r\nTEL:555-01\r\nEND:VCARD\r\n"
)


def words(dialog: ExportDialog) -> str:
    label = dialog.findChild(QLabel, "export_words")
    assert label is not None
    return label.text()


@pytest.mark.parametrize("kind", list(BookFormat))
def test_what_was_imported_is_written_and_read_back(
    run: Run, dress: Theme, tmp_path: Path, kind: BookFormat
) -> None:
    async def story() -> None:
        book = tmp_path / "book.vcf"
        book.write_text(BOOK, newline="")
        async with Session(None, Paths(tmp_path / "home")) as session:
            tasks = Tasks(lambda _error: None)
            await session.books.run(await session.books.plan([book], "US"), lambda _d, _t: None)
            dialog = ExportDialog(session, tasks)
            dialog.format.set_current(kind)
            out = tmp_path / f"out{kind.suffix}"
            dialog.write(out)
            await until(lambda: "2 contacts are in" in words(dialog))
            assert dialog.save.isVisibleTo(dialog)
            assert not dialog.stop.isVisibleTo(dialog)
            cards = [each for each in read_book(out) if isinstance(each, Card)]
            assert [(card.name, card.phones[0].text) for card in cards] == [
                ("Ada Okafor", "+1 202 555 0101"),
                ("Bo", "555-01"),
            ]
            assert cards[0].emails[0].text == "ada@example.org"
            assert cards[0].note == "Likes tea"
            dialog.deleteLater()
            await tasks.close()

    run(story())


def test_only_the_chosen_are_written_and_a_bad_place_is_said(
    run: Run, dress: Theme, tmp_path: Path
) -> None:
    async def story() -> None:
        async with Session(None, Paths(tmp_path / "home")) as session:
            tasks = Tasks(lambda _error: None)
            ada = session.add_contact("Ada", ["+12025550101"], "US")
            session.add_contact("Bo", ["bo.handle"], "US")
            dialog = ExportDialog(session, tasks, None, [ada])
            dialog.write(tmp_path / "no such folder" / "out.vcf")
            await until(lambda: "No such file" in words(dialog))
            dialog.write(tmp_path / "out.vcf")
            await until(lambda: "1 contact is in out.vcf." in one_line(words(dialog)))
            assert "FN:Bo" not in (tmp_path / "out.vcf").read_text()
            assert session.books.cards()[1].handles[0].text == "bo.handle"
            dialog.deleteLater()
            await tasks.close()

    run(story())


def test_a_stopped_export_leaves_the_file_as_it_was(run: Run, dress: Theme, tmp_path: Path) -> None:
    async def story() -> None:
        async with Session(None, Paths(tmp_path / "home")) as session:
            tasks = Tasks(lambda _error: None)
            fill(session, 120)
            out = tmp_path / "out.vcf"
            out.write_text("before")
            dialog = ExportDialog(session, tasks)
            dialog.write(out)
            dialog.stop.click()
            await until(lambda: not tasks.is_running("export"))
            assert words(dialog) == "Stopped."
            assert out.read_text() == "before"
            assert not (tmp_path / "out.vcf.part").exists()
            dialog.deleteLater()
            await tasks.close()

    run(story())
