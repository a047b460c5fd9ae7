"""A change of one relation, checked against the rules of its parts."""

from msgspec import UNSET

from app.domain import FIRST_SET, Privacy, Visibility
from app.service.decide import mask_of
from app.service.problems import ProblemError
from app.service.relations import Record, block_mask
from app.wire import PatchRelation

PRESETS = frozenset(Visibility)


def patched(record: Record, change: PatchRelation, privacy: Privacy) -> Record:
    """Return a relation with some parts changed; raises 422 or 403 where they cannot be."""
    if change.paired is not UNSET:
        raise ProblemError("operator-only", "Only the service's operator can pair accounts.")
    record = _patched_flags(record, change)
    return _patched_visibility(record, change, privacy)


def check_visibility(visibility: int, privacy: Privacy) -> None:
    """Raise 422 unless a visibility is a preset or a set of the owner's."""
    if visibility in PRESETS or any(each.id == visibility for each in privacy.sets):
        return
    raise ProblemError(
        "invalid",
        f"A visibility is 0, 1, 2, 4, 8, or the id ({FIRST_SET} or more) of a set of yours.",
    )


def _patched_flags(record: Record, change: PatchRelation) -> Record:
    if change.favorite is True and change.contact is False:
        raise ProblemError("invalid", "A favorite is a contact: set both, or drop both.")
    if change.contact is not UNSET:
        favorite = record.favorite if change.contact else 0
        record = record._replace(contact=int(change.contact), favorite=favorite)
    if change.favorite is not UNSET:
        contact = 1 if change.favorite else record.contact
        record = record._replace(favorite=int(change.favorite), contact=contact)
    if change.subscribed is not UNSET:
        record = record._replace(subscribed=int(change.subscribed))
    if change.blocked is not UNSET:
        record = record._replace(blocked=block_mask(change.blocked))
    return record


def _patched_visibility(record: Record, change: PatchRelation, privacy: Privacy) -> Record:
    if change.visibility is not UNSET:
        check_visibility(change.visibility, privacy)
        fields = record.fields if change.visibility == record.visibility else 0
        record = record._replace(visibility=change.visibility, fields=fields)
    if change.fields is not UNSET:
        if record.visibility != Visibility.CUSTOM:
            raise ProblemError("invalid", "`fields` goes with visibility 4 (CUSTOM) alone.")
        record = record._replace(fields=mask_of(change.fields))
    return record
