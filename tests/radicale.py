"""A real CardDAV server on loopback, with one person's account."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.wait import PATIENCE_S, wait_until

USER, PASSWORD = "ann", "secret"
MAKE_BOOK = """<?xml version="1.0"?>
<mkcol xmlns="DAV:" xmlns:c="urn:ietf:params:xml:ns:carddav"><set><prop>
<resourcetype><collection/><c:addressbook/></resourcetype>
<displayname>Friends &amp; family</displayname>
</prop></set></mkcol>"""


@contextmanager
def running(folder: Path) -> Iterator[str]:
    """Run a server with its files in this folder; its address is the answer."""
    (folder / "users").write_text(f"{USER}:{PASSWORD}\n")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    options = {
        "--server-hosts": f"127.0.0.1:{port}",
        "--auth-type": "htpasswd",
        "--auth-htpasswd-filename": str(folder / "users"),
        "--auth-htpasswd-encryption": "plain",
        "--auth-delay": "0",
        "--storage-filesystem-folder": str(folder / "books"),
        "--logging-level": "error",
    }
    words = [word for option in options.items() for word in option]
    with subprocess.Popen([sys.executable, "-m", "radicale", "-C", "", *words]) as process:
        url = f"http://127.0.0.1:{port}"
        wait_until(lambda: _answers(url))
        yield url
        process.terminate()


def _answers(url: str) -> bool:
    try:
        httpx.get(url)
    except httpx.TransportError:
        return False
    return True


def make_book(url: str) -> None:
    httpx.request(
        "MKCOL", url, content=MAKE_BOOK, auth=(USER, PASSWORD), timeout=PATIENCE_S
    ).raise_for_status()


def card(name: str, full_name: str) -> str:
    return (
        f"BEGIN:VCARD\r\nVERSION:3.0\r\nUID:{name}\r\nFN:{full_name}\r\nN:{full_name};;;;\r\n"
        "TEL;TYPE=CELL:+18005550001\r\nEND:VCARD\r\n"
    )


def put(url: str, text: str) -> None:
    headers = {"Content-Type": "text/vcard; charset=utf-8"}
    httpx.put(
        url, content=text.encode(), headers=headers, auth=(USER, PASSWORD), timeout=PATIENCE_S
    ).raise_for_status()


def delete(url: str) -> None:
    httpx.delete(url, auth=(USER, PASSWORD), timeout=PATIENCE_S).raise_for_status()
