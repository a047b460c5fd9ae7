"""A service in a dictionary: what one account keeps, by the rules of the contract."""

from dataclasses import dataclass, field

from msgspec import UNSET, structs

from app.domain import Address, Fields, Origin, Profile, Relation, State, Visibility
from app.outbox import Intent
from app.wire import KeptRelation, PatchRelation


@dataclass
class Directory:
    accounts: dict[Address, Fields] = field(default_factory=dict)
    kept: dict[Address, Relation] = field(default_factory=dict)
    versions: dict[Address, int] = field(default_factory=dict)

    def make_true(self, intent: Intent) -> KeptRelation | None:
        """Do what the calls of one intent do."""
        if intent.erase:
            self.kept.pop(intent.address, None)
        if intent.patch is None:
            return None
        return self.patch(intent.address, intent.patch)

    def patch(self, address: Address, change: PatchRelation) -> KeptRelation:
        relation = self.kept.get(address) or Relation(address, origin=Origin.MANUAL)
        parts = {
            name: value for name, value in structs.asdict(change).items() if value is not UNSET
        }
        if parts.get("favorite"):
            parts["contact"] = True
        if parts.get("contact") is False:
            parts["favorite"] = False
        if "visibility" in parts and parts["visibility"] != Visibility.CUSTOM:
            parts["fields"] = UNSET
        state = State.MATCHED if address in self.accounts else State.PENDING
        self.kept[address] = structs.replace(relation, **parts, state=state)
        return self.answer(address)

    def answer(self, address: Address) -> KeptRelation:
        profile = Profile(
            address, self.versions.get(address, 0), self.accounts.get(address, Fields())
        )
        return KeptRelation(**structs.asdict(self.kept[address]), profile=profile)

    def publish(self, address: Address, fields: Fields) -> None:
        self.accounts[address] = fields
        self.versions[address] = self.versions.get(address, 0) + 1
        if address in self.kept:
            self.kept[address] = structs.replace(self.kept[address], state=State.MATCHED)

    def leave(self, address: Address) -> None:
        self.accounts.pop(address, None)
        self.versions[address] = self.versions.get(address, 0) + 1
        if address in self.kept:
            self.kept[address] = structs.replace(self.kept[address], state=State.PENDING)
