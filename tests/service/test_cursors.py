"""Cursors: what is honoured, and what is answered with a reset."""

import sqlite3
from base64 import urlsafe_b64decode, urlsafe_b64encode
from contextlib import closing
from pathlib import Path

import pytest

from app.service.cursors import Cursors, NotHonoured, Page, Position
from app.service.stream_reader import StreamReader
from tests.engines import new_database
from tests.service.people import DAY_S, START, Person, Service, fresh, serve, slug

KEY = b"k" * 32
POSITION = Position(7, 12, 99)


@pytest.mark.parametrize("seq", [0, 1, 255, 256, (1 << 63) - 1])
@pytest.mark.parametrize("incarnation", [1, 99, 1_790_000_000_000_000, (1 << 56) - 1])
def test_a_cursor_is_read_back(seq: int, incarnation: int) -> None:
    cursors, position = Cursors(KEY), Position(7, seq, incarnation)
    assert cursors.read(cursors.issue(position, 0), 7, 0) == position


def test_a_cursor_is_short() -> None:
    """It stands in every event."""
    text = Cursors(KEY).issue(Position((1 << 62) + 1, 300, int(START * 1_000_000)), START)
    assert len(text) <= 26


@pytest.mark.parametrize("size", range(20))
def test_no_piece_of_a_cursor_is_honoured(size: int) -> None:
    text = Cursors(KEY).issue(POSITION, START)
    with pytest.raises(NotHonoured):
        Cursors(KEY).read(text[:size], 7, START)


@pytest.mark.parametrize("text", ["", "x", "nonsense", "ä", "=" * 8, "A" * 46, " ", "\0"])
def test_what_is_no_cursor_is_not_honoured(text: str) -> None:
    with pytest.raises(NotHonoured):
        Cursors(KEY).read(text, 7, 0)


def test_no_changed_bit_is_honoured() -> None:
    cursors = Cursors(KEY)
    text = cursors.issue(POSITION, 0)
    raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    for place in range(len(raw)):
        forged = raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :]
        with pytest.raises(NotHonoured):
            cursors.read(urlsafe_b64encode(forged).decode().rstrip("="), 7, 0)


def test_a_cursor_of_another_account_key_or_month_is_not_honoured() -> None:
    cursor = Cursors(KEY).issue(POSITION, 0)
    for cursors, account, now in (
        (Cursors(KEY), 8, 0.0),
        (Cursors(b"o" * 32), 7, 0.0),
        (Cursors(KEY), 7, 31 * DAY_S),
    ):
        with pytest.raises(NotHonoured):
            cursors.read(cursor, account, now)
    assert Cursors(KEY).read(cursor, 7, 30 * DAY_S) == POSITION


def test_a_page_is_no_cursor_and_a_cursor_no_page() -> None:
    cursors = Cursors(KEY)
    with pytest.raises(NotHonoured):
        cursors.read_page(cursors.issue(POSITION, 0), 7, 0)
    with pytest.raises(NotHonoured):
        cursors.read(cursors.issue_page(Page(7, 0, 0, 0, 10), 0), 7, 0)


async def is_reset(person: Person, cursor: str) -> bool:
    """Tell whether the list and a stream both say that a cursor is no longer good."""
    answer = await person.call("GET", f"/v1/contacts?cursor={cursor}")
    opening = await StreamReader(person.service.node).opening(await person.ident(), cursor)
    assert opening is not None
    assert (answer.status_code == 410) == opening.is_reset
    return opening.is_reset


async def test_a_cursor_lasts_30_days(service: Service) -> None:
    (ann,) = await service.people(fresh())
    cursor = (await ann.get("/v1/contacts"))["cursor"]
    service.clock.now += 30 * DAY_S
    assert not await is_reset(ann, cursor)
    service.clock.now += 2 * DAY_S
    answer = await ann.call("GET", f"/v1/contacts?cursor={cursor}")
    assert (answer.status_code, slug(answer)) == (410, "reset")
    assert await is_reset(ann, cursor)


async def test_a_cursor_outlives_a_restart(database: Path | str) -> None:
    async with serve(database) as first:
        (ann,) = await first.people(fresh())
        cursor = (await ann.sync(fresh()))["cursor"]
    async with serve(database) as second:
        again = Person(second, ann.address, ann.token)
        assert (await again.get(f"/v1/contacts?cursor={cursor}"))["relations"] == []
        await again.sync(fresh())
        assert len((await again.get(f"/v1/contacts?cursor={cursor}"))["relations"]) == 1


@pytest.mark.parametrize("is_running", [True, False])
async def test_a_cursor_from_a_future_that_was_lost_is_reset(
    tmp_path: Path, is_running: bool
) -> None:
    """A database restored from a copy has not seen what the cursor has."""
    path, copy = tmp_path / "kith.db", tmp_path / "copy.db"
    async with serve(path) as first:
        (ann,) = await first.people(fresh())
        await ann.sync(fresh())
        if not is_running:
            back_up(path, copy)
    async with serve(path, start=START + 60) as lost:
        ahead = Person(lost, ann.address, ann.token)
        await ahead.sync(fresh())
        if is_running:
            back_up(path, copy)
        await ahead.sync(fresh())
        cursor = (await ahead.sync(fresh()))["cursor"]
    async with serve(copy, start=START + 120) as restored:
        again = Person(restored, ann.address, ann.token)
        assert await is_reset(again, cursor)
        for _ in range(5):
            await again.sync(fresh())
        assert await is_reset(again, cursor)


def back_up(path: Path, copy: Path) -> None:
    """Copy a database, in use or not, as SQLite does it."""
    with closing(sqlite3.connect(path)) as source, closing(sqlite3.connect(copy)) as target:
        source.backup(target)


async def test_pages_stay_whole_while_the_list_changes(service: Service) -> None:
    (ann,) = await service.people(fresh())
    book = [fresh() for _ in range(20)]
    await ann.sync(*book)
    page = await ann.get("/v1/contacts?limit=6")
    seen = [relation["address"] for relation in page["relations"]]
    await ann.drop(seen[0])
    late = fresh()
    await ann.sync(late)
    while "next" in page:
        page = await ann.get(f"/v1/contacts?page={page['next']}")
        seen += [relation["address"] for relation in page["relations"]]
    assert len(seen) == len(set(seen))
    delta = await ann.get(f"/v1/contacts?cursor={page['cursor']}")
    assert delta["removed"] == [seen[0]]
    assert late in [relation["address"] for relation in delta["relations"]]
    assert {*seen, late} == {*book, late}


async def test_a_cursor_of_one_node_serves_on_all(postgresql: str) -> None:
    database = new_database(postgresql)
    async with serve(database, start=START) as one, serve(database, start=START + 60) as other:
        (ann,) = await one.people(fresh())
        here, there = (Person(node, ann.address, ann.token) for node in (one, other))
        for writer, reader in ((here, there), (there, here), (here, here), (there, there)):
            cursor = (await writer.sync(fresh()))["cursor"]
            assert (await reader.get(f"/v1/contacts?cursor={cursor}"))["relations"] == []
            cursor = (await reader.get("/v1/contacts"))["cursor"]
            await writer.sync(fresh())
            assert len((await reader.get(f"/v1/contacts?cursor={cursor}"))["relations"]) == 1
