"""Which account is mine: where I am registered, and what proves it."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from app.domain import Address
from app.paths import Paths

LOOPBACK: Final = frozenset({"127.0.0.1", "::1", "localhost"})
"""Hosts that are this computer."""


@dataclass(frozen=True, slots=True)
class Account:
    """Where I am registered and what proves it; the token is never shown nor logged."""

    url: str
    address: Address
    token: str
    embedded: bool = False

    def __repr__(self) -> str:
        return f"Account({self.url!r}, embedded={self.embedded})"


def can_be_service(url: str) -> bool:
    """Tell whether a service can be there."""
    try:
        place = urlsplit(url)
        return place.scheme in {"http", "https"} and bool(place.hostname) and place.port != 0
    except ValueError:  # the port is no number, or larger than there are
        return False


def folder_of(account: Account | None, paths: Paths) -> Path:
    """Keep each account's book apart; the embedded service's ports change, its book does not."""
    if account is None:
        return paths.local_dir
    if account.embedded:
        return paths.account_dir("embedded", account.address)
    return paths.account_dir(account.url, account.address)
