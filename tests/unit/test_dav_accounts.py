"""What is remembered of an account: how far it was read, and when that no longer holds."""

from pathlib import Path

import pytest

from app.dav_accounts import DavAccount, DavAccounts, Fetched, Reading
from app.importers.carddav import DavBook, DavState
from app.views import Step

BOOK = DavBook("https://books.example/ann/friends/", "Friends")
ACCOUNT = DavAccount("books.example", "ann")


def a_step(step_id: int, *, undone: bool = False) -> Step:
    return Step(step_id, "Import", 0.0, undone)


def fetched(token: str) -> Fetched:
    return Fetched(BOOK, ("BEGIN:VCARD",), 0, DavState(token, {}))


def test_how_far_a_book_was_read_outlasts_a_restart(tmp_path: Path) -> None:
    DavAccounts(tmp_path).note(ACCOUNT, [fetched("one")], 4)
    DavAccounts(tmp_path).note(ACCOUNT, [fetched("two")], None)
    reading = DavAccounts(tmp_path).find("books.example", "ann").readings[BOOK.url]
    assert (reading.state.token, reading.steps) == ("two", (4,))
    assert (tmp_path / "carddav.json").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("history", "stands"),
    [
        ([a_step(5), a_step(4)], True),
        ([a_step(9)], True),
        ([a_step(5), a_step(4, undone=True)], False),
        ([], False),
        ([a_step(1)], False),
    ],
)
def test_an_undone_import_or_another_book_is_read_whole(history: list[Step], stands: bool) -> None:
    assert Reading(DavState("one"), 0.0, (4,)).stands(history) is stands


def test_a_reading_that_brought_nothing_stands() -> None:
    assert Reading(DavState("one"), 0.0).stands([])


def test_the_account_used_last_comes_first(tmp_path: Path) -> None:
    accounts = DavAccounts(tmp_path)
    accounts.save(ACCOUNT)
    accounts.save(DavAccount("other.example", "bo"))
    accounts.save(accounts.find("books.example", "ann"))
    assert [each.user for each in accounts.all()] == ["ann", "bo"]


def test_a_file_that_cannot_be_read_costs_only_a_full_reading(tmp_path: Path) -> None:
    (tmp_path / "carddav.json").write_text("{")
    assert DavAccounts(tmp_path).find("books.example", "ann") == ACCOUNT
