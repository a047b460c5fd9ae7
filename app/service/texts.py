"""The readable form of addresses, kept sealed under their keys."""

from collections.abc import Iterable, Mapping

from app.domain import Address
from app.service.keys import Keys
from app.service.store import Tx


class Texts:
    """Address texts by their key."""

    def __init__(self, keys: Keys) -> None:
        self.keys = keys

    def save(self, tx: Tx, addresses: Mapping[int, Address]) -> None:
        """Keep the text of addresses that are not kept yet."""
        ordered = sorted(addresses.items())
        sealed = self.keys.seal_addresses([text for _, text in ordered])
        tx.insert(
            "address (address_key, sealed)",
            [(key, each) for (key, _), each in zip(ordered, sealed, strict=True)],
            "ON CONFLICT DO NOTHING",
        )

    def read(self, tx: Tx, keys: Iterable[int]) -> dict[int, Address]:
        """Return the text of each key; one that was withdrawn is missing."""
        rows = tx.all(
            f"SELECT t.address_key, t.sealed FROM {tx.numbers(sorted(set(keys)))} n"
            " CROSS JOIN address t ON t.address_key = n.value"
        )
        texts = self.keys.unseal_addresses([sealed for _, sealed in rows])
        return {key: Address(text) for (key, _), text in zip(rows, texts, strict=True)}
