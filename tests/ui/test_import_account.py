"""Books of an account in the window, against a real CardDAV server."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from app import saved_account
from app.dav_accounts import DavAccount, DavAccounts
from app.errors import KithError, Refused, Unreachable
from app.paths import Paths
from app.session import Session
from tests.radicale import PASSWORD, USER, card, delete, make_book, put, running
from tests.ui.conftest import Run, until
from ui.controls import Switch
from ui.importing.account import ImportAccount, host_of, said
from ui.importing.dialog import ImportDialog
from ui.plain import one_line
from ui.tasks import Tasks
from ui.theme import Theme


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running(tmp_path_factory.mktemp("radicale")) as url:
        yield url


@pytest.fixture
def book(server: str, request: pytest.FixtureRequest) -> Iterator[str]:
    url = f"{server}/{USER}/{request.node.name}/"
    make_book(url)
    yield url
    delete(url)


@pytest.fixture(autouse=True)
def _no_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    """The keyring of whoever runs the tests is not theirs to write into."""
    monkeypatch.setattr(saved_account, "SAFE", frozenset())


@asynccontextmanager
async def opened(folder: Path) -> AsyncIterator[tuple[ImportDialog, ImportAccount, Session]]:
    errors: list[Exception] = []
    async with Session(None, Paths(folder / "home")) as session:
        tasks = Tasks(errors.append)
        dialog = ImportDialog(session, tasks)
        dialog.show()
        click(dialog.start.account)
        await until(lambda: dialog.stack.currentWidget() is dialog.account)
        assert dialog.account is not None
        yield dialog, dialog.account, session
        if shiboken6.isValid(dialog):  # one that was closed is deleted in a later turn
            dialog.close()
        await tasks.close()
        await asyncio.sleep(0)
    assert errors == []


def click(widget: QWidget) -> None:
    QTest.mouseClick(widget, Qt.MouseButton.LeftButton)


async def look(page: ImportAccount, place: str, password: str = PASSWORD) -> None:
    page.place.setText(place)
    page.user.setText(USER)
    page.password.setText(password)
    click(page.look)
    await until(page.look.isEnabled)


async def read(dialog: ImportDialog, page: ImportAccount) -> None:
    click(page.go)
    await until(lambda: dialog.stack.currentWidget() in (dialog.preview, page))


async def take(dialog: ImportDialog) -> None:
    click(dialog.preview.go)
    await until(lambda: dialog.stack.currentWidget() is dialog.report)


def shown(page: QWidget) -> str:
    return "\n".join(
        one_line(each.text()) for each in page.findChildren(QLabel) if each.isVisible()
    )


def names(session: Session) -> set[str]:
    return {row.name for row in session.rows()}


def test_a_book_is_read_and_then_only_what_changed(
    run: Run, dress: Theme, tmp_path: Path, book: str
) -> None:
    put(f"{book}1.vcf", card("1", "Ada"))
    put(f"{book}2.vcf", card("2", "Bo").replace("0001", "0002"))

    async def story() -> None:
        async with opened(tmp_path) as (dialog, page, session):
            await look(page, book)
            assert "Friends & family" in shown(page)
            await read(dialog, page)
            assert one_line(dialog.preview.title.text()) == "Friends & family"
            await take(dialog)
            assert names(session) == {"Ada", "Bo"}
        put(f"{book}2.vcf", card("2", "Bob").replace("0001", "0002"))
        delete(f"{book}1.vcf")
        async with opened(tmp_path) as (dialog, page, session):
            known = page.findChild(QPushButton, "account_known")
            assert known is not None
            click(known)
            await until(page.password.hasFocus)
            await look(page, page.place.text())
            assert "only what changed since then" in shown(page)
            await read(dialog, page)
            assert dialog.preview.table.items.rowCount() == 1
            assert "1 card is no longer there" in dialog.preview.kind.text()
            await take(dialog)
            assert names(session) == {"Ada", "Bob"}

    run(story())


def test_an_undone_import_is_read_whole_again(
    run: Run, dress: Theme, tmp_path: Path, book: str
) -> None:
    put(f"{book}1.vcf", card("1", "Ada"))

    async def story() -> None:
        async with opened(tmp_path) as (dialog, page, session):
            await look(page, book)
            await read(dialog, page)
            await take(dialog)
            session.undo()
        async with opened(tmp_path) as (dialog, page, session):
            await look(page, book)
            await read(dialog, page)
            await take(dialog)
            assert names(session) == {"Ada"}

    run(story())


def test_nothing_new_is_said_and_everything_can_be_read_again(
    run: Run, dress: Theme, tmp_path: Path, book: str
) -> None:
    put(f"{book}1.vcf", card("1", "Ada"))

    async def story() -> None:
        async with opened(tmp_path) as (dialog, page, _session):
            await look(page, book)
            await read(dialog, page)
            await take(dialog)
        async with opened(tmp_path) as (dialog, page, _session):
            await look(page, book)
            await read(dialog, page)
            assert dialog.stack.currentWidget() is page
            assert "Nothing is new there" in page.trouble.accessibleName()
            await look(page, book)
            again = page.findChild(Switch, "account_again")
            assert again is not None
            click(again)
            await read(dialog, page)
            assert dialog.preview.table.items.rowCount() == 1

    run(story())


def test_a_wrong_password_is_said_and_what_was_typed_stays(
    run: Run, dress: Theme, tmp_path: Path, server: str
) -> None:
    async def story() -> None:
        async with opened(tmp_path) as (_dialog, page, session):
            await look(page, server, "wrong")
            assert "name and password" in page.trouble.accessibleName()
            assert (page.place.text(), page.password.text()) == (server, "wrong")
            assert DavAccounts(session.folder).all() == []

    run(story())


def test_what_is_missing_is_named_and_escape_goes_back(
    run: Run, dress: Theme, tmp_path: Path
) -> None:
    async def story() -> None:
        async with opened(tmp_path) as (dialog, page, _session):
            click(page.look)
            assert "address of the server" in page.trouble.accessibleName()
            page.place.setText("ann@books.example")
            click(page.look)
            assert "password is missing" in page.trouble.accessibleName()
            QTest.keyClick(dialog, Qt.Key.Key_Escape)
            assert dialog.stack.currentWidget() is dialog.start

    run(story())


def test_an_account_is_forgotten(run: Run, dress: Theme, tmp_path: Path) -> None:
    async def story() -> None:
        async with opened(tmp_path) as (_dialog, page, session):
            accounts = DavAccounts(session.folder)
            accounts.save(DavAccount("books.example", USER))
            page.show_accounts()
            forget = page.findChild(QWidget, "account_forget")
            assert forget is not None
            click(forget)
            await until(lambda: not page.used_before.isVisible())
            assert accounts.all() == []

    run(story())


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        (Refused("carddav", "", 401), "name and password"),
        (Refused("carddav", "", 404), "No address book"),
        (Refused("carddav", "", 503), "later"),
        (Refused("carddav", "", 418), "418"),
        (Refused("certificate", "", 421), "prove who it is"),
        (Refused("not-encrypted", "", 421), "https://"),
        (Refused("elsewhere", "", 421), "points to another"),
        (Unreachable("ConnectError"), "No server answers"),
    ],
)
def test_every_refusal_says_what_to_do(problem: KithError, words: str) -> None:
    assert words in said(problem)


@pytest.mark.parametrize(
    ("place", "host"),
    [("ann@books.example", "books.example"), ("https://b.example/dav", "b.example"), ("", "")],
)
def test_the_server_is_named(place: str, host: str) -> None:
    assert host_of(place) == host
    assert host_of("https://[") == ""
