"""What happened without me, in words, and what keeping or undoing it means."""

from typing import Final

from app.addresses import display
from app.domain import Address, Field, Visibility, VisibilitySet
from app.views import Notice, NoticeKind
from ui import wording
from ui.icons import Icon
from ui.impact import in_a_sentence, listed
from ui.plain import isolated, one_line
from ui.wording import tr

ICONS: Final = {
    NoticeKind.JOINED: Icon.MATCHED,
    NoticeKind.LEFT: Icon.PENDING,
    NoticeKind.FOLLOWED: Icon.BELL,
    NoticeKind.PAIRED: Icon.LINK,
    NoticeKind.UNPAIRED: Icon.LINK,
    NoticeKind.ADDED: Icon.PERSON,
    NoticeKind.CHANGED: Icon.EDIT,
    NoticeKind.REMOVED: Icon.REMOVE,
    NoticeKind.REFUSED: Icon.WARNING,
    NoticeKind.OVERTAKEN: Icon.WARNING,
}

SENTENCES: Final = {
    NoticeKind.JOINED: "%1 has joined.",
    NoticeKind.LEFT: "%1 has left, and is pending again.",
    NoticeKind.FOLLOWED: "%1 wrote to you, and you follow them now.",
    NoticeKind.PAIRED: "You and %1 were paired.",
    NoticeKind.UNPAIRED: "You and %1 are paired no more.",
    NoticeKind.ADDED: "%1 was added in another session of yours.",
    NoticeKind.REMOVED: "%1 was removed in another session of yours.",
}

MEANINGS: Final = {
    NoticeKind.JOINED: "They see of you what your rules show them. Undo withdraws their address.",
    NoticeKind.LEFT: "Their profile is gone from here. You are told if they join again.",
    NoticeKind.FOLLOWED: "It gives them nothing of yours. Undo stops following them.",
    NoticeKind.PAIRED: "Who runs the service did this; only they can undo it.",
    NoticeKind.UNPAIRED: "Who runs the service did this; only they can undo it.",
    NoticeKind.ADDED: "Undo withdraws the address again.",
    NoticeKind.CHANGED: "Undo makes it what it was before.",
    NoticeKind.REMOVED: "Undo keeps them again, with everything you chose for them.",
    NoticeKind.REFUSED: "What you wanted is kept. Try again, change it, or give it up.",
    NoticeKind.OVERTAKEN: "Theirs is shown and yours is kept, until you choose which holds.",
}

RULES_TOGETHER: Final = "Both hold; where they are about the same, the stricter does."

MINE: Final = {"privacy": "rules", "picture": "picture", "auto_sync": "automatic sync"}
"""Parts of my own account that are no fields, as they follow "your"."""


def sentence(notice: Notice, name: str, sets: tuple[VisibilitySet, ...] = ()) -> str:
    """Say what happened; `name` is what I call the one it is about."""
    if notice.kind is NoticeKind.REFUSED:
        return refused(notice.about)
    if notice.kind is NoticeKind.OVERTAKEN:
        return overtaken(notice.about)
    shown = isolated(one_line(name) or display(Address(notice.about)))
    if notice.kind is NoticeKind.CHANGED:
        return _changed(notice, sets).replace("%1", shown)
    return tr(SENTENCES[notice.kind]).replace("%1", shown)


def refused(part: str) -> str:
    """Say that the service did not take a part of my account."""
    return tr("The service did not take your %1.").replace("%1", part_in_words(part))


def overtaken(part: str) -> str:
    """Say that another session was quicker with a part of my account."""
    text = tr("Another session of yours changed your %1 while your change waited to be sent.")
    return text.replace("%1", part_in_words(part))


def meaning(notice: Notice) -> str:
    """Say what follows from it."""
    if notice.kind is NoticeKind.OVERTAKEN and notice.about == "privacy":
        return tr(RULES_TOGETHER)
    return tr(MEANINGS[notice.kind])


def part_in_words(part: str) -> str:
    """Name a part of my account as it follows "your"."""
    if part.startswith("field:"):
        return in_a_sentence(Field(part.removeprefix("field:")))
    return tr(MINE[part])


def _changed(notice: Notice, sets: tuple[VisibilitySet, ...]) -> str:
    before, after = notice.before or {}, notice.after or {}
    different = {part for part in after if after[part] != before.get(part)}
    said = [
        tr(words[bool(after[part])])
        for part, words in TURNS.items()
        if part in different and bool(after[part]) is not bool(before.get(part))
    ]
    if different & {"visibility", "fields"}:
        value = after["visibility"]
        choice = wording.visibility(value, sets) if value != Visibility.CUSTOM else tr("Custom")
        said.append(tr("sees what you chose as %2").replace("%2", choice))
    if not said:
        return tr("What you keep of %1 was changed in another session of yours.")
    return tr("%1 now %2.").replace("%2", listed(said))


TURNS: Final = {
    "contact": ("is no contact", "is a contact"),
    "favorite": ("is no favorite", "is a favorite"),
    "subscribed": ("is not followed", "is followed"),
    "blocked": ("is not blocked", "is blocked"),
}
"""A part as it became when it was taken, or given."""
