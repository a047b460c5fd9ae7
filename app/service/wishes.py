"""What one call of bulk synchronisation wishes, sorted out: each address, its key and its flags."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple, cast

from msgspec import UNSET

from app.addresses import canonical_many
from app.domain import Address, Origin, Visibility
from app.errors import InvalidAddress
from app.service.accounts import Owner
from app.service.keys import Keys
from app.service.patching import check_visibility
from app.service.problems import ProblemError
from app.service.relations import ORIGINS, Record
from app.wire import SYNC_LIMIT, SyncEntry

IMPORT: Final = ORIGINS.index(Origin.IMPORT)


class Wish(NamedTuple):
    """The flags that a synchronised address shall have; `visibility` None leaves it."""

    contact: int
    subscribed: int
    visibility: int | None

    def is_fulfilled(self, record: Record) -> bool:
        """Tell whether a relation is as wished already."""
        return (
            record.kept == 1
            and record.contact == self.contact
            and record.subscribed == self.subscribed
            and record.favorite <= self.contact
            and self.visibility in (None, record.visibility)
        )

    def applied(self, record: Record) -> Record:
        """Return a relation as wished."""
        return record._replace(
            kept=1,
            contact=self.contact,
            subscribed=self.subscribed,
            favorite=record.favorite & self.contact,
            visibility=record.visibility if self.visibility is None else self.visibility,
            fields=record.fields if self.visibility in (None, record.visibility) else 0,
            origin=record.origin if record.kept else IMPORT,
        )


@dataclass(slots=True)
class Request:
    """What was sent, sorted out."""

    forms: dict[str, int] = field(default_factory=dict)
    """The key of each text that can be an address, in the order in which they were sent."""
    spelled: dict[str, Address] = field(default_factory=dict)
    """The address of each text that is written in another way."""
    sealed: dict[int, bytes] = field(default_factory=dict)
    wishes: dict[int, Wish] = field(default_factory=dict)
    """One for each key; the last one that was sent counts."""
    rejected: dict[str, str] = field(default_factory=dict)
    kinds: set[Wish] = field(default_factory=set)
    """All that were wished, also where no address could be one."""

    def by_wish(self, keys: Iterable[int]) -> dict[Wish, list[int]]:
        """Sort keys by what is wished for them."""
        if len(self.kinds) == 1:
            return {next(iter(self.kinds)): list(keys)}
        sorted_out: dict[Wish, list[int]] = {}
        for key in keys:
            sorted_out.setdefault(self.wishes[key], []).append(key)
        return sorted_out


def sort_out(keys: Keys, entries: Sequence[SyncEntry]) -> Request:
    """Bring every text to its address and key; raises 413 for too many."""
    if sum(len(entry.addresses) for entry in entries) > SYNC_LIMIT:
        raise ProblemError("too-many", f"At most {SYNC_LIMIT:,} addresses in one call.")
    request = Request()
    for entry in entries:
        wish = _wish(entry)
        request.kinds.add(wish)
        texts = entry.addresses
        found = canonical_many(texts)
        good = cast("list[Address]", found)
        if found is not texts:
            good = [address for address in found if not isinstance(address, InvalidAddress)]
        if len(good) < len(found):
            _reject(request, texts, found)
            texts = [text for text in texts if text not in request.rejected]
        if texts != good:
            request.spelled.update(
                each for each in zip(texts, good, strict=True) if each[0] != each[1]
            )
        indices, sealed = keys.lock(good)
        request.forms.update(zip(texts, indices, strict=True))
        request.sealed.update(zip(indices, sealed, strict=True))
        request.wishes.update(dict.fromkeys(indices, wish))
    return request


def _wish(entry: SyncEntry) -> Wish:
    visibility = None if entry.visibility is UNSET else entry.visibility
    return Wish(int(entry.contact), int(entry.subscribe), visibility)


def _reject(request: Request, texts: list[str], found: list[Address | InvalidAddress]) -> None:
    request.rejected.update(
        (text, each.reason)
        for text, each in zip(texts, found, strict=True)
        if isinstance(each, InvalidAddress)
    )


def check(request: Request, me: Owner) -> None:
    """Refuse wishes that cannot be, and my own address."""
    for wish in request.kinds:
        if wish.visibility is None:
            continue
        check_visibility(wish.visibility, me.privacy)
        if wish.visibility == Visibility.CUSTOM:
            raise ProblemError("invalid", "CUSTOM needs fields: set it with PATCH, one by one.")
    if request.wishes.pop(me.key, None) is not None:
        mine = [text for text, key in request.forms.items() if key == me.key]
        for text in mine:
            del request.forms[text]
            request.rejected[text] = "self"
