"""Consequences in words: who would see more of me, who less, and what has to be asked first."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

import msgspec

from app.addresses import display
from app.domain import Address, Audience, ContactId, Field, State
from app.wire import Effect, Impact
from ui import wording
from ui.plain import isolated
from ui.wording import counted, put_in, tr

MANY: Final = 100
"""More people than this are asked about first, whatever happens to them."""

NAMED: Final = 2
"""So many are called by their names; more are a number that unfolds."""

OPENNESS: Final = (Audience.NOBODY, Audience.FAVORITES, Audience.CONTACTS, Audience.EVERYONE)


class Someone(NamedTuple):
    """One of my people, or somebody of whom I have only the address; two may have one name."""

    name: str
    who: ContactId | Address


@dataclass(frozen=True, slots=True)
class Consequence:
    """People for whom the same fields appear, or disappear; `later` are those not here yet."""

    gains: bool
    later: bool
    fields: tuple[Field, ...]
    people: tuple[Someone, ...]


def consequences(impact: Impact, people: Mapping[Address, Someone]) -> list[Consequence]:
    """Group an impact; the most people first, those who are here before those who may come."""
    groups: dict[tuple[bool, bool, tuple[Field, ...]], set[Someone]] = {}
    for gains, effects in ((True, impact.gains), (False, impact.loses)):
        for effect in effects:
            key = (gains, effect.state is State.PENDING, tuple(effect.fields))
            someone = people.get(effect.address) or _stranger(effect.address)
            groups.setdefault(key, set()).add(someone)
    found = [Consequence(*key, (*sorted(some, key=_place),)) for key, some in groups.items()]
    return sorted(found, key=lambda each: (each.later, not each.gains, -len(each.people)))


def of_fields(impact: Impact, fields: Collection[Field]) -> Impact:
    """Keep of an impact what concerns these fields."""

    def kept(effects: list[Effect]) -> list[Effect]:
        left = [(each, [field for field in each.fields if field in fields]) for each in effects]
        return [msgspec.structs.replace(each, fields=some) for each, some in left if some]

    return Impact(kept(impact.gains), kept(impact.loses))


def _stranger(address: Address) -> Someone:
    return Someone(display(address), address)


def _place(someone: Someone) -> tuple[str, str]:
    return someone.name.casefold(), str(someone.who)


def sentence(each: Consequence) -> str:
    """Say one consequence: "3 people will see your picture"."""
    people = listed([isolated(someone.name) for someone in each.people[:NAMED]])
    if len(each.people) > NAMED:
        people = counted(len(each.people), "%1 person", "%1 people")
    if each.later:
        text = _later(each)
    elif each.gains:
        text = tr("%1 will see your %2.")
    else:
        text = tr("%1 will no longer see your %2.")
    return put_in(text, people, fields_in_words(each.fields))


def _later(each: Consequence) -> str:
    if each.gains:
        return tr("%1, not here yet, will see your %2 on joining.")
    return tr("%1, not here yet, will not see your %2 on joining.")


def fields_in_words(fields: tuple[Field, ...]) -> str:
    """List fields as one does in a sentence."""
    if len(fields) == len(Field):
        return tr("whole profile")
    return listed([in_a_sentence(field) for field in fields])


def in_a_sentence(field: Field) -> str:
    """Name a field as it follows "your"."""
    if field is Field.PRESENCE:
        return tr("presence")
    return tr(wording.FIELDS[field]).lower()


def listed(words: list[str]) -> str:
    """List words: "a, b and c"."""
    if len(words) < 2:
        return "".join(words)
    return put_in(tr("%1 and %2"), ", ".join(words[:-1]), words[-1])


def is_wider(before: Audience, after: Audience) -> bool:
    """Whether the second audience takes in people whom the first leaves out."""
    return OPENNESS.index(after) > OPENNESS.index(before)


def affected(found: list[Consequence]) -> int:
    """Count the people for whom something changes now."""
    return len({someone for each in found if not each.later for someone in each.people})


def question(found: list[Consequence] | None, *, to_strangers: bool) -> str:
    """Say what has to be asked before it is done; nothing where undo takes everything back.

    `None` is an impact that the service could not be asked for.
    """
    if found is None:
        return tr("Nobody can tell now who will see it. Show it all the same?") * to_strangers
    newcomers = {who for each in found if each.gains and not each.later for who in each.people}
    if to_strangers:
        return tr("What strangers have seen, no undo takes back. Show it to everyone?")
    if newcomers:
        return counted(
            len(newcomers),
            "What they have seen, no undo takes back. Show it to %1 person?",
            "What they have seen, no undo takes back. Show it to %1 people?",
        )
    if affected(found) > MANY:
        return counted(affected(found), "", "This changes what %1 people see. Do it?")
    return ""


def shows_more(found: list[Consequence] | None, strangers: str) -> bool:
    """Whether somebody sees what they did not see before."""
    return bool(strangers) or any(each.gains for each in found or [])
