"""What the table of expectations says: of a cell, of the rules behind it, of the last check."""

from typing import Final

from app.domain import Field
from app.worlds.drafts import Cell, Draft
from app.worlds.expectations import NOT_FILLED_IN, NOT_FOUND, Expected, Finding
from app.worlds.timeline import Moment
from ui import viewers, wording
from ui.plain import isolated
from ui.wording import tr

WORDS: Final[dict[Expected, str]] = {
    Expected.SHOW: "show",
    Expected.HIDE: "hide",
    Expected.ANY: "-",
}
MISSING: Final = {
    NOT_FILLED_IN: "So it would be shown, but %1 has not filled it in.",
    NOT_FOUND: "So it would be shown, but %2 may not find %1 by an address, and sees nothing.",
}
KINDS_BLOCK: Final = {
    "blocked": "No block of %1 is about %2 as such.",
    "viewer-blocked": "Only a single person can block %1.",
}
PUBLISHES: Final = "publishes "


def cell(expected: Expected, finding: Finding | None) -> str:
    """Write a cell: a glyph where it was checked, and what is when that is not expected."""
    words = tr(WORDS[expected])
    if finding is None:
        return words
    if expected is Expected.ANY:
        return f"- {tr('shown') if finding.shown else tr('hidden')}"
    if finding.passed:
        return f"✓ {words}"
    return _failed(expected, is_shown=finding.shown)


def widest() -> str:
    """Return what a cell needs most room for."""
    return max(
        _failed(Expected.SHOW, is_shown=False), _failed(Expected.HIDE, is_shown=True), key=len
    )


def _failed(expected: Expected, *, is_shown: bool) -> str:
    return f"✗ {tr(WORDS[expected])}: {tr('is shown') if is_shown else tr('is hidden')}"


def spoken(draft: Draft, which: Cell, finding: Finding | None) -> str:
    """Say a cell whole, for a screen reader."""
    viewer, field = which
    place = f"{viewer}, {tr(wording.FIELDS[field])}"
    return f"{place}: {cell(draft.expected(which), finding)}"


def title(owner: str, finding: Finding) -> str:
    """Say what a viewer sees."""
    viewer, field = finding.cell.viewer, finding.cell.field
    words = tr("%1 sees the %3 of %2.") if finding.shown else tr("%1 does not see the %3 of %2.")
    words = words.replace("%1", isolated(viewer)).replace("%2", isolated(owner))
    return words.replace("%3", tr(wording.FIELDS[field]).lower())


def why(owner: str, finding: Finding) -> str:
    """Say by which rules, in the order in which they were asked."""
    who = finding.cell.viewer
    kind = next((each.within for each in viewers.kinds() if each.asked == who), "")
    names = isolated(owner), kind or isolated(who)
    *passed_by, deciding = finding.reasons
    rules = [_passed_by(rule, *names, is_kind=bool(kind)) for rule in passed_by]
    rules.append(_deciding(deciding, *names))
    return "\n".join(f"{at}. {words}" for at, words in enumerate(rules, 1))


def verdict(draft: Draft, findings: dict[Cell, Finding]) -> tuple[str, str]:
    """Say how many cells are as expected, and in which tone."""
    asked = [
        each
        for each in findings.values()
        if draft.expected((each.cell.viewer, each.cell.field)) is not Expected.ANY
    ]
    failed = sum(not each.passed for each in asked)
    words = tr("%1 of %2 as expected").replace("%1", wording.number(len(asked) - failed))
    return words.replace("%2", wording.number(len(asked))), "danger" if failed else "success"


def not_since(moment: Moment) -> str:
    """Say what has happened since the last check, or before the first."""
    words = tr("Not checked since %1: %2 %3").replace("%1", moment.clock()[:8])
    return words.replace("%2", isolated(moment.who)).replace("%3", moment.what())


def is_about(moment: Moment, owner: str, viewers: tuple[str, ...]) -> bool:
    """Whether what somebody did may have changed what is seen of the owner."""
    if moment.who == owner:
        return True
    published = moment.words.startswith(PUBLISHES) or moment.words in set(Field)
    return moment.who in viewers and not published


def _passed_by(rule: str, owner: str, viewer: str, *, is_kind: bool) -> str:
    """Word a rule that was asked and did not decide."""
    if is_kind and rule in {"blocked", "viewer-blocked"}:
        text = KINDS_BLOCK[rule]
        return tr(text).replace("%1", owner).replace("%2", viewer)
    words = {
        "blocked": tr("%1 does not block %2."),
        "viewer-blocked": tr("%2 does not block %1."),
    }.get(rule, tr("The rule %3 shows it.").replace("%3", rule))
    return words.replace("%1", owner).replace("%2", viewer)


def _deciding(rule: str, owner: str, viewer: str) -> str:
    """Word the rule that decided."""
    if rule in MISSING:
        return tr(MISSING[rule]).replace("%1", owner).replace("%2", viewer)
    kind, _, detail = rule.partition("-")
    words = {
        "blocked": tr("%1 blocks %2."),
        "viewer": tr("%2 blocks %1."),
        "audience": tr("Nothing else is said for %2, so the audience of the field counts: %3."),
        "override": tr("%1 chose a rule for %2: %3."),
    }.get(kind, tr("%1 gave %2 a set of fields (%3)."))
    words = words.replace("%1", owner).replace("%2", viewer).replace("%3", detail or rule)
    return words + tr(" This decides.")
