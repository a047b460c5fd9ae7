"""What several tests of a session begin with: a session by itself, and an address book to read."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from app.paths import Paths
from app.session import Session

Book = Callable[..., Path]


@pytest.fixture
async def session(tmp_path: Path) -> AsyncIterator[Session]:
    async with Session(None, Paths(tmp_path / "home")) as session:
        yield session


@pytest.fixture
def book(tmp_path: Path) -> Book:
    def write(*cards: str, name: str = "book.vcf") -> Path:
        path = tmp_path / name
        text = "".join(f"BEGIN:VCARD\r\nVERSION:3.0\r\n{card}\r\nEND:VCARD\r\n" for card in cards)
        path.write_text(text, newline="")
        return path

    return write
