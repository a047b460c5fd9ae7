"""Why a field is shown or hidden: the rules in the order they were asked, and which one decided."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from app.domain import Audience, ContactId, Field, Visibility, VisibilitySet
from app.wire import Because, FieldPreview, Preview
from ui import wording
from ui.impact import in_a_sentence
from ui.plain import isolated
from ui.viewers import Viewer
from ui.wording import put_in, tr


class Goal(StrEnum):
    """Where a rule is changed."""

    BLOCK = "block"
    VISIBILITY = "visibility"
    CONTACT = "contact"
    FAVORITE = "favorite"
    AUDIENCE = "audience"
    SET = "set"


@dataclass(frozen=True, slots=True)
class Way:
    """A control that opens the place where a rule is changed."""

    words: str
    goal: Goal
    field: Field
    contact: ContactId | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """One rule that was asked, in words."""

    words: str
    decided: bool
    ways: tuple[Way, ...] = ()


VISIBILITY_OF_RULE: Final = {
    "override-public": Visibility.PUBLIC,
    "override-contact": Visibility.CONTACT,
    "override-custom": Visibility.CUSTOM,
    "override-hidden": Visibility.HIDDEN,
}


def reasons(
    viewer: Viewer, field: Field, shown: FieldPreview, sets: tuple[VisibilitySet, ...] = ()
) -> list[Reason]:
    """Word the rules that were consulted, in their order."""
    return [_reason(viewer, field, each, shown.visible, sets) for each in shown.because]


def answer(viewer: Viewer, field: Field, shown: FieldPreview) -> str:
    """Say whether this viewer sees the field."""
    text = tr("%1 sees your %2.") if shown.visible else tr("%1 does not see your %2.")
    return put_in(text, viewer.first, in_a_sentence(field))


def deciding(found: list[Reason]) -> Reason | None:
    """Return the rule that decided."""
    return next((each for each in found if each.decided), None)


def as_text(viewer: Viewer, preview: Preview, sets: tuple[VisibilitySet, ...] = ()) -> str:
    """Write it all down, to be copied."""
    lines = [tr("What %1 sees of me, and why").replace("%1", viewer.within)]
    for field, shown in preview.fields.items():
        lines += ["", answer(viewer, field, shown)]
        for number, each in enumerate(reasons(viewer, field, shown, sets), 1):
            mark = tr(" (this decides)") if each.decided else ""
            lines.append(f"  {number}. {each.words}{mark}")
    return "\n".join(lines)


# ---- one rule

OF_ONE_PERSON: Final = {
    "blocked": "No block of yours is about %1 as such.",
    "viewer-blocked": "Only a single person can block you.",
}
"""What a rule about one person says of a kind of people."""


def _reason(
    viewer: Viewer,
    field: Field,
    because: Because,
    visible: bool,
    sets: tuple[VisibilitySet, ...],
) -> Reason:
    rule, decided = because.rule, because.decided
    if viewer.kind and rule in OF_ONE_PERSON:
        return Reason(_named(tr(OF_ONE_PERSON[rule]), viewer), decided)
    if rule == "blocked":
        words = tr("You block %1 from your profile.") if decided else tr("You do not block %1.")
        return Reason(_named(words, viewer), decided, _on_person(viewer, field, Goal.BLOCK))
    if rule == "viewer-blocked":
        words = tr("%1 blocks you.") if decided else tr("%1 does not block you.")
        return Reason(_named(words, viewer), decided)
    if rule.startswith("audience-"):
        return _by_audience(viewer, field, rule, visible)
    return _by_override(viewer, field, rule, sets)


def _by_audience(viewer: Viewer, field: Field, rule: str, visible: bool) -> Reason:
    audience = Audience(rule.removeprefix("audience-"))
    words = {
        Audience.EVERYONE: tr("Your %2 is open to everyone."),
        Audience.CONTACTS: tr("Your %2 is for your contacts, and %1 is one.")
        if visible
        else tr("Your %2 is for your contacts, and %1 is not one."),
        Audience.FAVORITES: tr("Your %2 is for your favorites, and %1 is one.")
        if visible
        else tr("Your %2 is for your favorites, and %1 is not one."),
        Audience.NOBODY: tr("Your %2 is for nobody."),
    }[audience]
    ways = [Way(tr("Who may see it…"), Goal.AUDIENCE, field)]
    if audience in MEMBERSHIP:
        ways += _on_person(viewer, field, MEMBERSHIP[audience])
    ways += _on_person(viewer, field, Goal.VISIBILITY)
    return Reason(put_in(words, viewer.within, in_a_sentence(field)), True, tuple(ways))


MEMBERSHIP: Final = {Audience.CONTACTS: Goal.CONTACT, Audience.FAVORITES: Goal.FAVORITE}
"""What decides whether somebody belongs to an audience."""


def _by_override(
    viewer: Viewer, field: Field, rule: str, sets: tuple[VisibilitySet, ...]
) -> Reason:
    if rule.startswith("set:"):
        return _by_set(viewer, field, rule, sets)
    visibility = VISIBILITY_OF_RULE.get(rule)
    if visibility is None:
        return Reason(rule, True)
    words = tr("For %1 you chose “%2”: %3")
    said = put_in(words, viewer.name, wording.visibility(visibility), tr(MEANS[visibility]))
    return Reason(said, True, _on_person(viewer, field, Goal.VISIBILITY))


MEANS: Final = {
    Visibility.PUBLIC: "only what everyone may see.",
    Visibility.CONTACT: "what your contacts may see.",
    Visibility.CUSTOM: "exactly the fields you ticked.",
    Visibility.HIDDEN: "nothing.",
}


def _by_set(viewer: Viewer, field: Field, rule: str, sets: tuple[VisibilitySet, ...]) -> Reason:
    found = next((each for each in sets if f"set:{each.id}" == rule), None)
    ways = [Way(tr("What is in the set…"), Goal.SET, field)] if found else []
    ways += _on_person(viewer, field, Goal.VISIBILITY)
    if found is None:
        words = tr("The set you gave %1 is deleted, so they see nothing.")
    elif viewer.kind:
        words = (
            tr("The set “%2” has this.")
            if field in found.fields
            else tr("The set “%2” lacks this.")
        )
    elif field in found.fields:
        words = tr("You gave %1 the set “%2”, and this is in it.")
    else:
        words = tr("You gave %1 the set “%2”, and this is not in it.")
    name = isolated(found.name) if found else ""
    return Reason(put_in(words, viewer.name, name), True, tuple(ways))


def _on_person(viewer: Viewer, field: Field, goal: Goal) -> tuple[Way, ...]:
    if viewer.contact_id is None:
        return ()
    words = {
        Goal.BLOCK: tr("Blocking…"),
        Goal.CONTACT: tr("Contact or not…"),
        Goal.FAVORITE: tr("Favorite or not…"),
        Goal.VISIBILITY: tr("Rule for %1…"),
    }[goal]
    return (Way(_named(words, viewer), goal, field, viewer.contact_id),)


def _named(words: str, viewer: Viewer) -> str:
    return put_in(words, viewer.within)
