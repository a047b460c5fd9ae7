"""Every rule in words, in its order, with the place where it is changed."""

import pytest

from app.domain import Address, ContactId, Field, VisibilitySet
from app.wire import Because, FieldPreview, Preview
from ui import why
from ui.plain import one_line
from ui.viewers import Viewer
from ui.why import Goal

ADA = Viewer("12025550101", "Ada", True, False, Address("12025550101"), ContactId(7))
STRANGER = Viewer("everyone", "A stranger")
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
