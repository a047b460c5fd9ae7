"""A real service with a few people on it, and a real session of one of them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from PySide6.QtWidgets import QApplication

from app.account import Account
from app.certificates import trusted
from app.domain import Address, ContactId, State
from app.paths import Paths
from app.service import host
from app.session import Session, Status
from tests.ui.conftest import until
from tests.wait import PATIENCE_S
from ui.tasks import Tasks

ME = Address("12025550199")
ADA, BO, CYD, DAN = "Ada Okafor", "Bo", "Cyd", "Dan"
"""Dan is not there yet."""

ADDRESSES = {
    ADA: Address("12025550101"),
    BO: Address("12025550102"),
    CYD: Address("12025550103"),
    DAN: Address("12025550104"),
}
MINE = {"name": "Robin", "status": "At the lake", "email": "robin@example.org"}


@dataclass(frozen=True, slots=True)
class Living:
    """My session, those whom I keep, and a way to act as one of them."""

    session: Session
    tasks: Tasks
    people: dict[str, ContactId]
    errors: list[Exception]
    url: str
    tokens: dict[str, str]
    operator_key: str

    async def join(self, who: str) -> None:
        """Let somebody who is pending register."""
        await _register(self.url, self.operator_key, [{"address": ADDRESSES[who]}])

    async def set_reach(self, who: str, reach: str) -> None:
        """Let the operator say whom somebody exchanges messages with."""
        headers = {"Authorization": f"Bearer {self.operator_key}"}
        async with _client(self.url, headers) as client:
            path = f"/v1/operator/users/{ADDRESSES[who]}"
            (await client.patch(path, json={"reach": reach})).raise_for_status()

    async def act(self, who: str, method: str, path: str, body: object) -> httpx.Response:
        """Call the service as somebody else, or by my address as another session of mine."""
        token = self.tokens[ADDRESSES.get(who, Address(who))]
        headers = {"Authorization": f"Bearer {token}"}
        async with _client(self.url, headers) as client:
            answer = await client.request(method, path, json=body)
        answer.raise_for_status()
        return answer


@asynccontextmanager
async def living(home: Path) -> AsyncIterator[Living]:
    """Keep Ada, Bo, Cyd and Dan, all matched but Dan; end everything on leaving."""
    async with host.service(home / "service") as running:
        tokens = await _register(running.url, running.operator_key, _users())
        account = Account(running.url, ME, tokens[ME], embedded=True)
        async with Session(account, Paths(home)) as session:
            people = {
                name: session.add_contact(name, [f"+{address}"], "US")
                for name, address in ADDRESSES.items()
            }
            await session.settled()
            await until(lambda: _matched(session) == len(ADDRESSES) - 1)
            # It listens: what it reads at its first start does not come into the tests' way.
            await until(lambda: session.state.status is Status.IDLE)
            errors: list[Exception] = []
            tasks = Tasks(errors.append)
            try:
                yield Living(
                    session, tasks, people, errors, running.url, tokens, running.operator_key
                )
            finally:
                await tasks.close()
                _close_windows()
            assert errors == []


def _matched(session: Session) -> int:
    return sum(row.state is State.MATCHED for row in session.rows())


def _close_windows() -> None:
    for window in QApplication.topLevelWidgets():
        window.hide()
        window.deleteLater()


def _users() -> list[dict[str, object]]:
    users: list[dict[str, object]] = [{"address": ME, "fields": MINE}]
    users += [
        {"address": address, "fields": {"name": name}}
        for name, address in ADDRESSES.items()
        if name != DAN
    ]
    return users


def _client(url: str, headers: dict[str, str] | None = None) -> httpx.AsyncClient:
    """Ask patiently; and read no certificates, which takes longer than most answers."""
    return httpx.AsyncClient(
        base_url=url, headers=headers, timeout=PATIENCE_S, verify=trusted(url), trust_env=False
    )


async def _register(url: str, key: str, users: list[dict[str, object]]) -> dict[str, str]:
    async with _client(url) as client:
        answer = await client.post(
            "/v1/operator/users",
            json={"users": users},
            headers={"Authorization": f"Bearer {key}"},
        )
    answer.raise_for_status()
    return {user["address"]: user["token"] for user in answer.json()["users"]}
