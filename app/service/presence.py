"""Who is online: an account with an open stream, and for a few seconds after its last one."""

import asyncio
from typing import Final

from app.service import feed
from app.service.accounts import load_owner
from app.service.feed import Touched
from app.service.node import Node
from app.service.problems import Unavailable
from app.service.store import Tx

GRACE_S: Final = 4.0
"""A reader that comes back so soon was never away."""
BATCH: Final = 100


class Presence:
    """What the streams say of who is here, brought to the database in batches."""

    def __init__(self, node: Node, grace_s: float = GRACE_S) -> None:
        self._node = node
        self._grace_s = grace_s
        self._here: set[int] = set()
        self._leaving: dict[int, asyncio.TimerHandle] = {}
        self._unsaved: dict[int, bool] = {}
        self._work = asyncio.Event()

    def came(self, account_id: int) -> None:
        """Note that an account has a stream."""
        leaving = self._leaving.pop(account_id, None)
        if leaving is not None:
            leaving.cancel()
        if account_id not in self._here:
            self._here.add(account_id)
            self._note(account_id, is_online=True)

    def left(self, account_id: int) -> None:
        """Note that an account has no stream any more; it may come back."""
        loop = asyncio.get_running_loop()
        self._leaving[account_id] = loop.call_later(self._grace_s, self._gone, account_id)

    def adopt(self, account_id: int) -> None:
        """Take over an account from a node that is gone; its reader may come here."""
        if account_id not in self._here:
            self._here.add(account_id)
            self.left(account_id)

    def tell_again(self) -> None:
        """Note who is here once more, since the others forgot this node."""
        for account_id in self._here:
            self._note(account_id, is_online=True)

    async def run(self) -> None:
        """Save what changes, for ever; first, whoever a crash left behind."""
        for account_id in self._node.adopted:
            self.adopt(account_id)
        while True:
            await self._work.wait()
            self._work.clear()
            await self._save()

    async def close(self) -> None:
        """Note that everybody is gone, since the service is."""
        for leaving in self._leaving.values():
            leaving.cancel()
        self._leaving.clear()
        for account_id in self._here:
            self._note(account_id, is_online=False)
        self._here.clear()
        await self._save()

    def _gone(self, account_id: int) -> None:
        del self._leaving[account_id]
        self._here.discard(account_id)
        self._note(account_id, is_online=False)

    def _note(self, account_id: int, *, is_online: bool) -> None:
        self._unsaved[account_id] = is_online
        self._work.set()

    async def _save(self) -> None:
        while self._unsaved:
            some = dict(list(self._unsaved.items())[:BATCH])
            for account_id in some:
                del self._unsaved[account_id]
            node_id, now = self._node.id, self._node.now()
            try:
                await self._node.change(lambda tx: (None, _set_online(tx, node_id, some, now)))  # noqa: B023 - awaited here
            except Unavailable:
                self._unsaved = some | self._unsaved
                self._work.set()
                raise


def _set_online(tx: Tx, node_id: int, changes: dict[int, bool], now: float) -> Touched:
    touched = Touched()
    for account_id, is_online in sorted(changes.items()):
        is_anywhere = int(_note_here(tx, node_id, account_id, is_online=is_online))
        changed = tx.run(
            "UPDATE account SET online = ?, last_seen = ? WHERE id = ? AND online <> ?",
            is_anywhere,
            now,
            account_id,
            is_anywhere,
        )
        owner = load_owner(tx, account_id) if changed else None
        if owner is not None:
            feed.refresh(tx, owner, touched)
    return touched


def _note_here(tx: Tx, node_id: int, account_id: int, *, is_online: bool) -> bool:
    """Note whether an account has a stream at this node; return whether it has one at any."""
    if is_online:
        tx.run(
            "INSERT INTO presence (account_id, node_id) VALUES (?, ?) ON CONFLICT DO NOTHING",
            account_id,
            node_id,
        )
        return True
    tx.run(
        "DELETE FROM presence WHERE account_id = ? AND node_id = ?",
        account_id,
        node_id,
    )
    return tx.one("SELECT 1 FROM presence WHERE account_id = ?", account_id) is not None
