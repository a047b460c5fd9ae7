"""Which account is mine: where I am registered, and what proves it."""

from dataclasses import dataclass

from app.domain import Address


@dataclass(frozen=True, slots=True)
class Account:
    """Where I am registered and what proves it; the token is never shown nor logged."""

    url: str
    address: Address
    token: str
    embedded: bool = False

    def __repr__(self) -> str:
        return f"Account({self.url!r}, embedded={self.embedded})"
