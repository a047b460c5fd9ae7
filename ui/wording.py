"""Errors, states and times as sentences for people: what happened, what was kept, what to do."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Final

from PySide6.QtCore import QCoreApplication, QDateTime, QLocale

from app.domain import Audience, Block, Field, Visibility, VisibilitySet
from app.errors import (
    CardUnreadable,
    HostFailed,
    InvalidAddress,
    Refused,
    SignedOut,
    StoreDamaged,
    Trouble,
    Unreachable,
    Untrusted,
)
from ui.plain import isolated, one_line

tr: Callable[[str], str] = partial(QCoreApplication.translate, "kith")

FIELDS: Final[dict[Field, str]] = {
    Field.NAME: "Name",
    Field.STATUS: "Status",
    Field.PICTURE: "Picture",
    Field.ABOUT: "About",
    Field.EMAIL: "Mail",
    Field.BIRTHDAY: "Birthday",
    Field.PRESENCE: "Online and last seen",
}

VISIBILITIES: Final[dict[int, tuple[str, str]]] = {
    Visibility.DEFAULT: ("Default", "My general rules decide."),
    Visibility.PUBLIC: ("Public", "Only what everyone may see."),
    Visibility.CONTACT: ("Contact", "What my contacts may see."),
    Visibility.CUSTOM: ("Custom", "Exactly what is switched on below."),
    Visibility.HIDDEN: ("Hidden", "Nothing at all."),
}

AUDIENCES: Final[dict[Audience, str]] = {
    Audience.EVERYONE: "Everyone",
    Audience.CONTACTS: "Contacts",
    Audience.FAVORITES: "Favorites",
    Audience.NOBODY: "Nobody",
}

TROUBLES: Final[dict[Trouble, str]] = {
    Trouble.EMPTY: "There is nothing to add. Type a number or a handle.",
    Trouble.LETTERS: "A number cannot have letters in it.",
    Trouble.CHARACTERS: "A handle has letters, digits and . _ @ + - only, and starts with a letter "
    "or digit.",
    Trouble.TOO_SHORT: "This number is too short. Is the area code missing?",
    Trouble.TOO_LONG: "This is too long. Is the number of another country, or are these two? "
    "A handle has at most 63 characters.",
    Trouble.SHORT_CODE: "This is a service number, and no person's.",
    Trouble.NO_COUNTRY: "Write the number with its country: +1 800 555 0001.",
    Trouble.NO_SUCH_NUMBER: "No such number can exist in that country. Is a digit wrong?",
    Trouble.SELF: "This is your own address.",
    Trouble.SHARED: "Somebody else in your book has this number too, and is reached by it.",
}

RULES: Final[dict[str, str]] = {
    "blocked": "you block their view",
    "viewer-blocked": "they block you",
    "override-public": "you chose Public for them",
    "override-contact": "you chose Contact for them",
    "override-custom": "you chose Custom for them",
    "override-hidden": "you chose Hidden for them",
    "audience-everyone": "everyone may see it",
    "audience-contacts": "your contacts may see it",
    "audience-favorites": "your favorites may see it",
    "audience-nobody": "nobody may see it",
}


def error(problem: Exception) -> str:
    """Say what happened and what to do next."""
    match problem:
        case SignedOut() | Unreachable() | Refused() | TimeoutError():
            return _of_the_service(problem)
        case InvalidAddress():
            return tr(TROUBLES.get(problem.detail, "This is not an address."))
        case CardUnreadable() | StoreDamaged() | HostFailed():
            return _of_this_computer(problem)
    return tr("Something went wrong that should not. Your contacts are safe.")


def _of_the_service(problem: Refused | Unreachable | TimeoutError) -> str:
    match problem:
        case SignedOut():
            return tr("The service does not know this token any more. Sign in again.")
        case Refused():
            return tr("The service refused this: %1").replace("%1", problem.detail)
        case Untrusted():
            return tr(
                "This server cannot prove to be the service, so nothing was sent to it. "
                "Check the address; your changes are kept."
            )
        case Unreachable():
            return tr("The service does not answer. Your changes are kept and sent when it does.")
    return tr("It took too long. Try again; nothing is lost.")


def _of_this_computer(problem: CardUnreadable | StoreDamaged | HostFailed) -> str:
    match problem:
        case CardUnreadable():
            said = tr("%1 cannot be read: %2.").replace("%2", problem.reason)
            return said.replace("%1", isolated(problem.path.name))
        case StoreDamaged():
            said = tr("%1 does not open. Move it away, and Kith starts afresh.")
            return said.replace("%1", str(problem.path))
    said = tr("The service on this computer did not start: %1")
    return said.replace("%1", problem.detail)


def trouble(what: Trouble) -> str:
    """Say what is wrong with a number or a handle."""
    return tr(TROUBLES[what])


def put_in(words: str, *values: str) -> str:
    """Put values where %1, %2 and so on stand; somebody who is called "%2" stays so.

    Where "Grace N." ends a sentence, hers is its full stop.
    """

    def value(found: re.Match[str]) -> str:
        put = values[int(found[1]) - 1]
        return put if one_line(put).endswith(".") else put + found[2]

    return re.sub(r"%([1-9])(\.?)", value, words)


def counted(count: int, one: str, many: str) -> str:
    """Say how many: `counted(3, "%1 change", "%1 changes")`."""
    return tr(one if count == 1 else many).replace("%1", number(count))


def number(count: int) -> str:
    """Write a number as the reader's language groups its digits."""
    return QLocale().toString(count)


