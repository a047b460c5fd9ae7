"""The timeline: bounded, searched, and safe to show."""

from collections.abc import Collection

import pytest

from app.worlds.timeline import AT_ONCE, MOST, Kind, Moment, Timeline, Wanted, plain


def test_it_holds_a_hundred_thousand_moments_and_never_more() -> None:
    kept = Timeline()
    drops = 0
    for turn in range(MOST + 3 * AT_ONCE + 1):
        before = kept.first
        kept.add(Moment(0.0, Kind.CHANGED, "ana", str(turn)))
        drops += kept.first != before
        assert len(kept.moments) <= MOST
    assert drops == 4, "the oldest leave many at once: each that comes costs next to nothing"
    assert kept.moments[0].words == str(kept.first)


def test_what_is_new_is_asked_for_by_number() -> None:
    kept = Timeline()
    for words in ("about", "status", "name"):
        kept.add(Moment(0.0, Kind.CHANGED, "ana", words))
    assert kept.since(1, Wanted()) == [1, 2]
    assert [each.words for each in kept.numbered(kept.since(0, Wanted(text=" STAT ")))] == [
        "status"
    ]
    kept.clear()
    kept.add(Moment(0.0, Kind.CHANGED, "bo", "about"))
    assert kept.since(0, Wanted()) == kept.since(3, Wanted(text="bo")) == [3]
    assert kept.since(4, Wanted()) == kept.since(4, Wanted(text="bo")) == []


@pytest.mark.parametrize("who", ["", "ana", "bo", "cy"])
@pytest.mark.parametrize("kinds", [frozenset(Kind), {Kind.ARRIVED, Kind.STALE}, frozenset[Kind]()])
@pytest.mark.parametrize("text", ["", "a", "Version 2", "from BO"])
def test_what_is_wanted_is_what_each_moment_says_of_itself(
    who: str, kinds: Collection[Kind], text: str
) -> None:
    kept = Timeline()
    for number in range(60):
        one, other = ("ana", "bo", "cy")[number % 3], ("bo", "", "ana")[number // 3 % 3]
        kind = [*Kind][number // 5 % len(Kind)]
        kept.add(Moment(0.0, kind, one, f"status {number}", other, number % 4))
    asked = Wanted(who, kinds, text)
    for begin in (0, 17, 59, 60, 99):
        assert kept.since(begin, asked) == [
            number
            for number, each in enumerate(kept.moments)
            if number >= begin
            and (not who or who in (each.who, each.other))
            and each.kind in kinds
            and text.casefold() in f"{each.who} {each.kind} {each.what()} version {each.version}"
        ]


def test_a_line_says_who_what_from_whom_which_version_and_how_long_it_took() -> None:
    moment = Moment(0.0, Kind.ARRIVED, "ana", "status", "bo", 7, 12.4)
    assert moment.text() == "00:00:00.000  ana        arrived    status from bo (version 7), 12 ms"


def test_nothing_from_outside_is_hidden_or_turns_its_line_round() -> None:
    assert plain("Zoë 👋 +1") == "Zoë 👋 +1"
    assert plain("a\u202eb\u200bc\nd") == "a\\u202eb\\u200bc\\nd"
    assert plain("דד 1") == "\u2068דד 1\u2069"
    line = Moment(0.0, Kind.ARRIVED, "a\nb", "c\rd", "e\u2028f").text()
    assert len(line.splitlines()) == 1
