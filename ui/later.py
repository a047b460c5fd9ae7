"""The part of the window that nobody needs before the rows are painted: imported after them.

One module a turn of the loop, and not in a thread: PySide makes a type when it is first asked for,
and a paint that asks for one which a thread is just making would meet it half made.
"""

import asyncio
from importlib import import_module
from typing import Final

LATER: Final = (
    "ui.people_list",
    "ui.audience_page",
    "ui.privacy_page",
    "ui.conversation",
    "ui.notice_strip",
    "ui.notices_page",
    "ui.pending_page",
    "ui.my_picture",
    "ui.see_as",
    "ui.profile_page",
    "ui.ways",
    "ui.duplicates.watch",
    "app.importers.table",
    "ui.importing.table",
    "ui.importing.plan",
    "ui.importing.preview",
    "ui.importing.report",
    "ui.importing.start",
    "ui.importing.dialog",
)
"""What others need comes before them, so that no turn is long."""


async def import_later() -> None:
    """Import them all, and let the loop breathe between."""
    for name in LATER:
        import_module(name)
        await asyncio.sleep(0)
