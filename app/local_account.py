"""My account on the embedded service: made once, and signed in to at every start."""

from app.account import Account
from app.worlds.inhabit import Inhabitants
from app.worlds.world import World, WorldPerson

ME = "me"


async def local_account(url: str, operator_key: str) -> Account:
    """Sign in to the embedded service, whose operator I am myself."""
    alone = World(about="this computer", me=ME, people=(WorldPerson(id=ME, address=ME),))
    async with Inhabitants.of(alone, url, operator_key) as inhabitants:
        await inhabitants.settle()
        return inhabitants.account()
