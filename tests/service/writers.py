"""Writers in a process of their own: `python -m tests.service.writers URL CHANGES SEED OWNER…`.

Each change publishes a name; some pause before they commit, some are taken back.
"""

import asyncio
import random
import sys
import time
from collections.abc import Callable

from app.service import myself
from app.service.accounts import load_owner
from app.service.feed import Touched
from app.service.postgres import PostgresStore
from app.service.store import Tx, all_parts
from app.wire import PatchFields, PatchMe

WRITERS = 16
PAUSE_S = 0.01


class TakenBack(Exception):
    """A writer that changes its mind after it has written."""


async def main(url: str, changes: int, seed: str, owners: list[int]) -> None:
    store = PostgresStore(url, writers=WRITERS)
    left = iter(range(changes))

    async def write(number: int) -> int:
        dice = random.Random(f"{seed} {number}")
        committed = 0
        for change in left:
            try:
                await store.write(_publishing(dice, dice.choice(owners), f"{seed} {change}"))
                committed += 1
            except TakenBack:
                pass
        return committed

    committed = await asyncio.gather(*(write(number) for number in range(WRITERS)))
    await store.close()
    print(sum(committed))  # noqa: T201 - its answer to the test


def _publishing(dice: random.Random, owner_id: int, name: str) -> Callable[[Tx], Touched]:
    pause = dice.choice((0.0, 0.0, dice.random() * PAUSE_S))
    is_taken_back = dice.random() < 0.1

    def work(tx: Tx) -> Touched:
        tx.run("INSERT INTO naive (owner_id) VALUES (?)", owner_id)
        me = load_owner(tx, owner_id)
        assert me is not None
        change = PatchMe(fields=PatchFields(name=name))
        touched = all_parts(myself.patch_me(tx, me, change))[-1]
        time.sleep(pause)
        if is_taken_back:
            raise TakenBack
        return touched

    return work


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), sys.argv[3], [int(i) for i in sys.argv[4:]]))