def visibility(value: int, sets: tuple[VisibilitySet, ...] = ()) -> str:
    """Name a visibility, or the set it points to."""
    if value in VISIBILITIES:
        return tr(VISIBILITIES[value][0])
    return next(
        (isolated(each.name) for each in sets if each.id == value), tr("A set that is gone")
    )


def rule(name: str, sets: tuple[VisibilitySet, ...] = ()) -> str:
    """Say why a field is shown or hidden."""
    if name.startswith("set:"):
        shown = next((each.name for each in sets if f"set:{each.id}" == name), None)
        if shown is None:
            return tr("their visibility set is gone, so they see nothing")
        return tr("you gave them the set %1").replace("%1", isolated(shown))
    return tr(RULES[name]) if name in RULES else name


def blocks(what: tuple[Block, ...]) -> str:
    """Say what a block keeps somebody from."""
    if set(what) == set(Block):
        return tr("Blocked")
    if Block.PROFILE in what:
        return tr("Blocked from my profile")
    return tr("Messages blocked") if what else ""


def moment(at: float, now: float) -> str:
    """Say when something happened, the way people do."""
    then, today = _local(at), _local(now)
    days = (today.date() - then.date()).days
    if abs(now - at) < 60:
        return tr("just now")
    if days == 0:
        return clock(at)
    if days == 1:
        return tr("yesterday")
    if 1 < days < 7:
        return QLocale().dayName(then.isoweekday())
    return day(at, now)


def clock(at: float) -> str:
    """Write the time of the day."""
    return QLocale().toString(_qt(at).time(), QLocale.FormatType.ShortFormat)


def day(at: float, now: float) -> str:
    """Write a date, with its year where that is not this one."""
    same = _local(at).year == _local(now).year
    return QLocale().toString(_qt(at).date(), "d MMMM" if same else "d MMMM yyyy")


def exact(at: float) -> str:
    """Write date and time in full, for a tooltip."""
    return QLocale().toString(_qt(at), QLocale.FormatType.LongFormat)


def last_seen(rfc3339: str, now: float) -> str:
    """Say when somebody was last online."""
    try:
        at = datetime.fromisoformat(rfc3339).timestamp()
    except ValueError:
        return ""
    return tr("Last seen %1").replace("%1", moment(at, now))


def _local(at: float) -> datetime:
    return datetime.fromtimestamp(at, UTC).astimezone()


def _qt(at: float) -> QDateTime:
    return QDateTime.fromSecsSinceEpoch(int(at))
