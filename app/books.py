"""Address books into one session: looked at, carried out as one step, and read back as cards."""

import asyncio
from collections.abc import Callable, Collection, Mapping, Sequence
from importlib import import_module
from pathlib import Path

from app.domain import Address, ContactId
from app.importers import Card
from app.importers import Mapping as Columns
from app.importing import Import, plan_books
from app.own_cards import read_cards
from app.people import ImportPlan, ImportReport
from app.store import Store
from app.store_rows import count_from


class Books:
    """Plans and carries out imports, and tells what came of them."""

    def __init__(self, store: Store, tables: Path, my_address: Callable[[], Address | None]):
        self._store = store
        self._tables = tables
        """The file that remembers what the columns of tables mean."""
        self._my_address = my_address
        self.cut_short: list[str] = []
        """The imports that the last end of Kith cut short, and of which nothing is left."""

    async def plan(
        self, paths: Sequence[Path], region: str, chosen: Mapping[Path, Columns] | None = None
    ) -> ImportPlan:
        """Read and judge books; nothing changes. `chosen` says what the columns of tables mean."""
        remembered = await asyncio.to_thread(import_module, "app.importers.remembered")
        columns = remembered.Answers(self._tables, chosen or {}).of
        me = self._my_address()
        with self._store.read_beside() as store:
            return await asyncio.to_thread(plan_books, paths, region, me, store, columns)

    async def run(self, plan: ImportPlan, progress: Callable[[int, int], None]) -> ImportReport:
        """Do what was planned, as one step; cancelled, it leaves nothing behind."""
        return await Import(self._store, plan).run(progress)

    def cards(self, ids: Collection[ContactId] | None = None) -> list[Card]:
        """Read these contacts, or all, as cards that can be written into a book."""
        return read_cards(self._store.reading, ids)

    def count_from(self, sources: Collection[str]) -> int:
        """Count the people whose card came from books of these names."""
        return count_from(self._store.reading, sources)
