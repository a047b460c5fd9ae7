"""The service as the contract's prose describes it, in the plainest way: dictionaries and loops."""

from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]

DEFAULTS = {
    "name": "everyone",
    "status": "contacts",
    "picture": "contacts",
    "about": "contacts",
    "email": "nobody",
    "birthday": "nobody",
    "presence": "contacts",
}


@dataclass
class Account:
    """What an account publishes, and its rules."""

    fields: dict[str, str]
    audiences: dict[str, str] = field(default_factory=lambda: dict(DEFAULTS))
    searchable: str = "everyone"
    sets: dict[int, list[str]] = field(default_factory=dict)


@dataclass
class Kept:
    """One relation."""

    contact: bool = False
    subscribed: bool = False
    favorite: bool = False
    blocked: list[str] = field(default_factory=list)
    visibility: int = 0
    fields: list[str] = field(default_factory=list)
    origin: str = "manual"
    matched: bool = False


NOBODY = Kept()


@dataclass
class Reference:
    """Everybody and everything kept."""

    accounts: dict[str, Account] = field(default_factory=dict)
    kept: dict[tuple[str, str], Kept] = field(default_factory=dict)

    def relation(self, owner: str, peer: str) -> Kept:
        return self.kept.get((owner, peer), NOBODY)

    def create(self, address: str, fields: dict[str, str]) -> None:
        self.accounts[address] = Account(fields)
        self.match()

    def erase(self, address: str) -> None:
        del self.accounts[address]
        for owner, peer in list(self.kept):
            if owner == address:
                del self.kept[owner, peer]
            elif peer == address:
                self.kept[owner, peer].matched = False

    def change(self, owner: str, peer: str, origin: str = "manual", **parts: Any) -> None:
        kept = self.kept.setdefault((owner, peer), Kept(origin=origin))
        for name, value in parts.items():
            setattr(kept, name, value)
        if parts.get("favorite"):
            kept.contact = True
        if parts.get("contact") is False:
            kept.favorite = False
        if "visibility" in parts and "fields" not in parts:
            kept.fields = kept.fields if kept.visibility == 4 else []
        self.match()

    def match(self) -> None:
        for (owner, peer), kept in self.kept.items():
            if not kept.matched:
                kept.matched = self.is_found(owner, peer)

    def is_found(self, searcher: str, address: str) -> bool:
        account = self.accounts.get(address)
        if account is None:
            return False
        return lets_in(account.searchable, self.relation(address, searcher))

    def sees(self, viewer: str, owner: str) -> dict[str, str]:
        """The fields a viewer gets, whether or not they keep the owner."""
        known = self.kept.get((viewer, owner))
        there = known.matched if known is not None else self.is_found(viewer, owner)
        if not there:
            return {}
        account = self.accounts[owner]
        return {
            name: value for name, value in account.fields.items() if self.shows(owner, viewer, name)
        }

    def shows(self, owner: str, viewer: str, name: str) -> bool:
        account, mine = self.accounts[owner], self.relation(owner, viewer)
        if "profile" in mine.blocked or "profile" in self.relation(viewer, owner).blocked:
            return False
        audience = account.audiences[name]
        if mine.visibility == 0:
            return lets_in(audience, mine)
        decided = {
            1: lets_in(audience, NOBODY),
            2: lets_in(audience, Kept(contact=True)),
            4: name in mine.fields,
            8: False,
        }
        return decided.get(mine.visibility, name in account.sets.get(mine.visibility, []))

    def list_of(self, owner: str) -> dict[str, Json]:
        """The list as the service would send it, without versions."""
        listed = {}
        for (holder, peer), kept in self.kept.items():
            if holder != owner:
                continue
            listed[peer] = {
                "address": peer,
                "contact": kept.contact,
                "subscribed": kept.subscribed,
                "favorite": kept.favorite,
                "blocked": sorted(kept.blocked),
                "visibility": kept.visibility,
                "paired": False,
                "state": "matched" if kept.matched else "pending",
                "origin": kept.origin,
                "profile": self.sees(owner, peer),
            }
            if kept.visibility == 4:
                listed[peer]["fields"] = sorted(kept.fields)
        return listed


def lets_in(audience: str, viewer: Kept) -> bool:
    return {
        "everyone": True,
        "contacts": viewer.contact,
        "favorites": viewer.favorite,
        "nobody": False,
    }[audience]
