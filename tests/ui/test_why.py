"""Every rule in words, in its order, with the place where it is changed."""

import pytest

from app.domain import Address, ContactId, Field, VisibilitySet
from app.wire import Because, FieldPreview, Preview
from app.worlds.expectations import Expectation, Expected, Finding
from ui import why
from ui.desk import table_words
from ui.plain import isolated, one_line
from ui.viewers import Viewer, kinds
from ui.why import Goal
from ui.wording import put_in

ADA = Viewer("12025550101", "Ada", True, False, Address("12025550101"), ContactId(7))
STRANGER, CONTACT, _FAVORITE, WORKER = kinds((VisibilitySet(16, "Work", (Field.NAME,)),))
WORK = VisibilitySet(16, "Work", (Field.NAME,))


def shown(visible: bool, *rules: str) -> FieldPreview:
    return FieldPreview(visible, [Because(rule, rule == rules[-1]) for rule in rules])


LAST = Goal.VISIBILITY


@pytest.mark.parametrize(
    ("visible", "rule", "words", "goals"),
    [
        (False, "blocked", "You block Ada from your profile.", [Goal.BLOCK]),
        (False, "viewer-blocked", "Ada blocks you.", []),
        (True, "override-public", "For Ada you chose “Public”", [Goal.VISIBILITY]),
        (False, "override-hidden", "For Ada you chose “Hidden”: nothing.", [Goal.VISIBILITY]),
        (True, "override-custom", "exactly the fields you ticked", [Goal.VISIBILITY]),
        (True, "override-contact", "what your contacts may see", [Goal.VISIBILITY]),
        (False, "set:16", "this is not in it", [Goal.SET, Goal.VISIBILITY]),
        (False, "set:99", "The set you gave Ada is deleted", [Goal.VISIBILITY]),
        (True, "audience-everyone", "open to everyone", [Goal.AUDIENCE, Goal.VISIBILITY]),
        (True, "audience-contacts", "and Ada is one", [Goal.AUDIENCE, Goal.CONTACT, LAST]),
        (False, "audience-favorites", "Ada is not one", [Goal.AUDIENCE, Goal.FAVORITE, LAST]),
        (False, "audience-nobody", "for nobody", [Goal.AUDIENCE, Goal.VISIBILITY]),
    ],
)
def test_each_rule_says_what_it_did_and_where_it_is_changed(
    visible: bool, rule: str, words: str, goals: list[Goal]
) -> None:
    found = why.reasons(ADA, Field.PICTURE, shown(visible, rule), (WORK,))
    assert words in one_line(found[-1].words)
    assert [way.goal for way in found[-1].ways] == goals
    assert {way.contact for way in found[-1].ways} <= {None, ContactId(7)}


def test_rules_keep_their_order_and_only_the_last_decides() -> None:
    found = why.reasons(
        ADA, Field.NAME, shown(True, "blocked", "viewer-blocked", "audience-everyone")
    )
    assert [one_line(each.words) for each in found] == [
        "You do not block Ada.",
        "Ada does not block you.",
        "Your name is open to everyone.",
    ]
    assert [each.decided for each in found] == [False, False, True]
    assert why.deciding(found) == found[-1]


def test_a_kind_of_people_has_no_page_to_open() -> None:
    found = why.reasons(STRANGER, Field.NAME, shown(True, "audience-everyone"))
    assert [way.goal for way in found[0].ways] == [Goal.AUDIENCE]


def test_a_kind_of_people_is_no_person_in_any_sentence() -> None:
    rules = ("blocked", "viewer-blocked", "audience-contacts")
    found = why.reasons(STRANGER, Field.STATUS, shown(False, *rules))
    assert [each.words for each in found] == [
        "No block of yours is about a stranger as such.",
        "Only a single person can block you.",
        "Your status is for your contacts, and a stranger is not one.",
    ]
    assert why.answer(CONTACT, Field.STATUS, shown(True)) == "A contact sees your status."
    worker = why.reasons(WORKER, Field.NAME, shown(True, "set:16"), (WORK,))
    assert one_line(worker[0].words) == "The set “Work” has this."
    said = one_line(why.answer(WORKER, Field.NAME, shown(True)))
    assert said == "Somebody with the set Work sees your name."


def test_the_desk_speaks_of_a_kind_of_people_as_of_one() -> None:
    cell = Expectation("everyone", Field.STATUS, Expected.HIDE, 1)
    reasons = ("blocked", "viewer-blocked", "audience-nobody")
    said = one_line(table_words.why("ana", Finding(cell, False, reasons)).replace("\n", " "))
    assert "No block of ana is about a stranger as such." in said
    assert "Only a single person can block ana." in said
    assert "everyone" not in said


def test_a_name_that_ends_in_a_full_stop_ends_the_sentence_with_it() -> None:
    assert put_in("You block %1.", isolated("Grace N.")) == "You block \u2068Grace N.\u2069"
    assert put_in("You block %1.", isolated("Grace")) == "You block \u2068Grace\u2069."
    assert put_in("%1 blocks you.", "Grace N.") == "Grace N. blocks you."


def test_the_copied_text_has_every_field_and_marks_what_decides() -> None:
    preview = Preview(
        "everyone",
        {
            Field.NAME: shown(True, "blocked", "viewer-blocked", "audience-everyone"),
            Field.EMAIL: shown(False, "blocked", "viewer-blocked", "audience-nobody"),
        },
    )
    text = why.as_text(STRANGER, preview)
    assert "A stranger sees your name." in text
    assert "A stranger does not see your mail." in text
    assert text.count("(this decides)") == 2
