"""Which account is mine: where I am registered, and what proves it."""

from dataclasses import dataclass
from pathlib import Path

from app.domain import Address
from app.paths import Paths


@dataclass(frozen=True, slots=True)
class Account:
    """Where I am registered and what proves it; the token is never shown nor logged."""

    url: str
    address: Address
    token: str
    embedded: bool = False

    def __repr__(self) -> str:
        return f"Account({self.url!r}, embedded={self.embedded})"


def folder_of(account: Account | None, paths: Paths) -> Path:
    """Keep each account's book apart; the embedded service's ports change, its book does not."""
    if account is None:
        return paths.local_dir
    if account.embedded:
        return paths.account_dir("embedded", account.address)
    return paths.account_dir(account.url, account.address)
