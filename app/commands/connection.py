"""Which service and which account a command works with: a named one, or the embedded one."""

import argparse
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from app.account import Account, can_be_service
from app.local_account import local_account
from app.paths import Paths
from app.remote import Remote
from app.service import host


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare how a service is named."""
    parser.add_argument(
        "--service", metavar="URL", type=_url, help="the service (default: one on this computer)"
    )
    parser.add_argument("--token", metavar="T", help="my token at that service")


def check(options: argparse.Namespace, parser: argparse.ArgumentParser) -> None:
    """End the program where only one of the two was given."""
    if (options.service is None) is not (options.token is None):
        parser.error("--service and --token go together")


@asynccontextmanager
async def connect(options: argparse.Namespace, paths: Paths) -> AsyncIterator[Account]:
    """Sign in at the named service, or start the embedded one and sign in there."""
    if options.service is None:
        async with host.service(paths.service_dir) as running:
            yield await local_account(running.url, running.operator_key)
        return
    remote = Remote(options.service, options.token)
    try:
        me = await remote.me()
    finally:
        await remote.close()
    yield Account(options.service, me.address, options.token)


def _url(text: str) -> str:
    if not can_be_service(text):
        raise argparse.ArgumentTypeError(f"{text} is no address such as https://kith.example.org")
    return text.rstrip("/")
