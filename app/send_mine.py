"""What I changed of my own account, and what I wrote to others, to the service."""

import logging
import time
from collections.abc import Sequence
from typing import Final
from uuid import UUID

import msgspec

from app import messages, my_outbox
from app.domain import Privacy
from app.errors import Refused, SignedOut
from app.my_conflicts import is_noted, look_before_sending
from app.my_outbox import Draft
from app.notice_rows import note_refused
from app.remote import Remote
from app.store import Store
from app.wire import PatchFields, PatchMe, SendMessage

log = logging.getLogger(__name__)

LOOK_S: Final = 5.0
"""So long one look is enough. Who is told to come later looks no second time in between, or a
service that refuses every other request would never take anything."""


class MySender:
    """Sends each part of my account, and messages in the order in which they were written."""

    def __init__(self, store: Store, remote: Remote) -> None:
        self._store = store
        self._remote = remote
        self._looked_until = 0.0

    async def send_account(self) -> int:
        """Send what I changed of my account; the answer counts it."""
        if not self._has_looked(my_outbox.drafts(self._store.reading)):
            me = await self._remote.me()
            with self._store.writing() as transaction:
                look_before_sending(transaction, me)
            self._looked_until = time.monotonic() + LOOK_S
        drafts = my_outbox.drafts(self._store.reading)
        if not drafts:
            return 0
        fields = [each for each in drafts if each.part.startswith(my_outbox.FIELD)]
        others = [each for each in drafts if each not in fields]
        for together in ([fields] if fields else []) + [[each] for each in others]:
            await self._send_drafts(together)
        me = await self._remote.me()
        with self._store.writing() as transaction:
            my_outbox.save_me(transaction, me)
        return len(drafts)

    def _has_looked(self, drafts: Sequence[Draft]) -> bool:
        """Tell whether nothing has to be looked at before it is sent, or all of it was just now."""
        to_look_at = [draft for draft in drafts if draft.base is not None]
        is_recent = time.monotonic() < self._looked_until
        return not to_look_at or (is_recent and all(map(is_noted, to_look_at)))

    async def _send_drafts(self, drafts: list[Draft]) -> None:
        try:
            await self._send_part(drafts)
        except SignedOut:
            raise
        except Refused as error:
            log.warning("the service refused %s: %s", drafts[0].part.partition(":")[0], error.slug)
            if len(drafts) > 1:  # one that is refused must not cost the others
                for draft in drafts:
                    await self._send_drafts([draft])
                return
            with self._store.writing() as transaction:
                my_outbox.reject_mine(transaction, drafts, error.detail)
                for draft in drafts:
                    note_refused(transaction, draft.part, error.detail, time.time())
        else:
            with self._store.writing() as transaction:
                my_outbox.take_over(transaction, drafts)
                my_outbox.acknowledge_mine(transaction, drafts)

    async def _send_part(self, drafts: list[Draft]) -> None:
        first = drafts[0]
        if first.part == my_outbox.PICTURE:
            await self._remote.put_picture(first.value)
        elif first.part == my_outbox.PRIVACY:
            await self._remote.put_privacy(msgspec.json.decode(first.value or b"", type=Privacy))
        elif first.part == my_outbox.AUTO_SYNC:
            await self._remote.patch_me(PatchMe(auto_sync=first.value == b"true"))
        else:
            values = {
                each.part.removeprefix(my_outbox.FIELD): msgspec.json.decode(each.value or b"null")
                for each in drafts
            }
            await self._remote.patch_me(PatchMe(fields=PatchFields(**values)))

    async def send_messages(self) -> int:
        """Send what I wrote; the answer counts it."""
        waiting = messages.read_waiting(self._store.reading)
        for message in waiting:
            try:
                await self._remote.send_message(
                    SendMessage(UUID(message.id), message.to, message.text)
                )
            except SignedOut:
                raise
            except Refused as error:
                status = f"refused: {error.slug}"
            else:
                status = "sent"
            with self._store.writing() as transaction:
                messages.set_status(transaction, message, status)
        return len(waiting)
