"""What each identity of the desk keeps from the others, and what has just come to be kept.

The owners ask for their own previews past the weather: it would hold back what was hidden before.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

import msgspec

from app.domain import Field
from app.wire import Preview
from app.worlds.inhabit import Inhabitants


@dataclass(frozen=True, slots=True)
class Withheld:
    """One field that an owner keeps from one other, and the rule that decided."""

    other: str
    field: Field
    rule: str


@dataclass(slots=True)
class WithheldFields:
    """Asks the service, as the owner, and remembers what was hidden the last time."""

    _hidden: dict[tuple[str, str], frozenset[Field]] = field(default_factory=dict)

    async def ask(
        self,
        people: Inhabitants,
        owner: str,
        others: Iterable[str],
        published: Collection[Field] = (),
    ) -> list[Withheld]:
        """Return what is hidden of what was just published, and whatever is newly hidden.

        Raises `Unreachable`, and `Refused` where a preview is not given.
        """
        found: list[Withheld] = []
        for other in others:
            answer = await people.ask(owner, f"/v1/me/preview?viewer={people.path(other)}")
            preview = msgspec.json.decode(answer, type=Preview)
            rules = {
                each: shown.because[-1].rule
                for each, shown in preview.fields.items()
                if not shown.visible
            }
            key = (owner, other)
            fresh = rules.keys() - self._hidden.get(key, rules.keys())
            self._hidden[key] = frozenset(rules)
            found += [
                Withheld(other, each, rule)
                for each, rule in rules.items()
                if each in fresh or each in published
            ]
        return found

    def knows(self, owner: str, other: str) -> bool:
        """Whether it was asked before, so that something can be newly hidden."""
        return (owner, other) in self._hidden

    def clear(self) -> None:
        """Forget a world."""
        self._hidden.clear()
