"""Who sees what of whom, and why: the one pure function behind every answer."""

from dataclasses import dataclass
from typing import NamedTuple

from app.domain import FIRST_SET, Audience, Field, Privacy, Visibility

FIELDS = tuple(Field)
BIT = {field: 1 << place for place, field in enumerate(FIELDS)}


class Standing(NamedTuple):
    """What the rules ask of an owner and a viewer: the relation, and whether the viewer blocks."""

    contact: bool = False
    favorite: bool = False
    blocks: bool = False
    visibility: int = Visibility.DEFAULT
    fields: int = 0
    """The mask of the fields chosen with `Visibility.CUSTOM`."""
    viewer_blocks: bool = False


STRANGER = Standing()
CONTACT = Standing(contact=True)
FAVORITE = Standing(contact=True, favorite=True)


@dataclass(frozen=True, slots=True)
class Decision:
    """Whether a field is visible, and the rules consulted; the last of them decided."""

    visible: bool
    consulted: tuple[str, ...]

    @property
    def rule(self) -> str:
        """The rule that decided."""
        return self.consulted[-1]


def decide(privacy: Privacy, standing: Standing, field: Field) -> Decision:
    """Apply the rules in order; the first that applies wins."""
    if standing.blocks:
        return Decision(False, ("blocked",))
    if standing.viewer_blocks:
        return Decision(False, ("blocked", "viewer-blocked"))
    visible, rule = (
        _by_audience(privacy, standing, field)
        if standing.visibility == Visibility.DEFAULT
        else _by_override(privacy, standing, field)
    )
    return Decision(visible, ("blocked", "viewer-blocked", rule))


def visible_mask(privacy: Privacy, standing: Standing) -> int:
    """Return the mask of the fields that such a viewer may see."""
    return sum(BIT[field] for field in FIELDS if decide(privacy, standing, field).visible)


def admits(audience: Audience, standing: Standing) -> bool:
    """Tell whether an audience includes such a viewer."""
    match audience:
        case Audience.EVERYONE:
            return True
        case Audience.CONTACTS:
            return standing.contact
        case Audience.FAVORITES:
            return standing.favorite
        case Audience.NOBODY:
            return False


def mask_of(fields: tuple[Field, ...]) -> int:
    """Return the mask of some fields."""
    return sum(BIT[field] for field in set(fields))


def fields_of(mask: int) -> tuple[Field, ...]:
    """Return the fields of a mask, in the order in which they are shown."""
    return tuple(field for field in FIELDS if mask & BIT[field])


def _by_audience(privacy: Privacy, standing: Standing, field: Field) -> tuple[bool, str]:
    audience = privacy.audiences[field]
    return admits(audience, standing), f"audience-{audience.value}"


def _by_override(privacy: Privacy, standing: Standing, field: Field) -> tuple[bool, str]:
    match standing.visibility:
        case Visibility.PUBLIC:
            return _by_audience(privacy, STRANGER, field)[0], "override-public"
        case Visibility.CONTACT:
            return _by_audience(privacy, CONTACT, field)[0], "override-contact"
        case Visibility.CUSTOM:
            return bool(standing.fields & BIT[field]), "override-custom"
        case number if number >= FIRST_SET:
            # A set that was deleted gives nothing to those who still have it.
            given = next((each.fields for each in privacy.sets if each.id == number), ())
            return field in given, f"set:{number}"
        case _:
            return False, "override-hidden"
