"""What became of each card after an import: matched, pending, refused, or tried again when."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from app.domain import Address, State
from app.session import Entry
from ui import wording
from ui.icons import Icon
from ui.importing import plan as import_plan
from ui.importing.plan import Item
from ui.plain import one_line
from ui.wording import tr

ReadEntry = Callable[[Address], Entry | None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What is drawn at the end of a line, and `why` in a sentence below the table."""

    words: str
    icon: Icon
    tone: str
    why: str


def outcome_of(item: Item, read: ReadEntry) -> Outcome:
    """Say what became of a card: of its addresses, the one that got furthest speaks."""
    if item.planned is None:
        why = import_plan.numbers_of(item)
        return Outcome(tr("Unreadable"), Icon.WARNING, "danger", why)
    found = [read(each.address) for each in item.planned.written]
    entries = [entry for entry in found if entry is not None]
    if not entries:
        why = tr("It is kept, but nobody can be found by it.")
        said = Outcome(tr("No number"), Icon.NOTE, "warning", why)
    else:
        said = min((_of_entry(entry) for entry in entries), key=lambda pair: pair[0])[1]
    bad = [
        f"{one_line(value.text)}: {wording.trouble(trouble)}"
        for value, trouble in item.planned.rejected
    ]
    return Outcome(said.words, said.icon, said.tone, " ".join([said.why, *bad]))


def _of_entry(entry: Entry) -> tuple[int, Outcome]:
    """Say it for one address, with how far it got: 0 is the furthest."""
    if entry.relation.state is State.MATCHED:
        return 0, Outcome(tr("Matched"), Icon.MATCHED, "success", tr("They are on Kith."))
    if entry.failure:
        why = tr("The service did not take %1: %2").replace("%2", one_line(entry.failure))
        why = why.replace("%1", one_line(entry.text))
        return 4, Outcome(tr("Refused"), Icon.WARNING, "danger", why)
    if entry.deferred_until is not None:
        when = wording.moment(entry.deferred_until, time.time())
        why = tr("Only so many new numbers are looked up in an hour. It is kept until then.")
        return 2, Outcome(tr("Retry: %1").replace("%1", when), Icon.HISTORY, "warning", why)
    return _of_kept(entry)


def _of_kept(entry: Entry) -> tuple[int, Outcome]:
    if entry.waiting:
        return 3, Outcome(tr("Waiting"), Icon.CLOUD, "muted", tr("It waits to be looked up."))
    if not entry.kept:
        why = tr("The service keeps it no more.")
        return 5, Outcome(tr("Withdrawn"), Icon.REMOVE, "muted", why)
    why = tr("They are not on Kith yet; you are told when they join.")
    return 1, Outcome(tr("Pending"), Icon.PENDING, "muted", why)
