"""Names from outside, made safe."""

from hypothesis import given
from hypothesis import strategies as st

from ui.avatar import initials
from ui.plain import BREAK, breakable, isolated, on_button, one_line


@given(st.text())
def test_no_invisible_character_is_left(text: str) -> None:
    assert one_line(text).replace("\u200c", "").replace("\u200d", "").isprintable()


@given(st.text())
def test_once_is_enough(text: str) -> None:
    assert one_line(one_line(text)) == one_line(text)


def test_white_space_becomes_one_space() -> None:
    assert one_line(" Ada \n\t Okafor\u2028") == "Ada Okafor"


def test_a_name_in_a_sentence_is_isolated() -> None:
    assert isolated("عمر") == "\u2068عمر\u2069"


def test_emoji_made_of_several_stay_whole() -> None:
    assert one_line("👩\u200d🚀 Sally") == "👩\u200d🚀 Sally"


def test_initials_are_letters_of_the_first_and_the_last_name() -> None:
    assert initials("Ada Bergström 00006") == "AB"
    assert initials("Ann (work)") == "A"
    assert initials("Bob 2") == "B"
    assert initials("émile de la Cruz") == "ÉC"
    assert initials("+1 800 555 0001") == ""
    assert initials("") == ""


def test_initials_put_the_given_name_first_where_a_book_put_it_last() -> None:
    assert initials("Müller, Jörg") == initials("Jörg Müller") == "JM"
    assert initials("de la Cruz, Émile") == "ÉC"
    assert initials("عبد الرحمن، عمر") == initials("عمر عبد الرحمن")
    assert initials("Müller,") == initials(", Müller") == "M"
    assert initials("Jörg Müller, Ph.D.") == "JM"


@given(st.text())
def test_what_is_broken_reads_the_same(text: str) -> None:
    assert breakable(text).replace(BREAK, "") == text.replace(BREAK, "")


def test_a_word_longer_than_a_line_can_be_broken() -> None:
    assert BREAK in breakable("Wolfeschlegelsteinhausenbergerdorff")
    assert BREAK not in breakable("Wolfeschlegel steinhausen berger dorff")


def test_a_button_shows_the_beginning_of_a_name_as_it_is() -> None:
    assert on_button("Tom & Jerry") == "\u2068Tom && Jerry\u2069"
    assert on_button("x" * 100) == "\u2068" + "x" * 23 + "…\u2069"
