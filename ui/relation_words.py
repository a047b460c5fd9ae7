"""The relation between two people in words, both ways."""

from app.domain import Block, Field, Fields, State
from app.session import Person
from app.wire import Preview
from ui import wording
from ui.impact import fields_in_words
from ui.plain import isolated
from ui.wording import put_in, tr


def filled(fields: Fields) -> list[Field]:
    """Name the fields that have a value."""
    return [field for field in Field if getattr(fields, field.value) is not None]


def since(person: Person, now: float) -> str:
    """Say whether, and since when, they are here."""
    row = person.row
    if row.address is None:
        return tr("No number here can be looked up. Fix one below.")
    if row.state is None:
        return tr("Withdrawn: the service keeps nothing of it. Make them a contact to look again.")
    if row.state is State.MATCHED:
        if row.joined_at is None:
            return tr("On Kith since before you added them")
        return tr("On Kith since %1").replace("%1", wording.day(row.joined_at, now))
    return tr("Not here yet: we will tell you when they join")


def what_i_see(person: Person, fields: Fields) -> str:
    """Say what they show to me."""
    name = isolated(person.row.name)
    if person.row.address is None:
        return tr("Nobody can be found by what is on this card. Add a number or a handle.")
    if person.row.state is not State.MATCHED:
        return tr("When %1 joins, what they show appears here.").replace("%1", name)
    if Block.PROFILE in person.row.blocked:
        return tr("You block %1, so you see nothing of them.").replace("%1", name)
    have = filled(fields)
    if not have:
        return tr("You see nothing of %1: it is private, or not filled in.").replace("%1", name)
    words = tr("%1 shows you their %2. What else there is, is private or not filled in.")
    return put_in(words, name, fields_in_words((*have,)))


def what_they_see(person: Person, preview: Preview) -> str:
    """Say what I show to them."""
    name = isolated(person.row.name)
    shown = [field for field, each in preview.fields.items() if each.visible]
    hidden = [field for field, each in preview.fields.items() if not each.visible]
    when = person.row.state is State.MATCHED
    if not shown:
        start = (
            tr("%1 sees nothing of you.") if when else tr("When %1 joins, they see nothing of you.")
        )
        return start.replace("%1", name)
    start = tr("%1 sees your %2.") if when else tr("When %1 joins, they see your %2.")
    text = put_in(start, name, fields_in_words((*shown,)))
    if hidden:
        text += " " + tr("They do not see your %1.").replace("%1", fields_in_words((*hidden,)))
    return text
