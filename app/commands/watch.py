"""`kith watch`: one line for each live event, until it is interrupted."""

import argparse
import asyncio
import json
import sys
import time
from typing import Any, Final

from app.addresses import display
from app.backoff import Backoff
from app.commands import connection
from app.commands.plain import plain
from app.domain import Address, Cursor
from app.errors import Unreachable
from app.paths import default_paths
from app.remote import Event, Remote

FLAGS: Final = ("contact", "favorite", "subscribed", "paired", "joined", "left", "removed")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the words of this command."""
    connection.add_arguments(parser)
    parser.add_argument("--json", action="store_true", help="one JSON object for each line")
    parser.set_defaults(check=lambda options: connection.check(options, parser))


def run(options: argparse.Namespace) -> int:
    """Watch until Ctrl-C."""
    options.check(options)
    asyncio.run(_watch(options))
    return 0


async def _watch(options: argparse.Namespace) -> None:
    async with connection.connect(options, default_paths()) as account:
        remote = Remote(account.url, account.token)
        try:
            await _follow(remote, as_json=options.json)
        finally:
            await remote.close()


async def _follow(remote: Remote, *, as_json: bool) -> None:
    """Read the stream for ever, from where it broke off."""
    backoff, cursor = Backoff(), None
    while True:
        try:
            async with remote.events(cursor) as events:
                async for event in events:
                    cursor = Cursor(event.id) if event.id else cursor
                    backoff.reset()
                    print(_as_json(event) if as_json else _as_text(event), flush=True)
            said, after_s = "the service closed the stream", None
        except Unreachable as error:
            said, after_s = f"cannot reach the service ({error.detail})", error.retry_after_s
        wait_s = backoff.next_s(after_s)
        print(f"kith: {said}; again in {wait_s:.1f} s", file=sys.stderr)
        await asyncio.sleep(wait_s)


def _as_json(event: Event) -> str:
    return json.dumps({"event": event.kind, "data": json.loads(event.data)})


def _as_text(event: Event) -> str:
    moment = time.strftime("%H:%M:%S")
    words = _words(event.kind, json.loads(event.data))
    return f"{moment}  {event.kind:8}  {plain(words)}".rstrip()


def _words(kind: str, data: dict[str, Any]) -> str:
    if kind == "message":
        return f"{_shown(data['from'])} to {_shown(data['to'])}: {data['text']} ({data['status']})"
    if "address" not in data:
        return ""
    who = _shown(data["address"])
    if kind == "relation":
        flags = [flag for flag in FLAGS if data.get(flag)]
        return f"{who}  {' '.join([data['state'], *flags])}"
    fields = data.get("fields", {})
    return f"{who}  {', '.join(f'{name}: {_value(fields[name])}' for name in fields) or 'nothing'}"


def _shown(address: str) -> str:
    return display(Address(address))


def _value(value: Any) -> str:
    """Name a picture by its hash and presence by a word; text speaks for itself."""
    if isinstance(value, str):
        return value
    if "hash" in value:
        return str(value["hash"])[:8]
    return "online" if value.get("online") else f"last seen {value.get('last_seen')}"
