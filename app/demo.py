"""The demo: a small world on the embedded service, seen through one of its people.

async with host.service(paths.service_dir) as running:
    async with demo.open_world(running.url, running.operator_key, paths) as world:
        async with Session(world.account, paths) as session:
            await demo.bring_book(session)
            await demo.live(world.people)         # until it is cancelled
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from app.account import Account
from app.paths import Paths
from app.session import Session
from app.worlds.files import WORLDS, read
from app.worlds.inhabit import Inhabitants
from app.worlds.living import live

__all__ = ["BOOK", "DemoWorld", "bring_book", "demo_paths", "live", "open_world"]

BOOK: Final = Path(__file__).parents[1] / "resources" / "books" / "demo.vcf"
REGION: Final = "US"
"""Where the one who kept this book lives."""


@dataclass(frozen=True, slots=True)
class DemoWorld:
    """The people of the demo, and the account of the one who looks at them."""

    people: Inhabitants
    account: Account


def demo_paths(paths: Paths) -> Paths:
    """Keep the demo apart from what is really mine."""
    return Paths(paths.home / "demo")


@asynccontextmanager
async def open_world(url: str, operator_key: str, paths: Paths) -> AsyncIterator[DemoWorld]:
    """Make the demo's world on a service, or find it there as it was left."""
    settled = paths.service_dir / "demo-is-settled"  # it speaks of the database beside it
    world = read(WORLDS / "demo.json")
    async with Inhabitants.of(world, url, operator_key) as people:
        if settled.exists():
            await people.resume()
            await people.wake(world.me)
        else:
            await people.settle()
            settled.touch()
        yield DemoWorld(people, people.account())


async def bring_book(session: Session) -> None:
    """Import the demo's book, unless that was done before; what was undone stays undone."""
    if session.steps():
        return
    plan = await session.books.plan([BOOK], REGION)
    await session.books.run(plan, _progress)


def _progress(done: int, total: int) -> None:
    """Sixty cards take no time that is worth showing."""
