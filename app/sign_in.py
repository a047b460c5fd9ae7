"""Signing in at a service: the token says who I am there."""

from app.account import Account
from app.remote import Remote


async def sign_in(url: str, token: str) -> Account:
    """Ask the service whose token this is; raises `Unreachable` and `SignedOut`."""
    remote = Remote(url, token)
    try:
        me = await remote.me()
    finally:
        await remote.close()
    return Account(url, me.address, token)
