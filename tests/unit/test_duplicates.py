"""The same person twice, by what they have in common and never by name alone."""

from app.duplicates import Clue, Likeness, Person, find_likenesses, person_of, propose_merge
from app.importers import Card, Photo, Value


def a_card(name: str, *phones: str, mail: str = "", birthday: str = "", uid: str = "") -> Card:
    return Card(
        source="book",
        name=name,
        phones=tuple(map(Value, phones)),
        emails=(Value(mail),) if mail else (),
        birthday=birthday,
        uid=uid,
    )


def people(*cards: Card) -> list[Person]:
    return [person_of(str(place), card, "GB") for place, card in enumerate(cards)]


def clues(likeness: Likeness) -> set[Clue]:
    return {reason.clue for reason in likeness.reasons}


def test_a_number_and_a_name_are_sure_however_they_are_written() -> None:
    found = find_likenesses(
        people(
            a_card("Ada Okafor", "020 7946 0958"),
            a_card("Okafor, Ada", "+44 (0)20 7946 0958"),
            a_card("Bo", "0044 20 7946 0111"),
        )
    )
    (likeness,) = found
    assert (likeness.one.key, likeness.other.key) == ("0", "1")
    assert clues(likeness) == {Clue.NUMBER, Clue.NAME}
    assert likeness.sure


def test_a_shared_number_alone_is_a_question() -> None:
    (likeness,) = find_likenesses(
        people(a_card("Ada", "020 7946 0958"), a_card("Bo", "020 7946 0958"))
    )
    assert clues(likeness) == {Clue.NUMBER}
    assert not likeness.sure


def test_a_name_alone_is_no_reason() -> None:
    assert not find_likenesses(
        people(
            a_card("Ada Okafor", "020 7946 0958", mail="a@x.example"),
            a_card("Ada Okafor", "020 7946 0959", mail="b@x.example"),
        )
    )


def test_a_name_and_a_birthday_are() -> None:
    found = find_likenesses(
        people(
            a_card("Ada Okafor", birthday="1990-01-02"),
            a_card("Ada Okafor", birthday="1990-01-02"),
            a_card("Bo", birthday="1990-01-02"),
        )
    )
    assert [clues(likeness) for likeness in found] == [{Clue.NAME, Clue.BIRTHDAY}]


def test_a_mail_in_another_case_and_a_name_with_a_slip() -> None:
    (likeness,) = find_likenesses(
        people(
            a_card("Renée Müller", mail="R@x.example"), a_card("Renee Muller", mail="r@X.example")
        )
    )
    assert Clue.MAIL in clues(likeness)
    assert likeness.sure


def test_the_same_uid_is_the_same_card() -> None:
    (likeness,) = find_likenesses(people(a_card("Ada", uid="u1"), a_card("Addie", uid="u1")))
    assert likeness.sure


def test_a_switchboard_says_nothing() -> None:
    crowd = [a_card(f"Person {number}", "020 7946 0958") for number in range(6)]
    assert not find_likenesses(people(*crowd))


def test_told_apart_once_is_told_apart() -> None:
    pair = people(a_card("Ada", "020 7946 0958"), a_card("Ada", "020 7946 0958"))
    assert find_likenesses(pair)
    assert not find_likenesses(pair, {frozenset(("0", "1"))})


def test_the_sure_ones_come_first() -> None:
    found = find_likenesses(
        people(
            a_card("Ada", "020 7946 0001"),
            a_card("Bo", "020 7946 0001"),
            a_card("Cy", "020 7946 0002"),
            a_card("Cy", "020 7946 0002"),
        )
    )
    assert [likeness.sure for likeness in found] == [True, False]


def test_a_merge_loses_nothing_and_asks_only_where_they_differ() -> None:
    photo = Photo("image/png", b"\x89PNG")
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
        photo=photo,
        rest=("X-A:1", "X-B:2"),
    )
    merge = propose_merge([one, other], "GB")
    assert merge.card.name == "Ada Okafor"
    assert [(value.text, value.label) for value in merge.card.phones] == [
        ("020 7946 0958", "home"),
        ("020 7946 0959", "work"),
    ]
    assert merge.card.note == "from school\n\nplays chess"
    assert merge.card.photo == photo
    assert merge.card.rest == ("X-A:1", "X-B:2")
    assert [choice.field for choice in merge.choices] == ["name"]
    assert propose_merge([one, other], "GB", {"name": 1}).card.name == "Ada O."


def test_ten_thousand_people_are_compared_in_linear_work() -> None:
    crowd = people(*(a_card(f"Same Name {n % 10}", f"020 79{n:06}") for n in range(10_000)))
    twice = [*crowd, Person("again", crowd[5].card, crowd[5].addresses)]
    assert len(find_likenesses(twice)) == 1
