"""WebDAV as far as address books need it: questions in XML, multistatus answers, redirects."""

from collections.abc import Iterator, Sequence
from types import TracebackType
from typing import Final
from urllib.parse import SplitResult, unquote, urljoin, urlsplit
from xml.etree import ElementTree as Xml
from xml.sax.saxutils import escape

import httpx
import msgspec

from app.certificates import certificate_trouble, trusted
from app.errors import Refused, Unreachable

DAV: Final = "{DAV:}"
CARD: Final = "{urn:ietf:params:xml:ns:carddav}"

_LARGEST: Final = 64 * 1024 * 1024
_REDIRECTS = 5
_OF_OWNER: Final = 2
_SHORT: Final = 3
UNTRUSTED: Final = 421
"""The status of what Kith itself refuses: a place to which no password goes."""
_LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
_NAMESPACES = 'xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:carddav"'


class Resource(msgspec.Struct, frozen=True):
    """One resource of a multistatus answer: where it is, its status and its properties."""

    url: str
    status: int
    properties: dict[str, Xml.Element]

    def text(self, name: str) -> str:
        """Give a property's text, empty if it has none."""
        element = self.properties.get(name)
        return (element.text or "").strip() if element is not None else ""

    def link(self, name: str) -> str:
        """Give the address that a property points to, empty if it points nowhere."""
        element = self.properties.get(name)
        href = element.find(DAV + "href") if element is not None else None
        return _joined(self.url, (href.text or "").strip()) if href is not None else ""

    def kinds(self) -> frozenset[str]:
        """Name the kinds of resource this is."""
        element = self.properties.get(DAV + "resourcetype")
        return frozenset(child.tag for child in element) if element is not None else frozenset()


class Answer(msgspec.Struct, frozen=True):
    """A multistatus answer, and where it came from after redirects."""

    url: str
    resources: tuple[Resource, ...]
    sync_token: str


