"""One card of several: nothing is lost, and a question only where they differ."""

from pathlib import Path

from app.exporters import BookFormat, book_text
from app.importers import Card, Photo, Value, read_book
from app.one_card import propose_merge

PHOTO = Photo("image/png", b"\x89PNG one")
OTHER_PHOTO = Photo("image/png", b"\x89PNG two")


def test_a_merge_loses_nothing_and_asks_only_where_they_differ() -> None:
    one = Card(
        source="a",
        name="Ada Okafor",
        phones=(Value("020 7946 0958"),),
        note="from school",
        org="Acme",
        rest=("X-A:1",),
    )
    other = Card(
        source="b",
        name="Ada O.",
        phones=(Value("+442079460958", "home"), Value("020 7946 0959", "work")),
        emails=(Value("a@x.example"),),
        note="plays chess",
        org="Acme",
        photo=PHOTO,
        rest=("X-A:1", "X-B:2"),
    )
    merge = propose_merge([one, other], "GB")
    assert merge.card.name == "Ada Okafor"
    assert [(value.text, value.label) for value in merge.card.phones] == [
        ("020 7946 0958", "home"),
        ("020 7946 0959", "work"),
    ]
    assert merge.card.note == "from school\n\nplays chess"
    assert merge.card.photo == PHOTO
    assert merge.card.rest == ("X-A:1", "X-B:2", "FN:Ada O.")
    assert [choice.field for choice in merge.choices] == ["name"]
    assert propose_merge([one, other], "GB", {"name": 1}).card.name == "Ada O."


def test_what_is_not_chosen_stays_on_the_card_and_comes_back_from_a_file(tmp_path: Path) -> None:
    one = Card(
        source="", name="Ada Okafor", org="Acme, Ltd", photo=PHOTO, birthday="1990-01-02", uid="1"
    )
    other = Card(
        source="", name="Ada O.", org="Beta", photo=OTHER_PHOTO, birthday="1990-01-03", uid="2"
    )
    merge = propose_merge([one, other], "GB", {"org": 1, "photo": 1})
    assert [choice.field for choice in merge.choices] == ["name", "org", "birthday", "photo"]
    path = tmp_path / "book.vcf"
    path.write_text(book_text([merge.card], BookFormat.VCARD_4), newline="")
    (again,) = read_book(path)
    assert isinstance(again, Card)
    assert (again.name, again.org, again.photo) == ("Ada Okafor", "Beta", OTHER_PHOTO)
    said = "\n".join(again.rest)
    assert "FN:Ada O." in said
    assert "ORG:Acme\\, Ltd" in said
    assert "1990-01-03" in said
    assert sum(line.startswith("PHOTO") for line in again.rest) == 1


def test_the_full_name_stays_with_the_name_that_was_chosen() -> None:
    one = Card(source="", name="Ada O.", given="Ada", family="O.")
    other = Card(
        source="",
        name="Dr Ada Okafor",
        given="Ada",
        family="Okafor",
        rest=("N:Okafor;Ada;;Dr;", "X-B:1"),
    )
    first = propose_merge([one, other], "GB").card
    assert (first.given, first.family) == ("Ada", "O.")
    assert "X-KITH-ALSO-N:Okafor;Ada;;Dr;" in first.rest
    second = propose_merge([one, other], "GB", {"name": 1}).card
    assert (second.given, second.family) == ("Ada", "Okafor")
    assert second.rest[:2] == ("N:Okafor;Ada;;Dr;", "X-B:1")


def test_lines_that_belong_together_do_not_mix_with_those_of_another_card() -> None:
    one = Card(source="", name="Ada", rest=("item1.URL:a", "item1.X-ABLabel:Blog"))
    other = Card(source="", name="Ada", rest=("item1.ADR:b", "item1.X-ABLabel:Cabin"))
    third = Card(source="", name="Ada", rest=("item1.ADR:c", "item1.X-ABLabel:Boat"))
    assert propose_merge([one, other, third], "GB").card.rest == (
        "item1.URL:a",
        "item1.X-ABLabel:Blog",
        "item1-2.ADR:b",
        "item1-2.X-ABLabel:Cabin",
        "item1-3.ADR:c",
        "item1-3.X-ABLabel:Boat",
    )
