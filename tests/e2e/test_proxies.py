"""The proxy that the environment names is used, but for what is on this computer."""

from collections.abc import Iterator

import pytest

from app.errors import Unreachable
from app.remote import Remote
from tests.contract.outside import Service, serve
from tests.e2e.client.conftest import fresh

FAR = "http://kith.invalid"


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with serve(tmp_path_factory.mktemp("behind-a-proxy")) as running:
        yield running


async def test_a_far_service_is_asked_through_the_proxy(
    service: Service, monkeypatch: pytest.MonkeyPatch, anyio_backend: str
) -> None:
    (me,) = service.people(fresh())
    monkeypatch.setenv("HTTP_PROXY", service.url)  # whom it gets to is the service itself
    remote = Remote(FAR, me.token)
    assert (await remote.me()).address == me.address
    await remote.close()


async def test_this_computer_is_asked_directly(
    service: Service, monkeypatch: pytest.MonkeyPatch, anyio_backend: str
) -> None:
    (me,) = service.people(fresh())
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "socks5://127.0.0.1:9")
    remote = Remote(service.url, me.token)
    assert (await remote.me()).address == me.address
    await remote.close()


@pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:9", "socks://127.0.0.1:9", "http://[::"])
def test_a_proxy_that_cannot_be_used_is_said(proxy: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", proxy)
    with pytest.raises(Unreachable, match="proxy"):
        Remote(FAR, "a token")
