"""What the client makes of an answer, whoever sends it."""

import gzip
from collections.abc import AsyncIterator

import httpx
import pytest

from app import remote
from app.errors import Refused, SignedOut, Unreachable
from app.remote import Remote

pytestmark = pytest.mark.anyio

ME = b'{"address":"18005550001","fields":{"about":"%b"},"privacy":{},"auto_sync":true}'


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def answering(body: bytes, status: int = 200, **headers: str) -> Remote:
    """A client whose service always says the same."""
    fields = {name.replace("_", "-"): value for name, value in headers.items()}

    async def arriving() -> AsyncIterator[bytes]:
        yield body

    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(status, content=arriving(), headers=fields)

    return Remote("http://service", "token", httpx.MockTransport(answer))


@pytest.mark.parametrize("url", ["http://", "service", "http://service:0", "http://service:99999"])
def test_where_no_service_can_be_none_is_asked(url: str) -> None:
    with pytest.raises(Unreachable, match="no service"):
        Remote(url, "token")


@pytest.mark.parametrize("token", ["t\u00f6ken", "two\nlines"])
def test_a_token_that_no_service_can_have_given_is_not_sent(token: str) -> None:
    with pytest.raises(SignedOut):
        Remote("http://service", token)


async def test_an_answer_in_gzip_is_read() -> None:
    packed = gzip.compress(ME % (b"x" * 2000))
    client = answering(packed, content_encoding="gzip")
    assert (await client.me()).fields.about == "x" * 2000
    await client.close()


@pytest.mark.parametrize("status", [200, 409])
async def test_an_answer_that_grows_beyond_measure_is_refused(
    status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote, "ANSWER_BYTES", 1000)
    client = answering(gzip.compress(ME % (b"x" * 2000)), status, content_encoding="gzip")
    with pytest.raises(Unreachable, match="too large"):
        await client.me()
    await client.close()


async def test_what_is_no_gzip_is_no_answer() -> None:
    client = answering(b"not gzip", content_encoding="gzip")
    with pytest.raises(Unreachable):
        await client.me()
    await client.close()


async def test_a_problem_is_read_whole() -> None:
    client = answering(
        b'{"type":"urn:kith:problem:exists","title":"Exists","status":409,"detail":"There."}', 409
    )
    with pytest.raises(Refused) as refused:
        await client.me()
    assert (refused.value.slug, refused.value.status) == ("exists", 409)
    await client.close()


@pytest.mark.parametrize(("text", "seconds"), [("90", 90.0), ("9" * 400, remote.LONGEST_RETRY_S)])
async def test_the_patience_that_is_asked_for_is_within_reason(text: str, seconds: float) -> None:
    client = answering(b"", 503, Retry_After=text)
    with pytest.raises(Unreachable) as away:
        await client.me()
    assert away.value.retry_after_s == seconds
    await client.close()
