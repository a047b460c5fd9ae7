"""What was said of a table's columns: taken at once, and known again by its headings."""

from pathlib import Path

from app.importers import Card, Mapping, read_book
from app.importers.mapping import Column, Role
from app.importers.remembered import Answers, unsure_table
from app.importers.table import Table, look_at_table

ROWS = "Kunde,Telefax,Ruf\nAda Okafor,7,+1 202 555 0101\nBo Quist,8,+1 202 555 0102\n"
SAID = (Column(Role.NAME), Column(Role.KEEP), Column(Role.PHONE, "work"))


def a_table(folder: Path, text: str = ROWS, encoding: str = "utf-8") -> Path:
    path = folder / "kunden.csv"
    path.write_bytes(text.encode(encoding))
    return path


def looked_at(path: Path, answers: Answers) -> Table:
    found = unsure_table(path, answers)
    assert found is not None
    return found


def test_a_table_is_asked_about_once(tmp_path: Path) -> None:
    path, answers = a_table(tmp_path), Answers(tmp_path / "tables.json")
    table = looked_at(path, answers)
    assert table.headers == ("Kunde", "Telefax", "Ruf")
    answers.keep(table, Mapping(SAID))
    assert unsure_table(path, answers) is None
    said = Answers(tmp_path / "tables.json").of(path)
    assert said is not None
    assert [(each.role, each.label) for each in said.columns] == [
        (each.role, each.label) for each in SAID
    ]
    cards = [card for card in read_book(path, said) if isinstance(card, Card)]
    assert [card.phones[0].label for card in cards] == ["work", "work"]


def test_what_was_chosen_now_goes_before_what_was_remembered(tmp_path: Path) -> None:
    path, answers = a_table(tmp_path), Answers(tmp_path / "tables.json")
    answers.keep(looked_at(path, answers), Mapping(SAID))
    chosen = Mapping((Column(Role.NOTE), Column(), Column(Role.PHONE)))
    assert Answers(answers.file, {path: chosen}).of(path) == chosen


def test_nothing_of_anybody_is_remembered(tmp_path: Path) -> None:
    answers = Answers(tmp_path / "tables.json")
    with_headings = a_table(tmp_path)
    answers.keep(looked_at(with_headings, answers), Mapping(SAID))
    bare = a_table(tmp_path, "Ada Okafor,+1 202 555 0101\nBo,+1 202 555 0102\n")
    table = looked_at(bare, answers)
    assert not table.mapping.has_headers
    answers.keep(table, table.mapping)
    kept = answers.file.read_text()
    assert not any(word in kept for word in ("Ada", "202", "Kunde", "Ruf"))
    assert unsure_table(bare, answers) is not None


def test_other_headings_are_another_question(tmp_path: Path) -> None:
    path, answers = a_table(tmp_path), Answers(tmp_path / "tables.json")
    answers.keep(looked_at(path, answers), Mapping(SAID))
    other = a_table(tmp_path, ROWS.replace("Ruf", "Anruf"))
    assert unsure_table(other, answers) is not None


def test_how_a_table_is_written_can_be_said(tmp_path: Path) -> None:
    path = a_table(tmp_path, "Kunde|Ruf\nŁukasz; Zażółć|+48 22 555 01 01\n", "cp1250")
    table = look_at_table(path, "cp1250", "|")
    assert (table.encoding, table.separator) == ("cp1250", "|")
    columns = (Column(Role.NAME), Column(Role.PHONE))
    said = Mapping(columns, encoding="cp1250", separator="|")
    (card,) = read_book(path, said)
    assert isinstance(card, Card)
    assert (card.name, card.phones[0].text) == ("Łukasz; Zażółć", "+48 22 555 01 01")


def test_a_damaged_file_of_answers_is_as_none(tmp_path: Path) -> None:
    path, answers = a_table(tmp_path), Answers(tmp_path / "tables.json")
    answers.file.write_text('{"half')
    table = looked_at(path, answers)
    answers.keep(table, Mapping(SAID))
    assert unsure_table(path, answers) is None


def test_recognised_tables_and_other_books_ask_nothing(tmp_path: Path) -> None:
    answers = Answers(tmp_path / "tables.json")
    assert unsure_table(a_table(tmp_path, "Name,Phone\nAda,+12025550101\n"), answers) is None
    card = tmp_path / "book.vcf"
    card.write_text("BEGIN:VCARD\nVERSION:3.0\nFN:Ada\nEND:VCARD\n")
    assert unsure_table(card, answers) is None
    assert answers.of(tmp_path) is None
