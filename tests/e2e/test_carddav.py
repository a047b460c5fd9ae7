"""A CardDAV account, against a real Radicale on loopback."""

from collections.abc import Iterator, Mapping
from io import BytesIO

import httpx
import pytest

from app.errors import Refused, Unreachable
from app.importers import Card
from app.importers.carddav import DavBook, DavState, find_books, read_changes, starting_points
from app.importers.lines import read_lines
from app.importers.vcard import read_cards
from app.importers.webdav import WebDav
from tests.radicale import MAKE_BOOK, PASSWORD, USER, card, delete, put, running
from tests.wait import PATIENCE_S


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running(tmp_path_factory.mktemp("radicale")) as url:
        yield url


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def book(server: str, request: pytest.FixtureRequest) -> Iterator[str]:
    url = f"{server}/{USER}/{request.node.name}/"
    with httpx.Client(auth=(USER, PASSWORD), timeout=PATIENCE_S) as client:
        client.request("MKCOL", url, content=MAKE_BOOK).raise_for_status()
        yield url
        client.delete(url).raise_for_status()


def names(changed: Mapping[str, str]) -> list[str]:
    cards = [
        card
        for text in changed.values()
        for card in read_cards(read_lines(BytesIO(text.encode())), "")
    ]
    return sorted(card.name for card in cards if isinstance(card, Card))


@pytest.mark.parametrize("place", ["", "/", f"/{USER}/", "/{book}"])
async def test_books_are_found_from_wherever_one_begins(
    server: str, place: str, anyio_backend: str
) -> None:
    url = f"{server}/{USER}/found/"
    async with httpx.AsyncClient(auth=(USER, PASSWORD), timeout=PATIENCE_S) as client:
        (await client.request("MKCOL", url, content=MAKE_BOOK)).raise_for_status()
        async with WebDav(USER, PASSWORD) as dav:
            start = url if place == "/{book}" else server + place
            assert await find_books(dav, start) == [DavBook(url, "Friends & family")]
        (await client.delete(url)).raise_for_status()


async def test_a_book_is_read_and_then_only_what_changed(book: str, anyio_backend: str) -> None:
    for name in ("1", "2", "3"):
        put(f"{book}{name}.vcf", card(name, f"Zoë {name}"))
    async with WebDav(USER, PASSWORD) as dav:
        (found,) = await find_books(dav, book)
        first = await read_changes(dav, found)
        assert names(first.changed) == ["Zoë 1", "Zoë 2", "Zoë 3"]
        assert first.state.token
        nothing = await read_changes(dav, found, first.state)
        assert (nothing.changed, nothing.removed) == ({}, ())
        put(f"{book}2.vcf", card("2", "Bo"))
        put(f"{book}4.vcf", card("4", "Cy"))
        delete(f"{book}1.vcf")
        second = await read_changes(dav, found, nothing.state)
        assert names(second.changed) == ["Bo", "Cy"]
        assert [url.rpartition("/")[2] for url in second.removed] == ["1.vcf"]
        assert len(second.state.etags) == 3


async def test_a_token_the_server_forgot_costs_only_a_comparison(
    book: str, anyio_backend: str
) -> None:
    put(f"{book}1.vcf", card("1", "Ada"))
    put(f"{book}2.vcf", card("2", "Bo"))
    async with WebDav(USER, PASSWORD) as dav:
        (found,) = await find_books(dav, book)
        first = await read_changes(dav, found)
        delete(f"{book}1.vcf")
        put(f"{book}2.vcf", card("2", "Bob"))
        forgotten = DavState("http://radicale.org/ns/sync/" + "0" * 64, first.state.etags)
        second = await read_changes(dav, found, forgotten)
        assert names(second.changed) == ["Bob"]
        assert [url.rpartition("/")[2] for url in second.removed] == ["1.vcf"]


async def test_more_cards_than_one_request_fetches(book: str, anyio_backend: str) -> None:
    put(book, "".join(card(f"{number}", f"Person {number}") for number in range(130)))
    async with WebDav(USER, PASSWORD) as dav:
        (found,) = await find_books(dav, book)
        assert len((await read_changes(dav, found)).changed) == 130


async def test_a_wrong_password_is_refused(server: str, anyio_backend: str) -> None:
    async with WebDav(USER, "wrong") as dav:
        with pytest.raises(Refused) as caught:
            await find_books(dav, server)
    assert caught.value.status == 401
    assert "wrong" not in str(caught.value)


async def test_nobody_there_is_unreachable(anyio_backend: str) -> None:
    async with WebDav(USER, PASSWORD) as dav:
        with pytest.raises(Unreachable):
            await find_books(dav, "http://127.0.0.1:1")