class WebDav:
    """A signed-in connection to one person's server; the password goes nowhere else."""

    def __init__(
        self, user: str, password: str, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._auth = httpx.BasicAuth(user, password)
        self._client = httpx.AsyncClient(
            transport=transport, timeout=30, verify=trusted("https://"), trust_env=False
        )
        self._home = ""

    async def __aenter__(self) -> "WebDav":
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._client.aclose()

    async def find(self, url: str, depth: int, names: Sequence[str]) -> Answer:
        """Ask for properties of a resource, and with depth 1 of those in it."""
        wanted = "".join(f"<{name}/>" for name in names)
        body = f"<d:propfind {_NAMESPACES}><d:prop>{wanted}</d:prop></d:propfind>"
        return await self._ask("PROPFIND", url, body, {"Depth": str(depth)})

    async def report(self, url: str, kind: str, inner: str, depth: int = 0) -> Answer:
        """Ask for a report, such as `c:addressbook-multiget`."""
        body = f"<{kind} {_NAMESPACES}>{inner}</{kind}>"
        return await self._ask("REPORT", url, body, {"Depth": str(depth)})

    async def _ask(self, method: str, url: str, body: str, headers: dict[str, str]) -> Answer:
        for _ in range(_REDIRECTS):
            status, where, data = await self._send(method, url, body, headers)
            if where:
                url = _joined(url, where)
                continue
            if status != httpx.codes.MULTI_STATUS:
                raise Refused("carddav", f"{method}: {status}", status)
            return _answer(url, data)
        raise Refused("carddav", "too many redirects", httpx.codes.LOOP_DETECTED)

    async def _send(
        self, method: str, url: str, body: str, headers: dict[str, str]
    ) -> tuple[int, str, bytes]:
        """Send once; redirects are followed by hand, since httpx makes a GET of a PROPFIND."""
        self._check_trust(url)
        headers = {**headers, "Content-Type": "application/xml; charset=utf-8"}
        text = '<?xml version="1.0" encoding="utf-8"?>' + body
        try:
            async with self._client.stream(
                method, url, content=text, headers=headers, auth=self._auth
            ) as response:
                if response.has_redirect_location:
                    return response.status_code, response.headers["location"], b""
                return response.status_code, "", await _bounded(response)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            untrusted = certificate_trouble(error)
            if untrusted:
                raise Refused("certificate", untrusted, UNTRUSTED) from error
            raise Unreachable(type(error).__name__) from error

    def _check_trust(self, url: str) -> None:
        """Send the password only encrypted, and only to the house it was given for."""
        parts = urlsplit(url)
        if not _has_port_or_none(parts):
            raise Refused("carddav", "no server has this port", 422)
        host = parts.hostname or ""
        self._home = self._home or host
        same_house = _owner(host) == _owner(self._home)
        if not same_house or (parts.scheme != "https" and host not in _LOOPBACK):
            slug = "elsewhere" if not same_house else "not-encrypted"
            raise Refused(slug, "the password does not go there", UNTRUSTED)


def _joined(base: str, address: str) -> str:
    try:
        return urljoin(base, address)
    except ValueError as error:
        raise Refused("carddav", "the answer names no address", 422) from error


def _has_port_or_none(parts: SplitResult) -> bool:
    """Tell whether a port, where one is named, is one that can be."""
    try:
        return parts.port != 0
    except ValueError:
        return False


def href_list(urls: Sequence[str]) -> str:
    """Write addresses as a report wants them: as paths of the same server."""
    return "".join(f"<d:href>{escape(urlsplit(url).path)}</d:href>" for url in urls)


def same_place(one: str, other: str) -> bool:
    """Tell whether two addresses name one resource, however they are quoted."""
    return unquote(urlsplit(one).path).rstrip("/") == unquote(urlsplit(other).path).rstrip("/")


def _owner(host: str) -> str:
    """Name whose host it is, as far as a name shows; an address of the network is its own."""
    labels = host.split(".")
    if labels[-1].isdigit() or ":" in host:
        return host
    many = len(labels) > _OF_OWNER and len(labels[-2]) <= _SHORT  # as under co.uk and com.au
    return ".".join(labels[-_OF_OWNER - many :])


async def _bounded(response: httpx.Response) -> bytes:
    data = bytearray()
    async for piece in response.aiter_bytes():
        data += piece
        if len(data) > _LARGEST:
            raise Refused("carddav", "the answer is too large", 413)
    return bytes(data)


def _answer(url: str, data: bytes) -> Answer:
    try:
        root = Xml.fromstring(data, Xml.XMLParser(target=_Plain()))
    except Xml.ParseError as error:
        raise Refused("carddav", "the answer is not XML", 422) from error
    resources = tuple(_resources(url, root))
    return Answer(url, resources, (root.findtext(DAV + "sync-token") or "").strip())


class _Plain(Xml.TreeBuilder):
    """Builds a tree of what declares nothing, in whichever encoding: an entity may be a bomb."""

    def doctype(self, *_: object) -> None:
        """Refuse a declaration before what is in it is read."""
        raise Refused("carddav", "the answer declares entities", 422)


def _resources(url: str, root: Xml.Element) -> Iterator[Resource]:
    for response in root.iterfind(DAV + "response"):
        properties: dict[str, Xml.Element] = {}
        for found in response.iterfind(DAV + "propstat"):
            if _status(found) == httpx.codes.OK:
                properties |= {element.tag: element for element in found.iterfind(DAV + "prop/*")}
        href = (response.findtext(DAV + "href") or "").strip()
        yield Resource(_joined(url, href), _status(response) or httpx.codes.OK, properties)


def _status(element: Xml.Element) -> int:
    """Read `HTTP/1.1 404 Not Found`; 0 where there is none."""
    words = (element.findtext(DAV + "status") or "").split()
    return int(words[1]) if len(words) > 1 and words[1].isdigit() else 0
