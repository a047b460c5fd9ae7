"""Saying what the columns of an unknown table hold, with its first cards in sight."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel

from app.importers import Card, Mapping, read_book
from app.importers.mapping import Role
from app.importers.table import look_at_table
from tests.ui.conftest import Run, until
from tests.ui.test_import_dialog import opened
from ui.importing.mapping import MappingPage
from ui.theme import Theme

ROWS = "Kunde;Ruf;Ort\nAda Okafor;+49 171 1234567;Köln\nBo Quist;12;Bonn\nCyd;0221 5550101;Bonn\n"


def asked(folder: Path, text: str = ROWS, encoding: str = "utf-8") -> tuple[MappingPage, Path]:
    path = folder / "kunden.csv"
    path.write_bytes(text.encode(encoding))
    page = MappingPage()
    page.resize(780, 640)
    page.ask(path, look_at_table(path), "DE")
    page.show()
    return page, path


def choose(page: MappingPage, place: int, role: Role) -> None:
    combo = page.roles[place]
    combo.setCurrentIndex(combo.findData(role.value))
    combo.activated.emit(combo.currentIndex())


def cards_shown(page: MappingPage) -> list[str]:
    items = [page.cards.itemAt(at) for at in range(page.cards.count())]
    labels = [item.widget() for item in items if item is not None]
    return [label.text() for label in labels if isinstance(label, QLabel)]


def plain(text: str) -> str:
    return text.replace("\u2068", "").replace("\u2069", "")


def test_each_column_shows_what_is_in_it_and_the_likely_meaning(
    dress: Theme, tmp_path: Path
) -> None:
    page, _ = asked(tmp_path)
    assert [combo.currentData() for combo in page.roles] == ["name", "phone", "keep"]
    assert [plain(words) for words in cards_shown(page)] == [
        "Ada Okafor · +49 171 1234567",
        "Bo Quist · 12",
        "Cyd · 0221 5550101",
    ]
    assert page.promise.text().startswith("Of the first 3 cards, 2 have a number to look up.")


def test_a_choice_changes_the_cards_and_the_promise_at_once(dress: Theme, tmp_path: Path) -> None:
    page, path = asked(tmp_path)
    heard: list[Mapping] = []
    page.confirmed.connect(lambda _path, _table, mapping: heard.append(mapping))
    choose(page, 1, Role.NOTE)
    assert "nobody of this table can be looked up" in page.promise.text()
    choose(page, 1, Role.PHONE)
    choose(page, 2, Role.FAMILY)
    assert plain(cards_shown(page)[0]).startswith("Ada Okafor")
    QTest.mouseClick(page.go, Qt.MouseButton.LeftButton)
    (mapping,) = heard
    assert mapping.sure
    (first, *_) = [card for card in read_book(path, mapping) if isinstance(card, Card)]
    assert (first.name, first.family) == ("Ada Okafor", "Köln")


def test_a_table_without_headings_loses_no_card(dress: Theme, tmp_path: Path) -> None:
    page, path = asked(tmp_path)
    QTest.mouseClick(page.headings.switch, Qt.MouseButton.LeftButton)
    assert not page.mapping().has_headers
    assert len(cards_shown(page)) == 4
    assert "remembers" not in page.promise.text()
    cards = [card for card in read_book(path, page.mapping()) if isinstance(card, Card)]
    assert [card.name for card in cards] == ["Kunde", "Ada Okafor", "Bo Quist", "Cyd"]


def test_other_letters_and_another_separator_are_read_at_once(dress: Theme, tmp_path: Path) -> None:
    page, path = asked(tmp_path, ROWS.replace("Köln", "Łódź"), "cp1250")
    at = page.encoding.findData("cp1250")
    page.encoding.setCurrentIndex(at)
    page.encoding.activated.emit(at)
    choose(page, 2, Role.ORG)
    (first, *_) = [card for card in read_book(path, page.mapping()) if isinstance(card, Card)]
    assert first.org == "Łódź"
    at = page.separator.findData("|")
    page.separator.setCurrentIndex(at)
    page.separator.activated.emit(at)
    assert len(page.roles) == 1


def test_nobody_found_says_so_and_reads_nothing(dress: Theme, tmp_path: Path) -> None:
    page, _ = asked(tmp_path)
    for place in range(3):
        choose(page, place, Role.KEEP)
    assert not page.go.isEnabled()
    assert cards_shown(page) == ["Nobody is found this way."]


def test_an_unknown_table_is_asked_about_once_and_then_known(
    run: Run, dress: Theme, tmp_path: Path
) -> None:
    path = tmp_path / "kunden.csv"
    path.write_text(ROWS)

    async def story() -> None:
        async with opened(tmp_path) as (dialog, _session):
            dialog.read([path])
            await until(lambda: dialog.columns.page is not None and dialog.columns.page.isVisible())
            assert dialog.columns.page is not None
            choose(dialog.columns.page, 2, Role.ORG)
            QTest.mouseClick(dialog.columns.page.go, Qt.MouseButton.LeftButton)
            await until(lambda: dialog.stack.currentWidget() is dialog.preview)
            assert dialog.preview.plan is not None
            assert [each.card.org for each in dialog.preview.plan.cards] == ["Köln", "Bonn", "Bonn"]
            dialog.read([path])
            await until(lambda: "as you said before" in dialog.preview.kind.text())
            QTest.mouseClick(dialog.preview.columns, Qt.MouseButton.LeftButton)
            await until(dialog.columns.page.isVisible)
            assert dialog.columns.page.roles[2].currentData() == Role.ORG
            QTest.mouseClick(dialog.columns.page.cancel, Qt.MouseButton.LeftButton)
            assert dialog.stack.currentWidget() is dialog.preview

    run(story())
