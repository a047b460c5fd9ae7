"""A CardDAV account (Nextcloud, Fastmail, iCloud and others), read and never written."""

from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from typing import Final
from urllib.parse import unquote, urlsplit
from xml.sax.saxutils import escape

import msgspec

from app.errors import Refused
from app.importers.webdav import (
    CARD,
    DAV,
    UNTRUSTED,
    Answer,
    Resource,
    WebDav,
    href_list,
    same_place,
)

_AT_ONCE: Final = 100
_MOST_ROUNDS: Final = 1000
_FINAL = frozenset({401, 429, 503, UNTRUSTED})
"""Statuses that another place to begin would only meet again."""
_GONE = 404
_MORE = 507
_NO_SUCH_REPORT = frozenset({400, 403, 404, 405, 415, 501})


class DavBook(msgspec.Struct, frozen=True):
    """One address book of an account."""

    url: str
    name: str


class DavState(msgspec.Struct, frozen=True):
    """How far a book has been read: kept between two readings, and opaque."""

    token: str = ""
    etags: dict[str, str] = {}


class DavChanges(msgspec.Struct, frozen=True):
    """The text of what is new or changed by its address, what is gone, and how far that is."""

    changed: dict[str, str]
    removed: tuple[str, ...]
    state: DavState


_HOSTS = {
    "icloud.com": "contacts.icloud.com",
    "me.com": "contacts.icloud.com",
    "mac.com": "contacts.icloud.com",
    "fastmail.com": "carddav.fastmail.com",
    "fastmail.fm": "carddav.fastmail.com",
}
"""Servers of mail domains that are found by DNS, which Kith does not ask."""


def starting_points(place: str) -> list[str]:
    """List where to begin for what a person gives: an address of a page, a host, or a mail.

    Raise Refused for what is none of them.
    """
    if "://" not in place:
        host = place.strip().rpartition("@")[2]
        place = "https://" + _HOSTS.get(host.lower(), host)
    try:
        parts = urlsplit(place)
    except ValueError as error:
        raise Refused("carddav", "this is no address of a server", 422) from error
    root = f"{parts.scheme}://{parts.netloc}"
    return list(dict.fromkeys([place, root + "/.well-known/carddav", root + "/"]))


async def find_books(dav: WebDav, place: str) -> list[DavBook]:
    """Find the books of an account by RFC 6764; raise Refused where there is none."""
    refused = Refused("carddav", "no address book was found there", _GONE)
    for url in starting_points(place):
        try:
            books = await _books_from(dav, url)
        except Refused as error:
            if error.status in _FINAL:
                raise
            continue
        if books:
            return books
    raise refused


async def _books_from(dav: WebDav, url: str) -> list[DavBook]:
    answer = await dav.find(url, 0, ["d:current-user-principal", "d:resourcetype", "d:displayname"])
    book = [_book(found) for found in answer.resources if CARD + "addressbook" in found.kinds()]
    if book:
        return book
    principal = _first_link(answer, DAV + "current-user-principal")
    if not principal:
        return []
    home = _first_link(
        await dav.find(principal, 0, ["c:addressbook-home-set"]), CARD + "addressbook-home-set"
    )
    if not home:
        return []
    listing = await dav.find(home, 1, ["d:resourcetype", "d:displayname"])
    return [_book(found) for found in listing.resources if CARD + "addressbook" in found.kinds()]


def _first_link(answer: Answer, name: str) -> str:
    return next(filter(None, (resource.link(name) for resource in answer.resources)), "")


def _book(found: Resource) -> DavBook:
    fallback = urlsplit(found.url).path.rstrip("/").rpartition("/")[2]
    return DavBook(found.url, found.text(DAV + "displayname") or fallback)


# ---- what changed in a book


Progress = Callable[[int, int], None]


async def read_changes(
    dav: WebDav,
    book: DavBook,
    state: DavState | None = None,
    progress: Progress = lambda _done, _total: None,
) -> DavChanges:
    """Read what changed since a state, or all of a book; a state the server forgot reads all."""
    state = state or DavState()
    try:
        etags, gone, token = await _by_token(dav, book, state.token)
    except Refused as error:
        if error.status not in _NO_SUCH_REPORT:
            raise
        etags, gone, token = await _from_scratch(dav, book, state)
    fresh = [url for url, etag in etags.items() if state.etags.get(url) != etag]
    progress(0, len(fresh))
    changed: dict[str, str] = {}
    async for url, text in _fetch(dav, book, fresh):
        changed[url] = text
        progress(len(changed), len(fresh))
    kept = {url: etag for url, etag in state.etags.items() if url not in gone}
    given = {unquote(url) for url in changed}
    held_back = {url for url in fresh if unquote(url) not in given}
    known = {url: etag for url, etag in (kept | etags).items() if url not in held_back}
    # a card that was listed and not given is asked for again, which only a comparison finds
    return DavChanges(changed, tuple(gone), DavState("" if held_back else token, known))


Found = tuple[dict[str, str], list[str], str]


async def _from_scratch(dav: WebDav, book: DavBook, state: DavState) -> Found:
    """Compare the whole book with what is known: the token is no longer good, or never was."""
    token = ""
    try:
        etags, _, token = await _by_token(dav, book, "")
    except Refused as error:
        if error.status not in _NO_SUCH_REPORT:
            raise
        etags = _etags(book, (await dav.find(book.url, 1, ["d:getetag"])).resources)
    return etags, [url for url in state.etags if url not in etags], token


async def _by_token(dav: WebDav, book: DavBook, token: str) -> Found:
    """Ask by RFC 6578, again for as long as the server says that there is more."""
    etags: dict[str, str] = {}
    gone: dict[str, None] = {}
    for _ in range(_MOST_ROUNDS):
        inner = (
            f"<d:sync-token>{escape(token)}</d:sync-token><d:sync-level>1</d:sync-level>"
            "<d:prop><d:getetag/></d:prop>"
        )
        answer = await dav.report(book.url, "d:sync-collection", inner)
        for resource in answer.resources:
            if resource.status == _GONE:
                gone[resource.url] = None
                etags.pop(resource.url, None)
        etags |= _etags(book, answer.resources)
        more = any(resource.status == _MORE for resource in answer.resources)
        if not more or answer.sync_token == token:
            return etags, [url for url in gone if url not in etags], answer.sync_token
        token = answer.sync_token
    raise Refused("carddav", "the book never ends", _MORE)


def _etags(book: DavBook, resources: Iterable[Resource]) -> dict[str, str]:
    return {
        resource.url: resource.text(DAV + "getetag")
        for resource in resources
        if DAV + "getetag" in resource.properties and not same_place(resource.url, book.url)
    }


async def _fetch(dav: WebDav, book: DavBook, urls: Sequence[str]) -> AsyncIterator[tuple[str, str]]:
    """Fetch the cards themselves, many in one request."""
    wanted = "<d:prop><d:getetag/><c:address-data/></d:prop>"
    for start in range(0, len(urls), _AT_ONCE):
        inner = wanted + href_list(urls[start : start + _AT_ONCE])
        answer = await dav.report(book.url, "c:addressbook-multiget", inner)
        for resource in answer.resources:
            data = resource.text(CARD + "address-data")
            if data:
                yield resource.url, data
