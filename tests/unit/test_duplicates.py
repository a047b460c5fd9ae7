"""The same person twice, by what they have in common and never by name alone."""

import pytest

from app.addresses import parse_phone
from app.duplicates import Clue, Likeness, Person, find_likenesses, grouped
from app.importers import Card, Value


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
    return [
        Person(str(place), card, frozenset(parse_phone(value.text, "GB") for value in card.phones))
        for place, card in enumerate(cards)
    ]


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


def test_the_same_uid_under_another_name_is_a_question() -> None:
    (likeness,) = find_likenesses(people(a_card("Ada", uid="u1"), a_card("Addie", uid="u1")))
    assert clues(likeness) == {Clue.UID}
    assert not likeness.sure
    (likeness,) = find_likenesses(people(a_card("Ada", uid="u1"), a_card("ADA", uid="u1")))
    assert likeness.sure


def test_a_name_with_a_slip_is_a_question_too() -> None:
    (likeness,) = find_likenesses(
        people(a_card("Anna Meier", "020 7946 0958"), a_card("Anne Meier", "020 7946 0958"))
    )
    assert clues(likeness) == {Clue.NUMBER, Clue.NAME_ALIKE}
    assert not likeness.sure


def test_father_and_son_have_a_name_and_a_number_in_common_but_no_birthday() -> None:
    (likeness,) = find_likenesses(
        people(
            a_card("John Smith", "020 7946 0958", birthday="1950-01-01"),
            a_card("John Smith", "020 7946 0958", birthday="1980-01-01"),
        )
    )
    assert not likeness.sure


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


def test_who_was_told_apart_is_known_again_under_another_key() -> None:
    one, other = people(a_card("Ada", "020 7946 0958"), a_card("Bo", "020 7946 0958"))
    marks = frozenset((one.mark, other.mark))
    again = [Person("7", one.card, one.addresses), Person("8", other.card, other.addresses)]
    assert not find_likenesses(again, {marks})


def test_three_records_of_one_person_are_one_group() -> None:
    found = find_likenesses(
        people(
            a_card("Ada", "020 7946 0001", mail="a@x.example"),
            a_card("Ada", "020 7946 0001"),
            a_card("Ada", mail="A@x.example"),
            a_card("Bo", "020 7946 0001"),
        )
    )
    sure, asked = grouped(found)
    assert (sorted(sure.keys), sure.sure) == (["0", "1", "2"], True)
    assert (sorted(asked.keys), asked.sure) == (["0", "1", "3"], False)


def test_nobody_is_sure_of_a_group_in_which_two_were_told_apart() -> None:
    apart = {frozenset(("1", "2"))}
    found = find_likenesses(
        people(
            a_card("Ada", "020 7946 0001", mail="a@x.example"),
            a_card("Ada", "020 7946 0001"),
            a_card("Ada", mail="a@x.example"),
        ),
        apart,
    )
    (group,) = grouped(found, apart)
    assert not group.sure


def test_a_search_ends_when_it_is_told_to() -> None:
    class Enough(Exception):
        pass

    def stop() -> None:
        raise Enough

    with pytest.raises(Enough):
        find_likenesses(people(a_card("Ada", "020 7946 0958")), (), stop)


def test_ten_thousand_people_are_compared_in_linear_work() -> None:
    crowd = people(*(a_card(f"Same Name {n % 10}", f"020 79{n:06}") for n in range(10_000)))
    twice = [*crowd, Person("again", crowd[5].card, crowd[5].addresses)]
    assert len(find_likenesses(twice)) == 1
