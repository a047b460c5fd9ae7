"""The readable form of addresses: sealed beside whatever they belong to."""

from collections.abc import Sequence

from app.domain import Address
from app.service.keys import Keys


class Texts:
    """Seals addresses and reads them back."""

    def __init__(self, keys: Keys) -> None:
        self.keys = keys

    def seal(self, address: Address) -> bytes:
        """Return what is kept of an address."""
        return self.keys.seal_address(address)

    def read(self, sealed: Sequence[bytes]) -> list[Address]:
        """Return each address."""
        return [Address(text) for text in self.keys.unlock(sealed)]
