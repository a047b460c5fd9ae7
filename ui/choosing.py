"""The first run: ask where to go, and sign in there; what fails is said in the window."""

import asyncio
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

    async def wait_for_the_end() -> None:
        await ending.wait()
        settle(None)

    first.here_chosen.connect(lambda: settle(here))
    first.closed.connect(lambda: settle(None))
    first.service_chosen.connect(
        lambda url, token: tasks.start(connect(url, token), name="connect")
    )
    tasks.start(wait_for_the_end(), name="the end")
    first.show()
    try:
        return await chosen
    finally:
        await tasks.close()
        first.close()
        first.deleteLater()
