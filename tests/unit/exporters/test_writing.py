"""Writing a book: whole or not at all, in any number of cards, and left when nobody wants it."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from app.exporters import BookFormat, write_book
from app.importers import Card, Value, read_book
from app.paths import Paths
from app.session import Session

pytestmark = pytest.mark.anyio

MANY = 130


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def session(tmp_path: Path) -> AsyncIterator[Session]:
    async with Session(None, Paths(tmp_path / "home")) as session:
        for number in range(MANY):
            session.add_contact(f"P{number:03}", [f"+1202555{number:04d}"], "US")
        yield session


def names_in(folder: Path) -> set[str]:
    return {each.name for each in folder.iterdir()}


class Breaking:
    """Cards of which the second cannot be had any more."""

    def __iter__(self) -> Iterator[Card]:
        yield Card(source="", name="Ada", phones=(Value("+18005550001"),))
        raise OSError(28, "No space left on device")


@pytest.mark.parametrize("kind", list(BookFormat))
async def test_more_cards_than_are_read_at_once_are_all_written(
    session: Session, tmp_path: Path, kind: BookFormat
) -> None:
    path = tmp_path / f"book{kind.suffix}"
    heard: list[tuple[int, int]] = []
    count = await session.exports.write(path, kind, None, lambda *far: heard.append(far))
    names = [card.name for card in read_book(path) if isinstance(card, Card)]
    assert (count, names) == (MANY, [f"P{number:03}" for number in range(MANY)])
    some = [row.id for row in session.rows() if row.name in ("P007", "P101")]
    assert await session.exports.write(path, kind, some) == 2
    assert [card.name for card in read_book(path) if isinstance(card, Card)] == ["P007", "P101"]
    assert heard


def test_a_full_disk_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "book.vcf"
    path.write_text("before")
    with pytest.raises(OSError, match="No space left"):
        write_book(path, Breaking(), BookFormat.VCARD_3)
    assert path.read_text() == "before"
    assert names_in(tmp_path) == {"book.vcf"}


def test_a_link_and_who_may_read_the_file_stay_as_they_were(tmp_path: Path) -> None:
    kept, link = tmp_path / "kept.vcf", tmp_path / "contacts.vcf"
    kept.touch()
    kept.chmod(0o600)
    link.symlink_to(kept)
    write_book(link, [Card(source="", name="Ada")], BookFormat.VCARD_4)
    assert link.is_symlink()
    assert "Ada" in kept.read_text()
    assert kept.stat().st_mode & 0o777 == 0o600


async def test_a_place_that_cannot_be_written_is_an_error(session: Session, tmp_path: Path) -> None:
    with pytest.raises(OSError, match="directory"):
        await session.exports.write(tmp_path / "none" / "book.vcf", BookFormat.VCARD_3)


async def test_left_in_the_middle_it_leaves_a_whole_file_or_none(
    session: Session, tmp_path: Path
) -> None:
    task = asyncio.current_task()
    assert task is not None

    def leave(_done: int, _total: int) -> None:
        task.cancel()

    path = tmp_path / "book.vcf"
    with pytest.raises(asyncio.CancelledError):
        await session.exports.write(path, BookFormat.VCARD_4, None, leave)
    task.uncancel()
    assert names_in(tmp_path) <= {"home", "book.vcf"}
    if "book.vcf" in names_in(tmp_path):
        assert len(list(read_book(path))) == MANY
