"""The readable form of addresses, kept sealed and remembered while the service runs."""

from collections.abc import Iterable, Mapping

from app.domain import Address
from app.service.keys import Keys
from app.service.store import Tx

MOST = 500_000
"""Addresses remembered; beyond it the memory starts afresh."""


class Texts:
    """Address texts by their key."""

    def __init__(self, keys: Keys) -> None:
        self.keys = keys
        self._known: dict[int, Address] = {}

    def save(self, tx: Tx, addresses: Mapping[int, Address]) -> None:
        """Keep the text of addresses that are not kept yet."""
        there = {
            key
            for (key,) in tx.all(
                f"SELECT t.address_key FROM {tx.numbers(list(addresses))} n"
                " CROSS JOIN address t ON t.address_key = n.value"
            )
        }
        tx.many(
            "INSERT INTO address (address_key, sealed) VALUES (?, ?) ON CONFLICT DO NOTHING",
            [
                (key, self.keys.seal(text))
                for key, text in sorted(addresses.items())
                if key not in there
            ],
        )

    def read(self, tx: Tx, keys: Iterable[int]) -> dict[int, Address]:
        """Return the text of each key; one that was withdrawn is missing."""
        wanted = set(keys)
        missing = wanted - self._known.keys()
        if missing:
            if len(self._known) + len(missing) > MOST:
                self._known.clear()
                missing = wanted
            for key, sealed in tx.all(
                f"SELECT t.address_key, t.sealed FROM {tx.numbers(sorted(missing))} n"
                " CROSS JOIN address t ON t.address_key = n.value"
            ):
                self._known[key] = Address(self.keys.unseal(sealed))
        known = self._known
        return {key: known[key] for key in wanted if key in known}

    def forget(self, keys: Iterable[int]) -> None:
        """Drop addresses from memory."""
        for key in keys:
            self._known.pop(key, None)
