"""A service behind a front that speaks TLS: nothing is told to whoever cannot prove to be it."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from app.account import Account
from app.domain import Address
from app.errors import Refused, Untrusted
from app.importers.carddav import find_books
from app.importers.webdav import WebDav
from app.paths import Paths
from app.remote import Remote
from app.session import Session, Status
from tests.contract.outside import Service, serve
from tests.e2e.client.conftest import fresh, until
from tests.tls import DAY, Authority, tls_front
from tests.wait import PATIENCE_S

ROOT = Path(__file__).parents[2]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with serve(tmp_path_factory.mktemp("behind-tls")) as running:
        yield running


@pytest.fixture
def port(service: Service) -> int:
    found = urlsplit(service.url).port
    assert found
    return found


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


async def test_a_companys_own_authority_is_trusted_once_it_is_named(
    service: Service,
    port: int,
    authority: Authority,
    monkeypatch: pytest.MonkeyPatch,
    anyio_backend: str,
) -> None:
    (person,) = service.people(fresh())
    async with tls_front(port, authority.server("localhost")) as (front, _):
        monkeypatch.setenv("SSL_CERT_FILE", str(authority.roots))
        remote = Remote(f"https://localhost:{front}", person.token)
        assert (await remote.me()).address == person.address
        await remote.close()


@pytest.mark.parametrize("why", ["issuer", "mismatch", "expired"])
async def test_nothing_is_told_to_a_server_that_cannot_prove_itself(
    port: int, authority: Authority, monkeypatch: pytest.MonkeyPatch, why: str, anyio_backend: str
) -> None:
    if why != "issuer":
        monkeypatch.setenv("SSL_CERT_FILE", str(authority.roots))
    host = "other.example" if why == "mismatch" else "localhost"
    context = authority.server(host, until=-DAY if why == "expired" else DAY)
    async with tls_front(port, context) as (front, came):
        remote = Remote(f"https://localhost:{front}", "a token")
        with pytest.raises(Untrusted, match=why):
            await remote.me()
        with pytest.raises(Untrusted, match=why):
            async with remote.events(None):
                pass
        await remote.close()
        async with WebDav("ana", "a password") as dav:
            with pytest.raises(Refused) as refused:
                await find_books(dav, f"https://localhost:{front}/")
        assert refused.value.slug == "certificate"
        assert why in refused.value.detail
        assert not came


async def test_a_session_says_so_and_keeps_what_waits(
    port: int, authority: Authority, tmp_path: Path, anyio_backend: str
) -> None:
    async with tls_front(port, authority.server("localhost")) as (front, came):
        account = Account(f"https://localhost:{front}", Address(fresh()), "a token")
        async with Session(account, Paths(tmp_path / "home")) as session:
            session.add_contact("Bo", ["+1 800 555 0001"], "US")
            await until(session, lambda: _is_offline(session) and session.state.untrusted)
            assert session.state.waiting == 1
        assert not came


def _is_offline(session: Session) -> bool:
    return session.state.status is Status.OFFLINE


async def test_the_command_line_says_what_to_do(
    port: int, authority: Authority, tmp_path: Path, anyio_backend: str
) -> None:
    async with tls_front(port, authority.server("localhost")) as (front, _):
        ended = await asyncio.to_thread(_watch, f"https://localhost:{front}", tmp_path / "home")
    assert ended.returncode == 1
    assert "cannot prove to be the service" in ended.stderr
    assert "SSL_CERT_FILE" in ended.stderr
    assert "a-token" not in ended.stderr


def _watch(url: str, home: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "app", "watch", "--service", url, "--token", "a-token"],
        cwd=ROOT,
        env={**os.environ, "KITH_HOME": str(home)},
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
