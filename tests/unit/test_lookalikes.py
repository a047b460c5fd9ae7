import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.lookalikes import (
    find_alike,
    first_resembled,
    has_mixed_scripts,
    imitating_script,
    skeleton,
)


@pytest.mark.parametrize(
    ("name", "disguise"),
    [
        ("Ada Okafor", "Аda Okafor"),  # Cyrillic А
        ("paypal", "pаypаl"),
        ("Oscar", "0scar"),
        ("Bill", "BiIl".replace("I", "І")),
        ("modern", "modem"),
        ("Ana", "A\u200bna"),
        ("Ana", "\u202eAna"),
        ("ANA", "ΑΝΑ"),  # all Greek
        ("Robin", "Ｒｏｂｉｎ".replace("Ｒ", "R\u200d")),
    ],
)
def test_a_disguise_is_seen_through(name: str, disguise: str) -> None:
    assert first_resembled(disguise, ["Somebody", name]) == name


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("José", "Jose"),
        ("Ana", "ana"),
        ("Ana", "Anna"),
        ("Дмитрий", "Dmitri"),
        ("Ana", " Ana "),
        ("יעל", "יעל"),
    ],
)
def test_what_is_no_disguise_is_let_alone(name: str, other: str) -> None:
    assert first_resembled(name, [other]) is None


@pytest.mark.parametrize(
    ("name", "mixed"),
    [
        ("Аda", True),
        ("Ада Lovelace", False),
        ("佐藤さん", False),
        ("Zoë Müller", False),
        ("pаypal", True),
    ],
)
def test_scripts_mixed_in_one_word_are_noticed(name: str, mixed: bool) -> None:
    assert has_mixed_scripts(name) is mixed


@given(st.text())
def test_a_name_never_resembles_itself_and_its_look_is_stable(name: str) -> None:
    assert first_resembled(name, [name]) is None
    assert skeleton(name) == skeleton(name + "\u200b")


def test_whoever_a_glance_takes_for_another_is_found() -> None:
    names = [
        "Müller",
        "Muller",
        "Ada Okafor",
        "Аda Okafor",
        "Bo",
        "bo",
        "Cyd",
        "",
        "Arnold",
        "Amold",
    ]
    alike = find_alike(enumerate([*names, "Dan", "Eve  B", "Eve B", ""]))
    assert alike == {0, 1, 2, 3, 4, 5, 8, 9, 11, 12}


def test_the_script_of_letters_that_imitate_is_named() -> None:
    assert imitating_script("Аda") == "Cyrillic"
    assert imitating_script("Νina") == "Greek"
    assert imitating_script("Ada 0kafor") == ""
    assert imitating_script("Müller") == ""
