"""The first run: ask where to go, and sign in there; what fails is said in the window."""

import asyncio
from collections.abc import Callable
from importlib import import_module

from app.account import Account
from app.paths import Paths
from ui import wording
from ui.first_run import FirstRun
from ui.tasks import Tasks


async def choose_account(paths: Paths, here: Account, ending: asyncio.Event) -> Account | None:
    """Return the chosen account, or `None` if the window was closed or is to close."""
    carrying = await asyncio.to_thread(import_module, "app.carry_over")
    book = await asyncio.to_thread(carrying.find_book, paths)
    first = FirstRun(book.people if book else 0)
    tasks = Tasks(lambda error: first.show_trouble(wording.error(error)))
    chosen: asyncio.Future[Account | None] = asyncio.get_running_loop().create_future()

    def settle(account: Account | None) -> None:
        if not chosen.done():
            chosen.set_result(account)

    async def connect(url: str, token: str) -> None:
        saved = await asyncio.to_thread(import_module, "app.saved_account")
        account = await saved.sign_in(url, token)
        if first.bring.is_on():
            await asyncio.to_thread(carrying.carry_over, book, account, paths)
        await saved.save_account(paths, account)
        settle(account)

    first.here_chosen.connect(lambda: settle(here))
    first.closed.connect(lambda: settle(None))
    first.service_chosen.connect(
        lambda url, token: tasks.start(connect(url, token), name="connect")
    )
    tasks.start(_look_for_keyring(first), name="keyring")
    tasks.start(_at_the_end(ending, settle), name="the end")
    first.show()
    try:
        return await chosen
    finally:
        await tasks.close()
        first.close()
        first.deleteLater()


async def _at_the_end(ending: asyncio.Event, settle: Callable[[None], object]) -> None:
    await ending.wait()
    settle(None)


async def _look_for_keyring(first: FirstRun) -> None:
    saved = await asyncio.to_thread(import_module, "app.saved_account")
    if not await saved.has_keyring():
        first.show_no_keyring()
