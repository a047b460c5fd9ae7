"""My contacts into a book: read and written some at a time, beside the loop."""

import sqlite3
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Final

from app.beside import GoOn, Progress, work_beside
from app.domain import ContactId
from app.exporters import BookFormat, write_book
from app.importers import Card
from app.own_cards import read_cards, read_order
from app.store import Store
from app.transaction import Transaction

TOGETHER: Final = 50
"""Cards read at once; so few are in memory, with their pictures."""


class Exports:
    """Writes books. Nothing of what others publish for me is in them."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def write(
        self,
        path: Path,
        kind: BookFormat,
        people: Collection[ContactId] | None = None,
        progress: Progress | None = None,
    ) -> int:
        """Write these people, or all, and count them; left or failed, the file is as it was.

        Raise OSError where there is no room or no right to write.
        """
        with self._store.read_beside() as store:
            return await work_beside(partial(_write, store, path, kind, people), progress)


class _Stopped(Exception):
    """Nobody wants the rest."""


class _Cards:
    """My cards in the order of the names, as often as they are asked for."""

    def __init__(self, reading: Transaction, ids: list[ContactId], step: Callable[[], None]):
        self._reading, self._ids, self._step = reading, ids, step

    def __iter__(self) -> Iterator[Card]:
        for start in range(0, len(self._ids), TOGETHER):
            self._step()
            yield from read_cards(self._reading, self._ids[start : start + TOGETHER])


def _write(
    store: Path,
    path: Path,
    kind: BookFormat,
    people: Collection[ContactId] | None,
    go_on: GoOn,
) -> int:
    with closing(sqlite3.connect(f"{store.as_uri()}?mode=ro", uri=True)) as connection:
        connection.execute("BEGIN")  # one state of the book, whatever changes meanwhile
        reading = Transaction(connection)
        ids = read_order(reading, people)
        total = len(ids) * (2 if kind == BookFormat.CSV else 1)
        done = 0

        def step() -> None:
            nonlocal done
            if not go_on(done, total):
                raise _Stopped
            done += TOGETHER
            time.sleep(0)

        try:
            write_book(path, _Cards(reading, ids, step), kind)
        except _Stopped:
            return 0
        return len(ids)