@pytest.mark.parametrize(
    ("home", "place"),
    [
        ("https://books.example", "http://books.example/"),
        ("https://books.example", "https://evil.test/"),
        ("https://books.co.uk", "https://evil.co.uk/"),
        ("https://10.0.0.1", "https://11.0.0.1/"),
    ],
)
async def test_the_password_goes_nowhere_else(home: str, place: str, anyio_backend: str) -> None:
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(str(request.url))
        return httpx.Response(301, headers={"Location": place})

    async with WebDav(USER, PASSWORD, httpx.MockTransport(answer)) as dav:
        with pytest.raises(Refused):
            await find_books(dav, f"{home}/dav")
    assert asked
    assert all(url.startswith(f"{home}/") for url in asked)


DECLARED = "<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>"


@pytest.mark.parametrize(
    "body", [DECLARED.encode(), DECLARED.encode("utf-16"), b"<not xml", b"<a/>" * 5]
)
async def test_a_strange_answer_is_refused(body: bytes, anyio_backend: str) -> None:
    transport = httpx.MockTransport(lambda _: httpx.Response(207, content=body))
    async with WebDav(USER, PASSWORD, transport) as dav:
        with pytest.raises(Refused) as refused:
            await dav.find("https://books.example/", 0, ["d:getetag"])
    assert refused.value.status == httpx.codes.UNPROCESSABLE_ENTITY


async def test_answers_within_answers_are_none(anyio_backend: str) -> None:
    deep = b'<d:multistatus xmlns:d="DAV:">%b</d:multistatus>'
    body = deep % (b"<d:response>" * 50 + b"</d:response>" * 50)
    transport = httpx.MockTransport(lambda _: httpx.Response(207, content=body))
    async with WebDav(USER, PASSWORD, transport) as dav:
        answer = await dav.find("https://books.example/", 0, ["d:getetag"])
    assert len(answer.resources) == 1


@pytest.mark.parametrize("place", ["https://[", "https://localhost:99999/", "https://localhost:0"])
async def test_what_is_no_address_of_a_server_is_refused(place: str, anyio_backend: str) -> None:
    async with WebDav(USER, PASSWORD) as dav:
        with pytest.raises(Refused):
            await find_books(dav, place)


async def test_a_server_that_sends_us_to_no_port_is_refused(anyio_backend: str) -> None:
    where = {"location": "https://books.example:99999/"}
    transport = httpx.MockTransport(lambda _: httpx.Response(301, headers=where))
    async with WebDav(USER, PASSWORD, transport) as dav:
        with pytest.raises(Refused) as refused:
            await dav.find("https://books.example/", 0, ["d:getetag"])
    assert "port" in refused.value.detail


async def test_a_server_without_sync_reports_is_compared_by_etags(anyio_backend: str) -> None:

    def answer(request: httpx.Request) -> httpx.Response:
        body = request.content.decode()
        if "sync-collection" in body:
            return httpx.Response(501)
        data = f"<c:address-data>{card('1', 'Ada')}</c:address-data>" if "multiget" in body else ""
        return httpx.Response(
            207,
            text='<d:multistatus xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:carddav">'
            "<d:response><d:href>/b/</d:href></d:response><d:response><d:href>/b/a%20b.vcf</d:href>"
            f"<d:propstat><d:prop><d:getetag>1</d:getetag>{data}</d:prop>"
            "<d:status>HTTP/1.1 200 OK</d:status></d:propstat></d:response></d:multistatus>",
        )

    async with WebDav(USER, PASSWORD, httpx.MockTransport(answer)) as dav:
        book = DavBook("https://books.example/b/", "b")
        state = DavState("", {"https://books.example/b/gone.vcf": "1"})
        changes = await read_changes(dav, book, state)
        assert names(changes.changed) == ["Ada"]
        assert changes.removed == ("https://books.example/b/gone.vcf",)
        again = await read_changes(dav, book, changes.state)
        assert (again.changed, again.removed) == ({}, ())


async def test_a_card_that_was_listed_and_not_given_is_asked_for_again(anyio_backend: str) -> None:
    refuses = [True]

    def answer(request: httpx.Request) -> httpx.Response:
        body = request.content.decode()
        data = f"<c:address-data>{card('1', 'Ada')}</c:address-data>" if "multiget" in body else ""
        status = "507 No" if data and refuses[0] else "200 OK"
        return httpx.Response(
            207,
            text='<d:multistatus xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:carddav">'
            "<d:response><d:href>/b/a.vcf</d:href><d:propstat><d:prop><d:getetag>1</d:getetag>"
            f"{data}</d:prop><d:status>HTTP/1.1 {status}</d:status></d:propstat></d:response>"
            "<d:sync-token>t</d:sync-token></d:multistatus>",
        )

    async with WebDav(USER, PASSWORD, httpx.MockTransport(answer)) as dav:
        book = DavBook("https://books.example/b/", "b")
        first = await read_changes(dav, book)
        assert (first.changed, first.state) == ({}, DavState())
        refuses[0] = False
        assert names((await read_changes(dav, book, first.state)).changed) == ["Ada"]


def test_where_discovery_begins() -> None:
    assert starting_points("ann@icloud.com")[0] == "https://contacts.icloud.com"
    assert starting_points("https://x.example/dav") == [
        "https://x.example/dav",
        "https://x.example/.well-known/carddav",
        "https://x.example/",
    ]
